"""A budget over the wire: by the server's own count it is never passed, and the day is complete."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.demo.model import ModelDouble
from paperlark.demo.model_faults import MIXTURE
from paperlark.domain import VerdictState
from tests.scoring import DAY, SEEDS, Group, grades, papers
from worker.llm.settings import PriceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TEXT = "We bound the regret of a method for sparse bandits, and measure what it costs to run. " * 17
SMALL = PriceSettings(input=0.05, cached=0.005, output=0.4)
CAP = 0.05


class Metered(ModelDouble):
    """Keeps what each answer took by its own count, also where the answer was lost.

    Args:
        hidden: multiplies the hidden tokens.
        then: called before each answer with how many there were.
    """

    def __init__(self, hidden: int = 1, then: Callable[[int], None] | None = None) -> None:
        super().__init__(grades)
        self.hidden, self.then = hidden, then
        self.took: list[tuple[str, dict[str, Any]]] = []

    def _usage(self, body: Mapping[str, Any], visible: int, hidden: int) -> dict[str, Any]:
        if self.then:
            self.then(len(self.took))
        found = super()._usage(body, visible, hidden * self.hidden)
        self.took.append((str(body["model"]), found))
        return found

    def billed(self) -> float:
        return sum(_cost(took, SMALL if model == "small" else SEEDS) for model, took in self.took)


def _cost(took: dict[str, Any], price: PriceSettings) -> float:
    cached = took["prompt_tokens_details"]["cached_tokens"]
    fresh = (took["prompt_tokens"] - cached) * price.input
    completion: int = took["completion_tokens"]
    return float(fresh + cached * (price.cached or 0) + completion * price.output) / 1e6


@pytest.fixture
def double() -> Iterator[Metered]:
    with Metered() as running:
        yield running


def group(count: int = 200, **caps: float) -> Group:
    made = Group(caps=caps)
    made.announce(replace(paper, abstract=TEXT) for paper in papers(count))
    return made


def test_a_day_of_sixty_cents_under_a_cap_of_five(double: Metered):
    free = group(450)
    free.llm = {"effort": "medium"}
    assert free.digest(double).usage.cost_usd == pytest.approx(double.billed(), rel=0.03)
    assert 0.5 < double.billed() < 0.7
    double.took.clear()
    capped = replace(free, caps={"usd_per_day": CAP}, store=group(450).store)
    digest = capped.digest(double)
    assert double.took == []
    assert digest.verdict.state is VerdictState.COMPLETE
    assert digest.counts.undecided == 0
    assert (
        "Scored by the local ranker: what is left of the day's budget ($0.05) does not cover a day."
        in digest.notes
    )


def test_of_a_small_budget_most_is_used_and_none_is_passed(double: Metered):
    """What four usual calls hold at one time is over twice this cap."""
    made = group(300, usd_per_day=CAP)
    digest = made.digest(double)
    assert 0.4 * CAP < double.billed() <= CAP
    assert digest.usage.scorer == "llm"
    assert digest.counts.undecided == 0
    assert digest.notes[0].startswith("gpt-5-mini read the best ")
    assert digest.notes[0].endswith("not 100\u00a0%: the day's budget ($0.05) is nearly spent.")
    assert all(card.score.comment for card in digest.cards)


def test_near_the_cap_a_cheaper_model_reads(double: Metered):
    made = group(usd_per_day=CAP)
    made.llm = {"cheaper_model": "small"}
    made.prices = {"small": SMALL}
    digest = made.digest(double)
    assert {model for model, _ in double.took} == {"small"}
    assert 0 < double.billed() <= CAP
    assert digest.usage.model == "small"
    assert digest.counts.undecided == 0
    assert digest.notes[0].startswith("Scored by small, not gpt-5-mini: the day's budget ($0.05)")


def test_what_others_spend_meanwhile_stops_a_run_in_time():
    made = group(usd_per_day=0.16)
    made.llm = {"concurrency": 1}  # one call under way: what is held when others come is known
    ledger, caps = made.store.spending, (0.16, None)

    def others(answers: int) -> None:
        left = ledger.standing(DAY).left(caps) or 0.0
        if answers == 2:
            assert ledger.reserve("another profile", left, DAY, caps)

    with Metered(then=others) as double:
        digest = made.digest(double)
        assert 0 < double.billed() <= 0.16
        assert digest.verdict.state is VerdictState.COMPLETE
        assert 0 < digest.counts.undecided < digest.counts.scanned
        assert any(note.startswith("The reading ended early: what is") for note in digest.notes)
        assert "the day's budget ($0.16)" in " ".join(digest.notes)
        kept = double.billed()
        again = made.digest(double)
        assert again.cards == digest.cards
        assert double.billed() == kept


def test_a_model_that_thinks_more_than_foreseen_does_not_pass_the_cap():
    with Metered(hidden=7) as double:
        made = group(usd_per_day=0.14)
        assert made.digest(double).usage.scorer == "llm"
        assert 0 < double.billed() <= 0.14


@pytest.mark.parametrize("seed", range(3))
def test_no_fault_passes_the_cap(double: Metered, seed: int):
    double.faults.mix(0.3, [name for name in MIXTURE if name != "slow"], seed=seed)
    made = group(120, usd_per_day=0.13)
    for _ in range(3):
        made.digest(double)
        assert double.billed() <= 0.13
    assert double.took


def test_two_runs_at_once_share_the_cap(double: Metered):
    one = group(usd_per_day=0.16)
    two = one.edited()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda each: each.digest(double), (one, two)))
    assert 0 < double.billed() <= 0.16
    assert all(digest.verdict.state is VerdictState.COMPLETE for digest in made)


def test_the_month_counts_too(double: Metered):
    made = group(usd_per_day=5.0, usd_per_month=1.0)
    made.store.spending.settle("before", 0.99, DAY.replace(day=2))
    digest = made.digest(double)
    assert double.took == []
    assert any("the month's budget ($1.00)" in note for note in digest.notes)
    assert digest.usage.scorer == "local"


def test_under_a_cap_no_price_means_no_call(double: Metered):
    made = group(usd_per_day=5.0)
    made.price, made.llm = None, {"model": "nobody-knows"}
    digest = made.digest(double)
    assert double.took == []
    assert any("the price of nobody-knows is unknown" in note for note in digest.notes)
    made.caps = {}
    free = made.digest(double)
    assert free.usage.scorer == "llm"
    assert free.usage.cost_usd is None
    assert free.usage.prompt_tokens > 0
