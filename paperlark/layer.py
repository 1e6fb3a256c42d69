"""What one person follows and mutes for themselves, beside the profile of a place."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST = 50
"""Entries of one list."""
LONGEST = 100
"""Characters of an entry."""
TOPICS = 2_000
"""Characters of the topics."""


class Kind(StrEnum):
    """What can be followed or muted."""

    AUTHOR = "author"
    WORD = "word"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Layer:
    """One person's own wishes. Nothing is in both lists of a kind.

    Attributes:
        authors, words, categories: followed; in the order they were named.
        muted_authors, muted_words, muted_categories: never shown to this person.
        topics: what they work on, in their own words; may be empty.
    """

    authors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    muted_authors: tuple[str, ...] = ()
    muted_words: tuple[str, ...] = ()
    muted_categories: tuple[str, ...] = ()
    topics: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def followed(self, kind: Kind) -> tuple[str, ...]:
        """What of that kind is followed."""
        return _values(self, _FOLLOWED[kind])

    def muted(self, kind: Kind) -> tuple[str, ...]:
        """What of that kind is muted."""
        return _values(self, _MUTED[kind])

    def follow(self, kind: Kind, what: str) -> Layer:
        """The layer with this followed; what was muted is only no longer muted.

        Raises:
            ConfigError: it is too long, or the list is full.
        """
        return self._with(what, to=_FOLLOWED[kind], off=_MUTED[kind])

    def mute(self, kind: Kind, what: str) -> Layer:
        """The layer with this muted; what was followed is only no longer followed.

        Raises:
            ConfigError: it is too long, or the list is full.
        """
        return self._with(what, to=_MUTED[kind], off=_FOLLOWED[kind])

    def about(self, topics: str) -> Layer:
        """The layer with these topics in place of any.

        Raises:
            ConfigError: they are too long.
        """
        plain = " ".join(topics.split())
        if len(plain) > TOPICS:
            raise ConfigError(
                f"These topics have {len(plain):,} characters: give at most {TOPICS:,}."
            )
        return replace(self, topics=plain)

    def joined(self, others: Iterable[Layer]) -> Layer:
        """One layer of several of one person: every wish; of opposite ones the mute holds.

        The topics are the first there are. A list that would grow too long keeps its first.
        """
        every = (self, *others)
        lists = {
            name: _unique(entry for each in every for entry in _values(each, name))
            for name in (*_FOLLOWED.values(), *_MUTED.values())
        }
        for kind in Kind:
            muted = {entry.casefold() for entry in lists[_MUTED[kind]]}
            kept = (e for e in lists[_FOLLOWED[kind]] if e.casefold() not in muted)
            lists[_FOLLOWED[kind]] = tuple(kept)
        topics = next((each.topics for each in every if each.topics), "")
        return Layer(**{name: found[:MOST] for name, found in lists.items()}, topics=topics)

    def _with(self, what: str, *, to: str, off: str) -> Layer:
        if len(what) > LONGEST:
            raise ConfigError(
                f"That is too long for a name or phrase: give at most {LONGEST} characters."
            )
        have, against = _values(self, to), _values(self, off)
        if among(what, against):
            return _put(self, off, tuple(e for e in against if e.casefold() != what.casefold()))
        if among(what, have):
            return self
        if len(have) == MOST:
            raise ConfigError(f"There are {MOST} already, the most there can be: take one off.")
        return _put(self, to, (*have, what))


def among(what: str, known: Iterable[str]) -> bool:
    """Whether it is one of them, in capitals or not."""
    return any(each.casefold() == what.casefold() for each in known)


def _values(of: Layer, name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(of, name)
    return found


def _put(of: Layer, name: str, entries: tuple[str, ...]) -> Layer:
    lists = {each: _values(of, each) for each in (*_FOLLOWED.values(), *_MUTED.values())}
    return Layer(**(lists | {name: entries}), topics=of.topics)


def _unique(entries: Iterable[str]) -> tuple[str, ...]:
    """Each once, as it was first written."""
    found: dict[str, str] = {}
    for entry in entries:
        found.setdefault(entry.casefold(), entry)
    return tuple(found.values())


_FOLLOWED: Mapping[Kind, str] = {
    Kind.AUTHOR: "authors", Kind.WORD: "words", Kind.CATEGORY: "categories",
}  # fmt: skip
_MUTED: Mapping[Kind, str] = {
    Kind.AUTHOR: "muted_authors", Kind.WORD: "muted_words", Kind.CATEGORY: "muted_categories",
}  # fmt: skip
