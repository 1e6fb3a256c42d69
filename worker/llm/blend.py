"""One score from 0 to 100 out of relevance, novelty and the local ranker. Pure; docs/scores.md.

score = 100 x (relevance / 10)^2 x sqrt(novelty / 10) x (0.95 + 0.05 x ranker / 100)
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from worker.local import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import PaperId

RANKER = 0.05
"""The ranker's part. 1 / 0.95 is less than novelty's least step, a factor of 1.054 from 9 to 10."""
UNSENT = 20.0
"""No paper that was not sent to the model scores more. A line is never put this low."""
LINE = 50.0
"""The base line that suits this score and the local ranker's alike."""


def score(relevance: float, novelty: float, ranker: float) -> float:
    """The score of a paper that a model graded: above 0, at most 100, rising in all three.

    At 50 stand, of whole grades, relevance 8 from novelty 7 on, 9 from 5 on and 10 from 3 on, and
    nothing below relevance 8; for 9 with novelty 4 the ranker decides.

    Args:
        relevance: 1 to 10; the mean of two looks need not be whole.
        novelty: likewise.
        ranker: what the local ranker gives the paper, 0 to 100.
    """
    graded = (relevance / 10) ** 2 * sqrt(novelty / 10)
    return 100 * graded * (1 - RANKER + RANKER * ranker / 100)


def unsent(ranker: float) -> float:
    """The score of a paper held back by the prefilter: a fifth of the ranker's, 0 to 20.

    It ranks such papers among themselves and keeps them from every paper at or over a line.
    """
    return UNSENT * ranker / 100


def blend(
    graded: Mapping[PaperId, tuple[float, float]], ranker: Mapping[PaperId, float]
) -> dict[PaperId, float]:
    """The scores of a day, no two equal, best first.

    Equal scores, which takes equal grades and an equal ranker, go by id; the least distance is
    that of `worker.local.distinct`, 0.0001.

    Args:
        graded: relevance and novelty of the papers that the model read.
        ranker: 0 to 100 for these and the papers that were not sent; undecided ones are in neither.

    Raises:
        KeyError: a graded paper has no ranker value.
    """
    values = {paper: unsent(value) for paper, value in ranker.items() if paper not in graded}
    values |= {paper: score(r, n, ranker[paper]) for paper, (r, n) in graded.items()}
    return distinct(values)
