"""Where a line would go if nothing bounded its steps: what people can accept at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from paperlark.feedback.taste import logit
from paperlark.feedback.tuning import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from paperlark.feedback.taste import Taste
    from paperlark.feedback.tuning import Tuning

_GRID = 2  # lines a point


def aim(
    of: Taste, recent: Iterable[float], target: float, tuning: Tuning = DEFAULT
) -> float | None:
    """The lowest line over which papers like the recent ones are liked often enough.

    A paper of score s is liked with the odds of s / 100, times e^level. The line is rounded up to
    half a point.

    Args:
        of: the taste of the votes, for its level.
        recent: scores, 0 to 100, of all scored papers of the last days.
        target: the liked share of the papers over the line, 0 to 1.
        tuning: the constants.

    Returns:
        None where there are too few votes to tell, or no papers. Where not even the best paper
        reaches the target, the line is at the best.
    """
    scores = sorted(recent, reverse=True)
    if of.votes < tuning.votes or not scores:
        return None
    found, total = scores[0], 0.0
    for count, score in enumerate(scores, 1):
        total += 1 / (1 + math.exp(-(logit(score) + of.level)))
        if total / count >= target:
            found = score
    return min(100.0, math.ceil(found * _GRID) / _GRID)
