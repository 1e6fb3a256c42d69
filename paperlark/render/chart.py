"""The day's scores as a small drawing: a bar a step of two points, and the line across."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from paperlark.render import fates, figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.domain import Digest

WIDTH, HEIGHT = 300, 56
_STEP = 2.0  # points of score a bar stands for
_LEAST = 3.0  # units: a bar of one paper must be seen beside one of sixty
_MOST_A_PAPER = 4.0


class Bar(NamedTuple):
    """A rectangle from the base line up, in the drawing's units."""

    x: float
    y: float
    width: float
    height: float


class Chart(NamedTuple):
    """The drawing: bars of papers on the digest and of others, and where the line stands."""

    shown: tuple[Bar, ...]
    below: tuple[Bar, ...]
    line: float
    said: str


def chart(digest: Digest) -> Chart | None:
    """How the scored papers of a day spread, or None where too few were scored to draw."""
    cards = [card.score.value for card in digest.cards]
    others = [paper.score for paper in digest.not_shown if paper.score is not None]
    if len(cards) + len(others) < fates.NEAR:
        return None
    at = min(max(digest.line.value, 0.0), 100.0)
    shown, below = _binned(cards, at), _binned(others, at)
    unit = min(_MOST_A_PAPER, HEIGHT / max((shown + below).values()))
    return Chart(
        shown=tuple(_bars(shown, below, unit, at)),
        below=tuple(_bars(below, Counter(), unit, at)),
        line=round(_x(at), 1),
        said=_said(digest, cards, others),
    )


def _binned(scores: list[float], at: float) -> Counter[int]:
    """How many a step, counted from the line: no bar lies on both its sides."""
    return Counter(math.floor((min(max(score, 0.0), 100.0) - at) / _STEP) for score in scores)


def _bars(counts: Counter[int], under: Counter[int], unit: float, at: float) -> Iterator[Bar]:
    """The bars, each standing on the one `under` it."""
    for step in sorted(counts):
        left, right = _x(max(at + step * _STEP, 0)), _x(min(at + (step + 1) * _STEP, 100))
        height = max(_LEAST, counts[step] * unit)
        base = max(_LEAST, under[step] * unit) if under[step] else 0.0
        width = max(right - left - 1, 1.0)
        sides = (left + 0.5, HEIGHT - base - height, width, height)
        yield Bar(*(round(side, 1) for side in sides))


def _x(score: float) -> float:
    return score / 100 * WIDTH


def _said(digest: Digest, cards: list[float], others: list[float]) -> str:
    scores, at = sorted(cards + others), digest.line.value
    low, middle, high = scores[0], scores[len(scores) // 2], scores[-1]
    return (
        f"{figures.count(len(scores))} papers have a score, from {figures.score(low, at)} to "
        f"{figures.score(high, at)}; the middle one has {figures.score(middle, at)}. "
        f"The line is at {figures.line(at)}."
    )
