"""What liked papers are about and others are not: themes of a field, each with its votes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from paperlark.feedback.facts import heard
from paperlark.feedback.terms import Words, folded, mentions, terms
from paperlark.feedback.tuning import DEFAULT
from paperlark.feedback.voices import gathered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Paper, PaperId
    from paperlark.feedback.facts import Showing
    from paperlark.feedback.field import Field
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote

LEAST = 3
"""Votes one way that a theme needs."""
BESIDE = 4
"""Near themes that count with one."""
_TRIED = 25  # terms liked most by themselves, whose near ones are looked at
_PRIOR = 6.0  # papers of the field that both sides start with
_DECAY = 0.95  # a day: a theme is of the last weeks
_OLD = 0.05  # a vote worth less is not looked at
_TOLD = 2048  # texts whose terms are remembered
_SAME = 0.6  # themes that share more of their papers are one


class Said(NamedTuple):
    """A vote with the words of its paper, and what it is worth now."""

    paper: PaperId
    up: bool
    words: Words
    terms: frozenset[str]
    weight: float


class Theme(NamedTuple):
    """A term of the field with the themes near it, and the votes that name any of them.

    Attributes:
        sure: by how many deviations its papers are liked more than others; negative for less.
    """

    term: str
    near: tuple[str, ...]
    named: tuple[Said, ...]
    sure: float

    @property
    def ups(self) -> int:
        """Votes for it."""
        return sum(each.up for each in self.named)

    @property
    def downs(self) -> int:
        """Votes against it."""
        return len(self.named) - self.ups


def weighed(
    votes: Iterable[Vote],
    shown: Sequence[Showing],
    day: date,
    texts: Mapping[PaperId, Paper],
    tuning: Tuning = DEFAULT,
) -> list[Said]:
    """The votes cast before a date on papers whose text is known; voices as for the line."""
    known = heard(votes, shown, day)
    room = gathered(known, (each.date for each in shown if each.date < day), tuning)
    voices = room.voices()
    found = []
    for vote in known:
        weight = voices[vote.voter] * _DECAY ** (day - vote.day).days
        paper = texts.get(vote.paper)
        if paper is not None and weight > _OLD:
            words, every = _told(paper.title, paper.abstract)
            found.append(Said(vote.paper, vote.up, words, every, weight))
    return found


@lru_cache(maxsize=_TOLD)
def _told(title: str, abstract: str) -> tuple[Words, frozenset[str]]:
    """A text's words and terms; votes of weeks are looked at again each time."""
    words = folded(title, abstract)
    return words, terms(words)


def unnamed(said: Iterable[Said], sought: Sequence[str]) -> list[Said]:
    """The votes on papers that name none of some folded phrases."""
    return [each for each in said if not any(mentions(each.words, text) for text in sought)]


def wanted(said: Sequence[Said], field: Field, known: Sequence[str] = ()) -> list[Theme]:
    """Themes whose papers are liked more than others, surest first; evidence of near ones pools.

    Terms that stand in any of the `known` folded phrases are left out.
    """
    totals = _masses(said)
    found_terms = _terms([each for each in said if each.up], field, known)
    alone = [_theme(term, (), said, totals, field) for term in found_terms]
    alone.sort(key=lambda each: (-each.sure, each.term))
    found = []
    for each in alone[:_TRIED]:
        near = [term for term in field.near(each.term, 2 * BESIDE) if not _names(known, term)]
        theme = _theme(each.term, tuple(near[:BESIDE]), said, totals, field)
        if theme.sure > 0 and theme.ups >= LEAST:
            found.append(theme)
    return _different(found)


def unwanted(said: Sequence[Said], field: Field, known: Sequence[str] = ()) -> list[Theme]:
    """Themes whose papers are liked less than others, surest first; each alone."""
    totals = _masses(said)
    found_terms = _terms([each for each in said if not each.up], field, known)
    every = [_theme(term, (), said, totals, field) for term in found_terms]
    return _different([each for each in every if each.sure < 0 and each.downs > LEAST])


def beside(
    roots: Sequence[str], said: Sequence[Said], field: Field, known: Sequence[str]
) -> Theme | None:
    """What mostly stands where the words followed do: no vote need speak for it."""
    near = [field.near(root, 2 * BESIDE) for root in roots]
    ranked = [terms[place] for place in range(2 * BESIDE) for terms in near if place < len(terms)]
    fresh = [term for term in dict.fromkeys(ranked) if not _names(known, term)]
    if not fresh:
        return None
    return _theme(fresh[0], tuple(fresh[1 : BESIDE + 2]), said, _masses(said), field)


def _terms(said: Iterable[Said], field: Field, known: Sequence[str]) -> list[str]:
    """The themes these votes' papers name, in order, without the known ones."""
    every = {term for each in said for term in each.terms if term in field.having}
    return [term for term in sorted(every) if not _names(known, term)]


def _names(known: Iterable[str], term: str) -> bool:
    """Whether a term stands in any of some folded phrases."""
    return any(f" {term} " in text for text in known)


def named(sought: str, said: Sequence[Said], field: Field) -> Theme:
    """A folded phrase as a theme, whether the field knows it or not."""
    votes = tuple(each for each in said if mentions(each.words, sought))
    term = sought.strip()
    return Theme(term, (), votes, _sure(votes, _masses(said), field.share(term)))


def _theme(
    term: str,
    near: tuple[str, ...],
    said: Sequence[Said],
    totals: tuple[float, float],
    field: Field,
) -> Theme:
    every = frozenset((term, *near))
    votes = tuple(each for each in said if not every.isdisjoint(each.terms))
    return Theme(term, near, votes, _sure(votes, totals, field.share(*every)))


def _sure(votes: Sequence[Said], totals: tuple[float, float], share: float) -> float:
    """The log-odds ratio of being about a theme between liked and not liked, in deviations.

    With an informative prior, the field's own share (Monroe, Colaresi and Quinn, Political
    Analysis 16, 2008, for papers instead of words).
    """
    odds, variance = 0.0, 0.0
    for sign, with_it, every in zip((1, -1), _masses(votes), totals, strict=True):
        have, lack = with_it + _PRIOR * share, every - with_it + _PRIOR * (1 - share)
        odds += sign * math.log(have / lack)
        variance += 1 / have + 1 / lack
    return odds / math.sqrt(variance)


def _masses(said: Iterable[Said]) -> tuple[float, float]:
    """What votes for and against are worth together, in the order they are in."""
    ups = downs = 0.0
    for each in said:
        if each.up:
            ups += each.weight
        else:
            downs += each.weight
    return ups, downs


def _different(found: Sequence[Theme]) -> list[Theme]:
    """The surest first; of several on the same papers one."""
    kept: list[Theme] = []
    for theme in sorted(found, key=lambda each: (-abs(each.sure), -len(each.term), each.term)):
        papers = {each.paper for each in theme.named}
        others = ({each.paper for each in other.named} for other in kept)
        if all(len(papers & other) <= _SAME * min(len(papers), len(other)) for other in others):
            kept.append(theme)
    return kept
