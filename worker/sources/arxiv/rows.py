"""Pure: rows of one category from two places become one batch."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from paperlark import ids, taxonomy
from paperlark.domain import AnnounceType, Batch, Listing
from paperlark.errors import ConfigError
from worker.sources.documents import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from paperlark.domain import BatchState, Paper, PaperId

COUNTED = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
"""The types that a listing page's counts are compared on: replacements are cut at version 5."""
_REPLACED = frozenset({AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS})


def counted(rows: Iterable[Row]) -> int:
    """How many of the rows are new or cross-listed."""
    return sum(row.announce_type in COUNTED for row in rows)


def union(*places: Iterable[Row]) -> tuple[Row, ...]:
    """Every paper that any place has, once; an earlier place is believed on what it knows.

    The best announce type wins, except between two kinds of replacement: pages do not tell them
    apart, so the first place's stands.
    """
    found: dict[PaperId, Row] = {}
    for rows in places:
        for row in rows:
            held = found.get(row.id)
            found[row.id] = _both(held, row) if held else row
    return tuple(found.values())


def _both(one: Row, two: Row) -> Row:
    kinds = (one.announce_type, two.announce_type)
    best = kinds[0] if _REPLACED.issuperset(kinds) else min(kinds, key=lambda kind: kind.rank)
    return Row(richer(one.paper, two.paper), best)


def richer(one: Paper, two: Paper) -> Paper:
    """The newer version's text, with whatever only the other one knows.

    A place that states no version is a page, and pages mark the primary category; feeds only
    keep it first by convention.
    """
    newer, other = (one, two) if one.version >= two.version else (two, one)
    first = other.categories if other.version == 0 else newer.categories
    return replace(
        newer,
        categories=tuple(dict.fromkeys((*first[:1], *newer.categories, *other.categories))),
        abstract=newer.abstract or other.abstract,
        source_abstract=newer.source_abstract or other.source_abstract,
        authors=newer.authors or other.authors,
        comment=newer.comment or other.comment,
        journal_ref=newer.journal_ref or other.journal_ref,
        doi=newer.doi or other.doi,
        licence=newer.licence or other.licence,
    )


def repeats(rows: Iterable[Row], last: Batch | None) -> bool:
    """Whether the rows are those of the last batch, or no newer: new ids only ever grow."""
    if last is None or not last.listings:
        return False
    found = {(row.id, row.announce_type) for row in rows}
    if found == {(row.paper, row.announce_type) for row in last.listings}:
        return True
    before = [row.paper for row in last.listings if row.announce_type is AnnounceType.NEW]
    now = [paper for paper, kind in found if kind is AnnounceType.NEW]
    return bool(now and before) and _newest(now) <= _newest(before)


def _newest(papers: Iterable[PaperId]) -> tuple[int, int, str]:
    return max(map(ids.sort_key, papers))


def covered(category: str) -> frozenset[str]:
    """The categories a name stands for: an archive's active ones, or itself."""
    try:
        return frozenset(taxonomy.categories_of(category))
    except ConfigError:  # newer than this program's list
        return frozenset({category})


def papers(places: Iterable[Iterable[Row]]) -> dict[PaperId, Paper]:
    """Every paper of several categories, once."""
    return {row.id: row.paper for row in union(*places)}


def fingerprint(listings: Iterable[Listing]) -> str:
    """Sha256 over the sorted (id, version, type) rows, in hex."""
    rows = sorted(f"{row.paper}v{row.version} {row.announce_type}\n" for row in listings)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def batch(
    day: date,
    category: str,
    state: BatchState,
    rows: Iterable[Row],
    known: Mapping[PaperId, Paper],
    *,
    stated: int | None,
    source: str,
    detail: str,
    unchecked: bool = False,
) -> Batch:
    """One category's batch; a version that its own place did not state is taken from `known`."""
    listings = tuple(
        Listing(row.id, row.version or _version(row, known), row.announce_type) for row in rows
    )
    return Batch(
        day, category, state, listings, stated, source, detail, fingerprint(listings), unchecked
    )


def _version(row: Row, known: Mapping[PaperId, Paper]) -> int:
    paper = known.get(row.id)
    return paper.version if paper else 0
