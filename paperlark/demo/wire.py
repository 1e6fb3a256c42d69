"""What arXiv announces, and what of it a request sees.

The announce types by the categories asked, the order, and the cut at 2,000 rows follow arXiv's
published feed code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark import ids, taxonomy
from paperlark.domain import AnnounceType
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_ROWS = 2000
"""A feed is cut there, and the cut falls on the new papers with the lowest ids."""
MOST_VERSION = 5
"""Replacements past this version are not announced."""
_REPLACED = (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS)


@dataclass(frozen=True, slots=True)
class Announced:
    """One paper as arXiv announces it on one day.

    Attributes:
        id: canonical, without version.
        title, abstract: as arXiv keeps them, TeX and all.
        authors: one string each, affiliations in parentheses: ``Ada Example (Univ. A)``.
        categories: primary first; a category with two names may stand under both.
        announce_type: what the primary category sees: ``new`` or ``replace``; ``cross`` for an
            older paper that is cross-listed today.
        crossed: for ``cross``: the categories it is new to; empty means all but the primary.
    """

    id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    announce_type: AnnounceType = AnnounceType.NEW
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    licence: str = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    crossed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper with the announce type that one request sees."""

    paper: Announced
    announce_type: AnnounceType


class BadQuery(Exception):
    """A name that arXiv does not know; the text is arXiv's own sentence."""


def wanted(query: str) -> frozenset[str]:
    """The canonical categories that ``cs.AI+q-bio`` covers, in any case.

    Raises:
        BadQuery: one of the names is unknown; it fails the whole list.
    """
    names = query.split("+")
    return frozenset(category for name in names for category in _covered(name))


def _covered(name: str) -> tuple[str, ...]:
    try:
        return taxonomy.categories_of(name)
    except ConfigError as error:
        archive, dot, subject = name.partition(".")
        if dot and _known(archive):
            raise BadQuery(
                f"Bad subject class '{subject}'. Valid subject classes for the archive "
                f"'{archive}' are: {', '.join(taxonomy.categories_of(archive))}"
            ) from error
        raise BadQuery(
            f"Bad archive '{archive}'. Valid archives are: astro-ph, cs, math"
        ) from error


def _known(archive: str) -> bool:
    try:
        taxonomy.canonical(archive)
    except ConfigError:
        return False
    return True


def seen_as(paper: Announced, asked: frozenset[str]) -> AnnounceType | None:
    """How a request for these categories sees the paper; None where it does not.

    The same paper is ``cross`` in ``cs.AI`` and ``new`` in ``cs.AI+cs.CV``.
    """
    own = taxonomy.normalise(paper.categories)
    if asked.isdisjoint(own):
        return None
    if paper.announce_type in _REPLACED:
        if paper.version > MOST_VERSION:
            return None
        return AnnounceType.REPLACE if own[0] in asked else AnnounceType.REPLACE_CROSS
    if paper.announce_type is AnnounceType.CROSS:
        fresh = taxonomy.normalise(paper.crossed) or own[1:]
        return None if asked.isdisjoint(fresh) else AnnounceType.CROSS
    return AnnounceType.NEW if own[0] in asked else AnnounceType.CROSS


def entries(papers: Iterable[Announced], asked: frozenset[str]) -> list[Entry]:
    """What a request sees, new papers first and ids ascending within a type."""
    seen = [Entry(paper, kind) for paper in papers if (kind := seen_as(paper, asked))]
    return sorted(seen, key=lambda e: (e.announce_type.rank, ids.sort_key(e.paper.id)))


def cut(rows: Sequence[Entry], most: int = MOST_ROWS) -> Sequence[Entry]:
    """What a feed keeps of its rows: the end, so that new papers with the lowest ids are lost."""
    new = [row for row in rows if row.announce_type is AnnounceType.NEW]
    others = [row for row in rows if row.announce_type is not AnnounceType.NEW]
    room = max(most - len(others), 0)
    return [*(new[-room:] if room else []), *others[-most:]]
