"""What the profile alone says about papers: its phrases and its text, before any label."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from worker.ranker.vectors import add, dot

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from worker.ranker.phrases import Hit, Phrase
    from worker.ranker.tuning import Tuning
    from worker.ranker.vectors import Corpus, Vector


class Spread(NamedTuple):
    """Mean and standard deviation of some numbers; the deviation of equal numbers is 1."""

    mean: float
    deviation: float


class Linear(NamedTuple):
    """score = bias + words . vector + phrases . hits."""

    words: list[float]
    phrases: list[float]
    bias: float


class Prior(NamedTuple):
    """The profile's own judgement.

    Attributes:
        model: the judgement as a linear model; over the store it has mean 0 and deviation 1.
        grades: it, for every paper of the store, in order of key.
        informed: whether any phrase or word of the profile stands in the store.
    """

    model: Linear
    grades: dict[str, float]
    informed: bool


def spread(values: Collection[float]) -> Spread:
    """Mean and standard deviation (over n, not n - 1)."""
    n = len(values) or 1
    mean = sum(values) / n
    variance = sum([(v - mean) ** 2 for v in values]) / n
    return Spread(mean, math.sqrt(variance) if variance > 1e-24 else 1.0)  # noqa: PLR2004  (rounding of equal numbers)


def named(weights: Sequence[float], hits: Sequence[Hit]) -> float:
    """The phrases' part of a score."""
    return sum([weights[hit.phrase] * hit.amount for hit in hits])


def prior(
    corpus: Corpus,
    hits: Mapping[str, Sequence[Hit]],
    phrases: Sequence[Phrase],
    profile: tuple[Sequence[str], Sequence[str]],
    tuning: Tuning,
) -> Prior:
    """z(phrases) + share x z(similarity to the profile's text), standardised over the store.

    Args:
        corpus: the papers.
        hits: the phrases each paper names.
        phrases: what the hits number.
        profile: the stems of the wanted and of the unwanted text.
        tuning: the shares.
    """
    given = [phrase.weight for phrase in phrases]
    text = _direction(corpus, profile, tuning.against)
    vectors = corpus.vectors()
    by_phrase = {key: named(given, hits[key]) for key in vectors}
    by_text = {key: dot(text, vector) for key, vector in vectors.items()}
    first, second = spread(by_phrase.values()), spread(by_text.values())
    share = tuning.profile
    raw = [
        (by_phrase[key] - first.mean) / first.deviation
        + share * (by_text[key] - second.mean) / second.deviation
        for key in vectors
    ]
    both = spread(raw)
    model = Linear(
        [share / (both.deviation * second.deviation) * v for v in text],
        [v / (both.deviation * first.deviation) for v in given],
        -(first.mean / first.deviation + share * second.mean / second.deviation + both.mean)
        / both.deviation,
    )
    grades = {key: (v - both.mean) / both.deviation for key, v in zip(vectors, raw, strict=True)}
    return Prior(model, grades, any(text) or any(hits[key] for key in vectors))


def _direction(
    corpus: Corpus, profile: tuple[Sequence[str], Sequence[str]], against: float
) -> list[float]:
    """The unit vector of the wanted text less a share of the unwanted one's."""
    vectors: list[Vector] = [corpus.query(stems) for stems in profile]
    direction = [0.0] * corpus.width
    for vector, share in zip(vectors, (1.0, -against), strict=True):
        add(direction, vector, share)
    return direction
