"""What models cost: names find their price, and nobody's price is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.llm.prices import Price, Prices
from worker.llm.settings import PriceSettings
from worker.llm.words import Spent

SHIPPED = Prices.load()


@pytest.mark.parametrize(
    "name",
    [
        "gpt-5-mini",
        "GPT-5-Mini",
        " gpt-5-mini ",
        "gpt-5-mini-2025-08-07",
        "gpt-5-mini-20250807",
        "openai/gpt-5-mini",
        "openai:gpt-5-mini",
        "openrouter/openai/gpt-5-mini-2025-08-07",
    ],
)
def test_a_model_is_found_by_every_usual_name(name: str):
    price = SHIPPED.of(name)
    assert price
    assert (price.input, price.cached, price.output) == (0.25, 0.025, 2.0)
    assert price.as_of
    assert price.as_of > date(2025, 1, 1)


@pytest.mark.parametrize(
    "name",
    ["", "gpt", "gpt-5-mini-fast", "gpt-55", "gpt-5-turbo", "llama3.1", "/", "-2025-08-07",
     "someone/gpt-5-mini", "deepseek/gpt-5", "gpt-5:free", "ft:gpt-4o:me:1"],
)  # fmt: skip
def test_another_model_has_another_price(name: str):
    assert SHIPPED.of(name) is None
    assert SHIPPED.cost(Spent(1, 10, 0, 10), name) is None


def test_the_seeds_prices():
    """$1.25 and $10 a million, cached a tenth: the day of 2025-09-30 was charged $1.70."""
    spent = Spent(1, 184_879, 0, 146_758)
    assert SHIPPED.cost(spent, "gpt-5") == pytest.approx(1.6987, abs=1e-4)
    assert SHIPPED.cost(Spent(1, 1_000_000, 1_000_000), "gpt-5") == pytest.approx(0.125)


def test_what_may_have_been_written_to_the_cache_costs_as_much():
    assert SHIPPED.cost(Spent(1, 1_000_000, 500_000), "gpt-6-luna") == pytest.approx(0.0675)


@pytest.mark.parametrize(
    ("model", "tier", "factor"),
    [
        ("gpt-5-mini", "default", 1.0),
        ("gpt-5-mini", "auto", 1.0),
        ("gpt-5-mini", "flex", 0.5),
        ("gpt-5-mini", "batch", 0.5),
        ("gpt-5-mini", "priority", 1.8),
        ("gpt-5-mini", "fast", 1.8),
        ("deepseek-flash", "batch", 1.0),
        ("gpt-4o", "priority", None),
        ("gpt-4o", "unheard-of", None),
    ],
)
def test_tiers(model: str, tier: str, factor: float | None):
    price = SHIPPED.of(model)
    assert price
    assert price.factor(tier) == factor
    cost = price.cost(Spent(1, 1_000_000), tier=tier)
    assert cost == (None if factor is None else pytest.approx(price.input * factor))


def test_the_operators_prices_win_and_name_what_the_table_does_not():
    own = {
        "llama3.1": PriceSettings(input=0, output=0),
        "gpt-5": PriceSettings(input=2, output=4, cached=1, flex=0.25),
        "someone/GPT-5-mini": PriceSettings(input=9, output=9),
    }
    prices = Prices.load(own)
    assert prices.cost(Spent(3, 10_000, 0, 500), "llama3.1") == 0
    million = Spent(1, 1_000_000, 500_000, 1_000_000)
    assert prices.cost(million, "gpt-5-2025-08-07") == pytest.approx(5.5)
    assert prices.cost(million, "gpt-5", tier="flex") == pytest.approx(1.375)
    assert prices.cost(million, "someone/gpt-5-mini") == pytest.approx(18)
    assert prices.cost(million, "gpt-5-mini") == pytest.approx(2.1375)


TOKENS = st.integers(-5, 10**7)


@given(TOKENS, TOKENS, TOKENS)
def test_a_cost_is_never_negative_and_caching_never_makes_it_dearer(
    prompt: int, cached: int, completion: int
):
    price = SHIPPED.of("gpt-5-mini")
    assert price
    cost = price.cost(Spent(1, prompt, cached, completion))
    plain = price.cost(Spent(1, prompt, 0, completion))
    assert cost is not None
    assert plain is not None
    assert 0 <= cost <= plain


def test_the_table_is_sane():
    for price in SHIPPED._listed.values():
        assert isinstance(price, Price)
        assert 0 < price.cached <= price.input <= price.written < price.output
        assert all(0 < factor <= 3 for factor in price.tiers.values())
        assert price.as_of is not None
