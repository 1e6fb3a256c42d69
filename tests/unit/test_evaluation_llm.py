"""Labelled days graded by a model: what is sent, what is learnt, what the figures say."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.demo import model_answers as answers
from paperlark.demo.model_reading import papers as papers_in
from paperlark.domain import LabelledPaper, Profile, Score
from paperlark.errors import ConfigError, ScorerError
from tests.scoring import Group
from worker import agreement, evaluation, figures, trial
from worker.figures import Ranked
from worker.labelled import Day, grouped
from worker.llm import blend
from worker.llm.settings import LlmSettings, PriceSettings
from worker.llm.words import Answer, BudgetSpent, ModelRefused, ModelUnavailable, Spent

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.llm.words import Request

PROFILE = Profile("birds", (), topics="- Song of larks", wanted="song of larks", revision="r")
FIRST = date(2025, 9, 1)
SETTINGS = LlmSettings.model_validate({"batch_size": 8})
LIKED, OTHER = "song lark dawn warble nest", "glass lens silica furnace melt"


def days(count: int = 4, size: int = 30) -> tuple[Day, ...]:
    """Papers on song are selected; the labels' grades are those of the model below."""
    chance = random.Random(3)  # noqa: S311  (papers to make again)
    papers = []
    for number in range(count * size):
        liked = chance.random() < 0.3
        text = " ".join(chance.choices((LIKED if liked else OTHER).split(), k=12))
        day = FIRST + timedelta(number // size)
        grade = 8 + number % 3 if liked else 1 + number % 4
        papers.append(
            LabelledPaper(
                day, f"2509.{number:05}", f"Study {number}", text, (), (), liked, grade, 7
            )
        )
    return grouped(papers)


def truth(title: str, _abstract: str) -> tuple[int, int]:
    number = int(title.rpartition(" ")[2])
    paper = {paper.id: paper for day in days() for paper in day.papers}[f"2509.{number:05}"]
    return paper.relevance or 0, paper.novelty or 0


@dataclass
class Honest:
    """A model that knows the labels; `turn` may break a call, given its number."""

    turn: Callable[[int], None] = lambda _: None
    grades: answers.Grades = truth
    asked: list[list[str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, request: Request) -> Answer:
        found = papers_in(request.user)
        with self.lock:
            self.asked.append([paper.title for paper in found])
            number = len(self.asked)
        self.turn(number)
        text = answers.content(request.schema, answers.rows(found, self.grades))
        return Answer(text, "stop", Spent(1, 100, 40, 10, 5, 0.001))

    @property
    def titles(self) -> list[str]:
        return [title for call in self.asked for title in call]


def assessed(model: Honest, count: int = 4, **more: Any) -> dict[str, Any]:
    return evaluation.assess(days(count), PROFILE, scorer=trial.Trial(model, SETTINGS), **more)


def test_a_model_that_knows_the_labels_agrees_with_them():
    model = Honest()
    found = assessed(model)
    overall = found["overall"]
    assert list(found)[:4] == ["scorer", "train", "days", "overall"]
    assert (found["scorer"], found["model"], found["train"]) == ("llm", "gpt-5-mini", "cold")
    for name in ("coverage", "sent_share", "recall_sent", "auc", "precision_at_10", "qwk"):
        assert overall[name] == pytest.approx(1.0 if name != "precision_at_10" else 0.8, abs=0.2)
    assert overall["auc"] == overall["coverage"] == overall["qwk"] == 1
    assert overall["kendall_tau_b"] > 0.9
    assert sorted(model.titles) == sorted({paper.title for day in days() for paper in day.papers})


def test_tokens_and_cost_are_those_of_the_calls():
    model = Honest()
    found = assessed(model)
    calls = len(model.asked)
    assert found["calls"] == calls == 4 * 4
    overall = found["overall"]
    names = ("prompt_tokens", "cached_tokens", "completion_tokens")
    assert [overall[name] for name in names] == [calls * each for each in (100, 40, 10)]
    assert overall["cost_usd"] == pytest.approx(calls * 0.001)


@pytest.mark.parametrize("train", ["cold", "past", "examples:5"])
def test_only_the_kept_share_is_sent_and_that_was_foretold(train: str):
    model = Honest()
    found = assessed(model, train=train, keep=0.5)
    sent = [day["sent"] for day in found["days"]]
    assert sent == {"cold": [17] * 4, "past": [30, 30, 17, 17], "examples:5": [17, 17]}[train]
    assert len(model.titles) == len(set(model.titles)) == sum(sent)
    assert evaluation.expected(days(), train, 0.5) == sum(sent)
    assert found["overall"]["recall_sent"] >= 0.8


def test_the_ranker_learns_what_the_model_said_and_not_the_labels():
    """A model of the opposite taste teaches the ranker that taste."""
    contrary = Honest(grades=lambda _, abstract: (2, 7) if "lark" in abstract else (9, 7))
    blank = Profile("blank", (), topics="- Anything", revision="r")
    chosen: dict[str, Any] = {"train": "past", "keep": 0.4}
    kept = [
        evaluation.assess(days(), blank, scorer=trial.Trial(model, SETTINGS), **chosen)
        for model in (Honest(), contrary)
    ]
    agreeing, contrary_kept = (one["days"][-1]["recall_sent"] for one in kept)
    assert agreeing == 1
    assert contrary_kept < 0.5


def test_scores_are_those_of_a_digest():
    found = evaluation._blended(
        {"a": Score(1, 9, 8), "b": Score(1, 9, 8), "c": Score(1, 2, 2)},
        {"a": 10.0, "b": 90.0, "c": 50.0, "d": 80.0},
        ["d"],
    )
    assert list(found) == ["b", "a", "d", "c"]
    assert found["a"].value == pytest.approx(blend.score(9, 8, 10), abs=1e-3)
    assert (found["d"].relevance, found["d"].value) == (None, 16.0)


def test_undecided_papers_lower_the_coverage_and_are_last():
    def declines(number: int) -> None:
        if number > 8:
            raise BudgetSpent("What is left of the day's budget does not cover the next call.")

    found = assessed(Honest(declines))
    assert found["overall"]["coverage"] == pytest.approx(0.5, abs=0.15)
    assert sum(found["undecided"].values()) == round(120 * (1 - found["overall"]["coverage"]))
    assert list(found["undecided"]) == ["the budget was spent"]
    assert found["notes"] == ["What is left of the day's budget does not cover the next call."]
    assert found["days"][0]["auc"] == 1


@pytest.mark.parametrize(
    "error", [ModelRefused("The key is wrong; set another."), ModelUnavailable("Nobody is there.")]
)
def test_a_model_that_never_answers_ends_it_with_its_sentence(error: Exception):
    def raises(_: int) -> None:
        raise error

    with pytest.raises(ScorerError, match=str(error)):
        assessed(Honest(raises))


def test_a_day_without_an_answer_later_on_is_undecided():
    def gone(number: int) -> None:
        if number > 4:
            raise ModelUnavailable("Nobody is there.")

    found = assessed(Honest(gone), 2)
    assert found["overall"]["coverage"] == 0.5
    assert found["undecided"] == {"the model could not be reached": 30}


# Intervals


def ranked(wins: list[bool]) -> list[Ranked]:
    """Days of two papers: an AUC of 1 where won, else of 0."""
    found = []
    for number, won in enumerate(wins):
        day = FIRST + timedelta(number)
        good = LabelledPaper(day, "g", "", "", selected=True, relevance=9)
        bad = LabelledPaper(day, "b", "", "", relevance=2)
        order = (good, bad) if won else (bad, good)
        scores = {paper.id: Score(90.0 - place, 9 - place) for place, paper in enumerate(order)}
        found.append(Ranked(day, order, scores, frozenset("gb")))
    return found


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_intervals_hold_the_figure_and_are_the_same_again(wins: list[bool]):
    found = figures.intervals(ranked(wins), draws=200)
    low, high = found["auc"]
    assert 0 <= low <= fmean(wins) <= high <= 1
    assert found == figures.intervals(ranked(wins), draws=200)
    if len(set(wins)) == 1:
        assert low == high


def test_intervals_by_days_have_the_form_of_the_figures():
    found = figures.intervals(ranked([True, False] * 8))
    overall = figures.overall(ranked([True, False] * 8))
    assert list(found) == [name for name in overall if name != "papers"]
    assert list(found["recall_at"]) == ["0.3", "0.4", "0.5"]
    low, high = found["auc"]
    # a t interval over the 16 days, whose standard deviation is .516
    assert (low, high) == (pytest.approx(0.225, abs=0.06), pytest.approx(0.775, abs=0.06))
    assert figures.intervals(ranked([True]))["auc"] is None
    assert figures.intervals([])["qwk"] is None


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1, max_size=20))
def test_kappa_by_sums_is_kappa(pairs: list[tuple[int, int]]):
    papers = [LabelledPaper(FIRST, str(n), "", "", relevance=b) for n, (_, b) in enumerate(pairs)]
    scores = {str(n): Score(1.0, a) for n, (a, _) in enumerate(pairs)}
    day = Ranked(FIRST, tuple(papers), scores, frozenset(scores))
    expected = agreement.qwk([a for a, _ in pairs], [b for _, b in pairs])
    found = figures.overall([day])["qwk"]
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


