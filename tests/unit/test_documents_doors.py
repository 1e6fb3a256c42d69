"""What every parser refuses before it parses: hostile, huge, cut off, or something else."""

from __future__ import annotations

import gzip
import json
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.errors import BadFeed, SourceError
from worker.sources.documents import (
    Throttled,
    intake,
    parse_api,
    parse_feed,
    parse_jsonl,
    parse_listing,
    quoted,
    read,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FEED = b"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>
<title>cs.AI updates on arXiv.org</title><pubDate>Thu, 25 Sep 2025 00:00:00 -0400</pubDate>
<item><title>T</title><guid>oai:arXiv.org:2509.90001v1</guid>
<description>arXiv:2509.90001v1 Announce Type: new \nAbstract: A.</description>
<arxiv:announce_type>new</arxiv:announce_type></item>
</channel></rss>
"""
PARSERS = (read, parse_feed, parse_api, parse_jsonl, parse_listing)


def test_gzip_is_unpacked_also_in_several_members() -> None:
    whole = gzip.compress(FEED)
    halves = gzip.compress(FEED[:99]) + gzip.compress(FEED[99:])
    assert read(whole).rows == read(halves).rows == read(FEED).rows


def test_a_byte_order_mark_and_blanks_before_the_feed_do_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + FEED).rows == read(FEED).rows


@given(st.integers(0, len(FEED.rstrip()) - 1))
def test_a_feed_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BadFeed):
        read(FEED[:length])


@given(st.integers(2, 150))
def test_a_gzip_file_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BadFeed):
        read(gzip.compress(FEED)[:length])


@given(st.binary(max_size=200), st.sampled_from(PARSERS))
def test_no_bytes_break_a_parser(body: bytes, parser: object) -> None:
    assert callable(parser)
    with suppress(SourceError):
        parser(body)


@given(
    st.integers(0, len(FEED)),
    st.sampled_from([b"<", b"&", b"\x00", b"\xff", b"</item>", b"<!--", b"]]>", b"&lol;"]),
)
def test_a_damaged_feed_is_refused_or_read_but_never_crashes(place: int, bad: bytes) -> None:
    try:
        rows = read(FEED[:place] + bad + FEED[place:]).rows
    except SourceError:
        return
    assert len(rows) == 1


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE rss [<!ENTITY l0 "lol">' + LAUGHS + b"]>",
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/evil.dtd">',
        b"<!doctype rss>",
        b"<!--" + b" " * 5000 + b'--><!DOCTYPE rss [<!ENTITY l0 "lol">]>',
    ],
)
def test_a_document_with_a_dtd_is_refused(head: bytes) -> None:
    body = FEED.replace(b"<rss ", head + b"<rss ", 1)
    with pytest.raises(BadFeed):
        read(body)


def test_a_dtd_in_another_encoding_is_refused_too() -> None:
    text = FEED.decode().replace("UTF-8", "UTF-16").replace("<rss ", "<!DOCTYPE rss><rss ", 1)
    with pytest.raises(BadFeed):
        read(text.encode("utf-16"))


def test_size_is_capped_before_and_after_unpacking() -> None:
    too_much = b" " * (intake.MOST_BYTES + 1)
    for body in (too_much, gzip.compress(too_much, 1)):
        with pytest.raises(BadFeed, match="larger than 32 MB"):
            read(body)


def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    megabyte = b"\0" * 2**20
    bomb = b"".join(packer.compress(megabyte) for _ in range(300)) + packer.flush()
    with pytest.raises(BadFeed, match="larger than 32 MB"):
        read(bomb)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty where an announcement was due"),
        (b" \r\n\t", "empty"),
        (b"upstream error", "Plain text (“upstream error”) came, as text/plain, where"),
        (b"x" * 9999, "…”) came"),
        (b"<html><title>Just a\n moment</title></html>", "A web page (“Just a moment”) came, as"),
        (
            b"<?xml version='1.0'?><!DOCTYPE html><html></html>",
            "A web page came, as text/plain, where",
        ),
        (b"<rdf:RDF xmlns:rdf='urn:x'/>", "“RDF” where an announcement feed was due"),
        (b"<rss/>", "no channel"),
        (
            b"<rss><channel><title>News</title><pubDate>25 Sep 2025</pubDate></channel></rss>",
            "“News” is not one of arXiv's",
        ),
        (b"<rss><channel></rss>", "not well-formed XML (line 1)"),
        (b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 9, "gzip data is damaged"),
    ],
)
def test_what_came_is_named(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        read(body, content_type="text/plain")
    assert said in str(error.value)


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    "body",
    [
        b"Rate exceeded.",
        b"\nrate limit exceeded\n",
        b"Too Many Requests",
        b"<html><body><h1>429</h1><p>Rate exceeded.</p></body></html>",
        b"<!DOCTYPE html><html><title>429 Too Many Requests</title></html>",
    ],
)
def test_throttling_is_told_apart_by_every_parser(parser: object, body: bytes) -> None:
    assert callable(parser)
    with pytest.raises(Throttled, match="asks for fewer requests") as error:
        parser(body)
    assert not isinstance(error.value, BadFeed)


HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202ered\u2028" + "x" * 90


@given(st.text(max_size=200))
def test_a_quotation_is_one_short_printable_line(text: str) -> None:
    found = quoted(text)
    assert found.isprintable()
    assert len(found) <= 60
    assert quoted(found) == found


@pytest.mark.parametrize(
    ("parse", "body"),
    [
        (read, HOSTILE),
        (lambda body: read(body, content_type=HOSTILE), "Dear diary"),
        (read, f"<html><title>{HOSTILE}</title></html>"),
        (read, f'<html><title>\x1b[31m</title>{HOSTILE}<div id="dlpage"></div></html>'),
        (parse_jsonl, json.dumps({"id": HOSTILE, "title": "T"})),
        (parse_jsonl, json.dumps({"id": "2611.00001", "title": "T", "announce_type": HOSTILE})),
        (parse_jsonl, json.dumps({"id": "2611.00001", "title": "T", "date": HOSTILE})),
        (parse_feed, FEED.decode().replace("Thu, 25 Sep 2025", "\x85\u202e")),
        (parse_feed, "<rss><channel><title>\u202eother\x9b31m</title></channel></rss>"),
        (parse_feed, FEED.decode().replace(">new<", ">\x9b31mnew<")),
        (parse_feed, FEED.decode().replace("cs.AI updates on arXiv.org", "feed error \x9b31m")),
    ],
)
def test_no_control_character_of_a_document_enters_a_sentence(
    parse: Callable[[bytes], object], body: str
) -> None:
    with pytest.raises(SourceError) as refused:
        parse(body.encode())
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("parse", PARSERS)
def test_utf_16_is_refused_by_name(encoding: str, parse: Callable[[bytes], object]) -> None:
    with pytest.raises(BadFeed, match=r"is UTF-16 where .* save it again as UTF-8"):
        parse(f"\ufeff{FEED.decode()}".encode(encoding))


@pytest.mark.parametrize("day", ["0001-01-01", "1990-12-31", "2091-01-01", "9999-12-31", "soon"])
def test_a_day_that_cannot_be_is_refused_with_its_line(day: str) -> None:
    line = json.dumps({"id": "2611.00001", "title": "T", "date": day})
    with pytest.raises(BadFeed, match=f"“{day}” in line 1 is no readable date"):
        parse_jsonl(line.encode())


@pytest.mark.parametrize("written", ["Mon, 01 Jan 0001 00:00:00 -0400", "31 Dec 9999"])
def test_a_feed_of_an_impossible_day_is_refused(written: str) -> None:
    with pytest.raises(BadFeed, match="no readable date"):
        parse_feed(FEED.decode().replace("Thu, 25 Sep 2025 00:00:00 -0400", written).encode())


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_an_empty_feed_rendered_in_an_impossible_year_is_refused(year: str) -> None:
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>cs.AI updates on arXiv.org</title>
    <updated>{year}-01-01T00:00:00+00:00</updated></feed>"""
    with pytest.raises(BadFeed, match="no readable time"):
        parse_feed(body.encode())
