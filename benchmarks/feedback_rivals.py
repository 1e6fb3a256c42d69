"""What the benchmark of feedback compares: rules to beat, and paperlark's own in several parts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.feedback_world import Graded, own_words, wants
from paperlark.domain import Score, Term
from paperlark.feedback import (
    PLAIN,
    Knobs,
    Seen,
    Showing,
    Tuning,
    Wish,
    amounts,
    line,
    pick,
    proposals,
    rerank,
    taste,
)
from paperlark.feedback.taste import Row, fit
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.feedback_world import Person, Thumbed, World
    from paperlark.feedback import Proposal, Taste

CAP = 12
BASE = 50.0
REFUSED = 20
"""Digests for which a refused phrase is not offered again."""
FIRST = date(2026, 1, 5)


class Candidate(NamedTuple):
    """A paper of the day: its number in the world, its grades, and the ranker's z of the day."""

    number: int
    graded: Graded
    near: float


def date_of(day: int) -> date:
    """The mailing date of a day, Monday to Friday."""
    return FIRST + timedelta(days=day // 5 * 7 + day % 5)


@dataclass
class Rule:
    """A way to choose cards and to learn; the one as it stands is the fixed cut.

    Attributes:
        world: the papers.
        target, least: the two knobs.
    """

    world: World
    target: float
    least: int
    cut: float = BASE

    def values(self, papers: Sequence[Candidate]) -> list[float]:
        """What papers are ranked and cut by."""
        return [each.graded.score for each in papers]

    def choose(self, day: int, papers: Sequence[Candidate]) -> list[int]:
        """The places of the cards among the day's papers, best first, wild card apart."""
        del day
        values = self.values(papers)
        order = sorted(range(len(papers)), key=lambda i: (-values[i], i))
        over = sum(value >= self.cut for value in values)
        return order[: max(self.least, min(over, CAP - 1))]

    def learn(self, day: int, shown: Sequence[Candidate], votes: Sequence[Thumbed]) -> None:
        """Take in a day's votes; the last of `shown` is the wild card."""

    def ask(self, day: int, people: Sequence[Person]) -> None:
        """Show the people proposals."""


class Step(Rule):
    """A fixed step for each vote, so that the target is where ups and downs are even."""

    def learn(self, day: int, shown: Sequence[Candidate], votes: Sequence[Thumbed]) -> None:
        """2 points up for a 👎, as many down for 👍 as the target says."""
        del day, shown
        ups = sum(vote.up for vote in votes)
        move = len(votes) - ups - ups * (1 - self.target) / self.target
        self.cut = max(20.0, min(90.0, self.cut + 2 * move))


@dataclass
class Proportional(Rule):
    """The line follows the liked share of votes, as they are."""

    ups: float = 0.0
    total: float = 0.0

    def learn(self, day: int, shown: Sequence[Candidate], votes: Sequence[Thumbed]) -> None:
        """Up to 4 points a day, against an average of about 10 votes."""
        del day, shown
        self.ups = 0.9 * self.ups + sum(vote.up for vote in votes)
        self.total = 0.9 * self.total + len(votes)
        share = (self.ups + 2 * self.target) / (self.total + 2)
        move = max(-4.0, min(4.0, 16 * (self.target - share)))
        self.cut = max(20.0, min(90.0, self.cut + move))


_PRIOR, _SPREAD = (-0.2, 0.8, 0.3, 0.5, 0.0), (1.2, 0.5, 0.5, 0.7, 1.0)


@dataclass
class Trial(Rule):
    """The trial before this one: a logistic of grades and similarity, and a cut of its chance."""

    weights: list[float] = field(default_factory=lambda: list(_PRIOR))
    rows: list[tuple[int, Row]] = field(default_factory=list)
    ups: float = 4.0
    total: float = 4.0

    def __post_init__(self) -> None:
        self.cut = 0.0 + (0.70 if self.target > 0.8 else 0.55)
        self.ups *= self.target

    def values(self, papers: Sequence[Candidate]) -> list[float]:
        """The chance of a 👍."""
        return [_chance(self.weights, _grades(each)) for each in papers]

    def learn(self, day: int, shown: Sequence[Candidate], votes: Sequence[Thumbed]) -> None:
        """Weights move by at most .25 a day, the cut by at most .04."""
        for vote in votes:
            row = Row(0.0, _grades(shown[vote.place]), vote.up, 1.0 if vote.up else 1.4)
            self.rows.append((day, row))
        recent = [
            row._replace(weight=row.weight * 0.985 ** (day - at))
            for at, row in self.rows
            if day - at < 60
        ]
        if votes:
            found = fit(recent, _PRIOR, _SPREAD)
            self.weights = [_near(a, b) for a, b in zip(self.weights, found, strict=True)]
        counts = [1.0 if vote.up else 1.4 for vote in votes]
        self.ups = 0.95 * self.ups + sum(vote.up for vote in votes)
        self.total = 0.95 * self.total + sum(counts)
        share = (self.ups + 4 * self.target) / (self.total + 4)
        move = max(-0.04, min(0.04, 0.3 * (self.target - share)))
        self.cut = max(0.3, min(0.85, self.cut + move))


def _grades(of: Candidate) -> tuple[float, float, float, float, float]:
    near = max(-2.5, min(2.5, of.near))
    return (1.0, of.graded.relevance - 8.0, of.graded.novelty - 7.0, near, 0.0)


def _chance(weights: Sequence[float], x: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-sum(a * b for a, b in zip(weights, x, strict=True))))