def test_students_t():
    table = {1: 12.706, 2: 4.303, 3: 3.182, 5: 2.571, 10: 2.228, 30: 2.042, 1000: 1.962}
    for freedom, t in table.items():
        assert agreement.student(freedom) == pytest.approx(t, rel=0.01)


# Money


def test_an_estimate_before_anything_is_asked():
    group = Group(price=PriceSettings(input=1.0, output=10.0), llm={"batch_size": 10})
    papers = [trial.bare(paper) for day in days() for paper in day.papers]
    found = trial.estimate(group.account(None), PROFILE, papers, 45)
    assert found.spent.calls == 5
    assert found.spent.completion_tokens == 45 * (8 + found.hidden)
    assert found.said().startswith(f"About ${found.spent.cost_usd:.3f}: 45 papers in 5 calls to")
    poor = Group(caps={"usd_per_day": 0.0001}).account(None)
    assert "is left of the day's budget" in trial.estimate(poor, PROFILE, papers, 45).said()
    unknown = Group(price=None, llm={"model": "nobody-knows"}).account(None)
    assert trial.estimate(unknown, PROFILE, papers, 45).said().startswith("At an unknown price")


def test_a_budget_needs_a_price_and_no_budget_needs_no_store():
    group = Group(price=None, llm={"model": "nobody-knows"}, caps={"usd_per_day": 1})
    with pytest.raises(ConfigError, match="price of nobody-knows is unknown"):
        trial.capped(group.account(None))
    account = Group().account(None)
    assert not trial.capped(account)
    alone = trial.unkept(account)
    assert alone.ledger.reserve("t", 1e9, FIRST, (None, None), lease_s=1)
    assert alone.ledger.standing(FIRST).day == 0
    assert alone.rungs is not account.rungs
