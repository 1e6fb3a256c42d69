"""Announcements from saved files: feeds, listing and catch-up pages, and paperlark's own JSONL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import calendar, taxonomy
from paperlark.domain import Announcement, AnnounceType, Batch, BatchState
from paperlark.errors import BadFeed, ConfigError, SourceError
from worker.sources.arxiv import rows
from worker.sources.arxiv.judge import FULL
from worker.sources.documents import Kind, Row, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from paperlark.domain import Paper, PaperId
    from worker.sources.documents import Document

MOST_BYTES = 32 * 1024 * 1024
"""Largest file that is read; unpacked, the same limit holds."""
_FEEDS = frozenset({Kind.RSS, Kind.ATOM})
_ELSEWHERE = {
    AnnounceType.NEW: AnnounceType.CROSS,
    AnnounceType.REPLACE: AnnounceType.REPLACE_CROSS,
}
"""What an announce type is in a category that is not the paper's primary one."""


class Files:
    """Saved files as a source; see `paperlark.ports.Source`."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)

    def fetch(self, day: date, categories: Sequence[str]) -> Announcement:
        """What the files say of `day`; raises like `from_files`."""
        return from_files(self._paths, categories, day)


def from_files(
    paths: Sequence[Path], categories: Sequence[str], day: date | None = None
) -> Announcement:
    """One announcement from all files together; of a paper in several, the best type wins.

    Args:
        paths: RSS, Atom, saved listing or catch-up pages, JSONL; each may be gzipped.
        categories: canonical; empty for those the files themselves are about.
        day: the mailing date; needed only where no file states it, or one holds several.

    Raises:
        ConfigError: no file, or the date is missing or contradicts a file's.
        SourceError: a file cannot be read as an announcement; the sentence names it.
    """
    if not paths:
        raise ConfigError("No file to read; name at least one feed, page or JSONL file.")
    documents = {str(path): _document(path, day) for path in paths}
    day = _day(documents, day)
    asked = tuple(dict.fromkeys(categories)) or _about(documents.values())
    known = rows.papers(document.rows for document in documents.values())
    batches = tuple(_batch(day, name, tuple(documents.values()), known) for name in asked)
    listed = {listing.paper for batch in batches for listing in batch.listings}
    return Announcement(day, batches, {key: known[key] for key in known if key in listed})


def _document(path: Path, day: date | None) -> Document:
    body = _bytes(path)
    try:
        document = read(body, day=day)
    except SourceError as error:
        raise BadFeed(f"{path} cannot be read: {_lowered(str(error))}") from error
    if document.kind is Kind.API:
        raise BadFeed(f"{path} is a search result, not an announcement; save a feed or a page.")
    return document


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder; name the files in it.")
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(f"{path} is larger than 32 MB; split it by category.")
        body = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist; check the name.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}.") from error
    if not body.strip():
        raise BadFeed(f"{path} is empty; save it again.")
    return body


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:] if sentence[:4] == "The " else sentence


def _day(documents: Mapping[str, Document], day: date | None) -> date:
    stated = {name: found.day for name, found in documents.items() if found.day}
    for name, other in stated.items():
        if day and other != day:
            raise ConfigError(
                f"{name} is of {other}, not of {day}; leave it out or ask for its day."
            )
    days = sorted(set(stated.values()))
    if len(days) > 1:
        said = ", ".join(f"{name} of {when}" for name, when in stated.items())
        raise ConfigError(f"The files are of different days ({said}); give those of one day.")
    found = days[0] if days else day
    if found is None:
        raise ConfigError("No file states its mailing date; give the date, as 2026-11-19.")
    return found


def _about(documents: Iterable[Document]) -> tuple[str, ...]:
    """The categories the files name; for those that name none, their papers' primary ones."""
    found: list[str] = []
    for document in documents:
        found += document.categories or sorted({row.paper.primary for row in document.rows} - {""})
    if not found:
        raise ConfigError("The files name no category; say which are meant, like cs.LG.")
    return tuple(dict.fromkeys(found))


def _batch(
    day: date, category: str, documents: Sequence[Document], known: Mapping[PaperId, Paper]
) -> Batch:
    covered = rows.covered(category)
    found = rows.union(*(_rows(document, category, covered) for document in documents))
    own = [document for document in documents if document.categories == (category,)]
    stated = [document.stated for document in own if document.stated]
    due = (
        sum(max(each.get(kind, 0) for each in stated) for kind in rows.COUNTED) if stated else None
    )
    state, detail = _state(day, category, documents, found, due)
    found = () if state is BatchState.FAILED else found
    return rows.batch(day, category, state, found, known, stated=due, source="file", detail=detail)


def _rows(document: Document, category: str, covered: frozenset[str]) -> tuple[Row, ...]:
    """The rows in `category`, with the announce types that its own feed would state."""
    if document.categories == (category,):
        return document.rows
    return tuple(
        row if row.paper.primary in covered else _elsewhere(row)
        for row in document.rows
        if not covered.isdisjoint(row.paper.categories)
    )


def _elsewhere(row: Row) -> Row:
    return Row(row.paper, _ELSEWHERE.get(row.announce_type, row.announce_type))


def _state(
    day: date, category: str, documents: Sequence[Document], found: Sequence[Row], due: int | None
) -> tuple[BatchState, str]:
    covering = [document for document in documents if _covers(document, category)]
    if not covering:
        return BatchState.FAILED, f"no file is about {category}"
    if due is not None and rows.counted(found) < due:
        return BatchState.TRUNCATED, f"the page says {due}, {rows.counted(found)} came"
    if any(doc.kind in _FEEDS and len(doc.rows) >= FULL for doc in covering):
        return BatchState.TRUNCATED, "the feed is full and may lack papers"
    if found:
        return BatchState.COMPLETE, ""
    quiet = calendar.quiet_reason(day)
    if quiet:
        return BatchState.QUIET, quiet
    return BatchState.UNCONFIRMED, "the file lists no papers on a working day"


def _covers(document: Document, category: str) -> bool:
    """Whether the document would list every paper of the category: JSONL says nothing of itself."""
    about = {name for each in document.categories for name in (each, *rows.covered(each))}
    return not about or category in about or _canonical(category) in about


def _canonical(name: str) -> str:
    try:
        return taxonomy.canonical(name)
    except ConfigError:
        return name
