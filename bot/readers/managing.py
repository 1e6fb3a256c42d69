"""A reader's own page: the hour, the days, a pause; everything kept about them, and its end."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot import words
from bot.readers import forms
from bot.readers.pages import Button, Page
from paperlark import slots
from paperlark.owed import served
from paperlark.render import dates, figures
from paperlark.subscription import State
from paperlark.tokens import Purpose

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.readers.asked import Asked
    from bot.readers.office import Office, Reader
    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

_log: Final = structlog.get_logger(__name__)
_EXPORT: Final = "paperlark-reader.json"
_EXPORT_BUTTON: Final = Button("Export all that is kept", "export", quiet=True)
_ERASE: Final = Button("Erase all that is kept …", "erase", quiet=True)


def shown(office: Office, asked: Asked) -> Page:
    """The form as it stands."""
    return _page(office, _reader(office, asked), {}, {})


def changed(office: Office, asked: Asked) -> Page:
    """Do what the pressed button says: save, export, ask whether to erase, erase."""
    reader = _reader(office, asked)
    what = asked.text("do")
    if what == "export":
        return Page("", file=_EXPORT, text=_everything(office, reader))
    if what == "erase":
        return _sure(office, reader)
    if what == "erase-all":
        return _erased(office, reader)
    return _saved(office, reader, asked)


def _reader(office: Office, asked: Asked) -> Reader:
    (key,) = asked.fields(office, Purpose.MANAGE, 1)
    return office.reader(key)


def _page(
    office: Office,
    reader: Reader,
    given: Mapping[str, str],
    wrong: Mapping[str, str],
    told: str = "",
) -> Page:
    own = reader.subscription
    if own is None:
        return _ended(office, reader)
    more = forms.timing(own, given) | {
        "until": given.get("until", own.until.isoformat() if own.until else ""),
        "wrong": wrong,
    }
    return Page(
        f"{reader.profile} to {reader.masked}",
        tuple(filter(None, (told, _standing(office, own)))),
        (_EXPORT_BUTTON, _ERASE),
        ((office.link(Purpose.UNSUBSCRIBE, reader), "Stop these mails"),),
        HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK,
        template="reader_manage.html.j2",
        more=more,
    )


def _standing(office: Office, own: Subscription) -> str:
    """How the subscription stands, in one sentence."""
    now = office.now()
    if own.state is State.DISABLED:
        return f"Mails are off: {own.reason.rstrip('.')}. To start again, ask for a digest anew."
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
        return Page("Nothing is kept.", ("No mails come, and all was erased.",), ways=ways)
    said = f"No mails of {reader.profile} come to {reader.masked}. Votes are kept."
    return Page("Stopped.", (said,), (_EXPORT_BUTTON, _ERASE), ways)


def _saved(office: Office, reader: Reader, asked: Asked) -> Page:
    own = reader.subscription
    if own is None:
        return _ended(office, reader)
    reading = forms.Reading(asked)
    wanted = reading.timing(own)
    until = reading.take("until", forms.day, own.until)
    today = office.now().astimezone(slots.zone(wanted.zone)).date()
    if until and until < today:
        reading.wrong["until"] = "This date is over. Give one from today on, or none."
    if reading.wrong:
        return _page(office, reader, asked.given, reading.wrong)
    made = _paused(wanted, until)
    office.store.subscriptions.save_subscription(made)
    return _page(office, replace(reader, subscription=made), {}, {}, "Changed.")


def _paused(wanted: Subscription, until: date | None) -> Subscription:
    """The pause as the form has it; what the service refused for good stays off."""
    if wanted.state is State.DISABLED:
        return wanted
    state = State.PAUSED if until else State.ACTIVE
    return replace(wanted, state=state, until=until)


def _sure(office: Office, reader: Reader) -> Page:
    if not reader.id:
        return _ended(office, reader)
    number = len(office.store.votes.votes_of(reader.voter))
    what = f"{figures.many(number, 'vote')}, saved papers, the subscription and what was sent."
    return Page(
        f"Erase everything kept about {reader.masked} and {reader.profile}?",
        (f"{what} Mails stop. It cannot be taken back.",),
        (Button("Erase", "erase-all"), _EXPORT_BUTTON),
    )


def _erased(office: Office, reader: Reader) -> Page:
    """Forget all of it; links of old mails then mean nobody."""
    store = office.store
    store.votes.forget_of(reader.voter)
    store.saved.forget_of(reader.voter)
    if reader.id:
        store.readers.forget(reader.key, reader.id)
        _log.info("reader erased", profile=reader.profile)
    return Page("Erased.", ("Nothing is kept, and nothing more will come.",))


def _everything(office: Office, reader: Reader) -> str:
    """All that is kept about a reader, as JSON; empty lists where everything was erased."""
    own, store = reader.subscription, office.store
    saved = store.saved.kept_for(reader.voter)
    found: dict[str, Any] = {
        "schema": 1,
        "reader": reader.voter,
        "subscription": _told(own) if own else None,
        "ended": reader.id if reader.id and not own else None,
        "dates": {
            day.isoformat(): word for day, word in store.subscriptions.settled(reader.id).items()
        },
        "votes": [_vote(each) for each in store.votes.votes_of(reader.voter)],
        "saved": {paper: at.isoformat() for paper, at in saved.items()},
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _told(own: Subscription) -> dict[str, Any]:
    return {
        "target": str(own.target),
        "profile": own.profile,
        "at": f"{own.at:%H:%M}",
        "tz": own.zone,
        "days": list(own.days),
        "state": own.state,
        "since": own.since.isoformat(),
        "until": own.until.isoformat() if own.until else None,
        "confirmed": own.made_at.isoformat() if own.made_at else None,
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "at": vote.at.isoformat(),
        "paper": vote.paper,
        "verdict": int(vote.verdict),
        "door": vote.door,
        "digest": vote.digest.isoformat() if vote.digest else None,
        "rank": vote.rank,
        "score": vote.score,
    }
