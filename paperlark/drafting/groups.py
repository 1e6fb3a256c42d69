"""Several interests kept apart: liked papers in groups of the same words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from paperlark.drafting.spoken import Spoken
    from paperlark.drafting.telling import Background

MOST_GROUPS: Final = 5
_ALIKE: Final = 0.06
"""The mean cosine from which two groups are one; papers of one subject have about .1 to .3."""


@dataclass(frozen=True, slots=True)
class Group:
    """An interest: what its papers are about, strongest first, and their titles."""

    phrases: tuple[str, ...]
    titles: tuple[str, ...]


def grouped(papers: Sequence[Spoken], field: Background) -> list[list[int]]:
    """The papers' places in groups, by average linkage; the largest group first.

    Two groups are joined while there are too many, or while they are alike.
    """
    near = _likeness([_vector(each, field) for each in papers])
    groups = [[place] for place in range(len(papers))]
    while len(groups) > 1:
        alike, one, other = max(
            (_mean(near, a, b), -i, -j) for (i, a), (j, b) in combinations(enumerate(groups), 2)
        )
        if alike < _ALIKE and len(groups) <= MOST_GROUPS:
            break
        groups[-one] = sorted(groups[-one] + groups.pop(-other))
    return sorted(groups, key=lambda group: (-len(group), group))


def _mean(near: Sequence[Sequence[float]], one: Sequence[int], other: Sequence[int]) -> float:
    return sum(near[a][b] for a in one for b in other) / (len(one) * len(other))


def _likeness(vectors: Sequence[Mapping[str, float]]) -> list[list[float]]:
    return [[_dot(one, other) for other in vectors] for one in vectors]


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    shared = sorted(one.keys() & other.keys())
    return math.fsum(one[term] * other[term] for term in shared)


def _vector(spoken: Spoken, field: Background) -> dict[str, float]:
    """What a paper is about, by how much a term says; of length 1."""
    raw = {term: spoken.mass(term) * field.worth(term) for term in spoken.counts}
    length = math.sqrt(math.fsum(value * value for value in raw.values())) or 1.0
    return {term: value / length for term, value in raw.items()}
