"""Thumbs and put-aside papers, and one person's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from bot import words
from bot.desk.digests import newest
from bot.desk.house import place
from bot.desk.papers import kept, meant
from bot.replies import Hit, Home, Lines, Papers, Said
from paperlark.errors import NotFound
from paperlark.render import dates, figures, names
from paperlark.store.standing import Way
from paperlark.vote import Thumb, Vote

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import PaperId
    from paperlark.store.standing import Outcome
    from paperlark.vote import Door

_LISTED: Final = 20


class Word(NamedTuple):
    """What somebody said about a paper, as it came in (see `bot.ports.Desk.vote`)."""

    thumb: Thumb
    door: Door
    paper: PaperId = ""
    ref: str = ""
    at: datetime | None = None
    event: str = ""
    taken: Thumb | None = None
    mark: str = ""
    again: bool = False

    @property
    def way(self) -> Way:
        """How it is meant. An emoji is one on a message: another message has its own."""
        mark = f"{self.ref} {self.mark}" if self.mark else ""
        return Way(self.taken, mark, self.again, own=self.at is None)


class Stand(NamedTuple):
    """In which subscription a vote counts, and how the paper stood on the digest that showed it."""

    subscription: str
    paper: PaperId
    digest: date | None = None
    rank: int | None = None
    score: float | None = None


def vote(house: House, asker: Asker, word: Word) -> Reply:
    """Cast, change or withdraw a vote; an event that was handled is not handled again.

    The event is marked after the vote is kept: a vote is never lost, and kept twice it is one.
    """
    kind = asker.where.kind
    if word.event and house.store.seen.handled(kind, word.event):
        return Said("")
    stand = _stand(house, asker, word)
    said = _cast(house, asker, word, stand) if stand else ""
    if word.event:
        house.store.seen.mark(kind, word.event)
    return Said(said)


def _cast(house: House, asker: Asker, word: Word, stand: Stand) -> str:
    store = house.store
    title = kept(house, place(house, asker, stand.paper), stand.paper).title if word.paper else ""
    fact = Vote(
        at=word.at or house.clock(),
        voter=asker.voter,
        subscription=stand.subscription,
        paper=stand.paper,
        verdict=word.thumb,
        door=word.door,
        digest=stand.digest,
        rank=stand.rank,
        score=stand.score,
    )
    outcome = store.votes.say(fact, word.way)
    store.keep(store.papers([stand.paper]).values())
    return _told(outcome, title or stand.paper, pressed=word.again)


def _told(outcome: Outcome, title: str, *, pressed: bool) -> str:
    """What is said after a vote."""
    value = outcome.said.verdict
    if outcome.counts:
        return words.noted(value, title, outcome.before)
    if pressed and value is Thumb.NONE and outcome.now:
        return f"Your {words.thumb(outcome.now)} under the message still counts: take it off there."
    return f"A later vote of yours on “{words.short(title)}” counts."


def _stand(house: House, asker: Asker, word: Word) -> Stand | None:
    """Where the vote belongs: by the message's name, else by the place; None: none of ours."""
    shown = house.store.ledger.shown(asker.where.kind, word.ref) if word.ref else None
    if shown and word.paper in {"", shown.paper}:
        return Stand(shown.subscription, shown.paper, shown.date, shown.rank, shown.score)
    if not word.paper:
        return None
    paper = meant(word.paper)
    at = place(house, asker, paper, word.ref)
    showing = house.store.shown_on(at.profile.name, paper)
    digest = house.store.digest(at.profile.name, showing[-1]) if showing else None
    card = next((c for c in digest.cards if c.paper.id == paper), None) if digest else None
    if digest is None or card is None:
        return Stand(at.id, paper)
    return Stand(at.id, paper, digest.date, card.rank, card.score.value)


def save(house: House, asker: Asker, paper: str, *, keep: bool = True) -> Reply:
    """Put a paper aside, or take it away again. What is put aside is kept for good."""
    wanted = meant(paper)
    shelf = house.store.saved
    if not keep:
        gone = shelf.drop_for(asker.voter, wanted)
        return Said("No longer saved." if gone else f"{wanted} was not saved.")
    found = kept(house, place(house, asker, wanted), wanted)
    house.store.keep([found])
    fresh = shelf.keep_for(asker.voter, wanted, house.clock())
    word = "Saved" if fresh else "Saved before"
    return Said(f"{word}: “{words.short(found.title)}”. `/digest saved` lists all.")


def saved(house: House, asker: Asker) -> Papers:
    """What the asker has put aside, newest first."""
    return Papers(
        title="Saved papers",
        hits=tuple(hit for hit, _ in _shelf(house, asker)),
        empty="Nothing saved yet. Press Save on a card.",
        removable=True,
    )


def votes(house: House, asker: Asker) -> Lines:
    """The asker's own votes, newest first."""
    standing = [each for each in house.store.votes.votes_of(asker.voter) if each.verdict]
    if not standing:
        raise NotFound(words.nothing_voted(place(house, asker).profile.base_line))
    return Lines("Your votes", tuple(_voted(house, standing)))


def home(house: House, asker: Asker) -> Home:
    """Everything about one person: where digests go is told for places they have to do with.

    Raises:
        NotFound: others would read it.
    """
    if asker.public:
        raise NotFound(words.YOURS_ALONE)
    at = place(house, asker)
    own = house.store.votes.votes_of(asker.voter)
    voted = {each.subscription for each in own}
    known = house.store.subscriptions.subscriptions()
    return Home(
        digest=newest(house, at),
        saved=_shelf(house, asker),
        votes=own,
        subscriptions=tuple(
            each
            for each in known
            if each.target.kind == asker.where.kind
            and (each.id in voted or each.profile == at.profile.name)
        ),
        web=house.web,
    )


def _voted(house: House, standing: list[Vote]) -> list[str]:
    """One line a vote, newest first, twenty at most, and how many there are besides."""
    shown = standing[::-1][:_LISTED]
    titles = house.store.papers([each.paper for each in shown])
    lines = [
        f"{words.thumb(each.verdict)} "
        f"{words.short(titles[each.paper].title) if each.paper in titles else each.paper} "
        f"({dates.short(each.at.date(), year=house.clock().year)})"
        for each in shown
    ]
    rest = len(standing) - len(shown)
    return [*lines, *([f"and {figures.many(rest, 'older vote')}"] if rest else [])]


def _shelf(house: House, asker: Asker) -> tuple[tuple[Hit, datetime], ...]:
    held = house.store.saved.kept_for(asker.voter)
    found = house.store.papers(held)
    year = house.clock().year
    return tuple(
        (
            Hit(
                id=paper,
                title=found[paper].title if paper in found else paper,
                authors=names.of(found[paper].authors) if paper in found else (),
                note=f"saved {dates.short(at.date(), year=year)}",
            ),
            at,
        )
        for paper, at in held.items()
    )
