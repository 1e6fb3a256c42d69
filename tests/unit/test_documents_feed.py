"""Announcement feeds, in arXiv's exact form."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import AnnounceType, Author, Paper
from paperlark.errors import BadFeed
from paperlark.tex import to_text
from worker.sources.documents import FeedError, Kind, papers, parse_feed, read

DAY = date(2025, 9, 25)
SPACES = (
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom"'
)
HEAD = f"""<?xml version='1.0' encoding='UTF-8'?>
<rss {SPACES} version="2.0">
  <channel>
    <title>cs.AI, cs.SY updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/cs.AI+cs.SY</link>
    <description>cs.AI, cs.SY updates on the arXiv.org e-print archive.</description>
    <lastBuildDate>Thu, 25 Sep 2025 04:00:11 +0000</lastBuildDate>
    <pubDate>Thu, 25 Sep 2025 00:00:00 -0400</pubDate>
    <skipDays><day>Saturday</day><day>Sunday</day></skipDays>
"""
TAIL = "  </channel>\n</rss>\n"
PARTS = {
    "title": "A toy title",
    "link": "https://arxiv.org/abs/2509.90001",
    "description": "arXiv:2509.90001v1 Announce Type: new \nAbstract: Two sentences. Here.",
    "guid": "oai:arXiv.org:2509.90001v1",
    "category": "cs.CL",
    "pubDate": "Thu, 25 Sep 2025 00:00:00 -0400",
    "arxiv:announce_type": "new",
    "dc:rights": "http://creativecommons.org/licenses/by/4.0/",
    "dc:creator": "Ada Example, Bob Sample",
}


def item(extra: str = "", **changes: str | None) -> str:
    """An item; `creator` and `type` stand for the names with a colon, None leaves a part out."""
    names = {"creator": "dc:creator", "type": "arxiv:announce_type"}
    parts = PARTS | {names.get(key, key): value for key, value in changes.items()}
    lines = [f"<{k}>{escape(v)}</{k}>" for k, v in parts.items() if v is not None]
    return f"    <item>{''.join(lines)}{extra}</item>\n"


def paper(number: int, version: int = 1, kind: str = "new") -> str:
    key = f"2509.{number:05d}v{version}"
    said = f"arXiv:{key} Announce Type: {kind} \nAbstract: About {number}."
    title = f"Paper {number}"
    return item(title=title, description=said, guid=f"oai:arXiv.org:{key}", type=kind)


def rss(*items: str) -> bytes:
    return (HEAD + "".join(items) + TAIL).encode()


def only(body: bytes) -> Paper:
    (row,) = parse_feed(body).rows
    return row.paper


def test_a_feed_field_by_field() -> None:
    extra = (
        "<category>cs.AI</category><arxiv:DOI>10.1000/example</arxiv:DOI>"
        "<arxiv:journal_reference>J. Ex. 1 (2025)\n 1-9</arxiv:journal_reference>"
    )
    body = rss(
        item(
            extra=extra,
            title='A toy title with $\\alpha$\n  and M\\"obius & friends',
            description=(
                "arXiv:2509.90001v1 Announce Type: new \n"
                "Abstract: Results hold for $n < 10$. Abstract: twice."
            ),
            creator="Ada Example (Univ. A, Lab B), Fran\\c{c}ois Sample Jr.",
        )
    )
    document = read(body, content_type="application/rss+xml")
    assert (document.kind, document.day) == (Kind.RSS, DAY)
    assert document.categories == ("cs.AI", "eess.SY")
    assert document.complete
    assert (document.stated, document.shown, document.total) == ({}, {}, None)
    (row,) = document.rows
    assert (row.id, row.version, row.announce_type) == ("2509.90001", 1, AnnounceType.NEW)
    found = row.paper
    assert (found.id, found.version) == ("2509.90001", 1)
    assert found.title == "A toy title with α and Möbius & friends"
    assert found.source_title == 'A toy title with $\\alpha$ and M\\"obius & friends'
    assert found.abstract == to_text("Results hold for $n < 10$. Abstract: twice.")
    assert found.source_abstract == "Results hold for $n < 10$. Abstract: twice."
    assert found.authors[0] == Author("Ada Example", ("Univ. A, Lab B",))
    assert found.authors[1].name == "François Sample Jr."
    assert found.categories == ("cs.CL", "cs.AI")
    assert found.primary == "cs.CL"
    assert (found.doi, found.journal_ref) == ("10.1000/example", "J. Ex. 1 (2025) 1-9")
    assert found.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert found.comment is None


def test_a_feed_without_papers_has_a_day() -> None:
    document = parse_feed(rss())
    assert (document.day, document.rows) == (DAY, ())


def test_aliases_and_closed_archives_are_one_category_each_with_the_primary_first() -> None:
    extra = "".join(f"<category>{c}</category>" for c in ("eess.SY", "cmp-lg", "math.MP", "cs.QX"))
    found = only(rss(item(extra=extra, category="cs.SY")))
    assert found.categories == ("eess.SY", "cs.CL", "math-ph", "cs.QX")


def test_an_old_style_id_loses_its_subject_class() -> None:
    body = rss(
        item(
            guid="oai:arXiv.org:math.GT/0309136v3",
            description="arXiv:math/0309136v3 Announce Type: replace \nAbstract: Knots.",
            type="replace",
        )
    )
    (row,) = parse_feed(body).rows
    assert (row.id, row.version, row.paper.abstract) == ("math/0309136", 3, "Knots.")


@pytest.mark.parametrize("kind", list(AnnounceType))
def test_announce_types(kind: AnnounceType) -> None:
    (row,) = parse_feed(rss(paper(1, kind=kind.value))).rows
    assert row.announce_type is kind


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.sampled_from(AnnounceType))),
)
def test_each_paper_once_with_its_best_type_where_it_first_stands(
    listed: list[tuple[int, int, AnnounceType]],
) -> None:
    rows = parse_feed(rss(*(paper(n, v, kind.value) for n, v, kind in listed))).rows
    assert [int(row.id[5:]) for row in rows] == list(dict.fromkeys(n for n, _, _ in listed))
    for row in rows:
        own = [(kind.rank, -v) for n, v, kind in listed if n == int(row.id[5:])]
        assert (row.announce_type.rank, -row.version) == min(own)


def test_what_is_missing_from_one_place_is_taken_from_another() -> None:
    no_version = item(guid="oai:arXiv.org:2509.90001")
    no_guid = item(guid=None)
    no_type = item(type=None)
    for body in (no_version, no_guid, no_type):
        (row,) = parse_feed(rss(body)).rows
        assert (row.id, row.version, row.announce_type) == ("2509.90001", 1, AnnounceType.NEW)


def test_without_any_version_it_is_unknown_not_one() -> None:
    body = item(guid="oai:arXiv.org:2509.90001", description="Abstract: Bare.")
    assert (only(rss(body)).version, only(rss(body)).abstract) == (0, "Bare.")
    link_only = item(guid=None, description="Bare.")
    assert (only(rss(link_only)).id, only(rss(link_only)).abstract) == ("2509.90001", "Bare.")


@pytest.mark.parametrize(
    ("said", "abstract"),
    [
        ("arXiv:2509.90001v1 Announce Type: new \nAbstract: One.", "One."),
        ("arXiv:2509.90001v1 Announce Type: new\nAbstract: One.", "One."),
        ("arXiv:2509.90001v1 Announce Type: new  Abstract: One.", "One."),
        ("arXiv:2509.90001v1 Announce Type: new \nOne.", "One."),
        ("arXiv:2509.90001v1 Announce Type: new \nAbstract: Abstract: One.", "Abstract: One."),
        ("arXiv:2509.90001v1 Announce Type: new", ""),
        ("", ""),
    ],
)
def test_descriptions(said: str, abstract: str) -> None:
    assert only(rss(item(description=said))).abstract == abstract


def test_hidden_and_control_characters_do_not_get_through() -> None:
    found = only(rss(item(title="A\u202etitle\u200b\u0085 with\u00a0\u2028care\x7f")))
    assert (found.title, found.source_title) == ("Atitle with care", "Atitle with care")


def test_a_thousand_authors() -> None:
    names = [f"Ann Number{n} (Institute {n}, City)" for n in range(1000)]
    found = only(rss(item(creator=", ".join(names))))
    assert len(found.authors) == 1000
    assert found.authors[999] == Author("Ann Number999", ("Institute 999, City",))


def test_a_stale_feed_shows_its_papers_date() -> None:
    body = rss(item(pubDate="Wed, 24 Sep 2025 00:00:00 -0400"))
    assert parse_feed(body).day == date(2025, 9, 24)


def test_a_feed_at_its_limit_is_not_complete() -> None:
    assert parse_feed(rss(*(paper(n) for n in range(1, 2000)))).complete
    assert not parse_feed(rss(*(paper(n) for n in range(1, 2001)))).complete


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (item(guid="oai:arXiv.org:nonsense"), "entry 1 cannot be identified (its id is"),
        (item(guid=None, link=None, description="x"), "entry 1 cannot be identified (it has no id"),
        (item(guid="oai:arXiv.org:2509.90002v1"), "is 2509.90002 and 2509.90001 at once"),
        (item(title=None), "gives 2509.90001 no title"),
        (item(title=" \n "), "gives 2509.90001 no title"),
        (item(type="absonly"), "“absonly”; expected one of new, cross"),
        (item(pubDate="tomorrow"), "no readable date (“tomorrow”)"),
        (item(pubDate="Thu, 31 Sep 2025"), "no readable date"),
    ],
)
def test_a_paper_that_cannot_be_read_refuses_the_whole_feed(body: str, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        parse_feed(rss(body, paper(1)))
    assert said in str(error.value)


ERROR = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>
<title>Feed error for query: http://rss.arxiv.org/rss/cs.XX</title>
<description>{}</description><managingEditor>rss-help.arxiv.org</managingEditor>
</channel></rss>"""


