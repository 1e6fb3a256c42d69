"""Which papers a model reads a second time, and the mean. Pure.

Models repeat themselves imperfectly: the same one, asked twice, gave the same relevance in 39 to
66 % of cases and one within 1 in 88 to 99 %. A second look pays where it can change what is shown:
at the papers that would be cards, which are sent once more anyway, for their sentences, and at
those that come next.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

from worker.llm.words import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import PaperId

SPARE = 6
"""For each so many cards one paper more is looked at, that may come into their place."""
BAND = 12.0
"""Points under the line: a little more than one step of relevance there."""
BATCH = 8
"""Papers a call, half of a first look's."""


class Mean(NamedTuple):
    """Two looks at a paper, averaged: 1 to 10 each, in halves."""

    relevance: float
    novelty: float

    def shown(self) -> Grade:
        """Whole numbers for a card; halves are rounded up."""
        return Grade(floor(self.relevance + 0.5), floor(self.novelty + 0.5))


def most(cap: int) -> int:
    """The most papers of a day that are read again, for so many cards."""
    return cap + -(-cap // SPARE)


def chosen(
    scores: Mapping[PaperId, float], *, line: float, cap: int, band: float = BAND
) -> tuple[PaperId, ...]:
    """The papers to read again, best first: `most` of them at most, none under the band.

    Args:
        scores: 0 to 100, of papers that the model graded once.
        line: the score a card needs.
        cap: most cards.
        band: points under the line.
    """
    ranked = sorted(scores, key=lambda paper: (-scores[paper], paper))
    return tuple(paper for paper in ranked[: most(cap)] if scores[paper] >= line - band)


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
