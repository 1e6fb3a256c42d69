"""The closed loop on a fortnight of real days: loose floors, far under what the benchmark says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import closed_loop, score_scale
from benchmarks.ranking import SETS, load
from worker.llm import blend

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


def test_half_the_papers_bring_nearly_all_picks_to_the_model(real_data: Path) -> None:
    loaded = load(real_data, SETS[2])
    ways = [closed_loop.Loop("50 + 5 %", 0.5, 0), closed_loop.Loop("40 + 5 %", 0.4, 0, True)]
    closed_loop.run(loaded, loaded.days[:14], ways)
    for way, most in zip(ways, (0.57, 0.7), strict=True):
        assert len(way.days) == 14
        assert 3 <= len(way.after) <= 12
        assert sum(told.sent for told in way.after) < most * sum(told.papers for told in way.after)
        assert closed_loop.recall(way.after) > 0.9
        for told in way.days:
            assert told.sent + told.outcome.dropped == told.papers
    assert way.estimates[-1].days == len(way.after)


def test_on_real_grades_the_base_line_is_relevance_8_and_novelty_7(real_data: Path) -> None:
    loaded = load(real_data, SETS[2])
    graded = [
        (paper.relevance, paper.novelty)
        for day in loaded.days
        for paper in day.papers
        if paper.relevance and paper.novelty
    ]
    agree = sum((blend.score(r, n, 50.0) >= blend.LINE) == (r >= 8 and n >= 7) for r, n in graded)
    assert agree > 0.998 * len(graded) > 4000


def test_a_second_look_puts_more_papers_on_the_right_side(
    real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_scale, "_SIMULATED", 200)
    loaded = load(real_data, SETS[2])
    grades = [
        (paper.relevance, paper.novelty)
        for day in loaded.days
        for paper in day.papers
        if paper.relevance and paper.novelty
    ]
    once, twice, right_once, right_twice, looks = score_scale.simulated(grades, 80, (0.9, 0.5))
    assert twice < once
    assert right_twice > right_once
    assert looks <= 24
