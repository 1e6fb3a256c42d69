"""Which papers a model reads a second time, how they are asked for, and the mean. Pure.

Models repeat themselves imperfectly: the same one, asked twice, gave the same relevance in 39 to
66 % of cases and one within 1 in 88 to 99 %. A second look pays where it can change what is shown.
"""

from __future__ import annotations

from hashlib import sha256
from math import floor
from typing import TYPE_CHECKING, NamedTuple

from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from paperlark.domain import PaperId

MOST = 24
"""Papers a day that are looked at again."""
BAND = 12.0
"""Points round the line: a little more than one step of relevance there."""
BATCH = 8
"""Papers a call, half of a first look's."""


class Mean(NamedTuple):
    """Two looks at a paper, averaged: 1 to 10 each, in halves."""

    relevance: float
    novelty: float

    def shown(self) -> Grade:
        """Whole numbers for a card; halves are rounded up."""
        return Grade(floor(self.relevance + 0.5), floor(self.novelty + 0.5))


def chosen(
    scores: Mapping[PaperId, float],
    *,
    line: float,
    cap: int,
    most: int = MOST,
    band: float = BAND,
) -> tuple[PaperId, ...]:
    """The papers to read again, at most `most`, best first.

    First the head: the best `cap` and half as many more, as far as they are over the line or
    within the band under it. Then, nearest to the line first, others within the band.

    Args:
        scores: 0 to 100, of papers that the model graded once.
        line: the score a card needs.
        cap: most cards.
        most: papers to read again.
        band: points round the line.
    """
    ranked = sorted(scores, key=lambda paper: (-scores[paper], paper))
    hopeful = [paper for paper in ranked if scores[paper] >= line - band]
    head, others = hopeful[: cap + cap // 2], hopeful[cap + cap // 2 :]
    near = [paper for paper in others if scores[paper] <= line + band]
    near.sort(key=lambda paper: abs(scores[paper] - line))
    taken = frozenset((head + near)[: max(0, most)])
    return tuple(paper for paper in hopeful if paper in taken)


def batches(
    papers: Iterable[PaperId], seed: str, size: int = BATCH
) -> tuple[tuple[PaperId, ...], ...]:
    """The papers in calls of nearly equal size, at most `size`, in an order drawn by the seed.

    The order depends on the seed and the ids only, not on how the papers come.
    """
    drawn = sorted(
        set(papers), key=lambda paper: sha256(f"second {seed} {paper}".encode()).digest()
    )
    calls = -(-len(drawn) // size)
    return tuple(tuple(drawn[number::calls]) for number in range(calls))


def average(first: Grade | Mean, second: Grade | Mean) -> Mean:
    """The mean of two looks; order does not matter."""
    return Mean(
        (first.relevance + second.relevance) / 2,
        (first.novelty + second.novelty) / 2,
    )


def averaged(
    first: Mapping[PaperId, Grade], second: Mapping[PaperId, Grade]
) -> dict[PaperId, Mean]:
    """Every paper of the first look, averaged where there was a second; others as they are.

    A second look that failed for a paper is simply absent; papers of the second only are ignored.
    """
    return {paper: average(grade, second.get(paper, grade)) for paper, grade in first.items()}


def spread(first: Mapping[PaperId, Grade], second: Mapping[PaperId, Grade]) -> tuple[int, ...]:
    """How far apart the two looks put relevance, for each paper of both: how steady a model is."""
    both = [paper for paper in first if paper in second]
    return tuple(abs(first[paper].relevance - second[paper].relevance) for paper in both)
