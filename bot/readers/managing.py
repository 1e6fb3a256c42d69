"""A reader's own page: the profile, the hour, the days, a pause; everything kept, and its end."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from bot import words
from bot.readers import altering, belongings, forms, wishes
from bot.readers.pages import Button, Page
from bot.returns.suppression import barred
from paperlark import slots
from paperlark.owed import served
from paperlark.render import dates
from paperlark.render.addresses import Addresses
from paperlark.render.words import opening
from paperlark.subscription import State
from paperlark.tokens import Purpose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.readers.asked import Asked
    from bot.readers.office import Office, Reader
    from paperlark.subscription import Subscription

_EXPORT: Final = "paperlark-reader.json"
_EXPORT_BUTTON: Final = Button("Export all that is kept", "export", quiet=True)
_ERASE: Final = Button("Erase all that is kept …", "erase", quiet=True)
_BARRED: Final = (
    "ask whoever runs paperlark to take this address off the list of those never written to"
)
_HASH: Final = (
    "A salted hash of the address is kept, and nothing else: by it nothing is ever sent there "
    "again. Nobody can read the address from it."
)
_LATE: Final = (
    "Nothing was saved: this was changed elsewhere while the page was open. Below is how it stands."
)


def shown(office: Office, asked: Asked) -> Page:
    """The form as it stands."""
    return _page(office, _reader(office, asked))


def changed(office: Office, asked: Asked) -> Page:
    """Do what the pressed button says: save, export, ask whether to erase, erase."""
    reader = _reader(office, asked)
    what = asked.text("do")
    if what == "export":
        return Page("", file=_EXPORT, text=belongings.as_json(office, reader))
    if what == "erase":
        return _sure(office, reader)
    if what == "erase-all":
        kept = _hash(office, reader)
        belongings.erase(office, reader)
        return Page("Erased.", (kept or "Nothing is kept, and nothing more will come.",))
    return _saved(office, reader, asked)


def _reader(office: Office, asked: Asked) -> Reader:
    (key,) = asked.fields(office, Purpose.MANAGE, 1)
    return office.reader(key)


def _saved(office: Office, reader: Reader, asked: Asked) -> Page:
    found = altering.alter(office, reader, asked)
    if found.wrong:
        return _page(office, found.reader, asked.given, wrong=found.wrong)
    if found.late:
        return _page(office, found.reader, told=_LATE, status=HTTPStatus.CONFLICT)
    return _page(office, found.reader, told="Changed.")


def _page(
    office: Office,
    reader: Reader,
    given: Mapping[str, str] | None = None,
    *,
    wrong: Mapping[str, str] | None = None,
    told: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Page:
    own, given, wrong = reader.subscription, given or {}, wrong or {}
    if own is None:
        return _ended(office, reader)
    coming = own.until and own.until >= altering.today(office, own.zone)
    until = own.until.isoformat() if own.until and coming else ""
    more = forms.timing(own, given) | wishes.shown(office, given, own)
    more |= {"until": given.get("until", until), "wrong": wrong}
    return Page(
        f"{opening(reader.profile)} to {reader.masked}",
        tuple(filter(None, (told, _standing(office, own)))),
        (_EXPORT_BUTTON, _ERASE),
        tuple(_ways(office, reader)),
        HTTPStatus.BAD_REQUEST if wrong else status,
        template="reader_manage.html.j2",
        more=more | {"stamp": altering.stamp(office, own)},
    )


def _ways(office: Office, reader: Reader) -> Iterator[tuple[str, str]]:
    if office.store.digest_dates(reader.profile):
        yield Addresses(reader.profile, office.base).home, "The newest digest, as a page"
    yield office.link(Purpose.UNSUBSCRIBE, reader), "Stop these mails"


def _standing(office: Office, own: Subscription) -> str:
    """How the subscription stands, in one sentence."""
    now = office.now()
    if own.state is State.DISABLED:
        again = _BARRED if barred(office.store, own.target) else "ask for a digest anew"
        return f"Mails are off: {own.reason.rstrip('.')}. To start again, {again}."
    if not served(own, now):
        until = f" until {dates.short(own.until, year=now.year)}" if own.until else ""
        return f"Paused{until}. What is missed comes as one catch-up, three days at most."
    at = slots.first(own, now)
    day = dates.short(at.date(), year=now.year)
    return f"{words.hours(own)}. Next mail: {day}, {at:%H:%M}."


def _ended(office: Office, reader: Reader) -> Page:
    """What can be done where no mails come any more."""
    ways = ((office.addresses.subscription, "Ask for a digest"),) if office.open else ()
    if not reader.id:
        return Page("Erased.", ("No mails come, and all that named you was erased.",), ways=ways)
    said = [f"No mails of {reader.title} come to {reader.masked}. Votes are kept."]
    if barred(office.store, reader.target):
        said, ways = [*said, f"To start again, {_BARRED}."], ()
    return Page("Stopped.", tuple(said), (_EXPORT_BUTTON, _ERASE), ways)


def _hash(office: Office, reader: Reader) -> str:
    """What outlives an erasure, in a sentence; empty where nothing does."""
    return _HASH if reader.id and barred(office.store, reader.target) else ""


def _sure(office: Office, reader: Reader) -> Page:
    if not reader.id:
        return _ended(office, reader)
    told = (f"{belongings.said(office, reader)}. Mails stop. It cannot be taken back.",)
    return Page(
        f"Erase everything kept about {reader.masked} and {reader.title}?",
        tuple(filter(None, (*told, _hash(office, reader)))),
        (Button("Erase", "erase-all"), _EXPORT_BUTTON),
    )
