"""A quick look at a paper: False only where a careful one would surely find nothing.

A page is made while somebody waits; nine papers of ten need no careful look. Texts with letters
beyond ASCII always get one: they may be written in several ways.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import Paper

_PIECE = re.compile(r"[a-z]+")


def names_any(paper: Paper, needles: Sequence[Sequence[str]]) -> bool:
    """Whether `feedback.amounts` may find a phrase, given as its folded words."""
    text = _text(paper)  # a folded word begins the word it is of
    return not text or any(all(word in text for word in needle) for needle in needles)


def mentions(paper: Paper, phrase: str) -> bool:
    """Whether `selection.mentions` may find the phrase; its last word may be in the plural."""
    text = _text(paper)
    if not text or not phrase.isascii():
        return True
    return all(word in text for word in phrase.lower().replace("-", " ").split()[:-1])


def by_any(paper: Paper, authors: Iterable[str]) -> bool:
    """Whether `selection.followed` may find one of these authors: family names must agree."""
    names = "\n".join(author.name for author in paper.authors)
    joined = " ".join(authors)
    if not (names.isascii() and joined.isascii()):
        return True
    plain, pieces = names.lower(), _PIECE.findall(joined.lower())
    return not pieces or any(piece in plain for piece in pieces)


def _text(paper: Paper) -> str:
    """Title and abstract in lower case; empty where they need a careful look."""
    text = f"{paper.title} {paper.abstract}"
    return text.lower() if text.isascii() else ""
