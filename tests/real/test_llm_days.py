"""Real days before the model scorer: recorded grades as the model, three in ten answers spoilt."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from paperlark.demo.model import ModelDouble
from paperlark.demo.model_answers import LOW
from paperlark.demo.model_faults import MIXTURE
from paperlark.domain import Announcement, AnnounceType, Batch, BatchState, Listing, Profile
from tests.builders import paper
from tests.real.days import CATEGORIES, days
from tests.scoring import Group, asked, flat
from worker.llm import history, untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from paperlark.domain import Paper

pytestmark = pytest.mark.real

GROUP = Profile(
    "real",
    CATEGORIES,
    topics="Architecture, compression, efficiency and training of neural networks.",
    wanted="Architecture, compression, efficiency and training of neural networks.",
    revision="r1",
)
MOST_SENT = 0.56
"""Of a day's papers, once the profile is warm and as long as the share does not widen."""
FAULTS = [name for name in MIXTURE if name != "slow"]


def recorded(data: Path) -> Callable[[str, str], tuple[int, int]]:
    """What the model of the published digests said, by title; what it rejected gets a low grade."""
    found: dict[str, tuple[int, int]] = {}
    file = data / "dev" / "fulldays_cslg_csai.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            label = row["labels"].get("DaizeDong") or {}
            if label.get("relevance") and label.get("novelty"):
                found[untrusted.clean(row["title"])] = label["relevance"], label["novelty"]
    return lambda title, _abstract: found.get(title, LOW)


def announcements(data: Path) -> Mapping[date, Announcement]:
    return {day: _announcement(day, found) for day, found in _papers(data).items()}


def _papers(data: Path) -> dict[date, list[Paper]]:
    return {
        day: [paper(a.id, a.title, abstract=a.abstract, categories=a.categories) for a in found]
        for day, found in days(data).items()
    }


def _announcement(day: date, found: list[Paper]) -> Announcement:
    batches = tuple(
        Batch(
            day,
            category,
            BatchState.COMPLETE,
            tuple(
                Listing(each.id, 1, AnnounceType.NEW)
                for each in found
                if category in each.categories
            ),
        )
        for category in CATEGORIES
    )
    return Announcement(day, batches, {each.id: each for each in found})


def allowed(made: Group, day: date) -> float:
    """The share of the day that may be sent: all while the profile is new, else best and 5 %."""
    graded = made.store.grades("real")
    if history.warming(graded, GROUP, day, 2):
        return 1.0
    return history.share(made.store, GROUP, day, 0.5, graded).keep + 0.05


def through(data: Path, count: int, seed: int, faults: Sequence[str] = FAULTS) -> list[float]:
    """The shares that were sent, day by day; of one fault alone most of a day may be undecided."""
    made, shares = Group(profile=GROUP), list[float]()
    with ModelDouble(recorded(data), count=lambda text: len(text) // 5) as double:
        for number, (day, announcement) in enumerate(announcements(data).items()):
            if number == count:
                break
            made.store.save(announcement)
            most = allowed(made, day)
            double.faults.mix(0.3, faults, seed=seed + number)
            before = len(double.chats)
            digest = made.digest(double, day)
            papers = digest.counts.scanned
            shares.append(len(set(flat(asked(double.chats[before:])))) / papers)
            if len(faults) > 1:
                assert digest.usage.scorer == "llm"
                assert digest.counts.undecided < 0.05 * papers
            assert shares[-1] <= most + 2 / papers
            double.faults.mix(0.0)
            assert made.digest(double, day).counts.undecided == 0
        assert len(set(double.faults.met)) > min(10, len(faults) - 1)
    return shares


def test_three_days_lose_nothing(real_data: Path):
    assert through(real_data, 3, seed=1)[:2] == [1.0, 1.0]


@pytest.mark.proof
@pytest.mark.parametrize("seed", [100, 200])
def test_every_day_loses_nothing(real_data: Path, seed: int):
    shares = through(real_data, 99, seed)
    assert len(shares) == 25
    assert min(shares) < MOST_SENT


@pytest.mark.proof
@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_alone_loses_a_paper(real_data: Path, name: str):
    assert len(through(real_data, 3, 7, [name])) == 3