@pytest.mark.parametrize(
    ("reason", "category"),
    [
        (
            "Bad subject class 'XX'. Valid subject classes for the archive 'cs' are: AI, AR",
            "cs.XX",
        ),
        ("Bad archive 'foo'. Valid archive names are: astro-ph, cond-mat", "foo"),
        ("Unsupported feed version 1.0.", None),
    ],
)
def test_arxiv_s_own_error_feed(reason: str, category: str | None) -> None:
    with pytest.raises(FeedError) as error:
        read(ERROR.format(reason).encode())
    assert (error.value.reason, error.value.category) == (reason, category)
    assert "check the categories" in str(error.value)


ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/cs.AI</id>
  <title>cs.AI updates on arXiv.org</title>
  <updated>{updated}</updated>
  {entries}
</feed>"""
ENTRY = """<entry>
  <id>oai:arXiv.org:2509.90001v2</id>
  <title>A toy title</title>
  <updated>2025-09-25T04:00:11.123499+00:00</updated>
  <link href="https://arxiv.org/abs/2509.90001" rel="alternate" type="text/html"/>
  <summary>arXiv:2509.90001v2 Announce Type: replace-cross
Abstract: Short.</summary>
  <category term="cs.CL"/><category term="cs.AI"/>
  <published>2025-09-25T00:00:00-04:00</published>
  <arxiv:announce_type>replace-cross</arxiv:announce_type>
  <dc:rights>http://arxiv.org/licenses/nonexclusive-distrib/1.0/</dc:rights>
  <arxiv:journal_reference>J. Ex.</arxiv:journal_reference><arxiv:DOI>10.1/x</arxiv:DOI>
  <dc:creator>Ada Example</dc:creator>
