"""A profile's phrases, and where a paper names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.ranker.stems import parts, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import Term
    from worker.ranker.stems import Tokens

_WINDOW = 8  # words of a phrase this close to its first one are "nearby"
_NEARBY = 0.5  # what that counts, beside 1 for the phrase itself


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of the profile.

    Attributes:
        text: as the profile wrote it.
        stems: its stems; hyphens count as spaces.
        given: the profile's weight; 1.0 where an exclusion has none.
        weight: signed, what a paper that names it gains or loses.
    """

    text: str
    stems: tuple[str, ...]
    given: float
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a paper: its place in the list, and n / (n + 1) for n mentions.

    ``near`` says that its words stand close together, but not as the phrase.
    """

    phrase: int
    amount: float
    near: bool


def split(text: str) -> tuple[str, ...]:
    """The stems of a phrase, hyphenated words in parts."""
    return tuple(parts(" ".join(stems(text))))


def compiled(
    keywords: Sequence[Term], exclusions: Sequence[Term], avoid: float
) -> tuple[Phrase, ...]:
    """The phrases of a profile, wanted first; those of function words alone are left out."""
    found: list[Phrase] = []
    for terms, sign in ((keywords, 1.0), (exclusions, -avoid)):
        for term in terms:
            given = 1.0 if term.weight is None else term.weight
            found.append(Phrase(term.text, split(term.text), given, sign * given))
    return tuple(phrase for phrase in found if phrase.stems)


class Matcher:
    """Finds phrases in tokens. ``title`` is how often a mention in the title counts."""

    def __init__(self, phrases: Sequence[Phrase], title: int) -> None:
        self._title = title
        self._sought = [
            (index, f" {'  '.join(p.stems)} ", frozenset(p.stems), p.stems)
            for index, p in enumerate(phrases)
        ]

    def hits(self, tokens: Tokens) -> tuple[Hit, ...]:
        """The phrases that the paper names, in the phrases' order."""
        title, abstract = _spaced(tokens.title), _spaced(tokens.abstract)
        every = f"{title}{abstract}".split()
        present = frozenset(every)
        return tuple(
            Hit(index, n / (n + 1), near)
            for index, sought, needed, ordered in self._sought
            if needed <= present
            for n, near in [self._mentions(sought, ordered, title, abstract, every)]
            if n
        )

    def _mentions(
        self, sought: str, needed: tuple[str, ...], title: str, abstract: str, every: list[str]
    ) -> tuple[float, bool]:
        whole = self._title * title.count(sought) + abstract.count(sought)
        if whole or len(needed) == 1:
            return float(whole), False
        return (_NEARBY, True) if _close(needed, every) else (0.0, False)


def _spaced(joined: str) -> str:
    """Every stem between two spaces of its own, so that a count sees neighbours too."""
    return f" {'  '.join(parts(joined))} "


def _close(needed: tuple[str, ...], every: list[str]) -> bool:
    places = {part: _places(part, every) for part in needed}
    return any(
        all(any(abs(at - other) <= _WINDOW for other in places[part]) for part in needed[1:])
        for at in places[needed[0]]
    )


def _places(part: str, every: Iterable[str]) -> list[int]:
    return [index for index, word in enumerate(every) if word == part]
