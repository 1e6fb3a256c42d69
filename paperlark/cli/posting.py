"""What ``paperlark digest`` does with channels: post a digest, or show what would be posted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from paperlark.domain import VerdictState
from paperlark.errors import ConfigError, NotFound, PaperlarkError
from paperlark.render import FORMATS
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from bot.posting import Report
    from paperlark.cli.app import App
    from paperlark.domain import Digest
    from paperlark.post import Message, Setting
    from paperlark.settings import Settings

_POSTED = (VerdictState.COMPLETE, VerdictState.PARTIAL)


def check(form: str) -> None:
    """See that the format is one of `FORMATS`, or a kind of channel.

    Raises:
        ConfigError: it is neither; the sentence names those there are.
    """
    from bot.channels import kinds  # noqa: PLC0415  (only for a channel's format)

    if form not in {*FORMATS, *kinds()}:
        raise ConfigError(
            f"There is no format {form!r}; choose one of {', '.join((*FORMATS, *kinds()))}."
        )


def messages(settings: Settings, digest: Digest, kind: str) -> str:
    """What a channel would send, as JSON, or as a whole mail; no token is needed.

    Raises:
        ConfigError: the channel's settings are wrong.
    """
    from bot.context import composer  # noqa: PLC0415  (only for a channel's format)
    from paperlark.post import Setting  # noqa: PLC0415  (the same)
    from paperlark.subscription import Form  # noqa: PLC0415  (the same)

    setting = Setting(web=settings.web.public_url.rstrip("/"))
    if kind == "mail":
        return _raw(settings, digest, setting)
    composed = composer(settings, kind).compose(digest, Form.THREAD, setting)
    return json.dumps([_document(each) for each in composed], ensure_ascii=False, indent=2) + "\n"


def _raw(settings: Settings, digest: Digest, setting: Setting) -> str:
    """The mail somebody would get, byte for byte; its links are signed with no secret of ours."""
    import secrets  # noqa: PLC0415  (only for a mail)

    from bot.channels.mail.client import Mail  # noqa: PLC0415  (aiosmtplib is slow to import)
    from bot.channels.mail.settings import read  # noqa: PLC0415  (the same)
    from paperlark.subscription import Form  # noqa: PLC0415  (the same)
    from paperlark.target import Target  # noqa: PLC0415  (the same)

    table = {"from": "paperlark <digest@example.org>"} | settings.channels.get("mail", {})
    shown = {**table, "from": table["from"] or "digest@example.org", "dkim_key_file": "",
             "link_secret": secrets.token_urlsafe()}  # fmt: skip
    way = Mail(read(shown, lambda path: settings.place("channels", "mail", *path)))
    (message,) = way.compose(digest, Form.THREAD, setting)
    target = Target("mail", "reader@example.org")
    return way.raw(target, message, key="preview").decode("ascii").replace("\r\n", "\n")


def _document(message: Message) -> dict[str, Any]:
    shown = {"paper": message.paper, "rank": message.rank, "score": message.score}
    held = {"part": message.part, "reply": message.reply, "payload": dict(message.payload)}
    return held | (shown if message.paper else {})


def post(run: App, digest: Digest) -> None:
    """Post the digest to every subscription of its profile, and say what became of each.

    Raises:
        NotFound: the profile has no subscription.
        PaperlarkError: there is nothing to post, or it did not arrive everywhere.
    """
    from bot import context, jobs  # noqa: PLC0415  (only where something is posted)

    if digest.verdict.state not in _POSTED:
        raise PaperlarkError(
            f"Nothing was posted: {digest.date.isoformat()} has no papers to show yet."
        )
    with run.store() as (connection, store):
        subscriptions = store.subscriptions.subscriptions()
        wanted = [each for each in subscriptions if each.profile == digest.profile]
        if not wanted:
            raise NotFound(
                f"Nobody gets “{digest.profile}” yet. Add a target: "
                f"`paperlark subs add TARGET --profile {digest.profile}`."
            )
        if not jobs.deliver_now(context.build(run.settings, connection), wanted, digest, _say):
            raise PaperlarkError("It did not arrive everywhere: see above, then run it again.")


def _say(report: Report) -> None:
    mark = "✓" if report.ok else "✗"
    click.echo(f"{mark} {plain(report.subscription)}: {plain(report.said)}", err=True)
