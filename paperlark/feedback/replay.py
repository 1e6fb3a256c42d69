"""What another line, taste or wording would have shown on past days, from stored scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from paperlark.feedback.choice import pick
from paperlark.feedback.facts import standing
from paperlark.feedback.taste import PLAIN, rerank
from paperlark.feedback.tuning import DEFAULT
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from paperlark.domain import PaperId, Score
    from paperlark.feedback.taste import Taste
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote


@dataclass(frozen=True, slots=True)
class Past:
    """A past day.

    Attributes:
        shown: its cards, without the wild card.
        line: the line it was cut at.
        scores: of every scored paper, by its scorer, or by the local ranker under another profile.
        similarity, words: of these papers, as `rerank` takes them; `words` under the new wording.
    """

    date: date
    shown: tuple[PaperId, ...]
    line: float
    scores: Mapping[PaperId, Score]
    similarity: Mapping[PaperId, float] = field(default_factory=dict)
    words: Mapping[PaperId, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A past day under the change: cards won and lost, each best first, and those that stay.

    Attributes:
        liked_kept, liked_lost: cards with more 👍 than 👎 among those that stay and those lost.
        disliked_lost: cards with more 👎 than 👍 among those lost.
    """

    date: date
    won: tuple[PaperId, ...]
    lost: tuple[PaperId, ...]
    kept: tuple[PaperId, ...]
    liked_kept: int = 0
    liked_lost: int = 0
    disliked_lost: int = 0


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of replayed days."""

    days: int
    won: int
    lost: int
    kept: int
    liked_kept: int
    liked_lost: int
    disliked_lost: int

    @property
    def said(self) -> str:
        """For people: ``11 cards more and 4 fewer over 30 days; of 23 liked cards 22 stay.``."""
        liked = self.liked_kept + self.liked_lost
        return (
            f"{_cards(self.won)} more and {self.lost} fewer over {_days(self.days)}; "
            f"of {_cards(liked, 'liked ')} {self.liked_kept} stay."
        )


def replay(
    days: Iterable[Past],
    votes: Iterable[Vote],
    *,
    cap: int,
    line: float | None = None,
    least: int = 0,
    of: Taste = PLAIN,
    tuning: Tuning = DEFAULT,
) -> tuple[Replayed, ...]:
    """Each past day under a change, in order of date; wild cards are left out on both sides.

    Nothing is scored again: a model may grade papers otherwise under another wording.

    Args:
        days: the past days.
        votes: all of the profile's; they say which cards are liked.
        cap: most cards a day.
        line: another line for all days; None for each day's own.
        least: least cards a day.
        of: the taste to rank by.
        tuning: the constants.
    """
    known = sorted(days, key=lambda day: day.date)
    liking = _liking(votes)
    found = []
    for day in known:
        scores = rerank(day.scores, of, day.similarity, day.words, tuning)
        chosen = pick(scores, day.line if line is None else line, cap, least=least)
        found.append(_compared(day, (*chosen.over, *chosen.despite), liking))
    return tuple(found)


def total(days: Iterable[Replayed]) -> Total:
    """The sums of replayed days."""
    known = tuple(days)
    return Total(
        days=len(known),
        won=sum(len(day.won) for day in known),
        lost=sum(len(day.lost) for day in known),
        kept=sum(len(day.kept) for day in known),
        liked_kept=sum(day.liked_kept for day in known),
        liked_lost=sum(day.liked_lost for day in known),
        disliked_lost=sum(day.disliked_lost for day in known),
    )


def _compared(day: Past, now: tuple[PaperId, ...], liking: Mapping[PaperId, int]) -> Replayed:
    after, before = frozenset(now), frozenset(day.shown)
    lost = tuple(paper for paper in day.shown if paper not in after)
    kept = tuple(paper for paper in now if paper in before)
    return Replayed(
        date=day.date,
        won=tuple(paper for paper in now if paper not in before),
        lost=lost,
        kept=kept,
        liked_kept=sum(liking.get(paper, 0) > 0 for paper in kept),
        liked_lost=sum(liking.get(paper, 0) > 0 for paper in lost),
        disliked_lost=sum(liking.get(paper, 0) < 0 for paper in lost),
    )


def _liking(votes: Iterable[Vote]) -> dict[PaperId, int]:
    """👍 less 👎 of every paper, over all time."""
    known = tuple(votes)
    if not known:
        return {}
    end = max(vote.at for vote in known).date()
    found: dict[PaperId, int] = {}
    for vote in standing(known, _after(end)):
        found[vote.paper] = found.get(vote.paper, 0) + (1 if vote.verdict is Thumb.UP else -1)
    return found


def _after(day: date) -> date:
    return day.fromordinal(day.toordinal() + 1)


def _days(count: int) -> str:
    return f"{count} day" + ("" if count == 1 else "s")


def _cards(count: int, kind: str = "") -> str:
    return f"{count} {kind}card" + ("" if count == 1 else "s")
