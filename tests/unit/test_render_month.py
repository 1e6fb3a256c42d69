"""A month: every day in its cell, sums that add up, and text that stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from paperlark.domain import Digest, Usage, VerdictState
from paperlark.render import favourites, month, series, weeks
from paperlark.render.addresses import Addresses
from paperlark.render.weeks import Month
from paperlark.vote import Thumb
from tests import archive, builders

FIRST = date(2026, 11, 1)
TO = Addresses()


def november(*digests: Digest) -> Month:
    held = {digest.date: digest for digest in digests} or {
        day: digest for day, digest in archive.digests().items() if day.month == FIRST.month
    }
    votes = archive.store().votes
    places = [place for place in votes.voted_in() if place.endswith("/foundations")]
    said = tuple(vote for place in places for vote in votes.votes(place))
    return Month(FIRST, "foundations", held, date(2026, 11, 26), said, date(2026, 10, 1))


def parsed(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def words_of(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree.xpath(path)]


def test_every_weekday_has_a_cell_that_says_what_became_of_it():
    tree = parsed(month.page(november(), TO))
    cells = words_of(tree, "//table[@class='cal']//td[not(@class='out')]")
    assert len(cells) == 21
    assert "19 10 of 28 complete" in cells
    assert "18 3 of 28 partial" in cells
    assert "20 – stale" in cells
    assert "23 10 of 28 local ranker" in cells
    assert "24 no digest" in cells
    assert "25 – failed" in cells
    assert "27 holiday" in cells
    assert "30" in cells  # still to come: it says nothing


def test_days_add_up_and_so_do_papers():
    whole = november()
    said = " ".join(month.summary(whole))
    assert said.startswith(
        "21 weekdays: 3 complete, 1 partial, 1 stale, 1 holiday, 1 failed, 13 without a digest, "
        "1 to come."
    )
    assert "$0.07 was spent." in said
    assert "4\u00a0votes from 3 people, 3 of them up." in said
    assert [number for number, _ in month.totals(whole)] == [676, 112, 26]


def test_unusual_days_are_told_in_sentences():
    told = dict(weeks.told(november()))
    assert told[date(2026, 11, 18)] == "Partial. stat.ML never came."
    assert told[date(2026, 11, 23)] == "The model could not be reached."
    assert told[date(2026, 11, 27)].startswith("No announcement (")
    assert date(2026, 11, 19) not in told


def test_the_best_and_the_liked_lead_to_their_papers_and_days():
    tree = parsed(month.page(november(), TO))
    best = tree.xpath("//h2[@id='best']/..//li")
    assert len(best) == 5
    assert best[0].xpath("a/@href")[0].startswith("/papers/2611.")
    liked = words_of(tree, "//h2[@id='liked']/..//li")
    assert liked[0].startswith("👍Votes up: 2 Oscillation Pays for Itself")
    assert liked[0].endswith("1 down · Thu 19 Nov")
    assert "/2026-11-19/#" in tree.xpath("//h2[@id='liked']/..//span[@class='by']/a/@href")[0]


def test_one_person_is_one_voter_and_the_last_word_counts():
    counted = favourites.counted(november().votes)
    assert counted[archive.BEST, Thumb.UP] == 2
    best = favourites.best([replace(builders.example(further=0), date=FIRST), builders.example()])
    assert len({each.card.paper.id for each in best}) == 5
    assert {each.day for each in best} == {builders.DAY}


def test_without_votes_it_says_so_and_without_two_days_nothing_is_drawn():
    alone = replace(november(builders.example(further=0)), votes=())
    text = month.page(alone, TO)
    assert "No votes on this month’s papers yet." in text
    assert "<figure>" not in text
    assert "The figures as a table" in text
    nothing = month.page(november(builders.digest(state=VerdictState.FAILED)), TO)
    assert "was spent" not in nothing
    assert "Best of the month" not in nothing


def test_money_is_never_guessed():
    day = builders.example(further=0)
    free = replace(day, usage=Usage("local"))
    unknown = replace(day, usage=replace(day.usage, cost_usd=None), date=date(2026, 11, 18))
    tiny = replace(day, usage=replace(day.usage, cost_usd=0.0001))
    assert "Nothing was spent." in month.summary(november(free))
    assert "The cost is not known." in month.summary(november(unknown))
    assert "under $0.01 was spent, and what days without a known price cost." in month.summary(
        november(tiny, unknown)
    )


def test_a_digest_of_a_weekend_widens_the_week():
    whole = november(replace(builders.example(further=0), date=date(2026, 11, 21)))
    assert weeks.names(whole)[-2:] == ("Sat", "Sun")
    assert len(whole.days) == 30
    assert weeks.tally(whole).startswith("30 days: 1 complete, 8 quiet, 1 holiday")


def test_neighbours_are_linked_where_they_are():
    links = parsed(month.page(november(), TO)).xpath("//main//a[@rel]")
    assert [(each.get("rel"), each.get("href")) for each in links] == [("prev", "/2026-10/")] * 2
    far = replace(november(), following=date(2027, 1, 1))
    assert "January 2027" in words_of(parsed(month.page(far, TO)), "//a[@rel='next']")[0]


def test_bars_stand_within_the_drawing_and_say_their_day():
    figures = series.drawings(november())
    assert [figure.name for figure in figures] == [
        "Papers a day",
        "Shown a day",
        "The line",
        "Cost",
    ]
    for figure in figures:
        for bar in figure.bars:
            assert series.TOP <= bar.y <= series.BOTTOM
            assert series.LEFT <= bar.x <= series.WIDTH - bar.width
        assert len(figure.bars) + len(figure.gaps) >= len(figure.bars) >= 0
        assert figure.said.endswith(".")
    assert "Thu 19 Nov: 10" in {bar.said for bar in figures[1].bars}
    assert {gap.text for gap in figures[3].gaps} >= {"0", "h", "f", "s"}


@given(st.floats(0, 1e9), st.sampled_from([True, False]))
def test_scales_are_round_and_reach_the_highest(highest: float, whole: object):
    step, top = series._scale(highest, whole=whole is True)
    assert top >= highest * 0.999999
    assert round(top / step) <= 5
    assert f"{step:.0e}"[0] in "125"


@settings(max_examples=25)
@given(st.lists(builders.nasty_digests(), min_size=1, max_size=4))
def test_text_makes_no_element_and_no_attribute(digests: list[Digest]):
    held = [replace(each, date=FIRST + timedelta(days=n)) for n, each in enumerate(digests)]
    whole = replace(november(*held), profile=held[0].profile)
    out = month.page(whole, Addresses(held[0].profile))
    tree = parsed(out)
    for formula in tree.xpath("//math"):
        formula.drop_tree()
    assert not tree.xpath("//script|//img|//iframe|//object|//form|//svg//a|//input|//base")
    assert not [name for tag in tree.iter() for name in tag.attrib if str(name).startswith("on")]
    assert "style" not in {str(name) for tag in tree.iter() for name in tag.attrib}
    for link in tree.xpath("//a/@href"):
        assert re.match(r"/(?!/)|#", str(link))
    out.encode()


def test_headings_leave_no_gap_and_no_id_is_twice():
    tree = parsed(month.page(november(), TO))
    levels = [int(str(heading.tag)[1]) for heading in tree.xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [key for value in tree.xpath("//@aria-labelledby") for key in str(value).split()]
    assert set(named) <= set(ids)


@pytest.mark.parametrize("first", [date(2024, 2, 1), date(2026, 2, 1), date(2027, 8, 1)])
def test_weeks_hold_every_day_once(first: date):
    empty = Month(first, "x", {}, first)
    found = [cell.day for row in weeks.weeks(empty) for cell in row if cell]
    assert tuple(found) == empty.days
    assert all(len(row) == 5 for row in weeks.weeks(empty))
