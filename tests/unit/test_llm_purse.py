"""What a day's reading may cost: the step a budget allows, and the models that it pays for."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.domain import Profile
from paperlark.errors import ConfigError
from tests.builders import paper
from tests.fakes import MemoryRungs, MemorySpending
from worker.llm import ahead, prompt
from worker.llm.budget import Guarded
from worker.llm.client import BILLED
from worker.llm.foresight import Foresight
from worker.llm.prices import Prices
from worker.llm.purse import Account
from worker.llm.settings import BudgetSettings, LlmSettings, PriceSettings
from worker.llm.tariff import most_completion, prompt_tokens
from worker.llm.words import BudgetSpent, Spent

if TYPE_CHECKING:
    from paperlark.domain import Paper
    from worker.llm.budget import Reservation
    from worker.llm.steps import Step

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
PROFILE = Profile("p", ("cs.LG",), topics="- Bandits\n" * 60, cap=12)
BIG, SMALL = "gpt-5-big", "gpt-5-small"
SEEDS = PriceSettings(input=1.25, cached=0.125, output=10.0)
"""The prices of the predecessors' published runs."""


def day(count: int) -> list[Paper]:
    text = "We prove a sharper bound for bandits and measure it. " * 24
    return [paper(f"2611.{n:05}", f"Bandits, Part {n}", abstract=text) for n in range(count)]


def account(
    usd_per_day: float | None = None,
    usd_per_month: float | None = None,
    *,
    ledger: MemorySpending | None = None,
    **more: Any,
) -> Account:
    settings = LlmSettings(**({"model": BIG, "base_url": "http://127.0.0.1:9/v1"} | more))
    caps = BudgetSettings(usd_per_day=usd_per_day, usd_per_month=usd_per_month)
    small = PriceSettings(input=0.05, cached=0.005, output=0.4)
    prices = Prices.load({BIG: SEEDS, SMALL: small})
    held = ledger or MemorySpending()
    return Account(settings, caps, prices, held, MemoryRungs(), lambda: NOW)


def step(usd: float | None, count: int = 300, keep: float = 0.5, **more: Any) -> Step:
    return account(usd, **more).step(day(count), PROFILE, keep)


def test_without_a_cap_nothing_is_given_up():
    assert (step(None).reader, step(None).keep, step(None).second_look) == ("model", 0.5, True)
    assert step(None).said == ""
    assert step(None, model="nobody-knows").reader == "model"


def test_without_a_second_look_none_is_counted():
    assert not step(9.0, second_look=False).second_look
    assert step(9.0, second_look=False).said == ""


@pytest.mark.parametrize(
    ("usd", "reader", "keep", "said"),
    [
        (9.0, "model", 0.5, ""),
        (0.14, "model", 0.5, ""),
        (0.126, "model", 0.5, "No second look"),
        (0.115, "model", 0.4, "not 50"),
        (0.1, "model", 0.3, "not 50"),
        (0.05, "cheaper", 0.5, "Scored by gpt-5-small, not gpt-5-big"),
        (0.0005, "local", 0.0, "what is left of the day's budget"),
        (0.0, "local", 0.0, "is spent"),
    ],
)
def test_the_nearer_the_cap_the_less_is_done(usd: float, reader: str, keep: float, said: str):
    found = step(usd, cheaper_model=SMALL)
    assert (found.reader, found.keep, found.second_look) == (reader, keep, not said)
    assert said in found.said
    assert bool(said) == bool(found.said)


def test_near_the_cap_a_call_holds_less_before_anything_is_given_up():
    assert (step(9.0).size, step(9.0).tries) == (0, 0)
    assert (step(0.14).size, step(0.14).tries) == (16, 1)
    assert step(0.14).second_look


def test_what_the_money_covers_is_read_and_no_more():
    found = step(0.05)
    assert found.reader == "model"
    assert 0.08 < found.keep < 0.3
    assert "gpt-5-big read the best 1" in found.said
    assert (found.size, found.tries) == (4, 1)
    assert step(0.02).reader == "local"


