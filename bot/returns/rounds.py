"""The bot's rounds to the mailbox where mails come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot import readers
from bot.channels.mail.settings import read
from bot.returns.mailbox import Mailbox
from bot.returns.policy import Returns, tell
from paperlark.codec import Damaged
from paperlark.errors import PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from bot.channels.mail.settings import ImapSettings
    from bot.context import Context
    from bot.returns.policy import Outcome
    from paperlark.settings import Settings

_MINUTE: Final = 60.0
_log: Final = structlog.get_logger(__name__)


def table(settings: Settings) -> ImapSettings:
    """Which mailbox is read; one without a host: none.

    Raises:
        ConfigError: a part of ``[channels.mail]`` is wrong.
    """
    raw = settings.channels.get("mail", {})
    return read(raw, lambda path: settings.place("channels", "mail", *path)).imap


def returns(run: Context) -> Returns:
    """Takes mails for this house."""
    return Returns(readers.office(run.settings, run.store, run.clock))


def visit(box: Mailbox, take: Callable[[bytes], Outcome], heard: Callable[[Outcome], None]) -> None:
    """Read what waits. Each mail is marked after what it says was kept; what broke is read again.

    Raises:
        MailboxError: the mailbox could not be read, or not to its end.
        StoreError: what a mail says could not be kept.
    """
    with box:
        for uid in box.waiting():
            raw = box.fetch(uid)
            if raw is None:
                continue
            try:
                heard(take(raw))
            except Damaged as error:  # it waits for whoever restores that, and no other mail does
                _log.warning("mail left unread", why=str(error))
            else:
                box.done(uid)


def rounds(run: Context, settings: ImapSettings, stopping: Event) -> None:
    """Visit now and every so many minutes until `stopping` is set; the owners of what is off hear.

    What keeps a visit from its end is logged, and the next one comes.
    """
    while True:
        once(run, settings)
        if stopping.wait(settings.every_min * _MINUTE):
            return


def once(run: Context, settings: ImapSettings) -> None:
    """One visit; nothing gets out of it."""
    heard: list[Outcome] = []
    try:
        visit(Mailbox(settings), returns(run).take, heard.append)
    except PaperlarkError as error:
        _log.warning("mailbox not read", why=str(error))
    except Exception:  # noqa: BLE001  (the next visit comes all the same)
        _log.exception("mailbox not read")
    for each in heard:
        _log.info("mail came back", said=each.masked)
    tell(run, [each for outcome in heard for each in outcome.off])
