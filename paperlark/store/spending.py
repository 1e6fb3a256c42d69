"""The money that models cost, and what is held for calls under way, for all processes and hosts.

Before a call its dearest outcome is held (`reserve`), after it the fact takes its place
(`settle`). One script on the server decides, so that processes racing for the last cent cannot
both have it; every command may arrive twice, as a client that retries sends it, and counts once.
Days are UTC days, amounts are kept in whole billionths of a dollar.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from paperlark.store import keys
from paperlark.store.usage import Uses

if TYPE_CHECKING:
    from datetime import date

Caps: TypeAlias = "tuple[float | None, float | None]"
"""Most US dollars a day and a month; None for no cap."""

LEASE_S: Final = 600.0
"""How long money is held for a call whose process does not come back."""
_LONGEST_LEASE_S: Final = 86_400.0
_BILLION: Final = 1_000_000_000
_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """US dollars spent on a day and in its month so far, and held for calls under way."""

    day: float
    month: float
    held_day: float
    held_month: float

    def left(self, caps: Caps) -> float | None:
        """What may still be held under the tighter cap, at least 0; None where there is none."""
        sums = (self.day + self.held_day, self.month + self.held_month)
        rooms = [cap - sum_ for cap, sum_ in zip(caps, sums, strict=True) if cap is not None]
        return max(min(rooms), 0.0) if rooms else None


class Spending(Uses):
    """The ledger of money, and of what it was spent on. Every method may raise `StoreError`."""

    @cached_property
    def _scripts(self) -> dict[str, Any]:
        folder = files("paperlark.store") / "lua"
        return {
            name: self._client.register_script((folder / f"spending_{name}.lua").read_text("utf-8"))
            for name in ("reserve", "settle", "look")
        }

    def reserve(
        self,
        token: str,
        usd: float,
        day: date,
        caps: Caps = (None, None),
        *,
        lease_s: float = LEASE_S,
    ) -> bool:
        """Hold money for one call; False, and nothing held, where a cap could be passed.

        Args:
            token: the call's own name, never used again.
            usd: the most that it can cost.
            day: the UTC day it is spent on.
            caps: counted against all that is spent and held of that day, and of its month.
            lease_s: after this long without `settle` it is held no more; at most a day.
        """
        held = math.ceil(_checked(usd) * _BILLION)
        lease = min(lease_s, _LONGEST_LEASE_S)
        most = ["" if cap is None else math.floor(_checked(cap) * _BILLION) for cap in caps]
        args = [token, day.isoformat(), held, *most, math.ceil(lease * _US)]
        return bool(self._run("reserve", day, args))

    def settle(self, token: str, usd: float, day: date) -> None:
        """Put what a call did cost in the place of what was held for it; the last word counts.

        It counts even where the lease had run out, or nothing was ever held: it has been spent.

        Args:
            token: as it was given to `reserve`.
            usd: what it cost.
            day: as it was given to `reserve`.
        """
        spent = round(_checked(usd) * _BILLION)
        args = [token, day.isoformat(), spent, keys.SPENT_S, keys.SETTLED_S]
        self._run("settle", day, args)

    def standing(self, day: date) -> Standing:
        """What a day and its month have spent, and what is held of both."""
        sums = self._run("look", day, [day.isoformat()])
        return Standing(*(int(each) / _BILLION for each in sums))

    def spent(self, day: date) -> float:
        """US dollars spent on a UTC day."""
        return self.standing(day).day

    def spent_month(self, month: date) -> float:
        """US dollars spent in the UTC month that holds that date."""
        return self.standing(month).month

    def _run(self, name: str, day: date, args: list[Any]) -> Any:
        places = [keys.HELD, keys.spent(day), keys.settled(day)]
        with self._open():
            return self._scripts[name](keys=places, args=args)


def _checked(usd: float) -> float:
    if not math.isfinite(usd) or usd < 0:
        raise ValueError(f"{usd} is no amount of money")
    return usd
