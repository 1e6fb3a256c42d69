"""A group's day scored by the real model scorer over a loopback model, with a store in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from paperlark.demo import model_reading as reading
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Digest,
    Fate,
    Listing,
    Paper,
    Profile,
)
from tests import builders
from tests.fakes import MemoryStore
from worker import pipeline
from worker.llm import models
from worker.llm.prices import Prices
from worker.llm.purse import Account
from worker.llm.settings import BudgetSettings, LlmSettings, PriceSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.demo.model import Call, ModelDouble

DAY = date(2026, 11, 19)
SEEDS = PriceSettings(input=1.25, cached=0.125, output=10.0)
"""US dollars per million tokens in the predecessors' published runs."""
PROFILE = Profile(
    "group",
    ("cs.LG",),
    topics="- Bandits and their regret\n- Kernels for sparse matrices",
    wanted="Bandits and their regret. Kernels for sparse matrices.",
    cap=12,
    base_line=50.0,
    revision="r1",
)
_THINGS = ("Bandits", "Sparse Kernels", "Diffusion", "Time Series", "Graphs", "Tokenisers")


def papers(count: int, first: int = 0) -> tuple[Paper, ...]:
    """Invented papers, each with a title of its own."""
    return tuple(
        builders.paper(
            f"2611.{number:05}",
            f"{_THINGS[number % 6]} with {number + 2} Arms",
            abstract=f"We bound the regret of method {number}. It is measured on {number} tasks.",
        )
        for number in range(first, first + count)
    )


def grades(title: str, _abstract: str = "") -> tuple[int, int]:
    """What the model thinks: one paper in four is worth a card."""
    number = int("".join(filter(str.isdecimal, title)) or "0")
    return (8 + number % 3 if number % 4 == 0 else 2 + number % 4, 7 if number % 2 else 8)


@dataclass
class Group:
    """A profile, a store, and an operator's settings.

    Attributes:
        llm, caps: the keys of ``[scoring.llm]`` and ``[scoring.budget]``.
        price: the model's; None for the shipped table's.
        prices: other models' prices.
        naps: seconds the client wanted to wait; it never does.
    """

    profile: Profile = PROFILE
    store: MemoryStore = field(default_factory=MemoryStore)
    llm: dict[str, Any] = field(default_factory=dict)
    caps: dict[str, float] = field(default_factory=dict)
    price: PriceSettings | None = SEEDS
    prices: dict[str, PriceSettings] = field(default_factory=dict)
    naps: list[float] = field(default_factory=list)

    def announce(self, found: Iterable[Paper], day: date = DAY) -> None:
        """What arXiv announced."""
        known = {paper.id: paper for paper in found}
        rows = tuple(Listing(paper, 1, AnnounceType.NEW) for paper in known)
        batch = Batch(day, "cs.LG", BatchState.COMPLETE, rows, fingerprint=f"{len(rows)}")
        self.store.save(Announcement(day, (batch,), known))

    def account(self, double: ModelDouble | None) -> Account:
        """Models and money; without a double nobody listens."""
        table = {"base_url": "http://127.0.0.1:9/v1", "api_key": "none"}
        chosen = LlmSettings(**((double.settings if double else table) | self.llm))
        own = self.prices | ({chosen.model: self.price} if self.price else {})
        caps = BudgetSettings.model_validate(self.caps)
        return Account(
            chosen,
            caps,
            Prices.load(own),
            self.store.spending,
            self.store.rungs,
            lambda: datetime(2026, 11, 19, 12, tzinfo=UTC),
            self.naps.append,
        )

    def digest(self, double: ModelDouble | None, day: date = DAY) -> Digest:
        """The day scored and put together, as ``paperlark digest`` does it."""
        make = models.maker(self.account(double), self.store)
        pipeline.score(self.profile, day, self.store, "llm", make)
        return whole(pipeline.publish(self.profile, day, self.store, "llm"), self.announced(day))

    def announced(self, day: date = DAY) -> frozenset[str]:
        """Ids of the day's papers."""
        batches = self.store.batches(day, self.profile.categories)
        return frozenset(row.paper for batch in batches for row in batch.listings)

    def edited(self, **changes: Any) -> Group:
        """The same group with its profile changed, as the store sees it: a new revision."""
        return replace(self, profile=replace(self.profile, revision="r2", **changes))


def whole(digest: Digest, announced: frozenset[str]) -> Digest:
    """The digest, if no paper of the day is lost, none is a stranger, and the sums are right."""
    counts = digest.counts
    ids = [card.paper.id for card in digest.cards] + [one.id for one in digest.not_shown]
    assert len(ids) == len(set(ids)) == counts.scanned
    assert set(ids) <= announced
    assert counts.scanned + counts.repeats == len(announced)
    assert counts.shown == len(digest.cards)
    fates = (counts.shown, counts.below, counts.filtered, counts.undecided)
    assert sum(fates) == counts.scanned
    assert all(one.reason for one in digest.not_shown if one.fate is Fate.UNDECIDED)
    values = [card.score.value for card in digest.cards]
    values += [one.score for one in digest.not_shown if one.score is not None]
    assert len(values) == len(set(values))
    return digest


def undecided(digest: Digest) -> dict[str, str]:
    """Title to reason."""
    return {one.title: one.reason for one in digest.not_shown if one.fate is Fate.UNDECIDED}


def shown(digest: Digest) -> dict[str, tuple[int | None, int | None]]:
    """Title to grades."""
    found = ((card.paper.title, card.score) for card in digest.cards)
    return {title: (score.relevance, score.novelty) for title, score in found}


def flat(lists: Iterable[list[str]]) -> list[str]:
    """All of them in a row."""
    return list(chain.from_iterable(lists))


MARKS = {"grades": ('{"g"',), "looks": ('{"g":[{',), "reasons": ('{"w"',), "told": ('"t":',)}


def asked(calls: Sequence[Call], name: str = "grades") -> list[list[str]]:
    """The titles of each call that asked for grades, among them those of second looks (`looks`).

    Or of those that asked for sentences: `told` are all, `reasons` those that asked for them alone.
    """
    found = (reading.words(call.body)[1] for call in calls)
    return [
        [paper.title for paper in reading.papers(user)]
        for user in found
        if any(mark in user for mark in MARKS[name])
    ]
