"""What every source owes: one batch a category, each paper known, a state with a reason."""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from paperlark.demo import feeds, pages
from paperlark.demo.double import ArxivDouble
from paperlark.domain import AnnounceType, BatchState
from paperlark.errors import ConfigError, SourceError
from tests.loopback.arxiv import BEFORE, DAY, announced, asking, two_days
from worker.sources.arxiv import Settings
from worker.sources.arxiv.files import Files, from_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import redis

    from paperlark.ports import Source

THANKSGIVING = date(2026, 11, 27)


@pytest.fixture(params=["arxiv", "files"])
def source(request: pytest.FixtureRequest, store: redis.Redis, tmp_path: Path) -> Iterator[Source]:
    """Each source, over the same two days."""
    days = two_days()
    with ExitStack() as stack:
        if request.param == "files":
            paths = [tmp_path / "a.xml", tmp_path / "b.xml"]
            for path, name in zip(paths, ("cs.LG", "stat.ML"), strict=True):
                path.write_bytes(feeds.feed(name, DAY, days[DAY]))
            yield Files(paths)
        else:
            double = stack.enter_context(ArxivDouble(days, DAY))
            yield stack.enter_context(asking(double, store))


def test_each_category_is_one_batch_in_the_order_asked(source: Source):
    found = source.fetch(DAY, ["stat.ML", "cs.LG"])
    assert found.date == DAY
    assert [(batch.category, batch.date) for batch in found.batches] == [
        ("stat.ML", DAY), ("cs.LG", DAY),
    ]  # fmt: skip
    assert {batch.state for batch in found.batches} == {BatchState.COMPLETE}


def test_every_listing_has_its_paper_and_every_paper_a_listing(source: Source):
    found = source.fetch(DAY, ["stat.ML", "cs.LG"])
    listed = [listing.paper for batch in found.batches for listing in batch.listings]
    assert set(listed) == set(found.papers)
    assert all(key == paper.id for key, paper in found.papers.items())
    for batch in found.batches:
        own = [listing.paper for listing in batch.listings]
        assert len(own) == len(set(own))


def test_announce_types_are_the_categorys_own(source: Source):
    found = {batch.category: batch for batch in source.fetch(DAY, ["stat.ML", "cs.LG"]).batches}
    types = {listing.paper: listing.announce_type for listing in found["stat.ML"].listings}
    assert types == {"2611.00014": AnnounceType.CROSS, "2611.00015": AnnounceType.NEW}
    assert len(found["cs.LG"].listings) == 6


def test_the_same_question_has_the_same_fingerprint(source: Source):
    one, two = (source.fetch(DAY, ["cs.LG"]).batches[0] for _ in range(2))
    assert len(one.fingerprint) == 64
    assert one.fingerprint == two.fingerprint


def test_a_state_other_than_complete_has_a_reason(source: Source):
    for batch in source.fetch(DAY, ["cs.LG", "math.OC"]).batches:
        assert batch.detail or batch.state is BatchState.COMPLETE


# What only files do.


