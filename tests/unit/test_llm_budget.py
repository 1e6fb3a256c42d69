"""The budget: held before a call, settled after it, never passed, and stepped down to in time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import MemorySpending
from worker.llm.budget import Budget, Guarded
from worker.llm.prices import Prices
from worker.llm.settings import BudgetSettings
from worker.llm.steps import Left, Plan, Step, Way, named, steps
from worker.llm.tariff import MARGIN, Tariff, most_completion, prompt_tokens
from worker.llm.words import Answer, BudgetSpent, ModelUnavailable, Request, Spent

NOW = datetime(2026, 11, 19, 23, 59, tzinfo=UTC)
DAY = NOW.date()
MINI = Tariff("gpt-5-mini", Prices.load().of("gpt-5-mini"), "minimal")
ASKED = Request("You grade papers. " * 80, "A paper about whales. " * 200, most_tokens=200)


def budget(
    day: float | None = None,
    month: float | None = None,
    *,
    tariff: Tariff = MINI,
    ledger: MemorySpending | None = None,
) -> Budget:
    caps = BudgetSettings(usd_per_day=day, usd_per_month=month)
    return Budget(ledger or MemorySpending(), caps, tariff, lambda: NOW)


def held(ledger: MemorySpending) -> float:
    ((_, usd),) = ledger.held.values()
    return usd


@dataclass
class Fixed:
    """A model that always spends the same, and answers or raises."""

    spent: Spent = field(default_factory=lambda: Spent(1, 2_000, 500, 300))
    error: Exception | None = None
    asked: list[Request] = field(default_factory=list)

    def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        if self.error:
            raise self.error
        return Answer("{}", spent=self.spent)


def test_an_answer_comes_back_with_its_cost_and_is_settled():
    ledger = MemorySpending()
    answer = Guarded(Fixed(), budget(1.0, ledger=ledger)).ask(ASKED)
    cost = (1_500 * 0.25 + 500 * 0.025 + 300 * 2.0) / 1e6
    assert answer.spent.cost_usd == pytest.approx(cost)
    assert ledger.spent(DAY) == pytest.approx(cost)
    assert not ledger.held


@pytest.mark.parametrize(("said", "settled"), [(0.5, 0.5), (None, 0.0009875), (0.0, 0.0009875)])
def test_a_cost_that_the_client_knows_is_believed(said: float | None, settled: float):
    """It knows, say, that the flex tier was full and the plain one was billed."""
    ledger = MemorySpending()
    model = Fixed(Spent(1, 2_000, 500, 300, cost_usd=said))
    answer = Guarded(model, budget(1.0, ledger=ledger)).ask(ASKED)
    assert answer.spent.cost_usd == pytest.approx(settled)
    assert ledger.spent(DAY) == pytest.approx(settled)


def test_a_failed_call_is_paid_for():
    ledger = MemorySpending()
    broken = Fixed(error=ModelUnavailable("gone", Spent(2, 1_000)))
    with pytest.raises(ModelUnavailable) as caught:
        Guarded(broken, budget(1.0, ledger=ledger)).ask(ASKED)
    assert caught.value.spent.cost_usd == pytest.approx(0.00025)
    assert ledger.spent(DAY) == pytest.approx(0.00025)
    assert not ledger.held


def test_after_a_crash_the_money_stays_held():
    ledger = MemorySpending()
    with pytest.raises(KeyboardInterrupt):
        Guarded(Fixed(error=KeyboardInterrupt()), budget(1.0, ledger=ledger)).ask(ASKED)  # type: ignore[arg-type]
    assert len(ledger.held) == 1


@pytest.mark.parametrize(
    ("day", "month", "said"),
    [
        (0.0001, None, r"the day's budget \(\$0\.0001\)"),
        (None, 0.0001, r"the month's budget \(\$0\.0001\)"),
        (1.0, 0.0, r"the month's budget \(\$0\.00\)"),
    ],
)
def test_no_call_is_made_that_could_pass_a_cap(day: float | None, month: float | None, said: str):
    model = Fixed()
    with pytest.raises(BudgetSpent, match=said):
        Guarded(model, budget(day, month)).ask(ASKED)
    assert not model.asked


def test_an_unknown_price_is_not_asked_under_a_cap_and_counted_without():
    unknown = Tariff("llama3.1")
    model = Fixed()
    with pytest.raises(BudgetSpent, match=r"price of llama3\.1 is unknown.*scoring\.prices"):
        Guarded(model, budget(5.0, tariff=unknown)).ask(ASKED)
    assert not model.asked
    ledger = MemorySpending()
    answer = Guarded(model, budget(tariff=unknown, ledger=ledger)).ask(ASKED)
    assert answer.spent == replace(model.spent, cost_usd=None)
    assert ledger.spent(DAY) == 0


def test_without_caps_money_is_counted_all_the_same():
    ledger = MemorySpending()
    Guarded(Fixed(), budget(ledger=ledger)).ask(ASKED)
    assert ledger.spent_month(DAY) > 0
    assert budget(ledger=ledger).left() is None


def test_what_is_held_is_the_dearest_outcome():
    ledger = MemorySpending()
    flex = replace(MINI, tier="flex")
    budget(ledger=ledger, tariff=flex).guard(ASKED, 1_000, 500)
    assert held(ledger) == pytest.approx((1_000 * MARGIN * 0.25 + 500 * 2.0) / 1e6)


def test_retries_are_held_for():
    once, four = MemorySpending(), MemorySpending()
    budget(ledger=once).guard(ASKED)
    budget(ledger=four).guard(ASKED, calls=4)
    assert held(four) == pytest.approx(4 * held(once))


@pytest.mark.parametrize("effort", ["", "minimal", "low", "medium", "high"])
def test_effort_makes_room_to_reason(effort: str):
    asked = Request("", "", most_tokens=208)
    assert most_completion(asked, effort) >= 208 + 128
    assert most_completion(asked, "high") >= most_completion(asked, effort)
    assert most_completion(asked, "medium") - 208 >= 16 * 75  # what default effort is taken to need


def test_sentences_are_written_and_not_thought_about():
    asked = Request("", "", most_tokens=2_000, grade_tokens=200)
    grades = Request("", "", most_tokens=200)
    more = most_completion(asked, "medium") - most_completion(grades, "medium")
    assert more == 1_800


def test_a_prompt_counts_its_schema_and_foreign_letters():
    bare = prompt_tokens(Request("", ""))
    assert prompt_tokens(Request("", "", {"type": "object"})) > bare
    assert prompt_tokens(Request("", "深度学习" * 10)) >= bare + 40
    assert prompt_tokens(Request("word " * 110, "")) == bare + 100


def test_the_tighter_cap_is_what_is_left():
    ledger = MemorySpending()
    ledger.settle("a", 0.4, DAY)
    ledger.settle("b", 4.0, DAY.replace(day=1))
    for caps, usd, name in [
        ((1.0, 4.5), 0.1, "the month's budget ($4.50)"),
        ((0.5, 9.0), 0.1, "the day's budget ($0.50)"),
        ((0.1, None), 0.0, "the day's budget ($0.10)"),
    ]:
        left = budget(*caps, ledger=ledger).left()
        assert left
        assert left.usd == pytest.approx(usd)
        assert left.name == name


def test_two_models_share_one_budget():
    ledger = MemorySpending()
    whole = budget(1.0, ledger=ledger)
    Guarded(Fixed(), whole).ask(ASKED)
    dearer = whole.under(Tariff("gpt-5", Prices.load().of("gpt-5"), "minimal"))
    Guarded(Fixed(), dearer).ask(ASKED)
    assert ledger.spent(DAY) == pytest.approx(6 * 0.0009875)


@given(
    cap=st.floats(0, 0.02),
    costs=st.lists(st.floats(0, 1), max_size=30),
)
def test_a_small_budget_is_never_passed_by_one_call(cap: float, costs: list[float]):
    """As long as a call keeps to its limits, whatever of them it uses."""
    ledger = MemorySpending()
    guarded = budget(cap, ledger=ledger)
    for used in costs:
        sent = int(prompt_tokens(ASKED) * used)
        spent = Spent(1, sent, 0, int(most_completion(ASKED, "minimal") * used))
        try:
            Guarded(Fixed(spent), guarded).ask(ASKED)
        except BudgetSpent:
            break
        finally:
            assert ledger.spent(DAY) <= cap


def together(guarded: Guarded, calls: int, threads: int = 4) -> list[BudgetSpent]:
    """So many calls from each of some threads; what was refused."""
    refused: list[BudgetSpent] = []

    def work() -> None:
        for _ in range(calls):
            try:
                guarded.ask(ASKED)
            except BudgetSpent as error:
                refused.append(error)
                return

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return refused


def test_threads_never_pass_it_together():
    ledger = MemorySpending()
    dear = Fixed(Spent(1, prompt_tokens(ASKED), 0, most_completion(ASKED, "minimal")))
    together(Guarded(dear, budget(0.01, ledger=ledger)), 5)
    assert 0 < ledger.spent(DAY) <= 0.01


def test_near_the_cap_calls_wait_for_one_another_instead_of_ending_the_run():
    """Twelve calls of 0.0009875 fit; what four hold at one time does not."""
    ledger = MemorySpending()
    probe = MemorySpending()
    budget(ledger=probe).guard(ASKED)
    one, model = held(probe), Fixed()
    guarded = Guarded(model, budget(one + 11 * 0.0009875 + 1e-9, ledger=ledger))
    assert together(guarded, 3) == []
    assert len(model.asked) == 12
    assert len(together(guarded, 1, threads=1)) + len(ledger.held) == 1


@pytest.mark.parametrize("error", [ModelUnavailable("gone"), KeyboardInterrupt()])
def test_a_call_that_fails_lets_the_next_one_in(error: BaseException):
    ledger = MemorySpending()
    guarded = Guarded(Fixed(error=error), budget(1.0, ledger=ledger))  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(type(error)):
            guarded.ask(ASKED)


BIG, SMALL = Way(16, 2, 0.001, 0.01), Way(4, 1, 0.0012, 0.002)
PLAN = Plan(
    papers=800, keep=0.5, explore=0.05, model="gpt-5", ways=(BIG, SMALL), usd_second=0.15,
    usd_more=0.02, cheaper="gpt-5-nano", cheaper_ways=(Way(16, 2, 0.0001, 0.001),),
    cheaper_more=0.002,
)  # fmt: skip
ALONE = replace(PLAN, cheaper="", cheaper_ways=())
NEAR = "the month's budget ($5.00) is nearly spent."
SHORT = (
    "Scored by the local ranker: what is left of the month's budget ($5.00) does not cover a day."
)


def less(reader: Literal["model", "cheaper", "local"], keep: float, said: str) -> Step:
    return Step(reader, keep, second_look=False, said=said)


@pytest.mark.parametrize(
    ("usd", "step"),
    [
        (0.63, Step("model", 0.5, second_look=True)),
        (0.50, less("model", 0.5, f"No second look at the papers near the line: {NEAR}")),
        (0.40, less("model", 0.4, f"gpt-5 read the best 40\u00a0%, not 50\u00a0%: {NEAR}")),
        (0.32, less("model", 0.3, f"gpt-5 read the best 30\u00a0%, not 50\u00a0%: {NEAR}")),
        (0.10, less("cheaper", 0.5, f"Scored by gpt-5-nano, not gpt-5: {NEAR}")),
        (0.04, less("cheaper", 0.4, f"Scored by gpt-5-nano, not gpt-5: {NEAR}")),
        (0.003, less("local", 0.0, SHORT)),
        (
            0.0,
            less("local", 0.0, "Scored by the local ranker: the month's budget ($5.00) is spent."),
        ),
    ],
)
def test_the_steps_in_their_order(usd: float, step: Step):
    assert steps(Left(usd, named("month", 5.0)), PLAN) == step


def test_before_anything_is_given_up_calls_hold_less():
    """440 papers at 0.0012 and 0.192 besides; the usual way would need 0.62."""
    tight = replace(PLAN, ways=(replace(BIG, usd_spare=0.2), SMALL))
    assert steps(Left(0.73, "x"), tight) == Step("model", 0.5, second_look=True, size=4, tries=1)


def test_what_no_share_can_pay_for_is_read_as_far_as_the_money_goes():
    step = steps(Left(0.1, named("month", 5.0)), ALONE)
    assert step.said == f"gpt-5 read the best 8\u00a0%, not 50\u00a0%: {NEAR}"
    assert (step.reader, step.second_look, step.size, step.tries) == ("model", False, 16, 2)
    assert step.explore == pytest.approx(step.keep / 10)
    read = 800 * (step.keep + (step.explore or 0.0)) + 1
    assert read * BIG.usd_each + ALONE.usd_more + BIG.usd_spare == pytest.approx(0.1)
    assert steps(Left(0.04, "x"), ALONE).reader == "local"


@given(usd=st.floats(0, 1), count=st.integers(1, 900), least=st.integers(1, 60))
def test_no_step_needs_more_than_is_left(usd: float, count: int, least: int):
    plan = replace(PLAN, papers=count, least=least)
    step = steps(Left(usd, "x"), plan)
    if step.reader == "local":
        return
    ways = plan.ways if step.reader == "model" else plan.cheaper_ways
    way = next((one for one in ways if one.size == step.size), ways[0])
    explore = plan.explore if step.explore is None else step.explore
    more = plan.usd_more if step.reader == "model" else plan.cheaper_more
    sent = max(1, int(count * min(1.0, step.keep + explore)))
    assert sent * way.usd_each + more + way.usd_spare <= usd + 1e-9


def test_without_a_cap_or_papers_nothing_is_given_up():
    assert steps(None, PLAN) == Step("model", 0.5, second_look=True)
    assert steps(None, replace(PLAN, ways=())).reader == "model"
    assert steps(Left(0, "x"), replace(PLAN, papers=0)).said == ""


def test_an_unknown_price_goes_to_the_cheaper_model_or_the_local_ranker():
    unknown = replace(PLAN, ways=())
    assert steps(Left(9, "x"), unknown).reader == "cheaper"
    step = steps(Left(9, "x"), replace(unknown, cheaper_ways=()))
    assert step.reader == "local"
    assert step.said.startswith("Scored by the local ranker: the price of gpt-5 is unknown")


def test_a_full_day_steps_down_to_a_part():
    step = steps(Left(0.55, named("day", 1.0)), replace(PLAN, keep=1.0, explore=0.0))
    assert (step.reader, step.keep) == ("model", 0.5)


@given(st.floats(0, 2), st.floats(0, 2))
def test_more_money_never_reads_worse(one: float, other: float):
    order = {"model": 2, "cheaper": 1, "local": 0}
    less, more = sorted((one, other))
    a, b = (steps(Left(usd, "x"), PLAN) for usd in (less, more))
    assert (order[a.reader], a.keep, a.second_look) <= (order[b.reader], b.keep, b.second_look)
    assert bool(a.said) == ((a.reader, a.keep, a.second_look) != ("model", 0.5, True))
