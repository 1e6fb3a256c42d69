"""The short forms of what is kept by the ten thousand. Part of schema 1: never reuse a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import Author, Listing, Paper, Score, Unshown

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT: Mapping[type, Mapping[str, str]] = {
    Paper: {
        "id": "i",
        "version": "v",
        "title": "t",
        "abstract": "a",
        "authors": "u",
        "categories": "c",
        "source_title": "T",
        "source_abstract": "A",
        "comment": "m",
        "journal_ref": "j",
        "doi": "d",
        "licence": "l",
    },
    Score: {"value": "s", "relevance": "r", "novelty": "n", "comment": "m"},
    Unshown: {
        "id": "i",
        "title": "t",
        "authors": "u",
        "fate": "f",
        "score": "s",
        "rule": "r",
        "reason": "y",
        "categories": "c",
    },
}
"""Field to key; a type or field not named here goes by its full name."""

ROWS: frozenset[type] = frozenset({Author, Listing})
"""Kept as arrays in the order of their fields, without trailing empty ones."""

TWINS: Mapping[type, Mapping[str, str]] = {Paper: {"T": "t", "A": "a"}}
"""A paper's own text is null where it equals the readable one: most titles have no TeX."""