def saved(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


def jsonl(*lines: dict[str, object]) -> bytes:
    return "\n".join(json.dumps(line) for line in lines).encode()


def test_the_files_say_what_they_are_about_and_of_which_day(tmp_path: Path):
    body = feeds.feed("cs.LG", DAY, two_days()[DAY])
    found = from_files([saved(tmp_path, "a.xml.gz", gzip.compress(body))], [])
    assert (found.date, [batch.category for batch in found.batches]) == (DAY, ["cs.LG"])
    assert found.batches[0].source == "file"


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_joined_feed_is_taken_apart(tmp_path: Path, form: feeds.Form):
    body = feeds.feed("cs.LG+stat.ML", DAY, two_days()[DAY], form)
    found = from_files([saved(tmp_path, "a.xml", body)], [])
    types = {
        batch.category: {listing.paper[-2:]: listing.announce_type for listing in batch.listings}
        for batch in found.batches
    }
    assert types["stat.ML"] == {"14": AnnounceType.CROSS, "15": AnnounceType.NEW}
    assert types["cs.LG"]["15"] is AnnounceType.CROSS
    assert types["cs.LG"]["02"] is AnnounceType.REPLACE


def test_several_files_make_one_day_and_the_best_type_wins(tmp_path: Path):
    days = two_days()
    feed = saved(tmp_path, "a.xml", feeds.feed("cs.LG", DAY, days[DAY]))
    page = saved(
        tmp_path, "b.html", pages.listing("cs.LG", DAY, [*days[DAY], announced(16)], 0, 50)
    )
    lines = saved(tmp_path, "c.jsonl", jsonl({
        "id": "2611.00002v2", "title": "T", "categories": ["cs.LG"], "announce_type": "new",
    }))  # fmt: skip
    batch = from_files([feed, page, lines], ["cs.LG"]).batches[0]
    types = {listing.paper: listing.announce_type for listing in batch.listings}
    assert (batch.state, batch.stated, len(types)) == (BatchState.COMPLETE, 6, 7)
    assert types["2611.00002"] is AnnounceType.NEW


def test_half_a_page_is_truncated_and_both_halves_are_complete(tmp_path: Path):
    papers = [announced(number) for number in range(1, 61)]
    first = saved(tmp_path, "1.html", pages.listing("cs.LG", DAY, papers, 0, 50))
    second = saved(tmp_path, "2.html", pages.listing("cs.LG", DAY, papers, 50, 50))
    half = from_files([first], []).batches[0]
    assert (half.state, half.detail) == (BatchState.TRUNCATED, "the page says 60, 50 came")
    assert from_files([first, second], []).batches[0].state is BatchState.COMPLETE


def test_a_category_no_file_is_about_is_not_complete(tmp_path: Path):
    path = saved(tmp_path, "a.xml", feeds.feed("cs.LG", DAY, two_days()[DAY]))
    batch = from_files([path], ["stat.ML"]).batches[0]
    assert (batch.state, len(batch.listings)) == (BatchState.FAILED, 0)
    assert batch.detail == "no file is about stat.ML"


def test_a_full_feed_is_truncated(tmp_path: Path):
    papers = [announced(number) for number in range(1, 1951)]
    path = saved(tmp_path, "a.xml", feeds.feed("cs.LG", DAY, papers))
    assert from_files([path], []).batches[0].state is BatchState.TRUNCATED


@pytest.mark.parametrize(
    ("day", "state"), [(DAY, BatchState.UNCONFIRMED), (THANKSGIVING, BatchState.QUIET)]
)
def test_an_empty_feed_is_quiet_on_a_holiday_only(tmp_path: Path, day: date, state: BatchState):
    path = saved(tmp_path, "a.xml", feeds.feed("cs.LG", day, ()))
    assert from_files([path], ["cs.LG"]).batches[0].state is state


def test_jsonl_without_a_date_needs_one(tmp_path: Path):
    path = saved(
        tmp_path, "c.jsonl", jsonl({"id": "2611.00002", "title": "T", "categories": ["cs.LG"]})
    )
    with pytest.raises(ConfigError, match="No file states its mailing date"):
        from_files([path], [])
    found = from_files([path], [], DAY)
    assert (found.date, found.batches[0].category) == (DAY, "cs.LG")


def test_dates_that_contradict_each_other_are_refused(tmp_path: Path):
    one = saved(tmp_path, "a.xml", feeds.feed("cs.LG", DAY, ()))
    two = saved(tmp_path, "b.xml", feeds.feed("cs.LG", BEFORE, ()))
    with pytest.raises(ConfigError, match=r"different days \(.*a\.xml of 2026-11-19, .*b\.xml"):
        from_files([one, two], [])
    with pytest.raises(ConfigError, match=r"a\.xml is of 2026-11-19, not of 2026-11-18"):
        from_files([one, two], [], BEFORE)
    with pytest.raises(ConfigError, match="No file to read"):
        from_files([], [])


BAD_FILES = {
    "empty.xml": (b"  \n", "is empty"),
    "cut.xml": (feeds.feed("cs.LG", DAY, two_days()[DAY])[:2000], "cut off"),
    "cut.html": (pages.listing("cs.LG", DAY, two_days()[DAY], 0, 50)[:3000], "cut off"),
    "cut.xml.gz": (gzip.compress(feeds.feed("cs.LG", DAY, two_days()[DAY]))[:200], "cut off"),
    "latin.jsonl": ('{"id": "2611.00001", "title": "é"}'.encode("latin-1"), "not UTF-8"),
    "notes.txt": (b"Dear diary", "plain text"),
    "page.html": (b"<html><body>Hello</body></html>", "web page"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_in_one_sentence(tmp_path: Path, name: str):
    body, said = BAD_FILES[name]
    path = saved(tmp_path, name, body)
    with pytest.raises(SourceError) as caught:
        from_files([path], [], DAY)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert said.lower() in sentence.lower()
    assert "\n" not in sentence


def test_folders_missing_and_huge_files_are_named(tmp_path: Path):
    huge = tmp_path / "huge.xml"
    with huge.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    bomb = saved(tmp_path, "bomb.xml.gz", gzip.compress(b" " * 33 * 1024 * 1024, 1))
    for path, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "none.xml", "does not exist"),
        (huge, "larger than 32 MB"),
        (bomb, "larger than 32 MB"),
    ):
        with pytest.raises(SourceError, match=said) as caught:
            from_files([path], [])
        assert str(path) in str(caught.value)


# The settings.


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"interval_s": 1.0}, "at least 3"),
        ({"interval_s": -1, "contact": ""}, "greater than or equal to 0"),
        ({"rss_url": "rss.arxiv.org"}, "no web address"),
        ({"site_url": "https://arxiv.org/?a=b"}, "without"),
        ({"contact": "me\r\nX-Evil: 1"}, "e-mail"),
        ({"proxy": "nowhere"}, "proxy"),
        ({"proxy": "http://127.0.0.1:abc"}, "is malformed"),
        ({"rss_url": "http://127.0.0.1:abc"}, "is malformed"),
        ({"rss_url": "https://[::1"}, "is malformed"),
        ({"site_url": "https://arxiv.org:99999/x"}, "is malformed"),
        ({"contact": "jürgen@example.org"}, "in ASCII"),
        ({"homepage": "https://exämple.org"}, "in ASCII"),
        ({"contact": "me@exam\x1bple.org"}, "in ASCII"),
        ({"homepage": "me"}, "web page"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_settings_are_strict(table: dict[str, object], said: str):
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate(table)


def test_settings_by_default_are_arxivs():
    settings = Settings()
    assert settings.interval_s == 3.0
    assert settings.origins == {
        "https://rss.arxiv.org", "https://arxiv.org", "https://export.arxiv.org",
    }  # fmt: skip
