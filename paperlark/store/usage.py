"""What digests took of models: one fact a run, kept 400 days, and the sums of such facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, unquote

from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable


class Numbers(Protocol):
    """The numbers of a run, as the model scorer counts them."""

    @property
    def calls(self) -> int:
        """Calls made."""

    @property
    def prompt_tokens(self) -> int:
        """Tokens sent."""

    @property
    def cached_tokens(self) -> int:
        """Those of them that the server had cached."""

    @property
    def completion_tokens(self) -> int:
        """Tokens answered, reasoning included."""

    @property
    def reasoning_tokens(self) -> int:
        """Those of them nobody sees."""

    @property
    def cost_usd(self) -> float | None:
        """US dollars; None where the price is unknown."""


@dataclass(frozen=True, slots=True)
class Took:
    """What runs took together.

    Attributes:
        cost_usd: US dollars of the runs whose price is known.
        unpriced: calls that come on top, at an unknown price.
    """

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0

    def __add__(self, other: Took) -> Took:
        """Both together."""
        return Took(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.completion_tokens + other.completion_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cost_usd + other.cost_usd,
            self.unpriced + other.unpriced,
        )

    @property
    def tokens(self) -> int:
        """Sent and answered."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Use:
    """One run's use of one model, for a profile's digest of a mailing date."""

    profile: str
    day: date
    model: str
    run: str
    took: Took


def total(uses: Iterable[Use]) -> Took:
    """The sum of some facts."""
    return sum((use.took for use in uses), Took())


class Uses(Shelf):
    """The store's facts of usage, by month of the mailing date. May raise `StoreError`."""

    def record(self, profile: str, day: date, model: str, numbers: Numbers, *, run: str) -> None:
        """Keep what one run took for a profile's digest; said again for that run, it replaces.

        Args:
            profile: the profile's name.
            day: the digest's mailing date.
            model: who answered.
            numbers: what it took.
            run: the run's own name: a digest that is made again costs again.
        """
        named = (quote(part, safe="") for part in (profile, run, model))
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            pipe.hset(keys.usage(day), f"{day.isoformat()} {' '.join(named)}", _row(numbers))
            pipe.expire(keys.usage(day), keys.SPENT_S)
            pipe.execute()

    def usage(self, month: date, profile: str | None = None) -> tuple[Use, ...]:
        """The facts of the month that holds that date, by mailing date; of one profile, or all."""
        with self._open() as client:
            held = client.hgetall(keys.usage(month))
        found = (_use(field.decode(), row) for field, row in held.items())
        wanted = (use for use in found if profile in {None, use.profile})
        return tuple(sorted(wanted, key=lambda use: (use.day, use.profile, use.run, use.model)))


def _row(numbers: Numbers) -> str:
    unpriced = numbers.calls if numbers.cost_usd is None else 0
    row = [
        numbers.calls,
        numbers.prompt_tokens,
        numbers.cached_tokens,
        numbers.completion_tokens,
        numbers.reasoning_tokens,
        numbers.cost_usd or 0.0,
        unpriced,
    ]
    return json.dumps(row, separators=(",", ":"))


def _use(field: str, row: bytes) -> Use:
    day, profile, run, model = field.split(" ")
    took = Took(*json.loads(row))
    return Use(unquote(profile), date.fromisoformat(day), unquote(model), unquote(run), took)
