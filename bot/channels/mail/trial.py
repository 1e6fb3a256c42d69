"""One mail that shows whether mail works."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

from bot.channels.mail.client import Mail
from paperlark.target import Target

if TYPE_CHECKING:
    from bot.channels.mail.settings import MailSettings

_SUBJECT: Final = "paperlark can write to you"
_TEXT: Final = (
    "This is a test mail of paperlark, sent by whoever runs it. Nobody is subscribed by it.",
    "See who it is from, whether it came to the inbox, and what its source says of SPF and DKIM.",
)


def trial(settings: MailSettings, address: str) -> str:
    """Send it; its Message-ID.

    Raises:
        ConfigError: the key to sign with cannot be used.
        DeliveryError: it was refused, or may or may not have arrived; the sentence says which.
    """
    return asyncio.run(_sent(Mail(settings), address))


async def _sent(way: Mail, address: str) -> str:
    try:
        return await way.send_plain(
            Target("mail", address),
            subject=_SUBJECT,
            text="\n\n".join(_TEXT) + "\n",
            html="<!doctype html>\n" + "\n".join(f"<p>{each}</p>" for each in _TEXT) + "\n",
            key=secrets.token_hex(),
        )
    finally:
        await way.aclose()
