"""What a day's reading may cost: which step the budget allows, and models whose calls it holds."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from worker.llm import ahead, servers
from worker.llm.batch_api import POLL_S, BatchRun
from worker.llm.budget import Budget, Guarded
from worker.llm.client import BILLED, FLEX_TIMEOUT_S, OpenAIModel
from worker.llm.foresight import Foresight
from worker.llm.steps import Plan, steps
from worker.llm.tariff import Tariff

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
        budget, cheaper = self._budget(self.settings.model), self.settings.cheaper_model
        seen = Foresight(budget.tariff, papers, profile, self.settings)
        other = Foresight(self._tariff(cheaper), papers, profile, self.settings)
        plan = Plan(
            papers=len(papers),
            keep=keep,
            explore=self.settings.explore,
            model=self.settings.model,
            ways=seen.ways,
            usd_second=seen.second,
            usd_more=seen.sentences,
            cheaper=cheaper,
            cheaper_ways=other.ways if cheaper else (),
            cheaper_more=other.sentences,
            least=2 * profile.cap,
        )
        return steps(budget.left(), plan)

    @contextmanager
    def model(self, *, cheaper: bool = False, tries: int = BILLED) -> Iterator[Model]:
        """The model, open; every call is held against the budget before it is made.

        With `scoring.llm.batch_api` it is a `Batching` one.

        Args:
            cheaper: the other model.
            tries: how often one question may be billed before its money is settled.
        """
        name = self.settings.cheaper_model if cheaper else self.settings.model
        budget = self._budget(name)
        asked = OpenAIModel(
            self.settings,
            model=name,
            memory=self.rungs,
            price=self.prices.cost,
            capped=budget.capped,
            billed=tries,
            sleep=self.sleep,
        )
        with asked:
            if self.settings.batch_api:
                desk = self._desk(asked, budget)
                yield ahead.Batching(asked, budget, calls=tries, ahead=desk)
            else:
                yield Guarded(asked, budget, calls=tries)

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
