"""Files of papers: paperlark's own lines and labelled days."""

from __future__ import annotations

import gzip
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import AnnounceType, Author
from paperlark.errors import BadFeed
from worker.sources.documents import Kind, parse_jsonl, read

DAY = date(2025, 9, 25)


def line(**changes: Any) -> str:
    given = {
        "date": "2025-09-25",
        "id": "2509.90001",
        "title": "A toy title",
        "authors": ["Ada Example", 'Bob M\\"uller'],
        "abstract": "With $\\alpha$.",
        "categories": ["cs.LG", "cs.NA", "math.NA"],
    }
    return json.dumps({k: v for k, v in (given | changes).items() if v is not ...})


def lines(*each: str) -> bytes:
    return "\n".join(each).encode()


def test_a_line_field_by_field() -> None:
    body = lines(line(version=3, announce_type="cross", comment="9 pages", doi="10.1/x"), "")
    document = read(body)
    assert (document.kind, document.day, document.complete) == (Kind.JSONL, DAY, True)
    (row,) = document.rows
    assert (row.id, row.version, row.announce_type) == ("2509.90001", 3, AnnounceType.CROSS)
    assert row.paper.authors == (Author("Ada Example"), Author("Bob Müller"))
    assert (row.paper.abstract, row.paper.source_abstract) == ("With α.", "With $\\alpha$.")
    assert row.paper.categories == ("cs.LG", "math.NA")
    assert (row.paper.comment, row.paper.doi) == ("9 pages", "10.1/x")


def test_a_labelled_day() -> None:
    body = lines(line(id=..., arxiv_id="2509.90001", selected=True, relevance=9, novelty=None))
    (row,) = read(gzip.compress(body)).rows
    assert (row.id, row.version, row.announce_type) == ("2509.90001", 0, AnnounceType.NEW)


def test_little_is_needed() -> None:
    (row,) = read(b'{"id": "arXiv:2509.90001v2", "title": "T", "abstract": null}\r\n').rows
    assert (row.id, row.version, row.paper.authors, row.paper.abstract) == ("2509.90001", 2, (), "")


def test_authors_and_categories_may_be_one_text() -> None:
    (row,) = read(lines(line(authors="Ada Example, Bob Sample", categories="cs.LG cs.SY"))).rows
    assert [author.name for author in row.paper.authors] == ["Ada Example", "Bob Sample"]
    assert row.paper.categories == ("cs.LG", "eess.SY")


def test_two_dates_are_two_documents_and_the_reader_must_choose() -> None:
    body = lines(line(date="2025-09-26", id="2509.90002"), line(), line(id="2509.90003"))
    first, second = parse_jsonl(body)
    assert (first.day, [row.id for row in first.rows]) == (DAY, ["2509.90001", "2509.90003"])
    assert (second.day, len(second.rows)) == (date(2025, 9, 26), 1)
    assert read(body, day=DAY).rows == first.rows
    with pytest.raises(BadFeed, match=r"several dates \(2025-09-25, 2025-09-26\); say which"):
        read(body)
    with pytest.raises(BadFeed, match="nothing for 2025-09-29"):
        read(body, day=date(2025, 9, 29))


def test_a_file_of_one_date_is_refused_for_another() -> None:
    with pytest.raises(BadFeed, match="nothing for 2025-09-26, only 2025-09-25"):
        read(lines(line()), day=date(2025, 9, 26))


def test_a_file_without_dates_serves_any_day() -> None:
    document = read(lines(line(date=...)), day=DAY)
    assert (document.day, len(document.rows)) == (None, 1)


@given(st.lists(st.sampled_from([None, "2025-09-25", "2025-09-26", "2025-10-01"]), min_size=1))
def test_no_line_is_lost_or_moved(days: list[str | None]) -> None:
    body = lines(*(line(id=f"2509.{n:05}", date=day) for n, day in enumerate(days, 1)))
    documents = parse_jsonl(body)
    found = {row.id: document.day for document in documents for row in document.rows}
    assert found == {
        f"2509.{n:05}": day and date.fromisoformat(day) for n, day in enumerate(days, 1)
    }
    given_days = [document.day for document in documents]
    assert given_days == sorted(given_days, key=lambda day: day or date.min)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (lines(line(), line()[:-9]), "Line 2 is not JSON, or is cut off"),
        (lines(line(), "[1]"), "Line 2 is not an object"),
        (lines(line(id=...)), "line 1 cannot be identified (it has no id)"),
        (lines(line(id="9")), "its id is “9”"),
        (lines(line(id=7)), "“id” in line 1 is not a text"),
        (lines(line(title=...)), "no title"),
        (lines(line(date="soon")), "no readable date"),
        (lines(line(version="2")), "“version” in line 1 is not a whole number"),
        (lines(line(version=True)), "“version”"),
        (lines(line(authors=[1])), "“authors” in line 1 is not a list of texts"),
        (lines(line(categories={})), "“categories” in line 1"),
        (lines(line(announce_type="old")), "“old”; expected one of new"),
        (line().encode() + b"\n\xff", "not UTF-8"),
        (b'{"a":' * 100_000, "Line 1 is not JSON"),
        (b"id,title", "Plain text"),
        (gzip.compress(lines(line()))[:-12], "gzip data is cut off"),
    ],
)
def test_files_that_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        parse_jsonl(body)
    assert said in str(error.value)
