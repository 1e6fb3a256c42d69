"""What a day's reading may cost: which step the budget allows, and models whose calls it holds."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from worker.llm import ahead, prompt, second, servers
from worker.llm.batch_api import POLL_S, BatchRun
from worker.llm.budget import Budget, Guarded
from worker.llm.client import BILLED, FLEX_TIMEOUT_S, OpenAIModel
from worker.llm.steps import Plan, steps
from worker.llm.tariff import Tariff, most_completion, prompt_tokens
from worker.llm.words import Spent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from paperlark.clock import Clock
    from paperlark.domain import Paper, Profile
    from worker.llm.budget import Ledger
    from worker.llm.client import Rungs
    from worker.llm.prices import Prices
    from worker.llm.settings import BudgetSettings, LlmSettings
    from worker.llm.steps import Step
    from worker.llm.words import Model

_HIDDEN = {"none": 0, "minimal": 10, "low": 35, "medium": 85, "high": 250}
"""Hidden tokens a paper by effort, taken for a day's estimate only: what is held for a call is its
dearest outcome. At minimal effort about 5 were seen, at medium about 75."""


@dataclass(frozen=True)
class Account:
    """The models of one configuration, and the money they may spend.

    Attributes:
        settings: which models, and how they are asked.
        caps: the operator's hard stops.
        prices: by model.
        ledger: where money is held and settled, for every process.
        rungs: what each server was found to understand.
        clock: says which UTC day it is.
        sleep: waits a number of seconds before a call is tried again.
        poll_s: seconds from one look at a batch to the next.
    """

    settings: LlmSettings
    caps: BudgetSettings
    prices: Prices
    ledger: Ledger
    rungs: Rungs
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    poll_s: float = POLL_S

    def step(self, papers: Sequence[Paper], profile: Profile, keep: float) -> Step:
        """How to run the day with what is left of the tighter cap.

        Args:
            papers: the day's candidates.
            profile: whose day.
            keep: the share of them that is to be read.
        """
        budget = self._budget(self.settings.model)
        cheaper = self.settings.cheaper_model
        plan = Plan(
            papers=len(papers),
            keep=keep,
            explore=self.settings.explore,
            model=self.settings.model,
            usd_each=self._each(budget.tariff, papers, profile),
            usd_second=self._second(budget.tariff, papers, profile),
            usd_more=self._reasons(budget.tariff, papers, profile),
            usd_spare=self._spare(budget.tariff, papers, profile),
            cheaper=cheaper,
            cheaper_each=self._each(self._tariff(cheaper), papers, profile) if cheaper else None,
        )
        return steps(budget.left(), plan)

    @contextmanager
    def model(self, *, cheaper: bool = False) -> Iterator[Model]:
        """The model, open; every call is held against the budget before it is made.

        With `scoring.llm.batch_api` it is a `Batching` one.
        """
        name = self.settings.cheaper_model if cheaper else self.settings.model
        budget = self._budget(name)
        asked = OpenAIModel(
            self.settings,
            model=name,
            memory=self.rungs,
            price=self.prices.cost,
            capped=budget.capped,
            sleep=self.sleep,
        )
        with asked:
            if self.settings.batch_api:
                desk = self._desk(asked, budget)
                yield ahead.Batching(asked, budget, calls=BILLED, ahead=desk)
            else:
                yield Guarded(asked, budget, calls=BILLED)

    def _desk(self, model: OpenAIModel, budget: Budget) -> ahead.Desk:
        """Batches of that model; their money is held for as long as they are waited for."""
        deadline_s = self.settings.batch_deadline_min * 60
        lease_s = budget.lease_s + deadline_s + ahead.GRACE_S
        return ahead.Desk(
            BatchRun(model, price=self.prices.cost),
            model.name,
            self.prices.cost,
            replace(budget.under(ahead.tariff(budget.tariff)), lease_s=lease_s),
            deadline_s,
            self.poll_s,
        )

    def _tariff(self, model: str) -> Tariff:
        """What the server understands decides how much room there is to reason."""
        server = servers.known(self._url, model)
        effort = servers.nearest(self.settings.effort, server.efforts) if server.reasons else "none"
        return Tariff(model, self.prices.of(model), effort, self.settings.service_tier)

    @property
    def _url(self) -> str:
        return self.settings.base_url or os.environ.get("OPENAI_BASE_URL", "")

    def _budget(self, model: str) -> Budget:
        """The budget under the model's tariff; held for longer than any question can take."""
        longest = FLEX_TIMEOUT_S if self.settings.service_tier == "flex" else 0
        lease = (self.settings.tries + 1) * max(self.settings.timeout_s, longest)
        return Budget(self.ledger, self.caps, self._tariff(model), self.clock, max(600.0, lease))

    def _each(
        self, tariff: Tariff, papers: Sequence[Paper], profile: Profile, size: int = 0
    ) -> float | None:
        """A paper's first look, as one of a call of the usual size."""
        if not papers:
            return 0.0
        size = min(len(papers), size or self.settings.batch_size)
        request = prompt.grading(profile, papers[:size], prompt.new_tag())
        completion = prompt.cost_shape(profile).grade + _hidden(tariff)
        usd = tariff.cost(Spent(1, prompt_tokens(request), 0, completion * size))
        return None if usd is None else usd / size

    def _second(self, tariff: Tariff, papers: Sequence[Paper], profile: Profile) -> float:
        if not self.settings.second_look:
            return 0.0
        each = self._each(tariff, papers, profile, second.BATCH)
        return (each or 0.0) * min(second.MOST, len(papers))

    def _reasons(self, tariff: Tariff, papers: Sequence[Paper], profile: Profile) -> float:
        """The sentences of a full digest."""
        cards = papers[: profile.cap]
        if not cards:
            return 0.0
        request = prompt.reasons(profile, cards, prompt.new_tag())
        completion = (prompt.cost_shape(profile).reason + _hidden(tariff)) * len(cards)
        return tariff.cost(Spent(1, prompt_tokens(request), 0, completion)) or 0.0

    def _spare(self, tariff: Tariff, papers: Sequence[Paper], profile: Profile) -> float:
        """What the calls under way hold beyond what they will cost."""
        size = min(len(papers), self.settings.batch_size)
        if not size:
            return 0.0
        request = prompt.grading(profile, papers[:size], prompt.new_tag())
        most = most_completion(request.most_tokens, tariff.effort)
        held = (tariff.most(prompt_tokens(request), most) or 0.0) * BILLED
        expected = (self._each(tariff, papers, profile) or 0.0) * size
        return max(0.0, held - expected) * self.settings.concurrency


def _hidden(tariff: Tariff) -> int:
    return _HIDDEN.get(tariff.effort, _HIDDEN["medium"])
