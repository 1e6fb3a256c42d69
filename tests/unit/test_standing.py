"""Of all that one person said about one paper: which word counts, in whatever order it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.store.standing import Slot, Standing, Way, alone, head, settle
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from random import Random

NOW = datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
UP, DOWN, NONE = Thumb.UP, Thumb.DOWN, Thumb.NONE
EMOJI, BUTTON, TYPED = Door.SLACK_REACTION, Door.SLACK_BUTTON, Door.CLI
PRESSED = Way(again=True)


class Event(NamedTuple):
    vote: Vote
    way: Way = Way()


def said(verdict: Thumb, after: int, door: Door = BUTTON) -> Vote:
    at = NOW + timedelta(microseconds=after)
    return Vote(at, "slack:U1", "slack:C1/f", "2611.90412", verdict, door)


def put(name: str, after: int) -> Event:
    """``+1`` or ``-1``, with a skin tone or without."""
    return Event(said(_thumb(name), after, EMOJI), Way(mark=name))


def off(name: str, after: int) -> Event:
    return Event(said(NONE, after, EMOJI), Way(_thumb(name), name))


def _thumb(name: str) -> Thumb:
    return UP if name.startswith("+") else DOWN


def after_all(events: list[Event], slots: Standing | None = None) -> Standing:
    slots = slots or {}
    for event in events:
        slots, _ = settle(slots, *event)
    return slots


def word(events: list[Event]) -> Thumb:
    last = head(after_all(events))
    return last.verdict if last else NONE


def in_order(events: list[Event]) -> Thumb:
    """What a person sees who looks at the message: the emoji on it, and what was pressed."""
    there: dict[str, Vote] = {}
    for vote, way in sorted(events, key=lambda each: each.vote.at):
        if way.mark and vote.verdict:
            there[way.mark] = vote
        elif way.mark:
            there.pop(way.mark, None)
        elif vote.verdict:
            there["word"] = vote
        else:
            there.clear()
    return max(there.values(), key=lambda vote: vote.at).verdict if there else NONE


NAMES = st.sampled_from(["+1", "+1::skin-tone-2", "-1", "-1::skin-tone-5"])
MAKERS = st.one_of(
    st.tuples(st.just(put), NAMES),
    st.tuples(st.just(off), NAMES),
    st.tuples(st.just(lambda thumb, after: Event(said(thumb, after))), st.sampled_from(Thumb)),
)
HISTORIES = st.lists(MAKERS, max_size=9).map(
    lambda made: [make(what, after) for after, (make, what) in enumerate(made)]
)


@given(HISTORIES, st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_the_word(events: list[Event], chance: Random):
    shuffled = [*events, *events[: len(events) // 2]]
    chance.shuffle(shuffled)
    assert word(shuffled) is word(events) is in_order(events)


@given(HISTORIES, st.sampled_from(Thumb), st.integers(-20, 20))
def test_a_word_by_our_own_clock_follows_all_that_is_kept(
    events: list[Event], thumb: Thumb, after: int
):
    slots, outcome = settle(after_all(events), said(thumb, after, TYPED), Way(own=True))
    assert outcome.counts
    assert outcome.now is thumb
    assert head(slots) == outcome.said
    assert all(slot.vote.at <= outcome.said.at for slot in slots.values())


def test_a_press_after_a_word_of_a_clock_ahead_counts():
    slots, _ = settle({}, said(UP, 3_600_000_000, TYPED), Way(own=True))
    slots, outcome = settle(slots, said(DOWN, 300_000_000), PRESSED)
    assert (outcome.counts, outcome.now) == (True, DOWN)
    _, outcome = settle(slots, said(UP, 300_000_001), PRESSED)
    assert (outcome.counts, outcome.now) == (True, UP)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([put("+1", 1), put("-1", 2), off("-1", 3)], UP),  # the other one is still there
        ([put("+1", 1), put("+1::skin-tone-2", 2), off("+1::skin-tone-2", 3)], UP),
        ([put("+1", 1), put("+1::skin-tone-2", 2), off("+1", 3)], UP),
        ([off("+1", 2), put("+1", 1)], NONE),  # told the wrong way round
        ([put("+1", 3), off("+1", 2), put("+1", 1)], UP),
        ([Event(said(UP, 1), PRESSED), put("+1", 2), off("+1", 3)], UP),  # the button's stays
        ([Event(said(UP, 1), PRESSED), off("+1", 2)], UP),
        ([put("+1", 1), Event(said(NONE, 2))], NONE),  # withdrawn in words: all of it
        ([put("+1", 1), Event(said(NONE, 2)), put("-1", 3)], DOWN),
    ],
)
def test_what_is_still_on_counts(events: list[Event], expected: Thumb):
    assert word(events) is expected


def test_a_button_takes_back_only_what_a_button_said():
    slots = after_all([put("+1", 1)])
    steps = [(UP, UP, True), (UP, UP, False), (DOWN, DOWN, True), (DOWN, UP, False)]
    for after, (thumb, now, counts) in enumerate(steps, 2):
        slots, outcome = settle(slots, said(thumb, after), PRESSED)
        assert (outcome.now, outcome.counts) == (now, counts)
    slots, outcome = settle(slots, *off("+1", 9))
    assert (outcome.before, outcome.now, outcome.counts) == (UP, NONE, True)


def test_a_press_brought_again_is_one_press():
    press = Event(said(UP, 1), PRESSED)
    assert word([press, press]) is UP
    assert word([press, Event(said(UP, 2), PRESSED), Event(said(UP, 2), PRESSED)]) is NONE


def test_an_emoji_of_before_there_were_slots_is_taken_off_by_its_name():
    old = alone(said(UP, 1, EMOJI))
    slots, outcome = settle(old, *off("+1::skin-tone-2", 2))
    assert (outcome.before, outcome.now, outcome.counts) == (UP, NONE, True)
    assert head(slots) == outcome.said
    assert head(alone(said(NONE, 1))) == said(NONE, 1)


def test_a_vote_read_from_a_file_does_not_bring_back_what_was_taken_off():
    slots = after_all([put("+1", 1), off("+1", 2)])
    again, outcome = settle(slots, said(UP, 1, EMOJI), Way())
    assert (again, outcome.counts) == (slots, False)
    unnamed = after_all([Event(said(NONE, 3, EMOJI), Way(UP))], after_all([put("+1", 1)]))
    last = head(unnamed)
    assert last
    assert last.verdict is NONE


def test_the_slots_given_stay_as_they_are():
    kept: Standing = {"word": Slot(said(UP, 1))}
    settle(kept, said(NONE, 2), Way())
    assert kept == {"word": Slot(replace(said(UP, 1)))}