def test_a_batch_needs_its_dearest_outcome_at_its_own_price():
    """All first looks are held for at one time; they cost half."""
    prices = Prices.load({BIG: SEEDS.model_copy(update={"batch": 0.5})})
    direct, batched = (replace(account(9.0, batch_api=on), prices=prices) for on in (False, True))
    seen = [
        Foresight(made._budget(BIG).tariff, day(300), PROFILE, made.settings)
        for made in (direct, batched)
    ]
    assert seen[1].ways[1:] == seen[0].ways
    tariff = replace(seen[1].tariff, price=ahead.tariff(seen[1].tariff).price)
    request = prompt.grading(PROFILE, day(16), prompt.new_tag())
    dearest = tariff.most(prompt_tokens(request), most_completion(request, tariff.effort))
    assert seen[1].ways[0].usd_each == pytest.approx((dearest or 0.0) / 16)
    assert seen[1].ways[0].usd_each < seen[0].ways[0].usd_each


def test_a_whole_day_costs_more_than_half_of_it():
    assert step(0.15, keep=0.5).keep == 0.5
    assert step(0.15, keep=1.0).keep < 1.0


def test_the_tighter_cap_counts_and_so_does_what_is_held():
    ledger = MemorySpending()
    ledger.settle("one", 4.9, NOW.date().replace(day=2))
    found = account(1.0, 5.0, ledger=ledger).step(day(300), PROFILE, 1.0)
    assert "month" in found.said
    ledger.reserve("two", 0.1, NOW.date())
    assert account(1.0, 5.0, ledger=ledger).step(day(300), PROFILE, 1.0).reader == "local"


def test_a_price_nobody_knows_is_no_price_under_a_cap():
    found = step(5.0, model="nobody-knows")
    assert found.reader == "local"
    assert '[scoring.prices."nobody-knows"]' in found.said
    assert step(5.0, model="nobody-knows", cheaper_model=SMALL).reader == "cheaper"


@settings(max_examples=40)
@given(usd=st.floats(0, 2), count=st.integers(0, 60), keep=st.floats(0.3, 1.0))
def test_no_step_does_more_than_was_planned(usd: float, count: int, keep: float):
    found = step(usd, count, keep, cheaper_model=SMALL)
    assert found.keep <= keep
    assert bool(found.said) == ((found.reader, found.keep) != ("model", keep) or _less(found))


def _less(found: Step) -> bool:
    return bool(found.said) and not found.second_look


@pytest.mark.parametrize("usd", [0.05, 0.07, 0.1, 0.12, 0.14, 0.16, 0.2, 0.3])
def test_a_day_that_was_said_to_fit_is_not_stopped_by_its_own_reservations(usd: float):
    made = account(usd)
    found, papers = made.step(day(300), PROFILE, 0.5), day(300)
    explore = made.settings.explore if found.explore is None else found.explore
    sent, size = papers[: math.ceil(300 * (found.keep + explore))], found.size or 16
    under_way: deque[tuple[Reservation, Spent]] = deque()
    budget = made._budget(BIG)
    for start in range(0, len(sent), size):
        part = sent[start : start + size]
        request = prompt.grading(PROFILE, part, prompt.new_tag())
        spent = Spent(1, prompt_tokens(request), 0, 18 * len(part))
        while True:  # as `Guarded` does: wait for a call that is under way
            try:
                made_for = budget.guard(request, calls=found.tries or BILLED)
                break
            except BudgetSpent:
                reservation, took = under_way.popleft()
                reservation.settle(took)
        under_way.append((made_for, spent))
    assert found.reader == "model"


def test_the_model_is_open_within_and_guarded():
    with account(1.0).model() as model:
        assert isinstance(model, Guarded)
    with account(1.0, cheaper_model=SMALL).model(cheaper=True) as model:
        assert isinstance(model, Guarded)


def test_a_server_that_wants_a_key_says_so(monkeypatch: pytest.MonkeyPatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"), account(base_url="").model():
        pass
