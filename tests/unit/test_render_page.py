"""The page: one file, nothing from the text but text, sound for every reader."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from lxml import html

from paperlark.domain import AnnounceType, Fate, Line, Neighbours, VerdictState
from paperlark.render.page import page
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest

TAGS = {
    *("html", "head", "meta", "title", "link", "style", "body", "a", "div", "svg", "path", "span"),
    *("main", "header", "p", "h1", "h2", "h3", "h4", "time", "b", "nav", "dl", "dt", "dd", "rect"),
    *("section", "desc", "g", "text", "ol", "ul", "li", "article", "details", "summary", "pre"),
    "footer",
}
NEIGHBOURS = Neighbours(date(2026, 11, 18), date(2027, 1, 4))


def parsed(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def ids(tree: html.HtmlElement) -> list[str]:
    return [str(value) for value in tree.xpath("//@id")]


@settings(max_examples=30, deadline=None)
@given(builders.nasty_digests())
def test_text_makes_no_element_and_no_attribute(digest: Digest):
    out = page(digest)
    tree = parsed(out)
    for formula in tree.xpath("//math"):  # what may be inside one is proved where it is made
        formula.drop_tree()
    assert {str(element.tag) for element in tree.iter()} <= TAGS
    attributes = {str(name) for element in tree.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on")} - {"on"}
    assert "style" not in attributes
    assert "src" not in attributes
    for link in tree.xpath("//a/@href"):
        assert str(link).startswith(("https://arxiv.org/", "#"))
    assert len(tree.xpath("//h1")) == len(tree.xpath("//title[not(ancestor::svg)]")) == 1
    out.encode()


def test_nothing_is_fetched_and_only_its_own_style_is_allowed():
    out = page(builders.example())
    tree = parsed(out)
    policy = str(tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0])
    style = re.search(r"<style>(.*?)</style>", out, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy
    assert not re.findall(r"url\(|@import|<script|<img|<iframe|<link rel=.?(?:style|icon)", out)


def test_every_scanned_paper_is_in_it_and_the_sum_leads_to_its_lists():
    day = builders.example()
    out = page(day)
    tree = parsed(out)
    assert all(paper.id in out for paper in day.not_shown)
    assert len(tree.xpath("//*[@id='all-below']/li")) == 292
    assert len(tree.xpath("//*[@id='all-filtered']//li")) == 7
    assert len(tree.xpath("//*[@id='undecided']//li")) == 2
    total = " ".join(tree.xpath("//p[contains(@class, 'sum')]")[0].text_content().split())
    assert total == "10 shown + 292 below the line + 7 filtered + 2 undecided = 311."


def test_no_link_is_dead_and_no_id_is_twice():
    tree = parsed(page(builders.example(), neighbours=NEIGHBOURS))
    assert len(ids(tree)) == len(set(ids(tree)))
    inside = [str(link)[1:] for link in tree.xpath("//a/@href") if str(link).startswith("#")]
    assert inside
    assert set(inside) <= set(ids(tree))
    for name in ("aria-labelledby", "aria-describedby"):
        named = [key for value in tree.xpath(f"//@{name}") for key in str(value).split()]
        assert set(named) <= set(ids(tree))


def test_headings_leave_no_gap():
    for day in (builders.example(), builders.digest(), builders.digest((), (builders.unshown(),))):
        found = parsed(page(day)).xpath("//h1|//h2|//h3|//h4")
        levels = [int(str(heading.tag)[1]) for heading in found]
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_days_and_json_are_linked_only_where_they_exist():
    day = builders.example(further=0)
    bare = page(day)
    assert 'rel="prev"' not in bare
    assert "as JSON" not in bare
    full = page(day, neighbours=NEIGHBOURS, day_href="/{}/", json_href="/api/x.json")
    links = parsed(full).xpath("//main//a[@rel]")
    assert [(link.get("rel"), link.get("href")) for link in links[:2]] == [
        ("prev", "/2026-11-18/"),
        ("next", "/2027-01-04/"),
    ]
    assert [link.text_content().strip() for link in links[:2]] == [
        "← Wed 18 Nov",
        "Mon 4 Jan 2027 →",
    ]
    assert 'href="/api/x.json"' in full


def test_followed_authors_and_marks_are_told():
    text = page(builders.example(further=0))
    assert "<b>Şirin Aktaş</b>" in text
    for mark in ("You follow Şirin Aktaş", "Replaced: v3", "Cross-listed", "0.4 above the line"):
        assert mark in text


def test_titles_without_tex_are_the_readable_ones():
    paper = builders.paper(title="A <b> & C", source_title="")
    card = builders.card(paper, announce_type=AnnounceType.REPLACE_CROSS)
    assert "A &lt;b&gt; &amp; C</a></h3>" in page(builders.digest((card,)))


def test_days_without_cards_say_why():
    quiet = builders.digest(state=VerdictState.QUIET, detail="Thanksgiving")
    assert "No announcement</b> on Thu 19 Nov (Thanksgiving). Next: Fri 20 Nov.</p>" in page(quiet)
    assert "On this page" not in page(quiet)
    none = builders.digest((), (builders.unshown(score=20.0),), detail="cs.LG 1/1")
    assert "is over the line.</p>" in page(none)
    assert "cs.LG 1/1" in page(none)
    assert "No paper of this day" in page(builders.digest())
    over = builders.unshown(score=80.0, reason="over the cap")
    assert "past the cap: " in page(builders.digest((), (over,)))
    lost = builders.unshown(fate=Fate.UNDECIDED, reason="no answer")
    failed = builders.digest((), (lost,), state=VerdictState.FAILED, detail="none was scored")
    assert "Failed</b> None was scored.</p>" in page(failed)
    assert 'class="empty"' not in page(failed)


def test_a_long_list_of_undecided_papers_is_folded_and_whole():
    lost = tuple(
        builders.unshown(f"2611.8{n:04}", fate=Fate.UNDECIDED, reason="no answer")
        for n in range(1009)
    )
    tree = parsed(page(builders.digest((), lost)))
    assert len(tree.xpath("//*[@id='undecided']//li")) == 1009
    assert len(tree.xpath("//*[@id='undecided']/ul/li")) == 8
    assert [str(text).strip() for text in tree.xpath("//*[@id='undecided']//summary/text()")] == [
        "1,001 more"
    ]


def test_the_chart_keeps_shown_papers_on_one_side_of_the_line():
    tree = parsed(page(builders.example()))
    line = float(tree.xpath("//*[@class='mark']/@x")[0]) + 1
    shown = tree.xpath("//*[@class='shown']/rect")
    below = tree.xpath("//*[@class='below']/rect")
    assert len(shown) > 3
    assert all(float(bar.get("x")) >= line for bar in shown)
    assert all(float(bar.get("x")) + float(bar.get("width")) <= line for bar in below)
    assert all(float(bar.get("y")) >= 0 for bar in (*shown, *below))


def test_a_line_beyond_the_scale_is_drawn_at_its_edge():
    papers = tuple(builders.unshown(f"2611.9{n:04}", score=float(n)) for n in range(6))
    tree = parsed(page(builders.digest((), papers, line=Line(120.0, 120.0))))
    assert tree.xpath("//*[@class='mark']/@x") == ["299.0"]


def test_a_day_of_855_papers_weighs_little():
    assert len(page(builders.example(further=832)).encode()) < 600_000
