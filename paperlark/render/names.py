"""Author lists, cut to what fits and what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.render.figures import NBSP, count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from paperlark.domain import Author


def cut(
    names: Sequence[str], *, keep: int = 3, always: Collection[str] = ()
) -> tuple[tuple[str, ...], int]:
    """The names to print, in their order, and how many are left out.

    The first `keep` are printed, and wherever they stand those in `always` (followed authors,
    letter case aside). One name is never left out alone: "and 1 more" takes its room.
    """
    wanted = {name.casefold() for name in always}
    named = tuple(
        name for place, name in enumerate(names) if place < keep or name.casefold() in wanted
    )
    rest = len(names) - len(named)
    return (named, rest) if rest > 1 else (tuple(names), 0)


def of(authors: Iterable[Author]) -> tuple[str, ...]:
    """The authors' names, in their order."""
    return tuple(author.name for author in authors)


def line(names: Sequence[str], *, keep: int = 3, always: Collection[str] = ()) -> str:
    """``A, B, C and 84 more``; empty where no author is known."""
    named, rest = cut(names, keep=keep, always=always)
    listed = ", ".join(named)
    return f"{listed} {more(rest)}" if rest else listed


def more(rest: int) -> str:
    """``and 84 more``, the number tied to what follows."""
    return f"and {count(rest)}{NBSP}more"
