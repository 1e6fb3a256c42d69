"""The operator's budget: held before each call, settled after it, stepped down to in time.

Promise 5 of the product: money is never spent past the budget. So what is held for a call is its
dearest outcome, and a model whose price nobody knows is not asked at all while there is a budget.
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field, replace
from threading import Condition
from typing import TYPE_CHECKING, Protocol

from worker.llm.steps import Left, named, unpriced
from worker.llm.tariff import MARGIN, Tariff, most_completion, prompt_tokens
from worker.llm.words import BudgetSpent, ModelError

if TYPE_CHECKING:
    from datetime import date

    from paperlark.clock import Clock
    from paperlark.store.spending import Caps, Standing
    from worker.llm.settings import BudgetSettings
    from worker.llm.words import Answer, Model, Request, Spent


__all__ = [
    "MARGIN",
    "Budget",
    "Guarded",
    "Ledger",
    "Left",
    "Reservation",
    "Tariff",
    "most_completion",
    "prompt_tokens",
]


class Ledger(Protocol):
    """The slice of `paperlark.store.spending.Spending` that a budget needs."""

    def reserve(self, token: str, usd: float, day: date, caps: Caps, *, lease_s: float) -> bool:
        """Hold money for one call, unless a cap could be passed."""

    def settle(self, token: str, usd: float, day: date) -> None:
        """Put what the call did cost in the place of what was held."""

    def standing(self, day: date) -> Standing:
        """What is spent and held."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The caps of one operator, for calls under one tariff.

    Attributes:
        ledger: where money is held and settled, for every process.
        settings: the caps.
        tariff: whom is asked; `under` gives the same budget for another.
        clock: says which UTC day it is.
        lease_s: longer than a call with all its retries can take.
    """

    ledger: Ledger
    settings: BudgetSettings
    tariff: Tariff
    clock: Clock
    lease_s: float = 600.0

    @property
    def caps(self) -> Caps:
        """Most US dollars a day and a month."""
        return self.settings.usd_per_day, self.settings.usd_per_month

    @property
    def capped(self) -> bool:
        """Whether there is any cap."""
        return any(cap is not None for cap in self.caps)

    def under(self, tariff: Tariff) -> Budget:
        """The same budget for another model."""
        return replace(self, tariff=tariff)

    def left(self) -> Left | None:
        """What is left now of the tighter cap; None where there is no cap."""
        standing = self.ledger.standing(self.clock().date())
        day, month = self.caps
        rooms = [
            Left(standing.left(alone) or 0.0, named(span, cap))
            for span, cap, alone in (("day", day, (day, None)), ("month", month, (None, month)))
            if cap is not None
        ]
        return min(rooms, key=lambda room: room.usd, default=None)

    def guard(
        self,
        request: Request,
        prompt: int | None = None,
        most: int | None = None,
        *,
        calls: int = 1,
    ) -> Reservation:
        """Hold the most that asking can cost.

        Args:
            request: what is asked.
            prompt: its tokens, where the caller has counted them; else estimated.
            most: completion tokens allowed, reasoning included; else `most_completion`.
            calls: how often it may be sent and billed before it is settled.

        Raises:
            BudgetSpent: a cap could be passed, or there is a cap and the price is unknown.
        """
        sent = math.ceil((prompt_tokens(request) if prompt is None else prompt) * MARGIN)
        allowed = most_completion(request, self.tariff.effort) if most is None else most
        usd = self.tariff.most(sent, allowed)
        reservation = Reservation(self, self.clock().date())
        if usd is None:
            if self.capped:
                raise BudgetSpent(unpriced(self.tariff.model))
        elif not self._hold(reservation, usd * calls):
            left = self.left()
            name = left.name if left else "the budget"
            raise BudgetSpent(
                f"What is left of {name} does not cover the next call: raise it under "
                "[scoring.budget], or wait until it begins anew."
            )
        return reservation

    def _hold(self, reservation: Reservation, usd: float) -> bool:
        return self.ledger.reserve(
            reservation.token, usd, reservation.day, self.caps, lease_s=self.lease_s
        )


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money held for one request; settle it, or it is held until its lease runs out."""

    budget: Budget
    day: date
    token: str = field(default_factory=lambda: secrets.token_hex(12))

    def settle(self, spent: Spent) -> Spent:
        """Put what was spent in the place of what was held; the same with its cost filled in.

        A cost that the model's own client has worked out is believed: it knows the tier of each
        try. Where it names none, or none that is known, the tariff says it.
        """
        known = spent.cost_usd or self.budget.tariff.cost(spent)
        priced = replace(spent, cost_usd=known)
        if priced.cost_usd is not None:
            self.budget.ledger.settle(self.token, priced.cost_usd, self.day)
        return priced


class Guarded:
    """A model whose every request is held against a budget and settled, whatever comes of it.

    Where the budget does not cover a request while others are under way, it waits for one of them
    to end: what those hold is mostly more than they take. So near a cap fewer calls are made at one
    time, and a run ends only when what is left does not cover a single one.

    Its answers and errors carry their cost. A request that ends by anything but an answer or a
    `ModelError` stays held until its lease runs out: what it cost is not known.

    Args:
        model: whom to ask.
        budget: under that model's tariff.
        calls: how often one `ask` of that model may be billed, its retries included.
    """

    def __init__(self, model: Model, budget: Budget, *, calls: int = 1) -> None:
        self._model, self._budget, self._calls = model, budget, calls
        self._under_way, self._turn = 0, Condition()

    def ask(self, request: Request) -> Answer:
        """The answer, if the budget leaves room for its dearest outcome; see `Model.ask`."""
        reservation = self._begin(request)
        try:
            answer = self._model.ask(request)
            return replace(answer, spent=reservation.settle(answer.spent))
        except ModelError as error:
            error.spent = reservation.settle(error.spent)
            raise
        finally:
            self._end()

    def _begin(self, request: Request) -> Reservation:
        with self._turn:
            while True:
                try:
                    reservation = self._budget.guard(request, calls=self._calls)
                except BudgetSpent:
                    if not self._under_way:
                        raise
                    self._turn.wait()
                else:
                    self._under_way += 1
                    return reservation

    def _end(self) -> None:
        with self._turn:
            self._under_way -= 1
            self._turn.notify_all()
