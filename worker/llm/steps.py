"""What a run gives up when the budget comes near: one rung at a time, each with its sentence.

In order: the second look, a part of the papers, the model for a cheaper one, the model for the
local ranker. Pure: numbers in, a decision out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES: Final = (0.5, 0.4, 0.3)
"""The shares of a day to step down to: what each loses is measured (guide to ranking)."""
_NBSP: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the tighter cap: US dollars, and how people call that cap."""

    usd: float
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do if money were no matter, and what that would cost in US dollars.

    Attributes:
        papers: how many the day has.
        keep, explore: shares of them that are sent: the ranker's best, and at random.
        model: who is to read them.
        usd_each: a paper's first look; None where the model's price is unknown.
        usd_second: the second look, whole; 0 where none is planned.
        usd_more: what else is asked of the model: the reasons for cards.
        usd_spare: what calls under way hold beyond what they will cost. A run without this much
            to spare would be stopped in its middle.
        cheaper: who reads instead near the budget; empty for nobody.
        cheaper_each: a paper's first look by that model; None where its price is unknown.
    """

    papers: int
    keep: float
    explore: float
    model: str
    usd_each: float | None
    usd_second: float = 0.0
    usd_more: float = 0.0
    usd_spare: float = 0.0
    cheaper: str = ""
    cheaper_each: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How to run the day.

    Attributes:
        reader: the planned model, the cheaper one, or no model at all.
        keep: the share of the best that is sent; 0 for the local ranker.
        said: the sentence that the digest tells its readers; empty where nothing was given up.
    """

    reader: Literal["model", "cheaper", "local"]
    keep: float
    second_look: bool
    said: str = ""


def steps(left: Left | None, plan: Plan) -> Step:
    """The first rung that what is left can pay for.

    Args:
        left: of the tighter cap, what calls under way hold already taken off; None for no cap.
        plan: what the run would do.
    """
    wished = Step("model", plan.keep, plan.usd_second > 0)
    if left is None or not plan.papers:
        return wished
    if plan.usd_each is None and plan.cheaper_each is None:
        return _local(unpriced(plan.model))
    for step, usd in _rungs(plan, left):
        if usd <= left.usd:
            return step
    if left.usd <= 0:
        return _local(f"Scored by the local ranker: {left.name} is spent.")
    return _local(f"Scored by the local ranker: what is left of {left.name} does not cover a day.")


def _rungs(plan: Plan, left: Left) -> Iterator[tuple[Step, float]]:
    """Every way with a model, best first, and what it needs."""
    near = f"{left.name} is nearly spent."
    shares = (plan.keep, *(share for share in SHARES if share < plan.keep))
    if plan.usd_each is not None:
        first = _need(plan, plan.usd_each, plan.keep)
        if plan.usd_second > 0:
            yield Step("model", plan.keep, second_look=True), first + plan.usd_second
            said = f"No second look at the papers near the line: {near}"
            yield Step("model", plan.keep, second_look=False, said=said), first
        else:
            yield Step("model", plan.keep, second_look=False), first
        for share in shares[1:]:
            said = (
                f"{plan.model} read the best {_percent(share)}, not {_percent(plan.keep)}: {near}"
            )
            yield (
                Step("model", share, second_look=False, said=said),
                _need(plan, plan.usd_each, share),
            )
    if plan.cheaper_each is not None:
        for share in shares:
            said = f"Scored by {plan.cheaper}, not {plan.model}: {near}"
            yield (
                Step("cheaper", share, second_look=False, said=said),
                _need(plan, plan.cheaper_each, share),
            )


def _need(plan: Plan, each: float, keep: float) -> float:
    """What one look at that share needs, by a model that costs `each` a paper."""
    sent = math.ceil(plan.papers * min(keep + plan.explore, 1.0))
    rate = each / plan.usd_each if plan.usd_each else 1.0
    return sent * each + rate * (plan.usd_more + plan.usd_spare)


def _local(said: str) -> Step:
    return Step("local", 0.0, second_look=False, said=said)


def _percent(share: float) -> str:
    return f"{share * 100:.0f}{_NBSP}%"


def named(span: str, cap: float) -> str:
    """A cap of a ``day`` or ``month`` as people call it: ``the month's budget ($5.00)``."""
    cents = cap * 100
    digits = 2 if math.isclose(cents, round(cents), abs_tol=1e-9) else 4
    return f"the {span}'s budget (${cap:,.{digits}f})"


def unpriced(model: str) -> str:
    """Why a model is not asked under a budget: its price is unknown. With the remedy."""
    return (
        f"Scored by the local ranker: the price of {model} is unknown, so no budget can be kept. "
        f'Give it under [scoring.prices."{model}"], or take the caps out of [scoring.budget].'
    )
