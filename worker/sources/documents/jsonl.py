"""Paperlark's own form: one paper a line as JSON, also labelled days."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from paperlark.domain import AnnounceType
from paperlark.errors import BadFeed
from worker.sources.documents import dates, intake, papers
from worker.sources.documents.document import Document, Kind, Row
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

_DUE = "a file of papers (JSON, one a line)"
_NEW = AnnounceType.NEW.value


def parse_jsonl(body: bytes) -> tuple[Document, ...]:
    """Read a file of papers; gzip is unpacked. One document for each date in it, oldest first.

    Each line is an object: ``id`` (or ``arxiv_id``) and ``title`` are needed; ``version``,
    ``abstract``, ``authors``, ``categories``, ``announce_type`` (default ``new``), ``date``,
    ``comment``, ``journal_ref``, ``doi`` and ``licence`` are read, anything else is ignored.
    Lines without a date make a document without a day, which comes first.

    Raises:
        BadFeed: it is something else, or a line cannot be read; the sentence says which.
    """
    body = intake.unpacked(body)
    if intake.form(body) is not intake.Form.JSON:
        raise intake.foreign(body, _DUE)
    days: dict[date | None, list[Row]] = {}
    for number, line in enumerate(_lines(body), 1):
        if line.strip():
            day, row = _row(_object(line, number), number)
            days.setdefault(day, []).append(row)
    ordered = sorted(days, key=lambda day: day or date.min)
    return tuple(Document(Kind.JSONL, day, papers.unique(days[day])) for day in ordered)


def _lines(body: bytes) -> list[str]:
    try:
        return body.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise BadFeed("The file is not UTF-8; save it again as UTF-8.") from error


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadFeed(f"Line {number} is not JSON, or is cut off; mend that line.") from error
    if not isinstance(found, dict):
        raise BadFeed(f"Line {number} is not an object; put one paper on each line.")
    return found


def _row(line: Mapping[str, Any], number: int) -> tuple[date | None, Row]:
    place = f"line {number}"
    paper_id, version = papers.identify(_text(line, ("id", "arxiv_id"), place), place)
    kind = papers.announce_type(_text(line, ("announce_type",), place) or _NEW, paper_id)
    day = _text(line, ("date",), place)
    raw = papers.Raw(
        paper_id,
        _version(line, place) or version,
        _text(line, ("title",), place),
        _text(line, ("abstract",), place),
        _authors(line, place),
        _strings(line, "categories", place),
        _text(line, ("comment",), place),
        _text(line, ("journal_ref",), place),
        _text(line, ("doi",), place),
        _text(line, ("licence",), place),
    )
    return _day(day, place), Row(papers.titled(raw), kind)


def _day(text: str, place: str) -> date | None:
    try:
        return dates.iso(text) if text else None
    except BadFeed as error:
        raise BadFeed(
            f"“{quoted(text)}” in {place} is no readable date; mend that line."
        ) from error


def _text(line: Mapping[str, Any], keys: tuple[str, ...], place: str) -> str:
    """The first of the keys that is there and not null; empty if none is."""
    for key in keys:
        value = line.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            raise _wrong(place, key, "a text")
    return ""


def _version(line: Mapping[str, Any], place: str) -> int:
    value = line.get("version")
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(place, "version", "a whole number")
    return value


def _authors(line: Mapping[str, Any], place: str) -> str | list[tuple[str, tuple[str, ...]]]:
    if isinstance(line.get("authors"), str):
        return str(line["authors"])
    return [(name, ()) for name in _strings(line, "authors", place)]


def _strings(line: Mapping[str, Any], key: str, place: str) -> list[str]:
    """A list of texts, or one text of words parted by blanks."""
    value = line.get(key)
    if value is None:
        return []
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise _wrong(place, key, "a list of texts")
    return value


def _wrong(place: str, key: str, expected: str) -> BadFeed:
    return BadFeed(f"“{key}” in {place} is not {expected}; mend that line.")
