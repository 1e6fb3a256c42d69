"""Listing and catch-up pages, with the parts of arXiv's pages that are relied on."""

from __future__ import annotations

from datetime import date

import pytest

from paperlark.domain import AnnounceType
from paperlark.errors import BadFeed
from worker.sources.documents import Kind, Throttled, parse_listing, read

DAY = date(2025, 9, 25)


def entry(
    key: str = "2509.90001",
    *,
    note: str = "",
    primary: str = "Computation and Language (cs.CL)",
    others: str = "; Artificial Intelligence (cs.AI)",
    extra: str = "",
) -> str:
    return f"""<dt>
  <a name='item1'>[1]</a>
  <a href ="/abs/{key}" title="Abstract" id="{key}">
    arXiv:{key}
  </a> {note}
  [<a href="/pdf/{key}" title="Download PDF" id="pdf-{key}">pdf</a>,
   <a href="https://arxiv.org/html/{key}v4" title="View HTML">html</a>]
</dt>
<dd><div class='meta'>
  <div class='list-title mathjax'><span class='descriptor'>Title:</span>
    Title of {key} with $x^2$</div>
  <div class='list-authors'><a href="/a">Ada Example</a>, <a href="/b">Bob Sample</a>, et al.
    (84 additional authors not shown)</div>
  {extra}
  <div class='list-subjects'><span class='descriptor'>Subjects:</span>
    <span class="primary-subject">{primary}</span>{others}</div>
  <p class='mathjax'>First line<br />second at <a href="https://example.org/code"
    rel="external">this https URL</a>.</p>
</div></dd>"""


def section(name: str, counts: str, *entries: str) -> str:
    return (
        f"<dl id='articles'><h3>{name} submissions ({counts} entries)</h3>{''.join(entries)}</dl>"
    )


def page(*sections: str, heading: str = "Thursday, 25 September 2025", paging: str = "") -> bytes:
    return f"""<!DOCTYPE html>
<html lang="en"><head><title>Artificial Intelligence</title></head><body>
<a href="/list/cs/recent">cs</a><div id='dlpage'><h1>Artificial Intelligence</h1>
<p>See <a id="recent-cs.AI" href="/list/cs.AI/recent">recent</a> articles</p>
<h3>Showing new listings for {heading}</h3>{paging}
{"".join(sections)}
</div></body></html>""".encode()


def test_a_listing_page_field_by_field() -> None:
    extra = (
        "<div class='list-comments mathjax'><span class='descriptor'>Comments:</span> 9 pages</div>"
        "<div class='list-journal-ref'><span class='descriptor'>Journal-ref:</span> J. Ex. 1</div>"
    )
    body = page(
        section("New", "showing 1 of 1", entry(extra=extra)),
        section(
            "Cross",
            "showing 1 of 1",
            entry("2509.90002", note="(cross-list from cs.LG)", primary="Machine Learning (cs.LG)"),
        ),
        section(
            "Replacement",
            "showing 2 of 2",
            entry("math/0309136", note="(replaced)"),
            entry("2509.00003", primary="Artificial Intelligence (cs.AI)", others=""),
        ),
        paging="<div class='paging'>Total of 4 entries </div>",
    )
    document = read(body, content_type="text/html; charset=utf-8")
    assert (document.kind, document.day) == (Kind.LISTING, DAY)
    assert document.categories == ("cs.AI",)
    assert document.stated == document.shown == {"new": 1, "cross": 1, "replace": 2}
    assert (document.total, document.complete, document.next_day) == (4, True, None)
    assert [(row.id, row.version, row.announce_type.value) for row in document.rows] == [
        ("2509.90001", 0, "new"),
        ("2509.90002", 0, "cross"),
        ("math/0309136", 0, "replace-cross"),
        ("2509.00003", 0, "replace"),
    ]
    found = document.rows[0].paper
    assert found.title == "Title of 2509.90001 with x²"
    assert found.source_title == "Title of 2509.90001 with $x^2$"
    assert found.abstract == "First line second at https://example.org/code."
    assert [author.name for author in found.authors] == ["Ada Example", "Bob Sample"]
    assert found.categories == ("cs.CL", "cs.AI")
    assert (found.comment, found.journal_ref, found.doi) == ("9 pages", "J. Ex. 1", None)


def test_names_with_commas_and_brackets_do_not_confuse_the_subjects() -> None:
    others = (
        "; Computational Engineering, Finance, and Science (cs.CE); Systems and Control (cs.SY)"
    )
    (row,) = parse_listing(page(section("New", "showing 1 of 1", entry(others=others)))).rows
    assert row.paper.categories == ("cs.CL", "cs.CE", "eess.SY")


