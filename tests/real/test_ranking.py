"""The ranker on two report days of each kind: loose floors, far under what the benchmark says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from benchmarks.ranking import SETS, Loaded, load
from paperlark.domain import AnnounceType, Candidate, Label, Paper
from worker import agreement, evaluation
from worker.local import LocalScorer

if TYPE_CHECKING:
    from pathlib import Path

    from worker.labelled import Day

pytestmark = pytest.mark.real


def _papers(days: tuple[Day, ...]) -> list[Paper]:
    return [
        Paper(paper.id, 1, paper.title, paper.abstract, (), paper.categories)
        for day in days
        for paper in day.papers
    ]


def _last(loaded: Loaded) -> tuple[Day, tuple[Day, ...]]:
    """The last report day, and the days of the fortnight before it."""
    at = next(n for n, day in enumerate(loaded.days) if day.date == max(loaded.report))
    return loaded.days[at], loaded.days[max(0, at - 9) : at]


@pytest.mark.parametrize("number", [0, 2])
def test_cold_and_with_labels_a_day_is_ranked_far_better_than_by_chance(
    real_data: Path, number: int
) -> None:
    loaded = load(real_data, SETS[number])
    day, before = _last(loaded)
    labels = {p.id: Label(float(p.selected)) for one in before for p in one.papers}
    candidates = [Candidate(paper, AnnounceType.NEW) for paper in _papers((day,))]
    wanted = {paper.id: paper.selected for paper in day.papers}
    for known, floor in (({}, 0.75), (labels, 0.8)):
        scored = LocalScorer(_papers(before), known).score(candidates, loaded.profile)
        values = {key: score.value for key, score in scored.scores.items()}
        found = agreement.auc([values[key] for key in wanted], list(wanted.values()))
        assert found is not None
        assert found > floor
        assert len({round(value, 4) for value in values.values()}) == len(wanted)
        assert all(score.comment for score in scored.scores.values())


def test_a_day_of_855_papers_takes_little_time(real_data: Path) -> None:
    """No bound is asserted: a loaded machine must not fail it. `-s` prints the figure."""
    loaded = load(real_data, SETS[0])
    day = max(loaded.days, key=lambda one: len(one.papers))
    candidates = [Candidate(paper, AnnounceType.NEW) for paper in _papers((day,))]
    began = time.process_time()
    scored = LocalScorer([], {}).score(candidates, loaded.profile)
    print(f"{len(candidates)} papers: {time.process_time() - began:.2f} s of CPU")  # noqa: T201  (the figure)
    assert len(scored.scores) == len(candidates) > 800


def test_the_closed_loop_keeps_most_of_what_is_wanted(real_data: Path) -> None:
    loaded = load(real_data, SETS[0])
    found = evaluation.assess(loaded.days[-5:], loaded.profile, train="past", keep=0.5)
    assert found["overall"]["recall_sent"] > 0.9
    assert found["overall"]["kendall_tau_b"] is None
