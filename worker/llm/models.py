"""The model scorer built from the settings and the store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from paperlark.settings import check
from worker.llm.prices import Prices
from worker.llm.purse import Account
from worker.llm.scorer import LlmScorer
from worker.llm.settings import BudgetSettings, LlmSettings, PriceSettings
from worker.local import LocalScorer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from paperlark.clock import Clock
    from paperlark.domain import Label, Paper, PaperId
    from paperlark.ports import Progress, Scorer
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from worker.llm.history import Kept

    Labels = Mapping[PaperId, Label]
    MakeScorer = Callable[[date, Iterable[Paper], Labels, Labels], Scorer]


def table(settings: Settings) -> LlmSettings:
    """The checked table ``[scoring.llm]``.

    Raises:
        ConfigError: a key or a value in it is wrong.
    """
    return check(
        LlmSettings,
        settings.scoring.llm,
        prefix="scoring.llm.",
        where=lambda path: settings.place("scoring", "llm", *path),
    )


def keyed(settings: Settings) -> bool:
    """Whether a model can be meant: a key is set, or a server that may need none."""
    chosen = table(settings)
    named = os.environ.get("OPENAI_API_KEY") or os.environ.get("OPENAI_BASE_URL")
    return bool(chosen.api_key.get_secret_value() or chosen.base_url or named)


def account(settings: Settings, store: RedisStore, clock: Clock) -> Account:
    """Models and money as the settings say.

    Raises:
        ConfigError: one of the tables is wrong.
    """
    prices, caps = money(settings)
    return Account(table(settings), caps, Prices.load(prices), store.spending, store.rungs, clock)


def money(settings: Settings) -> tuple[dict[str, PriceSettings], BudgetSettings]:
    """The checked prices and caps: a slip in them must not wait for the first bill.

    Raises:
        ConfigError: a key or a value is wrong.
    """
    prices = {
        name: check(PriceSettings, raw, prefix=f'scoring.prices."{name}".')
        for name, raw in settings.scoring.prices.items()
    }
    caps = check(
        BudgetSettings,
        settings.scoring.budget,
        prefix="scoring.budget.",
        where=lambda path: settings.place("scoring", "budget", *path),
    )
    return prices, caps


def scorer(
    settings: Settings, store: RedisStore, clock: Clock, progress: Progress | None = None
) -> MakeScorer:
    """How to build the model scorer for a day; see `worker.pipeline.MakeScorer`."""
    return maker(account(settings, store, clock), store, progress)


def maker(purse: Account, kept: Kept, progress: Progress | None = None) -> MakeScorer:
    """The same with these models and this money, and what earlier days left."""

    def make(day: date, background: Iterable[Paper], labels: Labels, votes: Labels) -> Scorer:
        texts = tuple(background)

        def local(without: Collection[PaperId]) -> Scorer:
            known = {paper: label for paper, label in labels.items() if paper not in without}
            return LocalScorer(texts, known, votes)

        return LlmScorer(local, kept, purse, purse.settings, day, progress)

    return make
