"""Labelled days: JSONL files, one paper a line, gzipped or not (docs/ranking.md has the form)."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from paperlark.domain import LabelledPaper
from paperlark.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_GRADES = range(1, 11)


@dataclass(frozen=True, slots=True)
class Day:
    """The labelled papers of one mailing date, in order of id."""

    date: date
    papers: tuple[LabelledPaper, ...]


def read(files: Iterable[Path]) -> tuple[Day, ...]:
    """The days in some files, oldest first; a day may be spread over files.

    Raises:
        NotFound: a file is not there, or cannot be read.
        ConfigError: a line is not what it should be, or a paper stands twice on a date; the
            sentence names file and line.
    """
    seen: dict[tuple[date, str], LabelledPaper] = {}
    for file in files:
        for number, paper in _papers(file):
            if (paper.date, paper.id) in seen:
                raise ConfigError(
                    f"{file}, line {number}: {paper.id} is there twice for {paper.date}; keep one."
                )
            seen[paper.date, paper.id] = paper
    return grouped(seen.values())


def grouped(papers: Iterable[LabelledPaper]) -> tuple[Day, ...]:
    """Papers by their date, oldest first."""
    by_date: dict[date, list[LabelledPaper]] = {}
    for paper in sorted(papers, key=lambda paper: (paper.date, paper.id)):
        by_date.setdefault(paper.date, []).append(paper)
    return tuple(Day(day, tuple(found)) for day, found in by_date.items())


def _papers(file: Path) -> Iterator[tuple[int, LabelledPaper]]:
    for number, line in enumerate(_lines(file), 1):
        if line.strip():
            yield number, _paper(line, f"{file}, line {number}")


def _lines(file: Path) -> Iterator[str]:
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            yield from stream.read().decode().split("\n")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ConfigError(f"{file} is no whole gzip file; fetch or make it again.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror}); check the path.") from error


def _paper(line: str, where: str) -> LabelledPaper:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"{where}: this is not JSON; give one object a line.") from error
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: this is no JSON object; give one object a line.")
    return LabelledPaper(
        date=_date(row, where),
        id=_text(row, "id", where),
        title=_text(row, "title", where),
        abstract=_text(row, "abstract", where),
        authors=_names(row, "authors", where),
        categories=_names(row, "categories", where),
        selected=_flag(row, where),
        relevance=_grade(row, "relevance", where),
        novelty=_grade(row, "novelty", where),
    )


def _wrong(row: Mapping[str, Any], key: str, where: str, expected: str) -> ConfigError:
    found = json.dumps(row[key])[:40] if key in row else "missing"
    return ConfigError(f"{where}: “{key}” should be {expected}; it is {found}.")


def _date(row: Mapping[str, Any], where: str) -> date:
    try:
        return date.fromisoformat(row.get("date", ""))
    except (TypeError, ValueError) as error:
        raise _wrong(row, "date", where, "a date such as 2025-09-25") from error


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or (key == "id" and not value.strip()):
        raise _wrong(row, key, where, "a text")
    return value


def _names(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = row.get(key) or []
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _wrong(row, key, where, "a list of texts")
    return tuple(value)


def _flag(row: Mapping[str, Any], where: str) -> bool:
    value = row.get("selected")
    if not isinstance(value, bool):
        raise _wrong(row, "selected", where, "true or false")
    return value


def _grade(row: Mapping[str, Any], key: str, where: str) -> int | None:
    value = row.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in _GRADES:
        raise _wrong(row, key, where, "a whole number from 1 to 10, or null")
    return value