def _near(old: float, new: float) -> float:
    return old + max(-0.25, min(0.25, new - old)) if abs(new - old) > 0.05 else old


@dataclass
class Paperlark(Rule):
    """The product's own functions, on facts as they would be stored.

    Attributes:
        tuning: the constants.
        tastes: whether votes bend the order.
        asks: whether people are shown proposals.
        own: whether people write their words themselves, on the first day and at the change.
    """

    tuning: Tuning = field(default_factory=Tuning)
    tastes: bool = True
    asks: bool = False
    own: bool = False
    cast: list[Vote] = field(default_factory=list)
    shown: list[Showing] = field(default_factory=list)
    followed: tuple[Term, ...] = ()
    declined: dict[str, int] = field(default_factory=dict)
    accepted: int = 0
    _of: Taste = PLAIN
    _words: dict[str, float] = field(default_factory=dict)

    def choose(self, day: int, papers: Sequence[Candidate]) -> list[int]:
        """Line, taste and pick of the product."""
        at, knobs = date_of(day), Knobs(self.target, self.least)
        self.cut = line(BASE, self.cast, self.shown, at, knobs=knobs, tuning=self.tuning).value
        if self.tastes:
            self._of = taste(self.cast, self.shown, at, self.tuning)
        keys = {self.world.papers[each.number].id: place for place, each in enumerate(papers)}
        scores = {
            key: Score(papers[i].graded.score, papers[i].graded.relevance, papers[i].graded.novelty)
            for key, i in keys.items()
        }
        near = {key: papers[i].near for key, i in keys.items()}
        texts = {key: self.world.words[papers[i].number] for key, i in keys.items()}
        self._words = amounts(texts, self.followed) if self.followed else {}
        ranked = rerank(scores, self._of, near, self._words, self.tuning)
        chosen = pick(ranked, self.cut, CAP, least=self.least, seed=None)
        cards = [keys[key] for key in (*chosen.over, *chosen.despite)]
        return cards[: CAP - 1]

    def learn(self, day: int, shown: Sequence[Candidate], votes: Sequence[Thumbed]) -> None:
        """Keep the facts."""
        at = datetime.combine(date_of(day), datetime.min.time(), UTC) + timedelta(hours=12)
        self.shown.append(Showing(date_of(day), tuple(self._seen(shown))))
        for vote in votes:
            key = self.world.papers[shown[vote.place].number].id
            thumb = Thumb.UP if vote.up else Thumb.DOWN
            self.cast.append(Vote(at, vote.who, "sim:1/p", key, thumb, Door.CLI))

    def _seen(self, shown: Sequence[Candidate]) -> list[Seen]:
        keys = [self.world.papers[each.number].id for each in shown]
        last = len(shown) - 1
        return [
            Seen(key, place + 1, *_shown(each), self._words.get(key, 0.0), place == last)
            for place, (key, each) in enumerate(zip(keys, shown, strict=True))
        ]

    def ask(self, day: int, people: Sequence[Person]) -> None:
        """Once a week; people who know what they want take the phrases that name it."""
        if self.own:
            self.followed = tuple(map(Term, own_words(people)))
        if not self.asks or day % 5 != 4 or not own_words(people):
            return
        texts = {self.world.papers[i].id: self.world.papers[i] for i in self._voted()}
        for each in proposals(
            self.cast,
            self.shown,
            date_of(day + 1),
            texts=texts,
            field=self.world.field,
            followed=self.followed,
            declined=[text for text, at in self.declined.items() if day - at < REFUSED],
            knobs=Knobs(self.target, self.least),
            tuning=self.tuning,
        ):
            self._answer(day, each, people)

    def _answer(self, day: int, asked: Proposal, people: Sequence[Person]) -> None:
        """Wanted phrases one by one, drops where the word is not theirs, exclusions never."""
        phrases = (asked.phrase, *asked.also)
        good = [text for text in phrases if wants(people, text)]
        take = good if asked.wish is Wish.WANT else [asked.phrase]
        if asked.wish is Wish.EXCLUDE or (asked.wish is Wish.DROP and good):
            return
        if asked.wish is Wish.WANT:
            self.declined |= dict.fromkeys(set(phrases) - set(good), day)
        if take:
            self.followed = asked.applied(self.followed, take)
            self.accepted += 1

    def _voted(self) -> list[int]:
        ids = {vote.paper for vote in self.cast}
        return [self.world.places[key] for key in sorted(ids)]


def _shown(of: Candidate) -> tuple[float, int, int, float]:
    return of.graded.score, of.graded.relevance, of.graded.novelty, of.near
