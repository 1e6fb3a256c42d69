"""From terms to the phrases of a profile: enough for every liked paper, none said twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from paperlark.domain import Term
from paperlark.drafting.telling import telling, written

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from paperlark.drafting.spoken import Spoken
    from paperlark.drafting.telling import Background

MOST: Final = 20
LEAST: Final = 8
MOST_AGAINST: Final = 8
_SURE: Final = 2.0
"""Deviations past which a term is no chance; below it phrases only fill up to the least."""
_STRONG, _PLAIN, _WEAK = 1.5, 1.0, 0.5
_SHARED: Final = 2


def wanted(
    liked: Sequence[Spoken], sure: Mapping[str, float], field: Background
) -> tuple[Term, ...]:
    """Up to 20 phrases, at least 8 where the papers have them, strongest first.

    The paper with the least phrases so far has the next word, so that a small interest is not
    drowned by a large one. What half the papers name counts half as much again.
    """
    chosen: list[str] = []
    covered = [0.0] * len(liked)
    left = set(range(len(liked)))
    worth = {term: value * field.met(term) for term, value in sure.items()}
    single = {term for term in sure if " " not in term and not _shared(term, liked)}
    while left and len(chosen) < MOST:
        place = min(left, key=lambda each: (covered[each], each))
        term = _next(liked[place], worth, chosen, single)
        if term is None:
            left.discard(place)
            continue
        chosen.append(term)
        for other, each in enumerate(liked):
            covered[other] += worth[term] * each.mass(term)
    chosen.sort(key=lambda term: (-worth[term], term))
    return _written([(term, _weight(term, liked)) for term in chosen], liked, field)


def _next(
    paper: Spoken, worth: Mapping[str, float], chosen: Sequence[str], single: Container[str]
) -> str | None:
    """The paper's best term that is not said yet, of those that are no chance.

    A doubtful one, or a word that stands alone in one paper, only fills up to the least.
    """
    fresh = [term for term in paper.counts if term in worth and not _said(term, chosen)]
    firm = [term for term in fresh if worth[term] >= _SURE and term not in single]
    fresh = firm if firm or len(chosen) >= LEAST else fresh
    return min(fresh, key=lambda term: (-worth[term], term), default=None)


def _said(term: str, chosen: Iterable[str]) -> bool:
    """Whether the chosen ones say it: the term itself, or all or part of one of its words."""
    own = set(term.split())
    return any(own <= set(each.split()) or set(each.split()) <= own for each in chosen)


def _weight(term: str, papers: Sequence[Spoken]) -> float:
    having = sum(term in each.counts for each in papers)
    return _STRONG if having >= _SHARED and having * 2 >= len(papers) else _PLAIN


def _written(
    found: Iterable[tuple[str, float]], papers: Sequence[Spoken], field: Background
) -> tuple[Term, ...]:
    """The terms in full words, each text once."""
    texts: dict[str, Term] = {}
    for term, weight in found:
        text = written(term, papers, field)
        texts.setdefault(text.casefold(), Term(text, weight))
    return tuple(texts.values())


def against(
    not_liked: Sequence[Spoken], liked: Sequence[Spoken], field: Background
) -> tuple[Term, ...]:
    """Up to 8 phrases that the not liked are about and no liked paper names, each with a weight.

    A single word needs two papers; a pair of one paper alone weighs half. Never a rule: nothing is
    filtered.
    """
    sure = telling(not_liked, liked, field)
    named = {term for each in liked for term in each.counts}
    mine = {
        term: value
        for term, value in sure.items()
        if term not in named and (" " in term or _shared(term, not_liked))
    }
    chosen: list[str] = []
    for term in sorted(mine, key=lambda each: (-mine[each], each)):
        if len(chosen) < MOST_AGAINST and mine[term] >= _SURE and not _said(term, chosen):
            chosen.append(term)
    return _written(
        [(term, _PLAIN if _shared(term, not_liked) else _WEAK) for term in chosen],
        not_liked,
        field,
    )


def _shared(term: str, papers: Sequence[Spoken]) -> bool:
    return sum(term in each.counts for each in papers) >= _SHARED
