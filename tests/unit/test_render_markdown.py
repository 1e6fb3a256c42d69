"""The Markdown page: one heading structure, whatever the text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from markdown_it import MarkdownIt

from paperlark.domain import Fate, VerdictState
from paperlark.render import escape
from paperlark.render.markdown import markdown
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"heading", "paragraph", "ordered_list", "bullet_list", "list_item", "blockquote"}
INLINE = {"text", "text_special", "strong_open", "strong_close", "link_open", "link_close"}


@settings(max_examples=30, deadline=None)
@given(builders.nasty_digests())
def test_text_makes_no_structure(digest: Digest):
    tokens = MARKDOWN.parse(markdown(digest))
    kinds = {token.type.rpartition("_")[0] or token.type for token in tokens}
    assert kinds <= BLOCKS | {"inline", "fence"}
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= INLINE
    links = [str(child.attrs["href"]) for child in inline if child.type == "link_open"]
    assert all(link.startswith(("https://arxiv.org/", "#")) for link in links)
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    assert levels[0] == 1
    assert 1 not in levels[1:]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert levels.count(3) == len(digest.cards) + 2 + 1  # two sources, one rule
    assert [token.type for token in tokens].count("fence") == 2


def test_contents_lead_to_the_cards_headings():
    text = markdown(builders.example(further=0))
    tokens = MARKDOWN.parse(text)
    headings = {
        escape.slug("".join(child.content for child in body.children or ()))
        for opened, body in pairwise(tokens)
        if opened.type == "heading_open"
    }
    wanted = [
        str(child.attrs["href"])
        for token in tokens
        for child in token.children or ()
        if child.type == "link_open" and str(child.attrs["href"]).startswith("#")
    ]
    assert len(wanted) == 10
    plain = {MARKDOWN.normalizeLink(f"#{heading}") for heading in headings}
    assert set(wanted) <= plain


def test_every_scanned_paper_is_in_it():
    day = builders.example()
    text = markdown(day)
    assert all(paper.id in text for paper in day.not_shown)
    assert all(card.paper.id in text for card in day.cards)


def test_papers_past_the_cap_and_days_without_cards():
    over = builders.unshown(score=80.0, reason="over the cap")
    assert "## Over the line, past the cap: 1" in markdown(builders.digest((), (over,)))
    assert "No paper of this day is of a kind" in markdown(builders.digest())
    lost = builders.unshown(fate=Fate.UNDECIDED, reason="no answer")
    failed = builders.digest((), (lost,), state=VerdictState.FAILED, detail="none was scored")
    assert "**Failed.** None was scored.\n" in markdown(failed)
