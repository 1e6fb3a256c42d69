"""Average linkage: what is near on the mean becomes one, nearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def linked(likeness: Sequence[Sequence[float]], least: float) -> list[list[int]]:
    """Groups of things, joined as long as two groups are alike on the mean.

    By chains of nearest neighbours (Murtagh, *The Computer Journal* 26, 1983): the same groups as
    joining the nearest two again and again, in quadratic time. Of equals the first is nearest.

    Args:
        likeness: row i holds the likeness of i to each of 0 … i - 1.
        least: the mean likeness that two groups must have to become one.

    Returns:
        Each thing's place in one group; groups by their first place, places in order.
    """
    rows = _square(likeness)
    groups = {place: [place] for place in range(len(rows))}
    waiting = set(groups)
    chain: list[int] = []
    while waiting or chain:
        if not chain:
            chain = [min(waiting)]
        last = chain[-1]
        near = _nearest(rows, groups, last, chain[-2] if len(chain) > 1 else None)
        if near is None or rows[last][near] < least:
            waiting.discard(chain.pop())
            continue
        if len(chain) > 1 and near == chain[-2]:
            chain = chain[:-2]
            waiting.discard(max(last, near))
            _join(rows, groups, min(last, near), max(last, near))
            waiting.add(min(last, near))
        else:
            chain.append(near)
    return sorted(sorted(group) for group in groups.values())


def _square(likeness: Sequence[Sequence[float]]) -> list[list[float]]:
    rows = [[0.0] * len(likeness) for _ in likeness]
    for i, row in enumerate(likeness):
        for j, value in enumerate(row):
            rows[i][j] = rows[j][i] = value
    return rows


def _nearest(
    rows: Sequence[Sequence[float]], groups: dict[int, list[int]], of: int, before: int | None
) -> int | None:
    """The group nearest to one; of equals the one the chain came from, so that it ends."""
    row = rows[of]
    others = (other for other in groups if other != of)
    return max(others, key=lambda other: (row[other], other == before, -other), default=None)


def _join(rows: list[list[float]], groups: dict[int, list[int]], keep: int, gone: int) -> None:
    """Make one group of two; the mean over all pairs is the mean of the two by their size."""
    here, there = len(groups[keep]), len(groups[gone])
    for other in groups:
        if other not in {keep, gone}:
            mean = (here * rows[keep][other] + there * rows[gone][other]) / (here + there)
            rows[keep][other] = rows[other][keep] = mean
    groups[keep] += groups.pop(gone)
