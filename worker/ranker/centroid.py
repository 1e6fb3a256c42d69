"""From a judgement of papers to weights of words: the mean of one side less that of the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.vectors import add

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from paperlark.domain import Label
    from worker.ranker.prior import Prior
    from worker.ranker.tuning import Tuning
    from worker.ranker.vectors import Corpus, Vector

_UNSEEN = 0.002  # a paper chosen by less than this adds nothing one could notice
_FLAT = -30.0  # below it the logistic function is 0 for every purpose here


class Sides(NamedTuple):
    """The mean vectors of the pseudo-chosen papers and of all others, without any label.

    ``worth`` is how many likes the first counts as: 0 where the profile says nothing.
    """

    chosen: list[float]
    rest: list[float]
    worth: float


def sigmoid(x: float) -> float:
    """The logistic function, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-x)) if x > _FLAT else 1e-13


def sides(
    corpus: Corpus, prior: Prior, tuning: Tuning, without: Container[str] = frozenset()
) -> Sides:
    """Divides every paper of the store, but for those to leave out, softly by its prior."""
    chosen, rest = [0.0] * corpus.width, [0.0] * corpus.width
    mass = others = 0.0
    for key, vector in corpus.vectors().items():
        if key in without:
            continue
        others += 1.0
        add(rest, vector)
        share = sigmoid(tuning.sharp * (prior.grades[key] - tuning.choose))
        if prior.informed and share > _UNSEEN:
            mass += share
            add(chosen, vector, share)
    others = (others - mass) or 1.0
    return Sides(
        [v / (mass or 1.0) for v in chosen],
        [(a - b) / others for a, b in zip(rest, chosen, strict=True)],
        tuning.pseudo if mass else 0.0,
    )


def difference(
    base: Sides,
    vectors: Mapping[str, Vector],
    labels: Mapping[str, Label],
    dislikes: float,
) -> list[float]:
    """One weight a word: the chosen side's mean with the likes, less the other's with dislikes.

    The classifier is Rocchio's (Salton, The SMART Retrieval System, 1971, ch. 14), with masses
    ``base.worth`` and `dislikes` for what nobody labelled.
    """
    liked = sum(label.weight * label.target for label in labels.values())
    other = sum(label.weight * (1.0 - label.target) for label in labels.values())
    up, down = (base.worth + liked) or 1.0, (dislikes + other) or 1.0
    weights = [
        base.worth / up * a - dislikes / down * b
        for a, b in zip(base.chosen, base.rest, strict=True)
    ]
    for key, label in labels.items():
        times = label.weight * (label.target / up - (1.0 - label.target) / down)
        add(weights, vectors[key], times)
    return weights
