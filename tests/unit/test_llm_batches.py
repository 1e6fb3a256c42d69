from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Paper, Profile
from tests import builders
from worker.llm import batches
from worker.llm.batches import (
    CUT_OFF,
    DECLINED,
    SPENT,
    UNREACHED,
    Asked,
    Call,
    again,
    first,
    reason,
)
from worker.llm.reply import DOUBLED, MISSING, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

    from paperlark.domain import PaperId

DAY = date(2026, 11, 19)
Answered: TypeAlias = tuple[str, dict[int, str]]
Answering: TypeAlias = "Callable[[Call], Answered]"
Ended: TypeAlias = tuple[Counter[str], dict[str, str]]
FINISHES = ("stop", "length", "content_filter", "refusal")


def papers(count: int) -> list[Paper]:
    return [builders.paper(f"2611.{90000 + k}", f"Paper {k}") for k in range(count)]


def ids(calls: Iterable[Call]) -> list[PaperId]:
    return [paper.id for call in calls for paper in call.papers]


def call_of(count: int, *past: str) -> Call:
    return Call(tuple(Asked(paper, past) for paper in papers(count)), "seed")


@given(st.integers(0, 80), st.integers(1, 20), st.sets(st.integers(0, 79)), st.randoms())
def test_a_day_is_cut_evenly_and_the_suspicious_are_alone(
    count: int, size: int, odd: set[int], random: Random
):
    given_in = papers(count)
    alone = {paper.id for k, paper in enumerate(given_in) if k in odd}
    calls = first(given_in, "seed", size, alone)
    assert sorted(ids(calls)) == sorted(paper.id for paper in given_in)
    shared = [len(c.asked) for c in calls if not alone & {p.id for p in c.papers}]
    assert all(len(c.asked) == 1 for c in calls if alone & {p.id for p in c.papers})
    assert len(shared) == -(-(count - len(alone)) // size)
    assert not shared or max(shared) - min(shared) <= 1
    mixed = list(given_in)
    random.shuffle(mixed)
    assert first(mixed, "seed", size, alone) == calls


def test_the_order_hangs_on_day_profile_revision_and_look():
    profile = Profile("foundations", ("cs.LG",), revision="a")
    other = Profile("foundations", ("cs.LG",), revision="b")
    seeds = [
        batches.seed(DAY, profile),
        batches.seed(DAY, other),
        batches.seed(date(2026, 11, 20), profile),
        batches.seed(DAY, profile, look=2),
    ]
    orders = {tuple(ids(first(papers(40), seed))) for seed in seeds}
    assert len(orders) == 4
    assert ids(first(papers(40), batches.seed(DAY, profile))) in [list(one) for one in orders]


def test_a_paper_handed_in_twice_is_asked_about_once():
    assert len(ids(first([*papers(3), *papers(3)], "seed"))) == 3


@given(
    st.integers(1, 16),
    st.lists(st.sampled_from([MISSING, UNREADABLE, DOUBLED]), max_size=5),
    st.sets(st.integers(1, 16)),
    st.sampled_from(FINISHES),
    st.integers(1, 5),
)
def test_no_paper_is_lost_in_a_step(
    count: int, past: list[str], wrong: set[int], finish: str, tries: int
):
    call = call_of(count, *past[: tries - 1])
    faults = {k: MISSING for k in wrong if k <= count}
    step = again(call, faults, finish=finish, tries=tries)
    left = [*ids(step.calls), *step.undecided]
    assert sorted(left) == sorted(call.papers[k - 1].id for k in faults)
    assert all(clause for clause in step.undecided.values())


def ask_all(calls: Sequence[Call], answer: Answering, tries: int) -> Ended:
    waiting, asked, undecided = list(calls), Counter[str](), dict[str, str]()
    while waiting:
        call = waiting.pop()
        asked.update(ids([call]))
        finish, faults = answer(call)
        step = again(call, faults, finish=finish, tries=tries)
        undecided |= step.undecided
        waiting += step.calls
    return asked, undecided


@given(st.integers(1, 40), st.sampled_from(FINISHES), st.integers(1, 4))
def test_asking_ends_though_nothing_is_ever_answered(count: int, finish: str, tries: int):
    def nothing(call: Call) -> Answered:
        return finish, dict.fromkeys(range(1, len(call.asked) + 1), MISSING)

    asked, undecided = ask_all(first(papers(count), "seed"), nothing, tries)
    assert len(undecided) == count
    assert max(asked.values()) <= tries + 4  # four halvings lead from 16 to 1


def test_one_paper_that_is_declined_costs_the_others_nothing():
    culprit = papers(16)[5].id

    def declining(call: Call) -> Answered:
        if culprit in ids([call]):
            return "refusal", dict.fromkeys(range(1, len(call.asked) + 1), UNREADABLE)
        return "stop", {}

    _, undecided = ask_all(first(papers(16), "seed"), declining, 3)
    assert undecided == {culprit: f"{DECLINED}, three times"}


def test_what_is_missing_is_asked_about_together_then_singly_then_given_up():
    call = call_of(16)
    once = again(call, {2: MISSING, 9: MISSING, 11: MISSING})
    assert [len(c.asked) for c in once.calls] == [3]
    twice = again(once.calls[0], {1: MISSING, 3: MISSING})
    assert [len(c.asked) for c in twice.calls] == [1, 1]
    step = again(twice.calls[0], {1: MISSING})
    assert list(step.undecided.values()) == ["the model left it out of its answer, three times"]
    assert step.calls == ()


def test_a_call_that_was_answered_leads_to_nothing():
    assert again(call_of(16), {}) == batches.Step()


def test_an_answer_that_broke_off_is_asked_for_in_halves():
    step = again(call_of(16), dict.fromkeys(range(1, 17), MISSING), finish="length")
    assert [len(c.asked) for c in step.calls] == [8, 8]
    assert all(one.faults == () for c in step.calls for one in c.asked)
    rest = again(call_of(16), dict.fromkeys(range(5, 17), MISSING), finish="length")
    assert [len(c.asked) for c in rest.calls] == [6, 6]
    alone = again(call_of(1), {1: MISSING}, finish="length", tries=1)
    assert list(alone.undecided.values()) == [CUT_OFF]


def test_calls_not_yet_made_shrink_too():
    calls = first(papers(40), "seed", 16)
    smaller = batches.resized(calls, 8)
    assert max(len(c.asked) for c in smaller) <= 8
    assert ids(smaller) == ids(calls)


def test_papers_of_calls_that_are_not_made_say_why():
    assert set(batches.given_up(first(papers(3), "seed")).values()) == {SPENT}
    silent = batches.unreached(call_of(2), tries=1)
    assert set(silent.undecided.values()) == {UNREACHED}


def test_values_by_index_become_values_by_paper():
    call = call_of(3)
    assert batches.named(call, {1: "a", 3: "c"}) == {call.papers[0].id: "a", call.papers[2].id: "c"}


@pytest.mark.parametrize(
    ("faults", "clause"),
    [
        ([MISSING], "the model left it out of its answer"),
        ([MISSING] * 2, "the model left it out of its answer, twice"),
        ([UNREADABLE] * 3, "the model's answer could not be read, three times"),
        ([MISSING] * 7, "the model left it out of its answer, 7 times"),
        ([MISSING, UNREADABLE], "the model's answer could not be read, the last of 2 tries"),
        ([], "the budget was spent"),
    ],
)
def test_reasons_are_clauses_for_people(faults: list[str], clause: str):
    assert reason(faults) == clause
