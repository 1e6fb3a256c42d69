"""A thumb by mail: a page that asks, since scanners follow links, and a press that counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot import words
from bot.readers.pages import Button, Page
from paperlark.store.standing import Way
from paperlark.tokens import BadToken, Purpose
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from bot.readers.asked import Asked
    from bot.readers.office import Office, Reader
    from paperlark.domain import Card, PaperId

_OTHER = {Thumb.UP: Thumb.DOWN, Thumb.DOWN: Thumb.UP}
_DO = {Thumb.UP: "up", Thumb.DOWN: "down", Thumb.NONE: "back"}
_THUMBS = {word: thumb for thumb, word in _DO.items()}
_GONE = Page(
    "This link belongs to nobody any more.",
    ("What was kept of its reader was erased, so there is nothing to count the vote for.",),
    status=HTTPStatus.GONE,
)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote link, read: who, on which card of which day, and the thumb its sign showed."""

    reader: Reader
    day: date
    paper: PaperId
    thumb: Thumb
    card: Card | None
    title: str


def shown(office: Office, asked: Asked) -> Page:
    """The page with the button; nothing is counted by looking at it."""
    ballot = _read(office, asked)
    if not ballot.reader.id:
        return _GONE
    before = _before(office, ballot)
    name = f"“{words.short(ballot.title)}”"
    said = (f"Until now your vote on it is {words.thumb(before)}.",) if before else ()
    buttons = [Button("Count it", _DO[ballot.thumb])]
    if before:
        buttons.append(Button("Take the vote back", _DO[Thumb.NONE], quiet=True))
    return Page(f"{words.thumb(ballot.thumb)} for {name}?", said, tuple(buttons))


def cast(office: Office, asked: Asked) -> Page:
    """Count, change or take back the vote; the same press twice is one vote."""
    ballot = _read(office, asked)
    if not ballot.reader.id:
        return _GONE
    thumb = _THUMBS.get(asked.text("do"), ballot.thumb)
    outcome = office.store.votes.say(_vote(ballot, thumb, office.now()), Way(own=True))
    office.store.keep(office.store.papers([ballot.paper]).values())
    said = words.noted(thumb, ballot.title, outcome.before)
    if not outcome.counts:
        said = f"A later vote of yours on “{words.short(ballot.title)}” counts."
    more = (f"It helps to move the line of {ballot.reader.title}.",) if thumb else ()
    return Page(said, more, _further(thumb, ballot))


def _further(thumb: Thumb, ballot: Ballot) -> tuple[Button, ...]:
    """What else can be said after a vote."""
    if thumb is Thumb.NONE:
        return (Button(f"{words.thumb(ballot.thumb)} after all", _DO[ballot.thumb], quiet=True),)
    other = _OTHER[thumb]
    return (
        Button(f"Change to {words.thumb(other)}", _DO[other], quiet=True),
        Button("Take the vote back", _DO[Thumb.NONE], quiet=True),
    )


def _read(office: Office, asked: Asked) -> Ballot:
    """The link as it was signed.

    Raises:
        BadToken: it is none of ours, or its 30 days are over.
    """
    key, day_, paper, sign = asked.fields(office, Purpose.VOTE, 4)
    try:
        day, thumb = date.fromisoformat(day_), Thumb(int(sign))
    except ValueError as error:
        raise BadToken("This link is not whole. Open it from the mail again.") from error
    reader = office.addressed(key)
    digest = office.store.digest(reader.profile, day) if reader.id else None
    cards = digest.cards if digest else ()
    card = next((each for each in cards if each.paper.id == paper), None)
    found = card.paper if card else office.store.papers([paper]).get(paper)
    return Ballot(reader, day, paper, thumb, card, found.title if found else paper)


def _before(office: Office, ballot: Ballot) -> Thumb:
    """What counted until now."""
    known = office.store.votes.votes_on(ballot.reader.id, ballot.paper)
    own = (each.verdict for each in known if each.voter == ballot.reader.voter)
    return next(own, Thumb.NONE)


def _vote(ballot: Ballot, thumb: Thumb, now: datetime) -> Vote:
    card = ballot.card
    return Vote(
        at=now,
        voter=ballot.reader.voter,
        subscription=ballot.reader.id,
        paper=ballot.paper,
        verdict=thumb,
        door=Door.MAIL,
        digest=ballot.day if card else None,
        rank=card.rank if card else None,
        score=card.score.value if card else None,
    )
