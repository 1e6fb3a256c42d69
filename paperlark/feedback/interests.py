"""Several interests of one person, kept apart: clusters of liked papers, and a share for each.

Papers are near by the words they have in common (cosine of tf-idf over `terms`). Average linkage
joins the nearest until none are near enough; a cluster of three papers or more is an interest.
Places are shared by the square root of what an interest weighs, so that one with nine times the
papers gets three times the places, and none is crowded out.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from paperlark.feedback.linkage import linked
from paperlark.feedback.terms import Words, fold, terms, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import PaperId

MOST = 5
"""Interests of one person."""
LEAST = 3
"""Papers that an interest needs."""
NEWEST = 120
"""Liked papers that are looked at."""
NAMED = 3
"""Terms that name an interest."""
_NEAR = 0.03  # mean likeness of two clusters that are one
_BELONGS = 0.1  # likeness to an interest's centre from which a paper is of it
_TITLE = 2.0  # how often a term of the title counts
_WORTH = 0.5  # of the best one's score: what a paper needs to claim a place
_RARE = 2  # a term of fewer papers brings none together
_COMMON = 0.15  # a term of more papers than this is of no interest in particular
_TITLED = 0.06  # what papers are about stands in the title of at least so many of them
_TERMS, _CENTRE = 40, 80  # terms that a paper, and an interest, are known by
_ALONE = 2  # one interest, and the papers of none: nothing to share

Vector = dict[str, float]
"""A paper's terms by weight, of length 1."""


class Interest(NamedTuple):
    """A cluster of liked papers.

    Attributes:
        papers: in order of id.
        mass: what they weigh together.
        centre: the mean of their vectors, of length 1.
        terms: folded terms that name it, most telling first.
    """

    papers: tuple[PaperId, ...]
    mass: float
    centre: Vector
    terms: tuple[str, ...]


class Measure(NamedTuple):
    """How telling each term is among some papers: log(1 + papers / those that have it).

    Only of terms that papers can be about: neither rare nor common, and often in titles.
    """

    weights: Mapping[str, float]
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, papers: Iterable[Words], around: Sequence[Words] = ()) -> Measure:
        """The measure of these papers' terms.

        Args:
            papers: some of them.
            around: the others; what is counted of them is remembered, for many may ask for it.
        """
        held = _counted(tuple(around))
        having, titled = Counter(held.having), Counter(held.titled)
        count = len(around)
        for words in papers:
            every, title = known_terms(words)
            having.update(every)
            titled.update(title)
            count += 1
        most = max(_RARE, _COMMON * count)
        weights = {
            term: math.log(1 + count / number)
            for term, number in having.items()
            if _RARE <= number <= most and titled[term] >= _TITLED * number
        }
        return cls(weights, frozenset(weights))

    def vector(self, words: Words) -> Vector:
        """A paper's vector; empty where it has no telling term."""
        every, titled = known_terms(words)
        found = {
            term: self.weights[term] * (_TITLE if term in titled else 1.0)
            for term in every & self.known
        }
        return _unit(_heaviest(found, _TERMS))


class _Counted(NamedTuple):
    having: Counter[str]
    titled: Counter[str]


@lru_cache(maxsize=4)
def _counted(papers: tuple[Words, ...]) -> _Counted:
    found = _Counted(Counter(), Counter())
    for words in papers:
        every, title = known_terms(words)
        found.having.update(every)
        found.titled.update(title)
    return found


@lru_cache(maxsize=1024)
def known_terms(words: Words) -> tuple[frozenset[str], frozenset[str]]:
    """`terms` of a paper and of its title; remembered: a morning has few papers."""
    return terms(words), terms(Words(words.title, ""))


def interests(
    liked: Mapping[PaperId, Words], weights: Mapping[PaperId, float], measure: Measure
) -> tuple[Interest, ...]:
    """The interests that liked papers show, heaviest first; at most `MOST`.

    Args:
        liked: their words.
        weights: what each counts; those of the greatest weight are looked at, `NEWEST` at most.
        measure: of the papers around.
    """
    ranked = sorted(liked, key=lambda paper: (-weights.get(paper, 1.0), paper))[:NEWEST]
    papers = sorted(ranked)
    vectors = [measure.vector(liked[paper]) for paper in papers]
    groups = linked(_likeness(vectors), _NEAR)
    found = [
        _interest([papers[i] for i in group], [vectors[i] for i in group], weights)
        for group in groups
        if len(group) >= LEAST
    ]
    return tuple(sorted(found, key=lambda each: (-each.mass, each.papers))[:MOST])


def _interest(
    papers: Sequence[PaperId], vectors: Sequence[Vector], weights: Mapping[PaperId, float]
) -> Interest:
    total: Vector = {}
    for vector in vectors:
        for term, value in vector.items():
            total[term] = total.get(term, 0.0) + value
    having = Counter(term for vector in vectors for term in vector)
    mass = math.fsum(weights.get(paper, 1.0) for paper in papers)
    return Interest(tuple(papers), mass, _unit(_heaviest(total, _CENTRE)), _telling(total, having))


