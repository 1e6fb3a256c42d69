"""Questions handed in as one batch, at its cheaper price, before anything is asked directly."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from worker.llm.budget import Guarded, Reservation
from worker.llm.tariff import most_completion, prompt_tokens
from worker.llm.words import BudgetSpent, ModelError, ModelRefused, Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from worker.llm.batch_api import BatchRun, Progress
    from worker.llm.budget import Budget
    from worker.llm.client import Pricing
    from worker.llm.tariff import Tariff
    from worker.llm.words import Answer, Model, Request

    Ahead = Callable[[str, Sequence[Request]], "Early"]
    """Asked once with all the questions of a round, and a name that a restart gives again."""

TIER: Final = "batch"
LATE = "The batch was not done in time"
PARTLY = "The batch did not answer everything"
FAILED = "The batch could not be used"
REFUSED = "The model server did not take the batch"
POOR = "The budget does not cover the batch at its dearest"
GRACE_S = 60.0
"""How long a batch that was stopped at the deadline may take to end, so that it can be read."""
_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Early:
    """What a batch answered.

    Attributes:
        answers: by the position of their request; the others are to be asked directly.
        lost: what may have been billed for the others, at its dearest.
        why: a clause for people about the others; empty where there are none.
    """

    answers: Mapping[int, Answer] = field(default_factory=dict)
    lost: Spent = field(default_factory=Spent)
    why: str = ""


@dataclass(frozen=True)
class Desk:
    """Hands batches in, waits for them, and holds their money; see `Ahead`.

    The batch carries its name on the server. So a run that was cut off while it waited finds its
    batch again, and does not pay for it twice.

    Attributes:
        run: the batches of the model's server.
        model: the model's name.
        price: what calls cost.
        budget: the money of a batch is held under it before it is handed in.
        deadline_s: seconds to wait.
        every_s: seconds from one look at the batch to the next.
    """

    run: BatchRun
    model: str
    price: Pricing
    budget: Budget
    deadline_s: float
    every_s: float

    def __call__(self, name: str, requests: Sequence[Request]) -> Early:
        """The batch's answers, where it has any by the deadline; never a `ModelError`."""
        try:
            batch, held = self._handed_in(self._key(name, requests), requests)
        except BudgetSpent:
            return Early(why=POOR)
        except ModelError:
            return Early(why=REFUSED)
        early = self._collected(batch, requests)
        held.settle(sum((answer.spent for answer in early.answers.values()), early.lost))
        return early

    def _key(self, name: str, requests: Sequence[Request]) -> str:
        """The same for the same questions to the same model; their random codes do not count."""
        parts = (self.model, name, *(request.system for request in requests[:1]))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_KEY_LENGTH]

    def _handed_in(self, key: str, requests: Sequence[Request]) -> tuple[str, Reservation]:
        """The batch's id. Money for one that an earlier run handed in was held by that run.

        Where it is unknown whether the server took the batch, the money stays held.
        """
        if found := self._found(key):
            return found, Reservation(self.budget, self.budget.clock().date())
        held = self._held(requests)
        try:
            return self.run.submit(requests, name=key), held
        except ModelRefused:
            held.settle(Spent())
            raise

    def _found(self, key: str) -> str:
        with suppress(ModelRefused):  # not every server has a list
            return self.run.find(key)
        return ""

    def _held(self, requests: Sequence[Request]) -> Reservation:
        dearest = sum((self._dearest(request) for request in requests), Spent())
        return self.budget.guard(
            requests[0], dearest.prompt_tokens, dearest.completion_tokens, calls=1
        )

    def _dearest(self, request: Request) -> Spent:
        most = most_completion(request, self.budget.tariff.effort)
        return Spent(1, prompt_tokens(request), 0, most)

    def _collected(self, batch: str, requests: Sequence[Request]) -> Early:
        try:
            seen, late = self._ended(batch)
            if seen.status == "failed":
                return Early(why=FAILED)
            answers = {n: a for n, a in self.run.collect(batch).items() if n < len(requests)}
        except ModelError:  # it may be worked off, and billed, all the same
            return Early(lost=self._lost(requests), why=LATE)
        if len(answers) == len(requests):
            return Early(answers)
        left = [request for n, request in enumerate(requests) if n not in answers]
        why = LATE if late or seen.status == "expired" else PARTLY
        return Early(answers, self._lost(left[: _unexplained(seen, len(left))]), why)

    def _ended(self, batch: str) -> tuple[Progress, bool]:
        """The batch's end, and whether it had to be stopped."""
        seen = self.run.wait(batch, self.deadline_s, every_s=self.every_s)
        if seen.over:
            return seen, False
        self.run.cancel(batch)
        return self.run.wait(batch, min(GRACE_S, self.deadline_s), every_s=self.every_s), True

    def _lost(self, requests: Iterable[Request]) -> Spent:
        spent = sum((self._dearest(request) for request in requests), Spent())
        return replace(spent, cost_usd=self.price(spent, self.model, tier=TIER))


def _unexplained(seen: Progress, left: int) -> int:
    """How many requests were answered, and billed, but their lines cannot be read."""
    return max(0, left - seen.failed) if seen.status == "completed" else 0


class Batching(Guarded):
    """A guarded model with a desk for batches.

    Attributes:
        ahead: see `Desk`.
    """

    def __init__(self, model: Model, budget: Budget, *, calls: int, ahead: Ahead) -> None:
        super().__init__(model, budget, calls=calls)
        self.ahead = ahead


def tariff(direct: Tariff) -> Tariff:
    """The same model's tariff for batches, with the batch tier's factor in the price itself.

    Unlike other tiers, whose calls may be billed plainly, a batch is never anything else.
    """
    price = direct.price
    factor = price.factor(TIER) if price else None
    if price is None or factor is None:
        return replace(direct, tier="", price=None)
    batched = replace(
        price,
        input=price.input * factor,
        cached=price.cached * factor,
        output=price.output * factor,
        written=price.written * factor,
        tiers={},
    )
    return replace(direct, tier="", price=batched)
