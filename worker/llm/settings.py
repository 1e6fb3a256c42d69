"""The settings of the model scorer: the tables ``[scoring.llm]`` and ``[scoring.budget]``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from paperlark.settings import Section


class LlmSettings(Section):
    """Which model, and how it is asked.

    Attributes:
        base_url, api_key, model: any OpenAI-compatible server; empty for the SDK's own defaults.
        cheaper_model: asked instead near the budget; empty for none.
        effort: reasoning effort, where the server knows it.
        service_tier: ``flex`` halves the price where the server knows it, and may be slow.
        batch_size: papers a call, to begin with.
        concurrency: calls at one time.
        timeout_s: for one call.
        keep, explore: shares of a day's papers that are sent: the ranker's best, and at random.
        full_days: first days of a profile on which every paper is sent.
        second_look: look twice at the papers that would be shown and those just behind them.
        batch_api: hand a day's first look in to the Batch API, and call directly for what it has
            not answered when `batch_deadline_min` minutes are over. A run that was cut off finds
            its batch again by the name it has on the server, where the server keeps names;
            elsewhere it hands a new one in. Second looks and reasons are always direct calls.
        batch_deadline_min: at most 20, as a scoring job is ended after 30 minutes, and direct
            calls may have to follow.
    """

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = "gpt-5-mini"
    cheaper_model: str = ""
    effort: Literal["", "none", "minimal", "low", "medium", "high"] = "minimal"
    service_tier: Literal["", "auto", "default", "flex", "priority"] = ""
    batch_size: int = Field(16, ge=1, le=64)
    concurrency: int = Field(4, ge=1, le=32)
    timeout_s: float = Field(60.0, gt=0)
    tries: int = Field(4, ge=1, le=10)
    keep: float = Field(0.5, gt=0, le=1)
    explore: float = Field(0.05, ge=0, le=1)
    full_days: int = Field(2, ge=0)
    second_look: bool = True
    batch_api: bool = False
    batch_deadline_min: float = Field(20.0, gt=0, le=20)


class BudgetSettings(Section):
    """Hard stops in US dollars; None for no stop."""

    usd_per_day: float | None = Field(None, ge=0)
    usd_per_month: float | None = Field(None, ge=0)


class PriceSettings(Section):
    """US dollars per million tokens of one model, ``[scoring.prices."NAME"]``: over the table's.

    Attributes:
        input, output: prompt and completion tokens.
        cached: prompt tokens read from the server's cache; None for the same as `input`.
        batch, flex, priority: what these service tiers multiply the price by; None where unknown.
    """

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)
    batch: float | None = Field(default=None, gt=0)
    flex: float | None = Field(default=None, gt=0)
    priority: float | None = Field(default=None, gt=0)
