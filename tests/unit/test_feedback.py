"""The line: replayed from votes and decisions, bounded, and explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Line
from paperlark.feedback import FEWER, Act, Knobs, Tuning, base_line, course, line
from paperlark.render import words
from paperlark.vote import Thumb, Vote
from tests.thumbs import BASE, DAYS, SHOWN, day, decision, decisions, many, showing, vote, votes

if TYPE_CHECKING:
    import random

    from paperlark.feedback import Decision

TODAY = day(DAYS)
GIVEN = (Thumb.UP, Thumb.DOWN)


def test_without_votes_the_line_is_its_base():
    assert base_line(61.5) == Line(value=61.5, base=61.5, votes=0, said="")
    assert line(61.5, [], SHOWN, TODAY) == base_line(61.5)


@given(st.floats(0, 100), st.integers(0, DAYS))
def test_no_votes_move_nothing_whatever_the_base(base: float, shown: int):
    assert line(base, [], SHOWN[:shown], TODAY) == base_line(base)


@given(votes(people=6), st.randoms(use_true_random=False), st.data())
def test_arrival_order_and_repetition_do_not_matter(
    cast: list[Vote], chance: random.Random, data: st.DataObject
):
    again = cast + data.draw(st.lists(st.sampled_from(cast), max_size=9)) if cast else cast
    chance.shuffle(again)
    shuffled = list(SHOWN)
    chance.shuffle(shuffled)
    assert course(BASE, again, shuffled, TODAY) == course(BASE, cast, SHOWN, TODAY)


@given(votes(people=6), st.data())
def test_a_withdrawn_vote_leaves_no_trace(cast: list[Vote], data: st.DataObject):
    newest = {}
    for each in sorted(cast, key=lambda each: each.at):
        newest[each.voter, each.paper, each.subscription] = each
    gone = data.draw(st.sets(st.sampled_from(sorted(newest)))) if newest else set()
    late = [replace(newest[key], at=_late(newest[key]), verdict=Thumb.NONE) for key in gone]
    rest = [each for each in cast if (each.voter, each.paper, each.subscription) not in gone]
    assert course(BASE, cast + late, SHOWN, TODAY) == course(BASE, rest, SHOWN, TODAY)


def _late(of: Vote):
    return of.at.replace(year=2026, month=10, day=1, hour=23, minute=59)  # no vote is later


def _turned(cast: list[Vote], at: int) -> tuple[list[Vote], list[Vote]]:
    """The same votes with one of them up, and down."""
    up = replace(cast[at], verdict=Thumb.UP)
    return [*cast[:at], up, *cast[at + 1 :]], [
        *cast[:at], replace(up, verdict=Thumb.DOWN), *cast[at + 1 :]
    ]  # fmt: skip


@given(votes(people=3, thumbs=GIVEN), st.data())
def test_a_vote_turned_up_never_raises_the_line(cast: list[Vote], data: st.DataObject):
    if cast:
        up, down = _turned(cast, data.draw(st.integers(0, len(cast) - 1)))
        assert line(BASE, up, SHOWN, TODAY).value <= line(BASE, down, SHOWN, TODAY).value


@given(votes(people=9, thumbs=GIVEN), st.data())
def test_so_it_is_for_any_number_of_people_where_trust_stands(
    cast: list[Vote], data: st.DataObject
):
    tuning = Tuning(trust_from=99)
    if cast:
        ups, downs = _turned(cast, data.draw(st.integers(0, len(cast) - 1)))
        up = line(BASE, ups, SHOWN, TODAY, tuning=tuning)
        assert up.value <= line(BASE, downs, SHOWN, TODAY, tuning=tuning).value


@given(votes(people=6), st.floats(0, 100))
def test_the_line_moves_by_a_bounded_step_and_not_past_its_bounds(cast: list[Vote], base: float):
    moves = course(base, cast, SHOWN, TODAY).moves
    value = base
    for move in moves:
        assert move.before == value
        assert 0 < abs(move.after - move.before) <= 0.5 + 1e-6
        assert abs(move.after - base) <= 30
        value = move.after
    assert min(5, base) <= value <= max(95, base)
    assert line(base, cast, SHOWN, TODAY).value == value


@given(votes(people=6), decisions(), st.integers(1, DAYS))
def test_a_past_date_is_replayed_as_it_was(cast: list[Vote], decided: list[Decision], number: int):
    at = day(number)
    early = [each for each in cast if each.at.date() < at]
    known = [each for each in decided if each.at.date() < at]
    now = course(BASE, cast, SHOWN, at, decisions=decided)
    assert now == course(BASE, early, SHOWN[:number], at, decisions=known)


@given(votes(people=6), decisions())
def test_whatever_is_decided_a_line_is_a_score(cast: list[Vote], decided: list[Decision]):
    found = course(BASE, cast, SHOWN, TODAY, decisions=decided)
    assert 0 <= found.line.value <= 100
    assert 0 <= found.knobs.target <= 1
    assert found.knobs.least >= 0
    value = BASE
    for move in found.moves:
        assert move.before == value
        value = move.after
    assert found.line.value == value


def test_it_waits_for_eight_votes_from_three_days():
    seven, eight = many(0, 7), many(0, 8)
    assert line(BASE, seven, SHOWN, day(5)) == Line(
        BASE, BASE, 7, "7 votes so far; it starts to move at 8, from 3 days"
    )
    assert line(BASE, eight, SHOWN, day(5)).value == BASE + 0.5
    hasty = [vote(0, rank, Thumb.DOWN) for rank in range(1, 5)]
    hasty += [vote(1, rank, Thumb.DOWN) for rank in range(1, 6)]
    assert line(BASE, hasty, SHOWN, day(5)).value == BASE


def test_too_few_liked_raises_it_and_says_why():
    found = course(BASE, many(5, 7), SHOWN, day(6))
    assert found.line.value == BASE + 1.5
    assert found.line.said == (
        "up 0.5: 5 of the last 12 votes were up (42 %; as counted 40 %, target 70 %), "
        "so a little less is shown"
    )
    assert words.line(found.line).startswith("Line 63.5, up 0.5: 5 of the last 12")
    last = found.moves[-1]
    assert (last.ups, last.downs, last.people, last.after) == (5, 7, 1, BASE + 1.5)
    assert last.why in found.line.said


def test_enough_liked_lowers_it():
    assert line(BASE, many(12, 0), SHOWN, day(6)).said == (
        "down 0.5: 12 of the last 12 votes were up (100 %; as counted 92 %, target 70 %), "
        "so a little more is shown"
    )


def test_near_the_target_it_stays():
    cast = [vote(n, 1) for n in range(12)] + [vote(n, 3, Thumb.DOWN) for n in (2, 5, 8, 10)]
    assert line(BASE, cast, SHOWN, day(12)).said == "unchanged"


def test_without_news_it_stays():
    moved = line(BASE, many(0, 10), SHOWN, day(6))
    later = line(BASE, many(0, 10), SHOWN, day(9))
    assert moved.value == later.value
    assert later.said == "unchanged"


def test_a_day_without_cards_is_a_day_too():
    quiet = [*SHOWN[:6], showing(6, cards=0), *SHOWN[7:]]
    cast = [*many(0, 12), vote(5, 6, Thumb.DOWN)]
    at_six = line(BASE, cast, quiet, day(6)).value
    found = course(BASE, cast, quiet, day(7))
    assert [move.after for move in found.moves if move.date <= day(6)][-1] == at_six


def test_the_stricter_target_raises_where_the_other_does_not():
    cast = [vote(n, 1) for n in range(12)] + [vote(n, 3, Thumb.DOWN) for n in (2, 5, 8, 10)]
    assert line(BASE, cast, SHOWN, day(12), knobs=Knobs(FEWER)).value > BASE
    decided = [decision(2, Act.TARGET, FEWER), decision(3, Act.LEAST, 2.0)]
    found = course(BASE, cast, SHOWN, day(12), decisions=decided)
    assert found.knobs == Knobs(FEWER, 2)
    assert found.line.value > BASE


def test_frozen_it_stays_and_votes_are_kept():
    decided = [decision(3, Act.FREEZE)]
    found = course(BASE, many(0, 20), SHOWN, day(10), decisions=decided)
    assert found.line == Line(BASE, BASE, 20, "frozen by Mira on 10 Sep. Votes are kept")
    assert found.frozen == "Mira"
    thawed = course(BASE, many(0, 20), SHOWN, day(10), decisions=[*decided, decision(6, Act.THAW)])
    assert thawed.line.value > BASE


def test_a_move_is_taken_back_for_good():
    cast = many(0, 12)
    moved = course(BASE, cast, SHOWN, day(6))
    undone = course(BASE, cast, SHOWN, day(7), decisions=[decision(6, Act.UNDO)])
    assert undone.line.value == moved.moves[-1].before
    assert undone.line.said == f"Mira took back the move to {moved.line.value}"
    one_more = [*cast, vote(7, 1, Thumb.DOWN)]
    later = course(BASE, one_more, SHOWN, day(9), decisions=[decision(6, Act.UNDO)])
    assert later.line.value == undone.line.value


def test_two_undos_before_one_digest_are_one_for_two_people_meant_the_same():
    cast = many(0, 16)
    one = [decision(9, Act.UNDO)]
    both = [*one, replace(decision(9, Act.UNDO, who="Ada"), at=one[0].at + timedelta(seconds=1))]
    undone = course(BASE, cast, SHOWN, day(10), decisions=one)
    assert undone.line.value != course(BASE, cast, SHOWN, day(10)).line.value
    assert course(BASE, cast, SHOWN, day(10), decisions=both).line == undone.line


def test_an_undo_without_a_move_is_nothing():
    assert line(BASE, [], SHOWN, TODAY, decisions=[decision(3, Act.UNDO)]) == base_line(BASE)


def test_accepting_goes_there_at_once():
    found = line(BASE, many(3, 0), SHOWN, day(4), decisions=[decision(3, Act.ACCEPT, 55.0)])
    assert (found.value, found.said) == (55.0, "Mira accepted 55.0")


def test_a_reset_starts_again_from_the_base():
    found = course(BASE, many(0, 20), SHOWN, day(11), decisions=[decision(10, Act.RESET)])
    assert found.line.value == BASE
    assert found.line.said == "Mira set it back to its base"
    after = course(BASE, many(0, 20), SHOWN, day(12), decisions=[decision(10, Act.RESET)])
    assert after.line.value == BASE


def test_a_wild_card_says_nothing_of_the_line():
    wild = [
        replace(each, cards=(*each.cards[:5], replace(each.cards[5], wild=True))) for each in SHOWN
    ]
    cast = [vote(n, 6, Thumb.DOWN) for n in range(12)]
    assert line(BASE, cast, wild, day(12)).value == BASE
    assert line(BASE, cast, SHOWN, day(12)).value > BASE


def test_one_person_on_two_channels_counts_once():
    cast = many(0, 10)
    twice = cast + [replace(each, subscription="discord:5/foundations") for each in cast]
    assert line(BASE, twice, SHOWN, day(6)) == line(BASE, cast, SHOWN, day(6))


def test_the_word_of_a_later_day_counts_there():
    cast = [*many(8, 0), vote(1, 1, Thumb.DOWN, after=4)]
    assert line(BASE, cast, SHOWN, day(5)).votes == 8
    assert course(BASE, cast, SHOWN, day(6)).share < course(BASE, cast, SHOWN, day(5)).share
