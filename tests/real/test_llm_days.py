"""Real days before the model scorer: recorded grades as the model, three in ten answers spoilt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real.model_days import INJECTED, MIXED, WAYS, Walked, walk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real

MOST_SENT = 0.56
"""Of a day's papers, once the profile is warm and as long as the share does not widen."""
SHORT = ("cut", "missing", "batch: expired", INJECTED, MIXED)
HARMLESS = {"slow", "fences", "prose", "strings", "no-usage", "no-schema", "duplicate"}
"""Nothing is asked twice for these."""


def kept(told: Walked, days: int) -> None:
    """What holds whatever goes wrong; `walk` itself holds that no paper is lost."""
    assert len(told.shares) == days
    assert told.later == told.astray == 0
    assert told.spoilt > 0 or told.way == INJECTED
    assert told.way not in HARMLESS or told.undecided == 0
    for share, most in zip(told.shares, told.most, strict=True):
        assert share <= most + 0.02


@pytest.mark.parametrize("way", SHORT)
def test_two_days_lose_nothing(real_data: Path, way: str):
    kept(walk(real_data, way, 2, seed=1), 2)


@pytest.mark.proof
@pytest.mark.parametrize("seed", [100, 200])
def test_every_day_loses_nothing_under_all_faults(real_data: Path, seed: int):
    told = walk(real_data, MIXED, seed=seed)
    kept(told, 25)
    assert min(told.shares) < MOST_SENT
    assert told.local == 0
    assert told.undecided < 0.05 * told.papers


@pytest.mark.proof
@pytest.mark.parametrize("way", WAYS)
def test_no_fault_alone_loses_a_paper_on_any_day(real_data: Path, way: str):
    kept(walk(real_data, way), 25)
