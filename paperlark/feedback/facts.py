"""What the maths is made from: what was shown, which thumbs count, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from paperlark.domain import PaperId
from paperlark.feedback.tuning import MORE
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from paperlark.domain import Digest, Score
    from paperlark.vote import Vote


@dataclass(frozen=True, slots=True)
class Seen:
    """A card as one digest showed it, with what was known before any vote touched it.

    Attributes:
        rank: its place there, from 1.
        score: the scorer's own, 0 to 100, not what taste made of it: the fixed yardstick.
        relevance, novelty: 1 to 10; None where they were not given.
        similarity: the ranker's score among the papers of the day, in deviations from their mean.
        words: what the followed words it names add up to (`terms.amounts`).
        wild: it was the day's wild card.
    """

    paper: PaperId
    rank: int
    score: float
    relevance: int | None = None
    novelty: int | None = None
    similarity: float = 0.0
    words: float = 0.0
    wild: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """One digest: its mailing date and its cards, which may be none."""

    date: date
    cards: tuple[Seen, ...] = ()


class Act(StrEnum):
    """What people can decide about a line."""

    ACCEPT = "accept"
    """The line goes to `Decision.value` at once."""
    UNDO = "undo"
    """The last move is taken back; votes cast so far no longer move the line."""
    FREEZE = "freeze"
    """The line stays where it is; votes are kept, and taste still learns."""
    THAW = "thaw"
    """The line moves again."""
    RESET = "reset"
    """The line is its base again; votes cast so far no longer move it."""
    TARGET = "target"
    """The liked share aimed at is `Decision.value` from now on."""
    LEAST = "least"
    """The least cards a day are `Decision.value` from now on."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word about a line, as a fact.

    Attributes:
        at: when, in UTC.
        who: the name people know them by.
        value: what `kind` says it is; None for the others.
    """

    at: datetime
    who: str
    kind: Act
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Knobs:
    """The two knobs people understand.

    Attributes:
        target: the share of shown cards that should be liked, 0 to 1.
        least: cards shown a day even where fewer are over the line.
    """

    target: float = MORE
    least: int = 0


class Heard(NamedTuple):
    """A standing vote on a card that was shown; tuples sort by day, voter and paper.

    ``day`` is the vote's own, in UTC: it counts from the first mailing date after it.
    """

    day: date
    voter: str
    paper: PaperId
    up: bool
    card: Seen


def standing(votes: Iterable[Vote], day: date) -> tuple[Vote, ...]:
    """The last words cast before `day`, less the withdrawn; each person once on each paper.

    A person's last word counts in each subscription; of several that stand, the latest. In order
    of day, voter and paper: arrival and repetition change nothing.
    """
    places: dict[tuple[str, str, str], Vote] = {}
    for vote in votes:
        key = (vote.voter, vote.paper, vote.subscription)
        if vote.at.date() < day and (key not in places or _age(places[key]) < _age(vote)):
            places[key] = vote
    last: dict[tuple[str, str], Vote] = {}
    for (voter, paper, _), vote in places.items():
        known = last.get((voter, paper))
        if vote.verdict is not Thumb.NONE and (known is None or _age(known) < _age(vote)):
            last[voter, paper] = vote
    return tuple(sorted(last.values(), key=lambda vote: (vote.at.date(), vote.voter, vote.paper)))


def _age(vote: Vote) -> tuple[datetime, str, str, int]:
    """Words of one moment are told apart too, so that their order of arrival says nothing."""
    return (vote.at, vote.subscription, vote.door, -vote.verdict)


def heard(votes: Iterable[Vote], shown: Iterable[Showing], day: date) -> tuple[Heard, ...]:
    """The standing votes cast before `day` on cards, in order of day, voter and paper.

    A vote on a paper that no digest showed says nothing of the line, and is left out; of a paper
    that several showed, the first is meant.
    """
    cards: dict[PaperId, Seen] = {}
    for showing in sorted(shown, key=lambda showing: showing.date, reverse=True):
        cards |= {card.paper: card for card in showing.cards}
    return tuple(
        Heard(vote.at.date(), vote.voter, vote.paper, vote.verdict is Thumb.UP, cards[vote.paper])
        for vote in standing(votes, day)
        if vote.paper in cards
    )


def showing(
    digest: Digest,
    scores: Mapping[PaperId, Score] | None = None,
    similarity: Mapping[PaperId, float] | None = None,
    words: Mapping[PaperId, float] | None = None,
    wild: PaperId | None = None,
) -> Showing:
    """What a digest showed, to be kept beside it.

    Args:
        digest: the digest.
        scores: the scorer's own scores, where taste changed those on the cards.
        similarity: of the day's papers, as `rerank` was given it.
        words: likewise.
        wild: the wild card.
    """
    own, near, named = scores or {}, similarity or {}, words or {}
    return Showing(
        digest.date,
        tuple(
            Seen(
                paper=card.paper.id,
                rank=card.rank,
                score=own.get(card.paper.id, card.score).value,
                relevance=card.score.relevance,
                novelty=card.score.novelty,
                similarity=near.get(card.paper.id, 0.0),
                words=named.get(card.paper.id, 0.0),
                wild=card.paper.id == wild,
            )
            for card in digest.cards
        ),
    )