@pytest.mark.parametrize(
    ("counts", "stated"),
    [
        ("showing first 1 of 2,310", 2310),
        ("continued, showing last 1 of 310", 310),
        ("continued, showing 1 of 400", 400),
    ],
)
def test_part_of_a_section_is_not_complete(counts: str, stated: int) -> None:
    document = parse_listing(page(section("New", counts, entry())))
    assert document.stated[AnnounceType.NEW] == stated
    assert document.shown[AnnounceType.NEW] == 1
    assert not document.complete


def test_sections_on_another_page_are_missed_by_the_total() -> None:
    body = page(section("New", "showing 1 of 1", entry()), paging="<p>Total of 2,001 entries</p>")
    assert (parse_listing(body).total, parse_listing(body).complete) == (2001, False)


def test_a_day_without_papers_says_so() -> None:
    document = parse_listing(page("<p>No updates today.</p>"))
    assert (document.day, document.rows, document.complete) == (DAY, (), True)
    assert document.stated == {"new": 0, "cross": 0, "replace": 0}


def catchup(body: str, subject: str = "Artificial Intelligence") -> bytes:
    return f"""<!DOCTYPE html><html><body><div id='dlpage'>
<h1>Catchup results for {subject} on Thu, 25 Sep 2025</h1>
<div>Total of 3 entries for Thu, 25 Sep 2025 View page: <span>1</span>
<a href=/catchup/cs.AI/2025-09-25?abs=True&amp;page=2>2</a><br>
<a href="/catchup/cs.AI/2025-09-26?abs=True&amp;page=1">Continue to the next day</a></div>
{body}</div></body></html>""".encode()


def test_a_catch_up_page() -> None:
    document = read(catchup(section("New", "showing first 1 of 3", entry())))
    assert (document.kind, document.day) == (Kind.CATCHUP, DAY)
    assert (document.total, document.complete) == (3, False)
    assert document.next_day == date(2025, 9, 26)
    assert document.categories == ("cs.AI",)


def test_a_catch_up_day_without_announcement() -> None:
    said = "<p>No updates for Thu, 25 Sep 2025: there was no announcement</p>"
    body = catchup(said).replace(b"3 entries", b"0 entries")
    assert (parse_listing(body).rows, parse_listing(body).complete) == ((), True)


def test_the_newest_day_has_no_next() -> None:
    body = catchup("<p>No updates</p>").replace(b"2025-09-26", b"2025-09-24")
    assert parse_listing(body).next_day is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            page(section("New", "showing 2 of 2", entry())),
            "says it shows 2 new entries and gives 1",
        ),
        (page(section("New", "showing 1 of 1", entry()))[:-20], "cut off"),
        (page(section("New", "showing 1 of 1", entry())).replace(b"</dl>", b""), "cut off"),
        (page(), "lists nothing and does not say why"),
        (page(section("Odd", "showing 1 of 1", entry())), "unknown section “Odd submissions"),
        (page(section("New", "showing 1 of 1", entry("123"))), "its id is “123”"),
        (
            page(section("New", "showing 1 of 1", entry())).replace(b"/abs/", b"/xyz/"),
            "cannot be identified",
        ),
        (page(section("New", "showing 1 of 1", entry().partition("<dd>")[0])), "says no more"),
        (page("<dl><dt><a href='/abs/2509.90001'>x</a></dt></dl>"), "outside any section"),
        (
            page(section("New", "showing 0 of 0", "<dd>What?</dd>")),
            "describes a paper without naming it",
        ),
        (
            page(section("New", "showing 1 of 1", entry().replace("list-title", "other"))),
            "gives 2509.90001 no title",
        ),
        (page(section("New", "showing 1 of 1", entry()), heading="someday"), "no readable date"),
        (page().replace(b"<html", b"\xff\xfe<html"), "not UTF-8"),
        (
            b"<!DOCTYPE html><html><head><title>Down</title></head><body><h1>x</h1></body></html>",
            "A web page (“Down”) came where a listing page was due",
        ),
        (b"oops", "Plain text (“oops”) came where a listing page was due"),
    ],
)
def test_pages_that_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(BadFeed) as error:
        parse_listing(body)
    assert said in str(error.value)


def test_a_throttling_page_is_told_apart() -> None:
    with pytest.raises(Throttled, match="fewer requests"):
        parse_listing(b"<html><head><title>429</title></head><body>Rate exceeded.</body></html>")


def test_without_links_the_heading_names_the_category_where_it_can() -> None:
    def about(subject: str) -> tuple[str, ...]:
        body = catchup("<p>No updates</p>", subject).replace(b"/catchup/", b"/c/")
        return parse_listing(body).categories

    assert about("Computation and Language") == ("cs.CL",)
    assert about("Machine Learning") == ()
