from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Candidate,
    Listing,
    Paper,
    Profile,
    Score,
    Scored,
    Usage,
    VerdictState,
)
from tests.fakes import MemoryStore
from worker import pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperlark.domain import Digest

DAY = date(2025, 9, 25)
PROFILE = Profile("group", ("cs.LG",), base_line=50, revision="r1")


@dataclass
class Source:
    """Gives what it is told to, and counts."""

    batch: Batch
    papers: dict[str, Paper]
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def fetch(self, day: date, categories: Sequence[str]) -> Announcement:
        self.asked.append(tuple(categories))
        return Announcement(day, (replace(self.batch, date=day),), self.papers)


class Scorer:
    """Scores by the paper's number; `undecided` ones not at all."""

    def __init__(self, undecided: frozenset[str] = frozenset()) -> None:
        self.undecided = undecided

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        del profile
        ids = [candidate.paper.id for candidate in candidates]
        scores = {each: Score(float(each[-2:])) for each in ids if each not in self.undecided}
        return Scored(scores, dict.fromkeys(self.undecided, "silent"), Usage("local"))


def paper(identifier: str, title: str = "T") -> Paper:
    return Paper(identifier, 1, title, "A", (), ("cs.LG",))


def source(*ids: str, **fields: object) -> Source:
    rows = tuple(Listing(each, 1, AnnounceType.NEW) for each in ids)
    batch = Batch(DAY, "cs.LG", BatchState.COMPLETE, rows)
    changed = replace(batch, **fields)  # type: ignore[arg-type]  # the test names real fields
    return Source(changed, {each: paper(each) for each in ids})


def run(
    store: MemoryStore, given: Source, profile: Profile = PROFILE, scorer: Scorer | None = None
) -> Digest:
    pipeline.fetch(DAY, profile.categories, given, store)
    made = scorer or Scorer()
    pipeline.score(profile, DAY, store, "local", lambda *_: made)
    return pipeline.publish(profile, DAY, store, "local")


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_a_digest_stands_whatever_becomes_of_its_papers(store: MemoryStore):
    first = run(store, source("2509.00090", "2509.00010"))
    assert first.counts.shown == 1
    store.announced["2509.00090"] = paper("2509.00090", "Later title")
    assert run(store, source("2509.00090", "2509.00010")) == first
    store.announced.clear()
    store.days.clear()
    store.answers.clear()
    assert pipeline.standing(PROFILE, DAY, store, "local") == first
    assert pipeline.publish(PROFILE, DAY, store, "local") == first


def test_what_knows_less_never_replaces_a_digest(store: MemoryStore):
    first = run(store, source("2509.00090"))
    store.days.clear()
    edited = replace(PROFILE, revision="r2")
    lost = source(state=BatchState.FAILED, detail="no answer")
    assert run(store, lost, edited) == first
    assert store.digest("group", DAY) == first


def test_an_edited_profile_makes_it_again(store: MemoryStore):
    run(store, source("2509.00090", "2509.00060"))
    stricter = replace(PROFILE, revision="r2", base_line=80.0)
    assert [card.paper.id for card in run(store, source(), stricter).cards] == ["2509.00090"]


def test_settled_days_are_not_asked_for_again(store: MemoryStore):
    given = source("2509.00090")
    run(store, given)
    run(store, given)
    assert given.asked == [("cs.LG",)]


@pytest.mark.parametrize(
    "doubt",
    [
        {"source": "file"},
        {"unchecked": True},
        {"state": BatchState.TRUNCATED},
        {"state": BatchState.FAILED, "listings": ()},
    ],
)
def test_what_is_in_doubt_is_asked_for_again(store: MemoryStore, doubt: dict[str, object]):
    run(store, source("2509.00090", **doubt))
    whole = source("2509.00090", "2509.00091")
    assert run(store, whole).counts.scanned == 2
    assert whole.asked == [("cs.LG",)]
    assert run(store, whole).verdict.state is VerdictState.COMPLETE


def test_undecided_papers_are_tried_again(store: MemoryStore):
    given = source("2509.00090", "2509.00091")
    first = run(store, given, scorer=Scorer(frozenset({"2509.00091"})))
    assert (first.counts.undecided, first.counts.shown) == (1, 1)
    assert run(store, given).counts.undecided == 0
