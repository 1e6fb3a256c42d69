"""Asking a model about many papers: each ends graded or given up, in a bounded number of calls."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.demo.model_reading import papers as papers_in
from paperlark.domain import Paper, Profile
from worker.llm import batches, grading
from worker.llm.grading import DEAD_AFTER, USELESS_AFTER, Grading
from worker.llm.words import (
    Answer,
    BudgetSpent,
    Grade,
    ModelError,
    ModelRefused,
    ModelUnavailable,
    Spent,
)

if TYPE_CHECKING:
    from paperlark.domain import PaperId
    from worker.llm.words import Request

Turn: TypeAlias = Answer | Exception
Ask: TypeAlias = Callable[[list[int], list[str]], Turn]
"""What a model does with the numbers and titles it is asked about."""

PROFILE = Profile("p", ("cs.LG",), topics="- Bandits")
COST = Spent(1, 100, 0, 10, cost_usd=0.001)


def papers(count: int) -> list[Paper]:
    return [Paper(f"2611.{n:05}", 1, f"Title {n}", "Text.", (), ("cs.LG",)) for n in range(count)]


def rows(numbers: list[int], relevance: int = 7) -> str:
    return json.dumps({"g": [[number, relevance, 6] for number in numbers]})


def well(numbers: list[int], _: list[str]) -> Turn:
    return Answer(rows(numbers), spent=COST)


def raising(error: Exception) -> Ask:
    return lambda _numbers, _titles: error


TURNS: dict[str, Ask] = {
    "well": well,
    "half": lambda n, _: Answer(rows(n[::2]), spent=COST),
    "cut": lambda n, _: Answer(rows(n[: len(n) // 2])[:-1], "length", COST),
    "refused": lambda _n, _t: Answer("", "refusal", COST),
    "filtered": lambda _n, _t: Answer("", "content_filter", COST),
    "garbage": lambda _n, _t: Answer("<html>", spent=COST),
    "blank": lambda _n, _t: Answer(" \n", spent=COST),
    "far": lambda n, _: Answer(rows(n, relevance=11), spent=COST),
    "strangers": lambda n, _: Answer(rows([each + 500 for each in n]), spent=COST),
    "twice": lambda n, _: Answer(rows(n) + rows(n, relevance=2), spent=COST),
    "silent": raising(ModelUnavailable("no answer", COST)),
}
LAST: dict[str, Ask] = {
    "wrong key": raising(ModelRefused("no key", Spent())),
    "no money": raising(BudgetSpent("no money")),
}


@dataclass
class Scripted:
    """A model that takes a turn a call, and then answers well; safe to call from threads."""

    turns: list[Ask] = field(default_factory=list)
    after: Ask = well
    asked: list[list[str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, request: Request) -> Answer:
        found = papers_in(request.user)
        titles = [paper.title for paper in found]
        with self.lock:
            self.asked.append(titles)
            turn = self.turns.pop(0) if self.turns else self.after
        said = turn([paper.number for paper in found], titles)
        if isinstance(said, Exception):
            raise said
        return said


def grade(model: Scripted, count: int, **more: Any) -> grading.Outcome:
    return Grading(model, PROFILE, **more).grade(papers(count), "seed")


def whole(outcome: grading.Outcome, count: int) -> None:
    """Every paper is in exactly one place, and every reason is said."""
    ids = sorted(paper.id for paper in papers(count))
    assert sorted([*outcome.grades, *outcome.undecided]) == ids
    assert all(outcome.undecided.values())


@given(
    names=st.lists(st.sampled_from([*TURNS, *LAST]), max_size=40),
    count=st.integers(0, 40),
    size=st.integers(1, 16),
    concurrency=st.integers(1, 4),
)
@settings(max_examples=150)
def test_every_paper_is_graded_or_given_up(
    names: list[str], count: int, size: int, concurrency: int
):
    model = Scripted([(TURNS | LAST)[name] for name in names])
    outcome = grade(model, count, size=size, concurrency=concurrency)
    whole(outcome, count)
    assert all(each == Grade(7, 6) for each in outcome.grades.values())


@pytest.mark.parametrize("name", TURNS)
def test_one_fault_costs_no_paper(name: str):
    model = Scripted([TURNS[name]])
    outcome = grade(model, 40)
    assert len(outcome.grades) == 40
    assert not outcome.undecided
    assert outcome.stopped is None
    assert outcome.spent.calls == len(model.asked)


@pytest.mark.parametrize("name", [*TURNS, *LAST])
def test_a_lasting_fault_ends_in_few_calls(name: str):
    model = Scripted(after=(TURNS | LAST)[name])
    outcome = grade(model, 320)
    whole(outcome, 320)
    assert len(model.asked) <= (40 if name not in {"half", "cut"} else 10_000)
    assert len(outcome.grades) == (320 if name in {"well", "half"} else len(outcome.grades))


def test_a_dead_server_is_asked_a_few_times_only():
    model = Scripted(after=TURNS["silent"])
    outcome = grade(model, 320, concurrency=4)
    assert len(model.asked) <= DEAD_AFTER + 3
    assert outcome.answers == 0
    assert isinstance(outcome.stopped, ModelUnavailable)
    assert set(outcome.undecided.values()) == {batches.UNREACHED}
    assert outcome.spent.calls == len(model.asked)


def test_a_wrong_key_is_asked_about_once():
    model = Scripted(after=LAST["wrong key"])
    outcome = grade(model, 320, concurrency=1)
    assert len(model.asked) == 1
    assert isinstance(outcome.stopped, ModelRefused)


def test_a_server_that_dies_in_between_loses_no_grade():
    model = Scripted([well, well, TURNS["silent"], well], after=TURNS["silent"])
    outcome = grade(model, 160, size=10, concurrency=1)
    whole(outcome, 160)
    assert len(outcome.grades) == 30
    assert len(model.asked) == 4 + DEAD_AFTER


def test_a_model_that_never_grades_is_not_asked_for_ever():
    model = Scripted(after=TURNS["garbage"])
    outcome = grade(model, 855, concurrency=4)
    assert len(model.asked) <= USELESS_AFTER + 3
    assert outcome.answers == len(model.asked)
    assert "scoring.llm.model" in str(outcome.stopped)
    assert set(outcome.undecided.values()) == {"the model's answer could not be read"}


def test_one_bad_paper_takes_none_with_it():
    def picky(numbers: list[int], titles: list[str]) -> Turn:
        if "Title 5" in titles:
            return Answer("", "content_filter", COST)
        return well(numbers, titles)

    model = Scripted(after=picky)
    outcome = grade(model, 32, concurrency=2)
    assert outcome.undecided == {"2611.00005": "the model declined to answer, three times"}
    assert len(outcome.grades) == 31
    assert len(model.asked) <= 2 + 4 + 4 + 3


def test_batches_shrink_to_what_a_model_can_answer():
    def short(numbers: list[int], titles: list[str]) -> Turn:
        if len(numbers) > 4:
            return Answer(rows(numbers[:3])[:-4], "length", COST)
        return well(numbers, titles)

    model = Scripted(after=short)
    outcome = grade(model, 160, concurrency=1)
    assert len(outcome.grades) == 160
    sizes = [len(titles) for titles in model.asked]
    assert sizes[0] == 16
    assert max(sizes[5:]) <= 4


def test_a_budget_that_ends_in_between_keeps_what_was_read():
    model = Scripted([well] * 3, after=LAST["no money"])
    outcome = grade(model, 160, concurrency=1)
    whole(outcome, 160)
    assert (len(outcome.grades), len(model.asked)) == (48, 4)
    assert set(outcome.undecided.values()) == {batches.SPENT}
    assert isinstance(outcome.stopped, BudgetSpent)


def test_what_was_read_is_told_as_it_comes():
    told: list[tuple[int, int]] = []
    bar: list[tuple[int, int]] = []
    model = Scripted([TURNS["half"], TURNS["silent"]])
    Grading(
        model,
        PROFILE,
        concurrency=1,
        keep=lambda grades, spent: told.append((len(grades), spent.calls)),
        progress=lambda done, total: bar.append((done, total)),
    ).grade(papers(32), "seed")
    assert [fresh for fresh, _ in told] == [8, 0, 8, 16]
    assert [calls for _, calls in told] == [1, 2, 3, 4]
    assert bar[-1] == (32, 32)


def test_papers_told_apart_are_asked_about_alone():
    model = Scripted()
    Grading(model, PROFILE).grade(papers(20), "seed", {"2611.00003", "2611.00004"})
    assert ["Title 3"] in model.asked
    assert ["Title 4"] in model.asked


def test_any_other_error_is_raised():
    with pytest.raises(ZeroDivisionError):
        grade(Scripted([raising(ZeroDivisionError())]), 4)


class Waiting:
    """A model whose first call is answered; the others wait for the end of the test."""

    def __init__(self) -> None:
        self.end, self.first = threading.Event(), threading.Lock()
        self.begun = threading.Semaphore(0)
        self.under_way = 0

    def ask(self, request: Request) -> Answer:
        if self.first.acquire(blocking=False):
            for _ in range(3):
                assert self.begun.acquire(timeout=30)
            return Answer(rows([paper.number for paper in papers_in(request.user)]), spent=COST)
        self.under_way += 1
        self.begun.release()
        self.end.wait(30)
        self.under_way -= 1
        return Answer("")


def test_an_interrupt_waits_for_no_call_under_way():
    model = Waiting()

    def interrupted(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Grading(model, PROFILE, progress=interrupted).grade(papers(64), "seed")
    assert model.under_way == 3
    asking = [each for each in threading.enumerate() if each.name.startswith("model-")]
    assert asking
    assert all(each.daemon for each in asking)
    model.end.set()
    for each in asking:
        each.join(30)


def said(numbers: list[int]) -> str:
    return json.dumps({"w": [{"i": number, "t": f"Reason {number}."} for number in numbers]})


def speaking(numbers: list[int], _: list[str]) -> Turn:
    return Answer(said(numbers), spent=COST)


def reasons(model: Scripted, count: int, **more: Any) -> tuple[dict[PaperId, str], Spent]:
    found, spent = Grading(model, PROFILE, **more).reasons(papers(count), {"2611.00001"})
    return dict(found), spent


def test_reasons_come_in_one_call_but_for_papers_told_apart():
    model = Scripted(after=speaking)
    found, spent = reasons(model, 12)
    assert len(found) == 12
    assert sorted(map(len, model.asked)) == [1, 11]
    assert spent.calls == 2


@pytest.mark.parametrize("name", ["garbage", "silent", "refused", "blank", "strangers", "half"])
def test_a_reason_that_is_missing_is_asked_for_once_more(name: str):
    model = Scripted([TURNS[name]], after=speaking)
    found, spent = reasons(model, 12, concurrency=1)
    assert len(found) == 12
    assert spent.calls == len(model.asked) == 13


@given(
    names=st.lists(st.sampled_from([*TURNS, *LAST, "speaking"]), max_size=20),
    count=st.integers(0, 20),
)
@settings(max_examples=60)
def test_reasons_never_fail_and_end(names: list[str], count: int):
    turns = TURNS | LAST | {"speaking": speaking}
    model = Scripted([turns[name] for name in names], after=speaking)
    found, _ = reasons(model, count)
    assert set(found) <= {paper.id for paper in papers(count)}
    assert len(model.asked) <= 2 + count + 1
    assert all(found.values())


@pytest.mark.parametrize("error", [ModelRefused("no"), BudgetSpent("no"), ModelUnavailable("no")])
def test_reasons_are_not_asked_for_in_vain(error: ModelError):
    model = Scripted(after=raising(error))
    assert reasons(model, 40, concurrency=1)[0] == {}
    assert len(model.asked) <= DEAD_AFTER
