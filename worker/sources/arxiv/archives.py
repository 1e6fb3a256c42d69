"""Pure: whole archives, asked as one feed or as their categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import taxonomy
from paperlark.domain import BatchState
from paperlark.errors import ConfigError
from paperlark.verdict import UNCHECKED
from worker.sources.arxiv.findings import Ruling
from worker.sources.arxiv.rows import union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LARGE = frozenset({"cs"})
"""Archives whose feed passes 2,000 rows on ordinary days: never asked as one."""
_KNOWN = frozenset({BatchState.COMPLETE, BatchState.QUIET})
_GIVING = _KNOWN | {BatchState.TRUNCATED}
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
    """One ruling for an archive: what any category gave counts, and what is missing is named.

    An archive with papers of which some category is missing, or cut off, is truncated. Where none
    has papers, the worst state is the archive's. A paper that is new in one category and
    cross-listed in another is new in the archive.
    """
    if len(rulings) == 1:
        return next(iter(rulings.values()))
    rows = union(*(ruling.rows for ruling in rulings.values()))
    state = _state(rulings, given=bool(rows))
    source = next((ruling.source for ruling in rulings.values() if ruling.rows), "rss")
    doubted = any(ruling.unchecked for ruling in rulings.values())
    return Ruling(state, rows, None, source, _detail(rulings, state), doubted)


def _state(rulings: Mapping[str, Ruling], *, given: bool) -> BatchState:
    states = {ruling.state for ruling in rulings.values()}
    if given:
        return BatchState.COMPLETE if states <= _KNOWN else BatchState.TRUNCATED
    return min(states, key=_WORST_FIRST.index)


def _detail(rulings: Mapping[str, Ruling], state: BatchState) -> str:
    """What each category to blame says; a clause that several share is said once."""
    if state is BatchState.QUIET:
        return "; ".join(dict.fromkeys(ruling.detail for ruling in rulings.values()))
    if state not in {BatchState.TRUNCATED, BatchState.COMPLETE}:
        blamed = {name: ruling for name, ruling in rulings.items() if ruling.state is state}
        return "; ".join(f"{', '.join(names)}: {said}" for said, names in _shared(blamed))
    missing = {name: ruling for name, ruling in rulings.items() if ruling.state not in _GIVING}
    given = {n: r for n, r in rulings.items() if r.state in _GIVING - {BatchState.QUIET}}
    checked = {name: ruling for name, ruling in given.items() if not ruling.unchecked}
    clauses = [
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} missing ({said})"
        for said, names in _shared(missing)
    ]
    clauses += [f"{', '.join(names)}: {said}" for said, names in _shared(checked)]
    return "; ".join([*clauses, *_doubts(given)])


def _doubts(given: Mapping[str, Ruling]) -> Iterator[str]:
    """One clause about all unchecked categories; those that share the reason of all go unnamed."""
    unchecked = {name: ruling for name, ruling in given.items() if ruling.unchecked}
    said = [
        why if len(names) == len(given) else f"{', '.join(names)} ({why})"
        for detail, names in _shared(unchecked)
        for why in [detail.removeprefix(UNCHECKED)]
    ]
    if said:
        yield f"{UNCHECKED}{', '.join(said)}"


def _shared(rulings: Mapping[str, Ruling]) -> Iterable[tuple[str, list[str]]]:
    """Every clause with the categories that say it."""
    found: dict[str, list[str]] = {}
    for name, ruling in rulings.items():
        if ruling.detail:
            found.setdefault(ruling.detail, []).append(name)
    return found.items()
