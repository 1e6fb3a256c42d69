"""The papers of the last weeks as a measure: which terms are themes, and what stands near them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark.feedback.terms import Words, fold, folded, telling, terms, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import Paper

_RARE = 4  # a term of fewer papers is nobody's theme
_COMMON = 0.15  # a term of more papers than this is no theme of its own
_TITLED = 0.06  # a theme stands in the title of at least so many of its papers
_ENOUGH = 100  # papers that tell what a theme's neighbours are
_TOGETHER = 3  # papers that must have both of two near terms
_LIFT = 2.5  # how much likelier one must be beside the other


@dataclass(frozen=True, slots=True)
class Field:
    """What a field's papers are about.

    A theme is a word or a pair of words that is neither rare nor common and that often stands in
    titles: people put there what a paper is about, and not how it is praised.

    Attributes:
        papers: the themes of each paper, in order.
        having: the papers of each theme, by their place in `papers`.
        forms: a full word for each folded one, as it is mostly written.
    """

    papers: tuple[tuple[str, ...], ...]
    having: Mapping[str, tuple[int, ...]]
    forms: Mapping[str, str]

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Field:
        """The field of these papers, in any order."""
        known = sorted({(paper.title, paper.abstract) for paper in papers})
        forms: Counter[str] = Counter()
        for title, abstract in known:
            forms.update(set(written(f"{title} {abstract}")))
        texts = [folded(*text) for text in known]
        themes = _themes(texts)
        found = [tuple(sorted(terms(text) & themes)) for text in texts]
        return cls(tuple(found), _places(found), _display(forms))

    def share(self, *of: str) -> float:
        """The share of papers with any of these themes, never 0 or 1."""
        every = set().union(*(self.having.get(term, ()) for term in of))
        return (len(every) + 0.5) / (len(self.papers) + 1)

    def near(self, term: str, count: int) -> tuple[str, ...]:
        """The themes that mostly stand where this one does, most telling first."""
        every = self.having.get(term, ())
        places = every[:: 1 + len(every) // _ENOUGH]
        beside: Counter[str] = Counter()
        for place in places:
            beside.update(self.papers[place])
        own = set(term.split())
        ranked = sorted(
            (-self._worth(other, together, len(places)), other)
            for other, together in beside.items()
            if together >= _TOGETHER and not own & set(other.split())
        )
        return tuple(other for worth, other in ranked[:count] if worth < 0)

    def _worth(self, term: str, together: int, papers: int) -> float:
        """Papers with both, by how much likelier that is than by chance; 0 under the least lift."""
        lift = together / papers * len(self.papers) / len(self.having[term])
        return together * math.log(lift) if lift >= _LIFT else 0.0

    def spoken(self, term: str) -> str:
        """A term in full words, for people."""
        return " ".join(self.forms.get(word, word) for word in term.split())


def _themes(texts: Sequence[Words]) -> frozenset[str]:
    having: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    for text in texts:
        having.update(terms(text))
        titled.update(terms(Words(text.title, "")))
    most = _COMMON * len(texts)
    return frozenset(
        term
        for term, count in having.items()
        if _RARE <= count <= most and titled[term] >= _TITLED * count
    )


def _places(papers: Sequence[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for place, themes in enumerate(papers):
        for theme in themes:
            found.setdefault(theme, []).append(place)
    return {theme: tuple(places) for theme, places in found.items()}


def _display(forms: Mapping[str, int]) -> dict[str, str]:
    best: dict[str, tuple[int, str]] = {}
    for word, count in forms.items():
        name, rank = fold(word), (-count, word)
        if telling(name) and (name not in best or rank < best[name]):
            best[name] = rank
    return {name: word for name, (_, word) in best.items()}
