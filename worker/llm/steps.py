"""What a run gives up when the budget comes near: one rung at a time, each with its sentence.

In order: the second look, a part of the papers, the model for a cheaper one, all but the papers
that there is money for, the model for the local ranker. Before each of them calls are made that
hold less money at one time, which costs nothing but speed. Pure: numbers in, a decision out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES: Final = (0.5, 0.4, 0.3)
"""The shares of a day to step down to: what each loses is measured (guide to ranking)."""
_RANDOM: Final = 0.1
"""Of the papers a part run reads, so many are drawn at random for each of the best: at least one,
so that the day is not taken for one that was read whole."""
_NBSP: Final = "\u00a0"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the tighter cap: US dollars, and how people call that cap."""

    usd: float
    name: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way of making a day's calls, and what that takes in US dollars.

    Attributes:
        size: papers a call.
        tries: how often one question may be billed before its money is settled.
        usd_each: a paper's first look.
        usd_spare: what one call, the dearest, holds beyond what it will cost. A run without this
            much to spare would be stopped in its middle.
    """

    size: int
    tries: int
    usd_each: float
    usd_spare: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do if money were no matter, and what that would cost in US dollars.

    Attributes:
        papers: how many the day has.
        keep, explore: shares of them that are sent: the ranker's best, and at random.
        model: who is to read them.
        ways: of making calls, the usual one first; none where the model's price is unknown.
        usd_second: what the second look takes beside the reasons; 0 where none is planned.
        usd_more: what else is asked of the model: the reasons for cards.
        cheaper: who reads instead near the budget; empty for nobody.
        cheaper_ways, cheaper_more: the same for that one.
        least: with money for fewer papers than these no model is asked at all.
    """

    papers: int
    keep: float
    explore: float
    model: str
    ways: tuple[Way, ...]
    usd_second: float = 0.0
    usd_more: float = 0.0
    cheaper: str = ""
    cheaper_ways: tuple[Way, ...] = ()
    cheaper_more: float = 0.0
    least: int = 24


@dataclass(frozen=True, slots=True)
class Step:
    """How to run the day.

    Attributes:
        reader: the planned model, the cheaper one, or no model at all.
        keep: the share of the best that is sent; 0 for the local ranker.
        said: the sentence that the digest tells its readers; empty where nothing was given up.
        size: papers a call; 0 for as many as usual.
        tries: how often one question may be billed; 0 for as often as usual.
        explore: the share that is sent at random; None for the usual one.
    """

    reader: Literal["model", "cheaper", "local"]
    keep: float
    second_look: bool
    said: str = ""
    size: int = 0
    tries: int = 0
    explore: float | None = None

    @property
    def holding(self) -> dict[str, int]:
        """What the model has to know of it."""
        return {"tries": self.tries} if self.tries else {}


def steps(left: Left | None, plan: Plan) -> Step:
    """The first rung that what is left can pay for.

    Args:
        left: of the tighter cap, what calls under way hold already taken off; None for no cap.
        plan: what the run would do.
    """
    wished = Step("model", plan.keep, plan.usd_second > 0)
    if left is None or not plan.papers:
        return wished
    if not plan.ways and not plan.cheaper_ways:
        return _local(unpriced(plan.model))
    for step, usd in _rungs(plan, left):
        if usd <= left.usd:
            return step
    if part := _part(plan, left):
        return part
    if left.usd <= 0:
        return _local(f"Scored by the local ranker: {left.name} is spent.")
    return _local(f"Scored by the local ranker: what is left of {left.name} does not cover a day.")


def _rungs(plan: Plan, left: Left) -> Iterator[tuple[Step, float]]:
    """Every way with a model, best first, and what it needs."""
    for step, second in _shares(plan, left):
        ways, more = (
            (plan.ways, plan.usd_more)
            if step.reader == "model"
            else (plan.cheaper_ways, plan.cheaper_more)
        )
        sent = math.ceil(plan.papers * min(step.keep + plan.explore, 1.0))
        for number, way in enumerate(ways):
            made = replace(step, size=way.size, tries=way.tries) if number else step
            yield made, sent * way.usd_each + more + second + way.usd_spare


def _shares(plan: Plan, left: Left) -> Iterator[tuple[Step, float]]:
    """What is given up, least first, with what the second look takes where there is one."""
    near = f"{left.name} is nearly spent."
    if plan.usd_second > 0:
        yield Step("model", plan.keep, second_look=True), plan.usd_second
        said = f"No second look at the papers near the line: {near}"
        yield Step("model", plan.keep, second_look=False, said=said), 0.0
    else:
        yield Step("model", plan.keep, second_look=False), 0.0
    less = [share for share in SHARES if share < plan.keep]
    for share in less:
        said = f"{plan.model} read the best {_percent(share)}, not {_percent(plan.keep)}: {near}"
        yield Step("model", share, second_look=False, said=said), 0.0
    said = f"Scored by {plan.cheaper}, not {plan.model}: {near}"
    for share in (plan.keep, *less):
        yield Step("cheaper", share, second_look=False, said=said), 0.0


def _part(plan: Plan, left: Left) -> Step | None:
    """The ranker's best, as many as there is money for; a tenth as many of the others at random.

    The cheaper model reads them if there is one.
    """
    cheaper = bool(plan.cheaper_ways)
    ways, more = (plan.cheaper_ways, plan.cheaper_more) if cheaper else (plan.ways, plan.usd_more)
    counts = {way: _covered(left.usd - more - way.usd_spare, way.usd_each) for way in ways}
    way = max(ways, key=lambda one: counts[one])
    if counts[way] < plan.least:
        return None
    most = min(plan.keep, SHARES[-1])
    keep = min(most, (counts[way] - 1) / plan.papers / (1 + _RANDOM))
    who = plan.cheaper if cheaper else plan.model
    said = (
        f"{who} read the best {_percent(keep)}, not {_percent(plan.keep)}: "
        f"{left.name} is nearly spent."
    )
    reader: Literal["model", "cheaper"] = "cheaper" if cheaper else "model"
    return Step(reader, keep, False, said, way.size, way.tries, keep * _RANDOM)


def _covered(usd: float, each: float) -> int:
    return math.floor(usd / each) if usd > 0 < each else 0


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
