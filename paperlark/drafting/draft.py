"""The draft of a profile: categories, phrases, exclusions and themes."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from paperlark import taxonomy
from paperlark.domain import Paper, PaperId, Profile, Term
from paperlark.drafting.groups import Group, grouped
from paperlark.drafting.phrases import LEAST, against, wanted
from paperlark.drafting.spoken import Spoken
from paperlark.drafting.telling import Background, telling, written
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_CATEGORIES: Final = 5
"""Each is a page of arXiv's a day; five are enough for any group, and people add more."""
BASE_LINE: Final = 50.0
_CROSSED: Final = 0.5
"""A category counts where so many of the papers are cross-listed in it."""
_FEW: Final = 3
_CARDS: Final = 8
_SHARE: Final = 0.05
_RANGE: Final = (5.0, 80.0)
_NAMED: Final = 4
"""Phrases that a theme names."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile as it was drafted; `paperlark.drafting.source` makes a file of it.

    Attributes:
        categories: canonical names, at least one; most frequent among the liked first.
        keywords: phrases that separate the liked, strongest first.
        exclusions: phrases that speak against a paper; every one has a weight: none is a rule.
        groups: the themes of the liked, largest first.
        against: the same of the not liked, in one.
        base_line: the score a card needs.
        unsure: what it cannot know, one sentence each.
        topics: a topics text written otherwise, in place of the one made of the groups.
    """

    categories: tuple[str, ...]
    keywords: tuple[Term, ...] = ()
    exclusions: tuple[Term, ...] = ()
    groups: tuple[Group, ...] = ()
    against: Group | None = None
    base_line: float = BASE_LINE
    unsure: tuple[str, ...] = ()
    topics: str = ""


def draft(liked: Iterable[Paper], not_liked: Iterable[Paper], field: Iterable[Paper]) -> Draft:
    """A draft from papers people liked, papers they did not, and the papers of the last weeks.

    The same whatever order any of them come in. One liked paper is enough.

    Raises:
        ConfigError: there is no liked paper, or no category is known of any of them.
    """
    ours = _sorted(liked)
    theirs = [each for each in _sorted(not_liked) if each.id not in {own.id for own in ours}]
    if not ours:
        raise ConfigError("There is no liked paper to draft from: give at least one arXiv link.")
    categories = _categories(ours)
    up, down = [Spoken.of(each) for each in ours], [Spoken.of(each) for each in theirs]
    ids = {each.id for each in (*ours, *theirs)}
    known = Background.of(
        (each for each in _sorted(field) if each.id not in ids),
        {term for each in (*up, *down) for term in each.counts},
    )
    sure = telling(up, down, known)
    if len(sure) < LEAST:  # a field that hardly knows the subject
        sure = telling(up, down, known, loose=True) | sure
    groups = grouped(up, known)
    unwanted = against(down, up, known)
    return Draft(
        categories=categories,
        keywords=wanted(up, sure, known),
        exclusions=unwanted,
        groups=tuple(_group(places, ours, up, sure, known) for places in groups),
        against=_not(theirs, unwanted) if theirs else None,
        unsure=tuple(_unsure(ours, theirs, known, groups, unwanted)),
    )


def _sorted(papers: Iterable[Paper]) -> list[Paper]:
    found: Mapping[PaperId, Paper] = {each.id: each for each in papers}
    return [found[key] for key in sorted(found)]


def _categories(papers: Sequence[Paper]) -> tuple[str, ...]:
    """Those of the papers, most frequent first: every primary one, and what half are crossed to."""
    counted: Counter[str] = Counter()
    primary: Counter[str] = Counter()
    for paper in papers:
        own = tuple(dict.fromkeys(filter(None, map(_canonical, paper.categories))))
        counted.update(own)
        primary.update(own[:1])
    kept = [name for name in counted if name in primary or counted[name] >= _half(len(papers))]
    if not kept:
        raise ConfigError(
            "arXiv gives no category for the liked papers, so nothing can be drafted from them: "
            "give links to other papers."
        )
    kept.sort(key=lambda name: (-counted[name], -primary[name], name))
    return tuple(kept[:MOST_CATEGORIES])


def _half(papers: int) -> float:
    return max(1.0 + (papers > 1), papers * _CROSSED)


def _canonical(name: str) -> str:
    try:
        return taxonomy.canonical(name)
    except ConfigError:
        return ""


def _group(
    places: Sequence[int],
    papers: Sequence[Paper],
    spoken: Sequence[Spoken],
    sure: Mapping[str, float],
    field: Background,
) -> Group:
    own = [spoken[place] for place in places]
    worth = {
        term: sure[term] * sum(each.mass(term) for each in own)
        for term in sorted({term for each in own for term in each.counts} & sure.keys())
    }
    ranked = sorted(worth, key=lambda term: (-worth[term], term))
    chosen: list[str] = []
    for term in ranked:
        if len(chosen) < _NAMED and not any(set(term.split()) & set(c.split()) for c in chosen):
            chosen.append(term)
    return Group(
        tuple(written(term, own, field) for term in chosen),
        tuple(papers[place].title for place in places),
    )


def _not(papers: Sequence[Paper], unwanted: Sequence[Term]) -> Group:
    return Group(tuple(term.text for term in unwanted), tuple(paper.title for paper in papers))


def _unsure(
    liked: Sequence[Paper],
    not_liked: Sequence[Paper],
    field: Background,
    groups: Sequence[Sequence[int]],
    unwanted: Sequence[Term],
) -> Iterable[str]:
    if len(liked) < _FEW:
        yield f"{len(liked)} liked is little to go by: five tell an interest from a coincidence."
    if not field.large:
        yield (
            f"Only {field.papers} papers of the last weeks are known here, so common words may "
            "stand among the phrases."
        )
    if len(liked) >= _FEW and len(groups) == len(liked):
        yield "The liked papers have little in common: each is taken as an interest of its own."
    if not_liked and not unwanted:
        yield "Nothing the not liked papers say is clearly theirs, so nothing is excluded."
    if any(not paper.abstract for paper in (*liked, *not_liked)):
        yield "Some of the papers are known by their title only."


def fitted(made: Draft, scores: Iterable[float]) -> Draft:
    """The draft with the base line under which a day of these scores shows a few cards.

    50 where that gives 3 to 12 of them; else a twentieth of the day's papers, 3 to 8. The line is
    rounded to half a point, and from 5 to 80.
    """
    ranked = sorted(scores, reverse=True)
    most = min(max(round(len(ranked) * _SHARE), _FEW), _CARDS)
    over = sum(each >= BASE_LINE for each in ranked)
    if len(ranked) <= most or _FEW <= over <= Profile("", ()).cap:
        return replace(made, base_line=BASE_LINE)
    between = (ranked[most - 1] + ranked[most]) / 2
    return replace(made, base_line=min(max(math.floor(between * 2) / 2, _RANGE[0]), _RANGE[1]))
