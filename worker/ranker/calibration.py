"""From scores to 0-100, so that 70 is liked about 70 times in 100 where labels are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.centroid import sigmoid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperlark.domain import Label

_ITERATIONS = 12
_STEEP, _LEVEL = 1.1, -2.8  # without labels: 2.55 deviations above the mean are 50
_STEEP_VARIANCE, _LEVEL_VARIANCE = 0.25, 1.0
_LEAST_STEEP = 0.05


class Scale(NamedTuple):
    """100 x sigmoid(steepness x score + level); rising, as the steepness is positive."""

    steepness: float = _STEEP
    level: float = _LEVEL

    def percent(self, score: float) -> float:
        """A score as 0 to 100."""
        return 100.0 * sigmoid(self.steepness * score + self.level)


def calibrated(rows: Sequence[tuple[float, Label]]) -> Scale:
    """The scale under which scores of papers left out of training say how often they are liked.

    Platt's scaling (Advances in Large Margin Classifiers, 1999) with a Gaussian prior, by Newton's
    method; with no rows the prior itself.
    """
    scale = Scale()
    for _ in range(_ITERATIONS if rows else 0):
        scale = _newton(scale, rows)
    return Scale(max(scale.steepness, _LEAST_STEEP), scale.level)


def _newton(scale: Scale, rows: Sequence[tuple[float, Label]]) -> Scale:
    a, b = scale
    ga, gb = (a - _STEEP) / _STEEP_VARIANCE, (b - _LEVEL) / _LEVEL_VARIANCE
    haa, hab, hbb = 1 / _STEEP_VARIANCE, 0.0, 1 / _LEVEL_VARIANCE
    for score, label in rows:
        p = sigmoid(a * score + b)
        error, curve = label.weight * (p - label.target), label.weight * p * (1 - p)
        ga, gb = ga + error * score, gb + error
        haa, hab, hbb = haa + curve * score * score, hab + curve * score, hbb + curve
    determinant = haa * hbb - hab * hab
    return Scale(a - (hbb * ga - hab * gb) / determinant, b - (haa * gb - hab * ga) / determinant)
