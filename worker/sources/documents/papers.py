"""From a document's raw strings to papers: readable text, canonical ids, no paper twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from paperlark import ids, taxonomy
from paperlark.domain import AnnounceType, Author, Paper
from paperlark.errors import BadFeed, ConfigError
from paperlark.names import split_authors
from paperlark.tex import to_text
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import PaperId
    from worker.sources.documents.document import Row

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Control characters, and those that reorder or hide what follows; no white space is among them."""

_MARKS = ("\\", "$", "{", "}", "~", "^", "_", "`", "--", "''", "  ")
"""Without any of these an ASCII line is already what `to_text` would make of it."""


def one_line(text: str | None) -> str:
    """The text with its white space collapsed and its control characters gone."""
    line = (text or "").strip()
    if line.isprintable() and "  " not in line:
        return line  # the usual case, and much the fastest
    return " ".join(_UNSEEN.sub("", line).split())


class Raw(NamedTuple):
    """A paper as a document's own strings, identified but not yet readable.

    Making text readable costs more than all the rest of reading a feed, and most rows of a day are
    replacements that nobody looks at: so it is done when a row's paper is first asked for.

    Attributes:
        authors: one string to be split, or (name, affiliations) pairs.
    """

    id: PaperId
    version: int
    title: str
    abstract: str = ""
    authors: str | Sequence[tuple[str, Sequence[str]]] = ()
    categories: Sequence[str] = ()
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    licence: str | None = None

    def paper(self) -> Paper:
        """The paper: TeX as Unicode with the originals beside it. Never raises."""
        source_title, source_abstract = one_line(self.title), one_line(self.abstract)
        return Paper(
            id=self.id,
            version=self.version,
            title=readable(source_title) or source_title,
            abstract=readable(source_abstract),
            authors=_authors(self.authors),
            categories=taxonomy.normalise(self.categories),
            source_title=source_title,
            source_abstract=source_abstract,
            comment=readable(one_line(self.comment)) or None,
            journal_ref=one_line(self.journal_ref) or None,
            doi=one_line(self.doi) or None,
            licence=one_line(self.licence) or None,
        )


def readable(line: str) -> str:
    """What `to_text` makes of one line; the usual line without any TeX is not put through it."""
    plain = line.isascii() and not any(mark in line for mark in _MARKS)
    return line if plain else to_text(line)


def _authors(given: str | Sequence[tuple[str, Sequence[str]]]) -> tuple[Author, ...]:
    if isinstance(given, str):
        return split_authors(one_line(given))
    found = (
        Author(readable(one_line(name)), tuple(readable(a) for a in map(one_line, homes) if a))
        for name, homes in given
    )
    return tuple(author for author in found if author.name)


def titled(raw: Raw) -> Raw:
    """The same, once it is sure to have a title; raises like `check_title`."""
    check_title(raw.title, raw.id)
    return raw


def check_title(title: str | None, paper_id: PaperId) -> None:
    """Refuse a document that leaves out a title.

    Raises:
        BadFeed: there is none: the document is damaged.
    """
    if not title or title.isspace():
        raise BadFeed(f"The document gives {paper_id} no title; fetch it again.")


def identify(text: str | None, place: str) -> tuple[PaperId, int]:
    """The id and version (0 if not stated) of the paper at `place` ("entry 3").

    Raises:
        BadFeed: it cannot be identified, so the document as a whole is refused.
    """
    try:
        found, version = ids.canonical(text or "")
    except ConfigError as error:
        raise unidentified(one_line(text), place) from error
    return found, version or 0


def unidentified(said: str, place: str) -> BadFeed:
    """The refusal of a whole document because the paper at `place` has no id, only `said`."""
    named = f"its id is “{quoted(said)}”" if said else "it has no id"
    return BadFeed(
        f"The paper at {place} cannot be identified ({named}); fetch the document again."
    )


def announce_type(text: str, paper_id: PaperId) -> AnnounceType:
    """The announce type of that name.

    Raises:
        BadFeed: arXiv has no such type.
    """
    found = _TYPES.get(text) or _TYPES.get(text.strip().lower())
    if found is None:
        said = f"“{quoted(text)}”" if text.strip() else "missing"
        expected = ", ".join(_TYPES)
        raise BadFeed(f"The announce type of {paper_id} is {said}; expected one of {expected}.")
    return found


_TYPES = {kind.value: kind for kind in AnnounceType}
_RANKS = {kind: kind.rank for kind in AnnounceType}


def unique(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Each paper once, where it first stands, with its best type and then its newest version."""
    best: dict[PaperId, Row] = {}
    for row in rows:
        held = best.get(row.id)
        if held is None or _order(row) < _order(held):
            best[row.id] = row
    return tuple(best.values())


def _order(row: Row) -> tuple[int, int]:
    return _RANKS[row.announce_type], -row.version
