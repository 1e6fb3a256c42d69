from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from paperlark import catchup
from paperlark.domain import Card, Digest, Fate, Line, Unshown, Usage, Verdict, VerdictState
from tests.builders import card, digest, example, paper, unshown

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FRI, MON = date(2026, 11, 20), date(2026, 11, 23)
IDS = [f"2611.9{n:04}" for n in range(12)]


@st.composite
def days(draw: st.DrawFn) -> Digest:
    """A digest whose papers have every fate; other days may have the same papers."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True))
    line = draw(st.floats(0, 100))
    cards: list[Card] = []
    rest: list[Unshown] = []
    for key in ids:
        fate, score = draw(st.sampled_from(Fate)), draw(st.floats(0, 100))
        if fate is Fate.SHOWN:
            cards.append(card(paper(key), score=score))
        else:
            rest.append(unshown(key, fate=fate, score=score if fate is Fate.BELOW else None))
    cards.sort(key=lambda each: -each.score.value)
    ranked = tuple(replace(each, rank=rank) for rank, each in enumerate(cards, 1))
    notes = tuple(draw(st.lists(st.sampled_from(["One.", "Two."]), unique=True)))
    return digest(ranked, tuple(rest), line=Line(line, 50.0), notes=notes)


def several() -> SearchStrategy[list[Digest]]:
    return st.lists(days(), min_size=1, max_size=4).map(
        lambda found: [replace(each, date=MON - timedelta(days=n)) for n, each in enumerate(found)]
    )


def ids_of(made: Digest) -> list[str]:
    return [each.paper.id for each in made.cards] + [each.id for each in made.not_shown]


@given(several(), st.integers(0, 6), st.sets(st.sampled_from(IDS)))
def test_every_paper_has_one_fate_and_the_fates_add_up(
    digests: list[Digest], cap: int, seen: set[str]
):
    made = catchup.merge(digests, cap=cap, seen=seen)
    counts = made.counts
    fates = counts.shown + counts.below + counts.filtered + counts.undecided
    assert fates == counts.scanned
    if len(digests) == 1:
        return  # it is itself, or less what was seen
    ids = ids_of(made)
    assert len(ids) == len(set(ids)) == counts.scanned
    assert set(ids) == {each for day in digests for each in ids_of(day)} - seen
    assert counts.shown == len(made.cards) <= cap
    assert counts.scanned + counts.repeats == sum(len(ids_of(day)) for day in digests)
    assert [each.rank for each in made.cards] == list(range(1, len(made.cards) + 1))
    scores = [each.score.value for each in made.cards]
    assert scores == sorted(scores, reverse=True)
    below = [each.score for each in made.not_shown if each.fate is Fate.BELOW]
    assert all(score is not None for score in below)
    assert below == sorted(below, key=lambda score: -(score or 0.0))
    order = [each.fate for each in made.not_shown]
    assert order == sorted(order, key=[Fate.BELOW, Fate.FILTERED, Fate.UNDECIDED].index)


@given(several().filter(lambda found: len(found) > 1), st.integers(0, 6), days())
def test_what_came_late_is_added_whole_and_the_fates_still_add_up(
    digests: list[Digest], cap: int, older: Digest
):
    shown = {card.paper.id for day in digests for card in day.cards}
    late = catchup.only(older, {card.paper.id for card in older.cards} - shown)
    made = catchup.merge(digests, cap=cap, late=[late])
    plain = catchup.merge(digests, cap=cap)
    ids, before = ids_of(made), {card.paper.id for card in plain.cards}
    assert (
        len(ids)
        == len(set(ids))
        == made.counts.scanned
        == plain.counts.scanned + len({card.paper.id for card in late.cards} - set(ids_of(plain)))
    )
    added = {card.paper.id for card in late.cards}
    assert {card.paper.id for card in made.cards} == before | added
    assert [each.rank for each in made.cards] == list(range(1, len(made.cards) + 1))
    assert (made.date, made.verdict.state) == (plain.date, plain.verdict.state)
    assert made.counts.repeats == plain.counts.repeats
    assert made.counts.listings - plain.counts.listings == len(added - set(ids_of(plain)))


@given(several(), st.integers(0, 6))
def test_the_order_of_days_does_not_matter(digests: list[Digest], cap: int):
    assert catchup.merge(digests, cap=cap) == catchup.merge(digests[::-1], cap=cap)


@given(several())
def test_a_paper_keeps_its_best_fate(digests: list[Digest]):
    made = catchup.merge(digests, cap=100)
    shown = {each.paper.id for day in digests for each in day.cards}
    assert {each.paper.id for each in made.cards} == shown


def test_one_day_is_itself():
    day = example()
    assert catchup.merge([day], cap=1) is day
    assert catchup.merge([day], cap=1, seen={"2611.00000"}) is day


def test_papers_that_were_out_already_are_repeats():
    day = digest((card(paper("2611.90001")), card(paper("2611.90002"), rank=2, score=80)))
    made = catchup.merge([day], cap=12, seen={"2611.90001"})
    assert [(each.paper.id, each.rank) for each in made.cards] == [("2611.90002", 1)]
    assert (made.counts.scanned, made.counts.repeats) == (1, 1)
    assert made.verdict == day.verdict


def two() -> tuple[Digest, Digest]:
    friday = digest(
        (card(paper("2611.90001"), score=90), card(paper("2611.90002"), rank=2, score=70)),
        (unshown("2611.90003", score=64.0),),
        usage=Usage("llm", "m", 2, 10, 4, 6, 0.5),
        line=Line(65.0, 65.0),
        notes=("Both.", "Friday only."),
    )
    monday = digest(
        (card(paper("2611.90004"), score=80),),
        usage=Usage("llm", "m", 1, 5, 1, 3, 0.25),
        line=Line(61.5, 62.0),
        notes=("Both.",),
    )
    return replace(friday, date=FRI), replace(monday, date=MON)


def test_a_catch_up_speaks_as_the_voice_does():
    made = catchup.merge(two(), cap=12)
    assert made.date == MON
    assert made.verdict.detail == "Mon 23 Nov, with Fri 20 Nov: 4 scanned, 3 shown"
    assert made.notes == ("Both.", "Fri 20 Nov: Friday only.")
    assert made.line == Line(61.5, 62.0)
    assert made.usage == Usage("llm", "m", 3, 15, 5, 9, 0.75)


def test_what_is_past_the_cap_says_so_and_so_does_another_days_line():
    made = catchup.merge(two(), cap=2)
    assert [each.paper.id for each in made.cards] == ["2611.90001", "2611.90004"]
    assert [(each.id, each.reason) for each in made.not_shown] == [
        ("2611.90002", "over the cap"),
        ("2611.90003", "under its own day's line, 65.0"),
    ]


def test_a_day_in_parts_makes_the_whole_one_in_parts():
    friday, monday = two()
    part = replace(friday, verdict=Verdict(VerdictState.PARTIAL, "stat.ML is missing"))
    made = catchup.merge([part, monday], cap=12)
    assert made.verdict == Verdict(VerdictState.PARTIAL, "Fri 20 Nov: stat.ML is missing")


def test_an_unknown_price_makes_the_sum_unknown():
    friday, monday = two()
    unknown = replace(friday, usage=replace(friday.usage, cost_usd=None, model="n"))
    usage = catchup.merge([unknown, monday], cap=12).usage
    assert (usage.cost_usd, usage.model) == (None, "n, m")