</entry>"""


def test_the_atom_flavour() -> None:
    document = read(ATOM.format(updated="2025-09-25T04:00:11+00:00", entries=ENTRY).encode())
    assert (document.kind, document.day) == (Kind.ATOM, DAY)
    (row,) = document.rows
    found = row.paper
    assert (row.id, row.version, row.announce_type) == ("2509.90001", 2, "replace-cross")
    assert (found.abstract, found.categories) == ("Short.", ("cs.CL", "cs.AI"))
    assert (found.doi, found.journal_ref) == ("10.1/x", "J. Ex.")


def test_an_empty_atom_feed_is_for_the_eastern_date_of_its_making() -> None:
    late = ATOM.format(updated="2025-09-26T03:59:00+00:00", entries="").encode()
    assert parse_feed(late).day == DAY


@pytest.mark.parametrize("updated", ["", "soon", "2025-09-25T04:00:11", "2025-13-25T04:00:11Z"])
def test_an_empty_atom_feed_that_states_no_time_is_refused(updated: str) -> None:
    with pytest.raises(BadFeed, match="no readable time"):
        parse_feed(ATOM.format(updated=updated, entries="").encode())


@pytest.mark.parametrize("published", ["2025-13-25T00:00:00-04:00", "yesterday"])
def test_an_atom_entry_with_an_impossible_date_is_refused(published: str) -> None:
    entry = ENTRY.replace("2025-09-25T00:00:00-04:00", published)
    with pytest.raises(BadFeed, match="no readable date"):
        parse_feed(ATOM.format(updated="2025-09-25T04:00:11+00:00", entries=entry).encode())


marks = st.text(st.sampled_from("ab $\\{}~^_`'-\u00e9\u2013\u200b\n<&\""), max_size=30)


@given(marks | st.text(max_size=40))
def test_the_fast_path_for_plain_text_is_what_to_text_says(text: str) -> None:
    line = papers.one_line(text)
    assert papers.readable(line) == to_text(line)
    assert papers.one_line(line) == line
    assert line.isprintable() or not line.isascii()


def test_rows_compare_by_what_they_say() -> None:
    first, second = parse_feed(rss(paper(1))).rows[0], parse_feed(rss(paper(1))).rows[0]
    assert first == second
    assert hash(first) == hash(second)
    assert first != parse_feed(rss(paper(2))).rows[0]
    assert first != "a row"
    assert "2509.00001" in repr(first)
    assert first.paper is first.paper
