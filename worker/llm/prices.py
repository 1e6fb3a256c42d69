"""What models cost: the dated table of config/prices.toml, and the operator's own prices over it.

A model without a price has no cost, which is None and not zero: whoever adds up says "unknown".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from paperlark import resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from worker.llm.settings import PriceSettings
    from worker.llm.words import Spent

_MILLION = 1_000_000
_SNAPSHOT = re.compile(r"-(?:20\d\d-\d\d-\d\d|20\d{6})\Z")
"""How makers write the date of a frozen model: ``-2025-08-07`` or ``-20250807``."""
_PLAIN = frozenset({"", "auto", "default", "standard"})
_RENAMED = {"fast": "priority"}
_CHEAPER = frozenset({"flex", "batch"})
"""Tiers that never cost more than the plain one: a server that does not know them bills plainly."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of one model.

    Attributes:
        input, cached, output: prompt tokens, those read from the cache, completion tokens.
        written: prompt tokens put into the cache; answers do not say how many were, so every
            token that was not cached counts as one.
        tiers: what a service tier multiplies all of it by.
        as_of: the day the table was checked; None for a price the operator gave.
    """

    input: float
    cached: float
    output: float
    written: float
    tiers: Mapping[str, float] = field(default_factory=dict)
    as_of: date | None = None

    def factor(self, tier: str = "") -> float | None:
        """What `tier` multiplies the price by; None for a dearer tier of unknown price."""
        if tier in _PLAIN:
            return 1.0
        tier = _RENAMED.get(tier, tier)
        return self.tiers.get(tier, 1.0 if tier in _CHEAPER else None)

    def cost(self, spent: Spent, *, tier: str = "") -> float | None:
        """US dollars for these tokens, at most; None where the tier's price is unknown."""
        factor = self.factor(tier)
        if factor is None:
            return None
        prompt, completion = max(spent.prompt_tokens, 0), max(spent.completion_tokens, 0)
        cached = min(max(spent.cached_tokens, 0), prompt)
        fresh = (prompt - cached) * max(self.input, self.written)
        usd = fresh + cached * self.cached + completion * self.output
        return factor * usd / _MILLION


class Prices:
    """Prices by model.

    Args:
        listed: by the plain name, and by ``maker/name``.
        own: the operator's, by the name as it stands in the settings; they win.
    """

    def __init__(self, listed: Mapping[str, Price], own: Mapping[str, Price] | None = None) -> None:
        self._listed = dict(listed)
        self._own = {name.casefold(): price for name, price in (own or {}).items()}

    @classmethod
    def load(cls, own: Mapping[str, PriceSettings] | None = None) -> Self:
        """The shipped table, with the operator's ``[scoring.prices]`` over it."""
        rows = tomllib.loads(resources.text("config", "prices.toml"))["model"]
        listed = {name: _price(row) for row in rows for name in _names(row)}
        return cls(listed, {name: _own(given) for name, given in (own or {}).items()})

    def of(self, model: str) -> Price | None:
        """The price of a model, by its name as servers write it; None where it is unknown.

        A dated snapshot has the price of its base; a prefix counts where it names the maker
        (``openai/gpt-5-mini-2025-08-07``, ``openrouter/openai/gpt-5``). Nothing else is guessed:
        another variant, or another host's copy, has a price of its own.
        """
        written = model.strip().casefold()
        base = _SNAPSHOT.sub("", written)
        for name in (written, base):
            if name in self._own:
                return self._own[name]
        return self._listed.get("/".join(base.replace(":", "/").split("/")[-2:]))

    def cost(self, spent: Spent, model: str, *, tier: str = "") -> float | None:
        """US dollars for these tokens of that model, at most; None where its price is unknown."""
        price = self.of(model)
        return None if price is None else price.cost(spent, tier=tier)


def _names(row: Mapping[str, Any]) -> Iterable[str]:
    for name in (row["name"], *row.get("also", ())):
        yield name
        yield f"{row['maker']}/{name}"


def _price(row: Mapping[str, Any]) -> Price:
    return Price(
        input=float(row["input"]),
        cached=float(row.get("cached", row["input"])),
        output=float(row["output"]),
        written=float(row.get("written", row["input"])),
        tiers={tier: float(factor) for tier, factor in row.get("tiers", {}).items()},
        as_of=row["as_of"],
    )


def _own(given: PriceSettings) -> Price:
    tiers = {"batch": given.batch, "flex": given.flex, "priority": given.priority}
    return Price(
        input=given.input,
        cached=given.input if given.cached is None else given.cached,
        output=given.output,
        written=given.input,
        tiers={tier: factor for tier, factor in tiers.items() if factor is not None},
    )
