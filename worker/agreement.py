"""Figures that say how well a ranking agrees with labels. Pure; None where nothing can be said."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from math import ceil, log2, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WHOLE = 1e-9  # 0.3 x 10 is 3, whatever binary fractions say
_EXACT_T = {1: 12.706205, 2: 4.302653}  # where the expansion below is poor
_Z = NormalDist().inv_cdf(0.975)


def auc(scores: Sequence[float], wanted: Sequence[bool]) -> float | None:
    """The chance that a wanted paper scores above an unwanted one; equal scores count half.

    The area under the ROC curve is the Mann-Whitney statistic (Hanley and McNeil, Radiology 143,
    1982). None where one of the two kinds is absent.
    """
    above = sorted(score for score, kind in zip(scores, wanted, strict=True) if not kind)
    kept = Counter(score for score, kind in zip(scores, wanted, strict=True) if kind)
    liked, other = kept.total(), len(above)
    if not liked or not other:
        return None
    counts = Counter(above)
    won = sum(n * (bisect_right(above, score) - counts[score] / 2) for score, n in kept.items())
    return won / (liked * other)


def recall_at(ranked: Sequence[bool], share: float) -> float | None:
    """The share of the wanted papers among the top `share` of the ranking, rounded up.

    Args:
        ranked: best first, whether each paper is wanted.
        share: 0 to 1.
    """
    wanted = sum(ranked)
    return sum(ranked[: top(share, len(ranked))]) / wanted if wanted else None


def top(share: float, n: int) -> int:
    """How many papers the top `share` of `n` are: rounded up."""
    return min(n, ceil(share * n - _WHOLE))


def precision_at(ranked: Sequence[bool], k: int) -> float | None:
    """The share of wanted papers among the first `k`, or among all where there are fewer."""
    first = ranked[:k]
    return sum(first) / len(first) if first else None


def ndcg(gains: Sequence[float], k: int) -> float | None:
    """Normalised discounted cumulated gain of the first `k`, discount log2(rank + 1).

    After Järvelin and Kekäläinen (ACM TOIS 20, 2002), in the form that discounts from rank 2.

    Args:
        gains: best first, what each paper is worth: 0 or more.
        k: the depth.
    """
    ideal = _discounted(sorted(gains, reverse=True)[:k])
    return _discounted(gains[:k]) / ideal if ideal else None


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


def qwk(given: Sequence[int], known: Sequence[int]) -> float | None:
    """Cohen's kappa with quadratic weights (Cohen, Psychological Bulletin 70, 1968).

    1 - observed / expected squared distance: 1 for equal grades, 0 for chance. None where there
    are no grades, or all grades of both are one and the same.
    """
    if not given:
        return None
    observed = sum((a - b) ** 2 for a, b in zip(given, known, strict=True)) / len(given)
    mine, theirs = Counter(given), Counter(known)
    expected = sum(n * m * (a - b) ** 2 for a, n in mine.items() for b, m in theirs.items())
    return 1 - observed * len(given) ** 2 / expected if expected else None


def within(first: Sequence[float], second: Sequence[float], most: float = 0) -> float | None:
    """The share of pairs whose two values are at most `most` apart; None where there are none."""
    near = [abs(a - b) <= most for a, b in zip(first, second, strict=True)]
    return sum(near) / len(near) if near else None


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t with that many degrees of freedom, to 1 %.

    By Cornish and Fisher's expansion (Abramowitz and Stegun, 26.7.5); from 1 degree on.
    """
    if freedom in _EXACT_T:
        return _EXACT_T[freedom]
    parts = (
        _Z,
        (_Z**3 + _Z) / 4,
        (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96,
        (3 * _Z**7 + 19 * _Z**5 + 17 * _Z**3 - 15 * _Z) / 384,
    )
    return sum(part / float(freedom) ** power for power, part in enumerate(parts))


def interval(drawn: Sequence[float], n: int) -> tuple[float, float] | None:
    """The 95 % interval of a figure from its bootstrap draws: expanded percentiles.

    Plain percentiles are too narrow for few units; theirs are moved out to where a t interval
    would be (Hesterberg, The American Statistician 69, 2015, section 3.4).

    Args:
        drawn: the figure over each resampling.
        n: how many units (days) it is made of; None comes back for fewer than 2.
    """
    if n < 2 or not drawn:  # noqa: PLR2004  (one unit does not vary)
        return None
    tail = NormalDist().cdf(-sqrt(n / (n - 1)) * student(n - 1))
    known = sorted(drawn)
    return _quantile(known, tail), _quantile(known, 1 - tail)


def _quantile(known: Sequence[float], share: float) -> float:
    """Of sorted values, between neighbours in proportion."""
    place = share * (len(known) - 1)
    low = int(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


def kendall_tau_b(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's rank correlation, corrected for ties (Kendall, Biometrika 33, 1945).

    Counted as Knight does (JASA 61, 1966): (n0 - n1 - n2 + n3 - 2 swaps) / sqrt((n0 - n1)(n0 -
    n2)), with n0 pairs in all, n1 and n2 tied in one and n3 tied in both. None where one side is
    constant.
    """
    pairs = sorted(zip(first, second, strict=True))
    every = len(pairs) * (len(pairs) - 1) // 2
    left, right, both = _tied(first), _tied(second), _tied(pairs)
    if every in {left, right}:
        return None
    swaps = _swaps([b for _, b in pairs])
    return (every - left - right + both - 2 * swaps) / sqrt((every - left) * (every - right))


def _tied(values: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(values).values())


def _swaps(values: Sequence[float]) -> int:
    """Pairs that stand in the wrong order."""
    before: list[float] = []
    swaps = 0
    for value in values:
        swaps += len(before) - bisect_right(before, value)
        insort(before, value)
    return swaps
