"""Cards from under the line, in every form of a digest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from paperlark.post import Setting
from paperlark.render import fates, page, words
from paperlark.render.as_json import as_json
from paperlark.render.mail import letter
from paperlark.render.markdown import markdown
from paperlark.render.terminal import terminal
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest


@pytest.fixture
def digest() -> Digest:
    """Nine cards over the line, one shown for the least a day, and the wild card."""
    day = builders.example()
    *cards, last = day.cards
    at = day.line.value
    low = replace(last, score=replace(last.score, value=at - 2.0))
    paper = replace(last.paper, id="2611.90999", title="What Nobody Asked For")
    score = replace(last.score, value=at - 16.5)
    wild = replace(last, rank=last.rank + 1, paper=paper, score=score, wild=True)
    return replace(day, cards=(*cards, low, wild))


def test_a_wild_card_is_drawn_from_those_under_the_line(digest: Digest):
    assert fates.pool(digest) == min(40, len(fates.under(digest)) + 1)
    assert [card.rank for card in fates.low(digest)] == [10, 11]


def test_the_page_draws_the_line_between_them(digest: Digest):
    text = page.page(digest)
    line, low, wild = (
        text.index('id="line"'), text.index("Under the line, for the least a day"),
        text.index("Wild card</li>"),
    )  # fmt: skip
    assert line < low < wild
    assert '<ol class="cards" start="10">' in text
    assert text.count("card wild") == 1
    among = f"{fates.pool(digest)}\N{NO-BREAK SPACE}papers"
    assert f"Drawn at random from the {among} under the line" in text


def test_the_terminal_and_markdown_have_them_behind_the_line(digest: Digest):
    told = terminal(digest)
    assert told.index("──── the line") < told.index("wild card, from under the line")
    text = markdown(digest)
    assert text.index("## The line") < text.index("wild card, from under the line")


def test_the_mail_has_them_behind_the_line(digest: Digest):
    made = letter(digest, Setting())
    for part in (made.text, made.html):
        assert part.index("the line: 61.5") < part.index("Wild card, from under the line")


def test_json_names_it_where_it_is_one(digest: Digest):
    cards = json.loads(as_json(digest))["cards"]
    assert [card.get("wild") for card in cards][-2:] == [None, True]


def test_a_day_with_nothing_over_the_line_says_so(digest: Digest):
    lone = replace(digest, cards=fates.low(digest))
    said = words.verdict(lone).clause
    assert said.endswith("none over the line (61.5); 2 shown from under it.")
