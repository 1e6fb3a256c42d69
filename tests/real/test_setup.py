"""Drafted profiles on real days: five liked and three not, against the hand-written profile."""

from __future__ import annotations

import random
from statistics import fmean
from typing import TYPE_CHECKING

import pytest

from benchmarks.ranking import SETS, load
from paperlark import drafting
from paperlark.domain import AnnounceType, Candidate, Paper
from paperlark.drafting.phrases import LEAST, MOST
from worker import agreement
from worker.local import LocalScorer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.ranking import Loaded
    from paperlark.domain import Profile
    from worker.labelled import Day

pytestmark = pytest.mark.real

DRAWS, DAYS, FIELD = 4, 4, 900


def _papers(days: Sequence[Day], *, selected: bool | None = None) -> list[Paper]:
    return [
        Paper(each.id, 1, each.title, each.abstract, (), each.categories)
        for day in days
        for each in day.papers
        if selected in {None, each.selected}
    ]


def _auc(scorer: LocalScorer, profile: Profile, days: Sequence[Day]) -> float:
    """The mean over days of how often a selected paper stands above another one."""
    candidates = [Candidate(paper, AnnounceType.NEW) for paper in _papers(days)]
    scores = scorer.score(candidates, profile).scores
    found = [
        agreement.auc(
            [scores[each.id].value for each in day.papers], [each.selected for each in day.papers]
        )
        for day in days
    ]
    return fmean(each for each in found if each is not None)


def _split(loaded: Loaded) -> tuple[list[Day], list[Day]]:
    """Days to draw the examples from, and the report days after them."""
    days = sorted(loaded.days, key=lambda day: day.date)
    return days[: len(days) // 2], days[len(days) // 2 :][:DAYS]


@pytest.mark.parametrize(
    ("number", "floor"), [pytest.param(0, 0.68, marks=pytest.mark.proof), (2, 0.72)]
)
def test_five_liked_and_three_not_rank_later_days_far_better_than_chance(
    real_data: Path, number: int, floor: float
) -> None:
    """`-s` prints the figures beside the hand-written profile's and the bare examples'."""
    loaded = load(real_data, SETS[number])
    before, after = _split(loaded)
    chosen, others = _papers(before, selected=True), _papers(before, selected=False)
    field = _papers(before[-6:])[-FIELD:]
    rng = random.Random(11)  # noqa: S311  (a fixed draw, no secret)
    draws = [(rng.sample(chosen, 5), rng.sample(others, 3)) for _ in range(DRAWS)]
    scorer = LocalScorer(
        [*field, *(paper for draw in draws for each in draw for paper in each)], {}
    )
    drafted, bare = [], []
    for liked, other in draws:
        made = drafting.draft(liked, other, field)
        ids = [paper.id for paper in liked], [paper.id for paper in other]
        assert LEAST - 2 <= len(made.keywords) <= MOST
        drafted.append(_auc(scorer, drafting.filed("draft", made, *ids), after))
        plain = drafting.Draft(made.categories, topics=" ")
        bare.append(_auc(scorer, drafting.filed("bare", plain, *ids), after))
    hand = _auc(scorer, loaded.profile, after)
    print(  # noqa: T201  (the figures)
        f"{loaded.of.name}: draft {fmean(drafted):.3f} ({min(drafted):.3f}-{max(drafted):.3f}), "
        f"examples alone {fmean(bare):.3f}, by hand {hand:.3f}"
    )
    assert fmean(drafted) > floor
    assert fmean(drafted) > fmean(bare)
