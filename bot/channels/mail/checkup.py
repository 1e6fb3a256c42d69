"""What the doctor asks of mail: the server answers, is trusted, lets us in; what DNS must say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.channels.mail.wire import Wire
from bot.ports import Finding
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.channels.mail.settings import MailSettings
    from paperlark.target import Target


async def check(settings: MailSettings, targets: Sequence[Target]) -> tuple[Finding, ...]:
    """The findings; never raises."""
    del targets  # a mailbox cannot be asked whether it is there
    if not settings.host:
        return (Finding("mail", "warn", "not set up", "Set channels.mail.host and from."),)
    return (await _server(settings), *await _returns(settings), *_records(settings))


async def _returns(settings: MailSettings) -> tuple[Finding, ...]:
    """Whether mails that come back are read, where they come back to an address for it."""
    if not settings.bounces:
        return ()
    if not settings.imap.host:
        said = f"they come to {settings.bounces}, for `paperlark mail bounce`"
        return (Finding("bounces", "ok", said),)
    from bot.returns.mailbox import Mailbox, MailboxError  # noqa: PLC0415  (where there is one)

    what = f"mailbox {settings.imap.host}:{settings.imap.on_port}"
    try:
        waiting = await asyncio.to_thread(Mailbox(settings.imap).looked)
    except MailboxError as error:
        said, _, fix = str(error).partition(": ")
        return (Finding(what, "fail", said, fix),)
    return (Finding(what, "ok", f"logged in, {waiting} to be read"),)


async def _server(settings: MailSettings) -> Finding:
    what, wire = f"mail server {settings.host}:{settings.on_port}", Wire(settings)
    try:
        await wire.probe()
    except DeliveryError as error:
        said, _, fix = str(error).partition(": ")
        return Finding(what, "fail", said, fix)
    finally:
        await wire.aclose()
    how = {"starttls": "STARTTLS", "implicit": "TLS", "none": "no TLS, this machine only"}
    login = "logged in" if settings.username else "no login"
    return Finding(what, "ok", f"{how[settings.tls]}, {login}")


def _records(settings: MailSettings) -> Iterator[Finding]:
    """What the From domain's DNS must say; only its keeper can see to it."""
    domain = settings.domain
    yield Finding(
        f"SPF of {domain}",
        "warn",
        "not looked up",
        f"Its TXT record must allow {settings.host}, as: v=spf1 a:{settings.host} ~all",
    )
    selector = settings.dkim_selector or "SELECTOR"
    signs = "paperlark" if settings.dkim_key_file else "the submission server"
    yield Finding(
        f"DKIM of {domain}",
        "warn",
        f"signed by {signs}",
        f"{selector}._domainkey.{domain} must hold the public key, as: v=DKIM1; k=rsa; p=…",
    )
    yield Finding(
        f"DMARC of {domain}",
        "warn",
        "not looked up",
        f"_dmarc.{domain} must hold a policy, as: v=DMARC1; p=none; rua=mailto:{settings.address}",
    )
