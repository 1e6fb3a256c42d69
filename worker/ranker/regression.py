"""Logistic regression around known weights, by dual coordinate ascent: no learning rate."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.centroid import sigmoid
from worker.ranker.vectors import add, dot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Label
    from worker.ranker.tuning import Tuning
    from worker.ranker.vectors import Vector

_FULL = 50.0  # labels of the rarer kind from which the labels are trusted in full
_NEWTON = 3  # steps for one dual variable; the fourth changes nothing that shows
_BIAS = -1.0


class Masses(NamedTuple):
    """What the labels weigh: for the paper, and against it."""

    liked: float
    other: float

    @classmethod
    def of(cls, labels: Mapping[str, Label]) -> Masses:
        """The masses of some labels; a label between 0 and 1 counts on both sides."""
        liked = sum(label.weight * label.target for label in labels.values())
        return cls(liked, sum(label.weight for label in labels.values()) - liked)


@dataclass(slots=True)
class _Row:
    """A labelled paper with its dual variable, which is also its own share of its score."""

    key: str
    vector: Vector
    target: float
    cost: float
    dual: float = 0.0


def regress(
    weights: list[float],
    vectors: Mapping[str, Vector],
    labels: Mapping[str, Label],
    tuning: Tuning,
) -> dict[str, float]:
    """Fits `weights` in place, starting at them as the prior mean; needs labels of both kinds.

    Minimises sum of cost x log-loss + |w - prior mean|^2 / 2, both kinds weighing the same, in the
    dual (Yu, Huang and Lin, Machine Learning 85, 2011, algorithm 5). Vectors have length 1.

    Returns:
        Each labelled paper's own share of its score: less it, the score is as if left out.
    """
    rows = _rows(vectors, labels, tuning)
    order = random.Random(0)  # noqa: S311  (a fixed order of visits, no secret)
    bias = _BIAS
    for _ in range(tuning.passes):
        order.shuffle(rows)
        for row in rows:
            step = _step(row, bias + dot(weights, row.vector))
            if step:
                bias += step
                add(weights, row.vector, step)
    return {row.key: row.dual for row in rows}


def _rows(vectors: Mapping[str, Vector], labels: Mapping[str, Label], tuning: Tuning) -> list[_Row]:
    masses = Masses.of(labels)
    ramp = tuning.cost * min(1.0, min(masses) / _FULL) * sum(masses) / 2
    return [
        _Row(
            key,
            vectors[key],
            label.target,
            ramp * label.weight * (label.target / masses.liked + (1 - label.target) / masses.other),
        )
        for key, label in labels.items()
        if label.weight
    ]


def _step(row: _Row, score: float) -> float:
    """Moves a row's dual variable to its best value and returns by how much.

    Solves a = cost (target - sigmoid(score + 2 (a - old))): 2 is |vector|^2 and the bias's 1.
    """
    old = dual = row.dual
    top, bottom = row.cost * row.target, -row.cost * (1 - row.target)
    for _ in range(_NEWTON):
        p = sigmoid(score + 2 * (dual - old))
        slope = 1 + 2 * row.cost * p * (1 - p)
        dual -= (dual - row.cost * (row.target - p)) / slope
        dual = min(top, max(bottom, dual))
    row.dual = dual
    return dual - old
