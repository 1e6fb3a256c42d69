"""The way out, which works for ever: a page that asks, and a press that ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.readers import limits
from bot.readers.pages import Button, Page
from paperlark.render.words import called
from paperlark.tokens import Purpose

if TYPE_CHECKING:
    from bot.readers.asked import Asked
    from bot.readers.office import Office, Reader

_log: Final = structlog.get_logger(__name__)


def shown(office: Office, asked: Asked) -> Page:
    """The page with the button; nothing happens by looking at it."""
    reader = _reader(office, asked)
    if reader.subscription is None:
        return _stopped(office, reader)
    return Page(
        f"Stop mails of {reader.title} to {reader.masked}?",
        ("Votes are kept. The digest goes on for everybody else.",),
        (Button("Stop", "stop"),),
        ((office.link(Purpose.MANAGE, reader), "Change the hour or the days instead, or pause"),),
    )


def stop(office: Office, asked: Asked) -> Page:
    """End the subscription, at once, whatever was sent along; a second time changes nothing."""
    reader = _reader(office, asked)
    if reader.id and ended(office, reader):
        _log.info("reader left", profile=called(reader.profile))
    return _stopped(office, reader)


def ended(office: Office, reader: Reader) -> bool:
    """End the subscription, and what its reader was yet to be asked about; whether it ran."""
    store = office.store
    for name in store.readers.asks(limits.address(office, reader.target.address)):
        asked = store.readers.asked(name)
        if asked and asked.id == reader.id:
            store.readers.answered(name)
    return store.subscriptions.remove_subscription(reader.id)


def _reader(office: Office, asked: Asked) -> Reader:
    (key,) = asked.fields(office, Purpose.UNSUBSCRIBE, 1)
    return office.reader(key)


def _stopped(office: Office, reader: Reader) -> Page:
    if not reader.id:
        return Page("Stopped.", ("Nothing more will come, and all that named you was erased.",))
    erase = Button("Erase them", "erase", office.link(Purpose.MANAGE, reader), quiet=True)
    return Page("Stopped.", ("Nothing more will come. Your votes are kept.",), (erase,))
