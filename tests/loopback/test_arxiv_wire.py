"""The double writes what arXiv writes: compared with captures, and by arXiv's own rules."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import httpx
import pytest
from lxml import etree

from paperlark.demo import api, feeds, pages, wire
from paperlark.demo.double import ArxivDouble
from paperlark.domain import AnnounceType
from tests.loopback.arxiv import DAY, announced, two_days
from worker.sources.documents import Kind, parse_listing, read

if TYPE_CHECKING:
    from pathlib import Path

    from paperlark.demo.wire import Announced

NEW, CROSS, REPLACE, REPLACE_CROSS = AnnounceType
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
_RENDERED = re.compile(rb"<(updated|lastBuildDate|id)>[^<]*(?=</)")


def _without_times(body: bytes) -> bytes:
    return _RENDERED.sub(lambda m: b"<" + m[1] + b">", body)


def _lines(body: bytes) -> list[bytes]:
    return _without_times(body).rstrip().split(b"\n")


def _text(element: etree._Element, tag: str) -> str | None:
    return element.findtext(tag)


def _captured(entry: etree._Element) -> Announced:
    identifier = (_text(entry, f"{ATOM}id") or "").removeprefix("oai:arXiv.org:")
    paper, _, version = identifier.rpartition("v")
    return wire.Announced(
        id=paper,
        version=int(version),
        title=_text(entry, f"{ATOM}title") or "",
        abstract=(_text(entry, f"{ATOM}summary") or "").partition("Abstract: ")[2],
        authors=((_text(entry, f"{DC}creator") or ""),),
        categories=tuple(str(c.get("term")) for c in entry.iter(f"{ATOM}category")),
        announce_type=NEW,
        licence=_text(entry, f"{DC}rights") or "",
        doi=_text(entry, f"{ARXIV}DOI"),
        journal_ref=_text(entry, f"{ARXIV}journal_reference"),
    )


@pytest.mark.real
def test_an_atom_feed_is_written_byte_for_byte(real_data: Path):
    captured = (real_data / "wire" / "announce_atom__cs.AI_2025-08-20.xml").read_bytes()
    papers = [_captured(entry) for entry in etree.fromstring(captured).iter(f"{ATOM}entry")]
    written = feeds.feed("cs.AI", date(2025, 8, 20), papers, "atom")
    ours, theirs = (sorted(map(bytes.rstrip, _lines(body))) for body in (written, captured))
    assert ours == theirs  # the capture lost blanks at line ends, and is not in arXiv's order


@pytest.mark.real
def test_an_empty_rss_feed_is_written_byte_for_byte(real_data: Path):
    captured = (real_data / "wire" / "announce_rss2__cs_sunday_empty_2025-04-27.xml").read_bytes()
    written = feeds.feed("cs", date(2025, 4, 27), ())
    assert _without_times(written).split() == _without_times(captured).split()


@pytest.mark.real
def test_the_query_apis_error_is_written_byte_for_byte(real_data: Path):
    captured = (
        real_data / "wire" / "atom_api__id_abc_s0_m100_b79c8dcf6bc3__http400.xml"
    ).read_bytes()
    written = api.refusal("incorrect id format for abc", date(2026, 4, 12))
    assert _without_times(written).split() == _without_times(captured).split()


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_what_is_written_can_be_read(form: feeds.Form):
    papers = [
        announced(1, "cs.CL", "cs.LG", doi="10.1/x", journal_ref="J. Ex. 1"),
        announced(2, "cs.LG", title='On $\\alpha$ < 1 & M\\"obius'),
        announced(3, "cs.LG", version=3, announce_type=REPLACE),
    ]
    document = read(feeds.feed("cs.LG", DAY, papers, form))
    assert (document.day, document.kind, document.categories) == (DAY, Kind(form), ("cs.LG",))
    assert [(row.id, row.version, row.announce_type) for row in document.rows] == [
        ("2611.00002", 1, NEW), ("2611.00001", 1, CROSS), ("2611.00003", 3, REPLACE),
    ]  # fmt: skip
    assert document.rows[0].paper.source_title == 'On $\\alpha$ < 1 & M\\"obius'
    assert [a.name for a in document.rows[0].paper.authors] == ["Ada Example", "Bob Sample Jr."]
    assert document.rows[1].paper.doi == "10.1/x"


@pytest.mark.parametrize(
    ("paper", "asked", "seen"),
    [
        (announced(1, "cs.CV", "cs.AI"), "cs.AI", CROSS),
        (announced(1, "cs.CV", "cs.AI"), "cs.AI+cs.CV", NEW),
        (announced(1, "cs.CV", "cs.AI"), "CS", NEW),
        (announced(1, "cs.CV", "cs.AI"), "math", None),
        (announced(1, "eess.SY", "cs.SY"), "cs.SY", NEW),
        (announced(1, "cs.CV", "cs.AI", announce_type=CROSS), "cs.CV", None),
        (announced(1, "cs.CV", "cs.AI", announce_type=CROSS), "cs.AI+cs.CV", CROSS),
        (announced(1, "cs.CV", "cs.AI", version=2, announce_type=REPLACE), "cs.CV", REPLACE),
        (announced(1, "cs.CV", "cs.AI", version=2, announce_type=REPLACE), "cs.AI", REPLACE_CROSS),
        (announced(1, "cs.CV", "cs.AI", version=6, announce_type=REPLACE), "cs.CV", None),
    ],
)  # fmt: skip
def test_the_announce_type_depends_on_what_is_asked(
    paper: Announced, asked: str, seen: AnnounceType | None
):
    assert wire.seen_as(paper, wire.wanted(asked)) is seen


def test_the_cut_falls_on_the_new_papers_with_the_lowest_ids():
    papers = [announced(n) for n in range(1, 1201)]
    papers += [announced(n, version=2, announce_type=REPLACE) for n in range(2001, 3301)]
    document = read(feeds.feed("cs.LG", DAY, papers))
    new = [row.id for row in document.rows if row.announce_type is NEW]
    assert len(document.rows) == 2000
    assert (len(new), new[0]) == (700, "2611.00501")


@pytest.mark.parametrize(("query", "name"), [("cs.LG+cs.XX", "cs.XX"), ("foo", "foo")])
def test_a_wrong_name_fails_the_whole_list(query: str, name: str):
    with pytest.raises(wire.BadQuery, match=name.partition(".")[2] or name):
        feeds.feed(query, DAY, ())


def test_a_listing_states_its_counts_in_three_sections():
    papers = [announced(n) for n in range(1, 4)]
    papers += [announced(8, "cs.CV", "cs.LG"), announced(9, version=2, announce_type=REPLACE)]
    document = parse_listing(pages.listing("cs.LG", DAY, papers, 0, 2000))
    assert (document.kind, document.day, document.total) == (Kind.LISTING, DAY, 5)
    assert dict(document.stated) == {NEW: 3, CROSS: 1, REPLACE: 1}
    assert document.complete
    assert document.categories == ("cs.LG",)


def test_a_listing_goes_on_over_pages():
    papers = [announced(n) for n in range(1, 4)] + [announced(8, "cs.CV", "cs.LG")]
    first = parse_listing(pages.listing("cs.LG", DAY, papers, 0, 2))
    second = parse_listing(pages.listing("cs.LG", DAY, papers, 2, 2))
    assert not first.complete
    assert first.stated[NEW] == second.stated[NEW] == 3
    assert [row.id[-1] for row in (*first.rows, *second.rows)] == ["1", "2", "3", "8"]


def test_an_archives_listing_leaves_out_crosses_inside_it():
    papers = [announced(1, "cs.CV", "cs.LG", announce_type=CROSS), announced(2, "stat.ML", "cs.LG")]
    document = parse_listing(pages.listing("cs", DAY, papers, 0, 2000))
    assert [row.id for row in document.rows] == ["2611.00002"]


def test_a_catch_up_page_names_the_next_day():
    papers = [announced(1)]
    document = parse_listing(pages.catchup("cs.LG", DAY, papers, 1, date(2026, 11, 20)))
    assert (document.kind, document.day, document.total) == (Kind.CATCHUP, DAY, 1)
    assert document.next_day == date(2026, 11, 20)
    empty = parse_listing(pages.catchup("cs.LG", DAY, (), 1, date(2026, 11, 20)))
    assert (empty.day, empty.rows) == (DAY, ())


ANSWERS = {
    "/rss/cs.LG+cs.XX": (400, "Bad subject class 'XX'"),
    "/atom/foo": (400, "Bad archive 'foo'"),
    "/list/cs.LG/new?show=33": (400, "<html>"),
    "/list/cs.XX/new": (400, "<html>"),
    "/list/cs.LG/recent": (404, "<html>"),
    "/catchup/cs.LG/2026-11-18?abs=True&page=1": (200, "Continue to the next day"),
    "/catchup/cs.LG/2026-11-18?abs=true": (400, "<html>"),
    "/catchup/cs.LG/2026-11-18?abs=True&x=1": (400, "<html>"),
    "/catchup/cs.LG/2026-08-01?abs=True": (400, "<html>"),
    "/catchup/cs.LG/2026-11-20?abs=True": (400, "<html>"),
    "/catchup/cs.SY/2026-11-18?abs=True": (301, ""),
    "/catchup/cs.XX/2026-11-18?abs=True": (400, "<html>"),
    "/api/query?id_list=2611.00001&max_results=1": (200, "<opensearch:totalResults>1<"),
    "/api/query?id_list=abc": (400, "incorrect id format for abc"),
    "/feed/status": (200, "GOOD"),
}


@pytest.mark.parametrize("path", ANSWERS)
def test_the_double_answers_as_arxiv_does(path: str):
    status, said = ANSWERS[path]
    with ArxivDouble(two_days(), DAY) as double, httpx.Client(trust_env=False) as http:
        answer = http.get(double.url + path)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert answer.headers.get("Location", "") == (
        "/catchup/eess.SY/2026-11-18?abs=True" if status == 301 else ""
    )
