"""Papers as tf-idf vectors over the words of the store."""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from worker.ranker.stems import Tokens

_MANY = 64
_LOGS = [0.0, *(1.0 + log(n) for n in range(1, _MANY))]
_RARE = 1  # a word that only one paper has says nothing about another


class Vector(NamedTuple):
    """A sparse vector: the numbers of its words, and a value for each."""

    ids: Sequence[int]
    values: Sequence[float]


def dot(weights: Sequence[float], vector: Vector) -> float:
    """The inner product of dense weights and a sparse vector."""
    products: Iterable[float] = map(mul, map(weights.__getitem__, vector.ids), vector.values)
    return sum(products)


def add(weights: list[float], vector: Vector, times: float = 1.0) -> None:
    """Adds a multiple of a sparse vector to dense weights, in place."""
    for j, value in zip(vector.ids, vector.values, strict=True):
        weights[j] += times * value


class Corpus:
    """Papers by key, and what their words are worth.

    idf = log((papers + 1) / (papers with the word + 1/2)), 0 for a word of one paper; tf = 1 + log
    of the count; every vector has length 1. No result depends on the order papers came in.
    """

    def __init__(self, title: int) -> None:
        self._title = title
        self._numbers: dict[str, int] = {}
        self._stems: list[str] = []
        self._papers_with: list[int] = []
        self._counts: dict[str, Vector] = {}
        self._idf: list[float] = []
        self._vectors: dict[str, Vector] = {}
        self._stale = True

    def __contains__(self, key: object) -> bool:
        return key in self._counts

    @property
    def width(self) -> int:
        """How many different words the store has seen."""
        return len(self._stems)

    def stem(self, number: int) -> str:
        """The stem with this number."""
        return self._stems[number]

    def add(self, key: str, tokens: Tokens) -> None:
        """Takes a paper in; one already there under this key is replaced."""
        if key in self._counts:
            self.drop(key)
        counts = Counter(tokens.title.split() * self._title + tokens.abstract.split())
        vector = _bag(self._numbered(counts))
        for j in vector.ids:
            self._papers_with[j] += 1
        self._counts[key] = vector
        self._stale = True

    def drop(self, key: str) -> None:
        """Forgets a paper; an unknown key is no error."""
        vector = self._counts.pop(key, None)
        if vector is not None:
            for j in vector.ids:
                self._papers_with[j] -= 1
            self._stale = True

    def vectors(self) -> dict[str, Vector]:
        """Every paper's vector, in order of key."""
        if self._stale:
            n = len(self._counts)
            self._idf = [log((n + 1) / (d + 0.5)) if d > _RARE else 0.0 for d in self._papers_with]
            self._vectors = {key: self._unit(self._counts[key]) for key in sorted(self._counts)}
            self._stale = False
        return self._vectors

    def query(self, stems: Iterable[str]) -> Vector:
        """The vector of a text that is no paper; words the store never saw are left out."""
        self.vectors()
        numbers = self._numbers
        known = [(numbers[s], n) for s, n in Counter(stems).items() if numbers.get(s, -1) >= 0]
        return self._unit(_bag(known))

    def _numbered(self, counts: Counter[str]) -> list[tuple[int, int]]:
        numbers, pairs = self._numbers, []
        for stem, n in counts.items():
            j = numbers.get(stem)
            if j is None:
                j = numbers[stem] = self._new(stem)
            if j >= 0:
                pairs.append((j, n))
        return pairs

    def _new(self, stem: str) -> int:
        """A number for a stem; negative for those that are no feature: one character, digits."""
        if len(stem) == 1 or stem.isdigit():
            return -1
        self._stems.append(stem)
        self._papers_with.append(0)
        return len(self._stems) - 1

    def _unit(self, counts: Vector) -> Vector:
        idf = self._idf
        pairs = [(j, v * idf[j]) for j, v in zip(*counts, strict=True) if idf[j]]
        norm = sqrt(sum([v * v for _, v in pairs])) or 1.0
        return Vector([j for j, _ in pairs], [v / norm for _, v in pairs])


def _bag(pairs: list[tuple[int, int]]) -> Vector:
    return Vector([j for j, _ in pairs], [_LOGS[n] if n < _MANY else 1 + log(n) for _, n in pairs])
