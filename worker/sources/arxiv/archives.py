"""Pure: whole archives, asked as one feed or as their categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import taxonomy
from paperlark.domain import BatchState
from paperlark.errors import ConfigError
from worker.sources.arxiv.findings import Ruling
from worker.sources.arxiv.rows import union

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGE = frozenset({"cs"})
"""Archives whose feed passes 2,000 rows on ordinary days: never asked as one."""
_WORST_FIRST = (
    BatchState.BLOCKED,
    BatchState.THROTTLED,
    BatchState.FAILED,
    BatchState.STALE,
    BatchState.TRUNCATED,
    BatchState.UNCONFIRMED,
    BatchState.COMPLETE,
    BatchState.QUIET,
)


def parts(name: str) -> tuple[str, ...]:
    """What to ask for at first: the name itself, or the categories of a large archive."""
    return split(name) if name in LARGE else (name,)


def split(name: str) -> tuple[str, ...]:
    """The active categories of an archive; a category, or a name unknown here, is itself."""
    try:
        return taxonomy.categories_of(name)
    except ConfigError:
        return (name,)


def joined(rulings: Mapping[str, Ruling]) -> Ruling:
    """One ruling for an archive: all rows, the worst state, and which categories are to blame.

    A paper that is new in one category and cross-listed in another is new in the archive.
    """
    if len(rulings) == 1:
        return next(iter(rulings.values()))
    state = min((ruling.state for ruling in rulings.values()), key=_WORST_FIRST.index)
    blamed = {n: r for n, r in rulings.items() if r.state is state and r.detail}
    quiet = state is BatchState.QUIET
    said = [r.detail if quiet else f"{name}: {r.detail}" for name, r in blamed.items()]
    return Ruling(
        state,
        union(*(ruling.rows for ruling in rulings.values())),
        source=next(iter(rulings.values())).source,
        detail="; ".join(dict.fromkeys(said)),
    )