def _telling(total: Vector, having: Mapping[str, int]) -> tuple[str, ...]:
    """The heaviest terms that two papers or more share; none is a part of another."""
    kept: list[str] = []
    for term in sorted((t for t in total if having[t] > 1), key=lambda t: (-total[t], t)):
        words = set(term.split())
        if not any(words & set(other.split()) for other in kept):
            kept.append(term)
        if len(kept) == NAMED:
            break
    return tuple(kept)


def nearest(vectors: Sequence[Vector], found: Sequence[Interest]) -> list[int | None]:
    """The interest that each paper is of, by its place; None where it is of none."""
    holding = _holding([each.centre for each in found])
    places: list[int | None] = []
    for vector in vectors:
        row = _row(vector, holding, len(found))
        best = max(row, default=0.0)
        places.append(row.index(best) if best >= _BELONGS else None)
    return places


def spoken(found: Interest, texts: Iterable[str]) -> tuple[str, ...]:
    """The terms that name an interest in full words, as these texts mostly write them."""
    forms: Counter[str] = Counter()
    for text in texts:
        forms.update(written(text))
    best: dict[str, str] = {}
    for word, _ in sorted(forms.items(), key=lambda each: (-each[1], each[0])):
        best.setdefault(fold(word), word)
    return tuple(" ".join(best.get(w, w) for w in term.split()) for term in found.terms)


def quotas(
    masses: Sequence[float], wanting: Sequence[int], places: int, sure: Sequence[bool] = ()
) -> tuple[int, ...]:
    """How many places each group gets, by the square root of its mass.

    Each group that is `sure` of a place gets one, where there are so many; the others go one by one
    to the group that has least for its root (Sainte-Laguë), as long as it wants any.

    Args:
        masses: what each group weighs.
        wanting: papers each has to show.
        places: to be shared.
        sure: which groups get one place whatever they weigh; as long as `masses`, or empty.

    Returns:
        Numbers that add up to `places`, or to all that is wanted where that is less.
    """
    given = [0] * len(masses)
    order = sorted(range(len(masses)), key=lambda i: (-masses[i], i))
    left = places
    for group in order:
        if sure and sure[group] and wanting[group] and left:
            given[group], left = 1, left - 1
    for _ in range(left):
        open_ = [group for group in order if given[group] < wanting[group]]
        if not open_:
            break
        best = max(open_, key=lambda i: (math.sqrt(max(0.0, masses[i])) / (2 * given[i] + 1), -i))
        given[best] += 1
    return tuple(given)


def shared(
    ranked: Sequence[PaperId],
    scores: Mapping[PaperId, float],
    belongs: Mapping[PaperId, int],
    masses: Sequence[float],
    places: int,
) -> tuple[PaperId, ...]:
    """The papers that get the day's places, best first.

    With less than two interests these are the first of the ranking. Else the places are shared
    among the interests and the papers of none, within each best first.

    Args:
        ranked: the day's papers, best first.
        scores: theirs; a paper with half of the best one's can claim a place.
        belongs: the interest of each paper that has one.
        masses: of the interests, and last that of liked papers of none.
        places: how many.
    """
    if len(masses) <= _ALONE:
        return tuple(ranked[:places])
    rest = len(masses) - 1
    groups: list[list[PaperId]] = [[] for _ in masses]
    for paper in ranked:
        groups[belongs.get(paper, rest)].append(paper)
    least = _WORTH * scores[ranked[0]] if ranked else 0.0
    sure = [bool(group) and scores[group[0]] >= least for group in groups]
    worth = [sum(scores[paper] >= least for paper in group) for group in groups]
    given = quotas(masses, worth, places, sure)
    chosen = {paper for group, n in zip(groups, given, strict=True) for paper in group[:n]}
    spare = [paper for paper in ranked if paper not in chosen][: places - len(chosen)]
    chosen.update(spare)
    return tuple(paper for paper in ranked if paper in chosen)


_Holding = dict[str, list[tuple[int, float]]]
"""Which vectors hold a term, by their place, and how heavy it is there."""


def _holding(vectors: Sequence[Vector]) -> _Holding:
    found: _Holding = {}
    for place, vector in enumerate(vectors):
        for term, value in vector.items():
            found.setdefault(term, []).append((place, value))
    return found


def _row(vector: Vector, holding: _Holding, count: int) -> list[float]:
    """The likeness of a vector to each of `count`; summed in its own order, the same everywhere."""
    row = [0.0] * count
    for term, value in vector.items():
        for place, other in holding.get(term, ()):
            row[place] += value * other
    return row


def _likeness(vectors: Sequence[Vector]) -> list[list[float]]:
    """The likeness of each vector to those before it."""
    holding = _holding(vectors)
    return [_row(vector, holding, len(vectors))[:place] for place, vector in enumerate(vectors)]


def _heaviest(found: Vector, count: int) -> Vector:
    """The terms of the greatest weight, in an order of their own."""
    ranked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return dict(ranked[:count])


def _unit(found: Vector) -> Vector:
    length = math.sqrt(math.fsum(value * value for value in found.values()))
    return {term: value / length for term, value in found.items()} if length else {}
