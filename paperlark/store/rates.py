"""How fast services may be used, by all processes and hosts that share the store.

The generic cell rate algorithm on the server's own clock, reserving: a caller that must wait has
its slot, so a thousand waiting ones come out in order and none asks in vain.
"""

from __future__ import annotations

import math
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

from paperlark.store import keys
from paperlark.store.shelf import Shelf

_US: Final = 1_000_000
_LONGEST_S: Final = 86_400.0


class Rates(Shelf):
    """Rates by name: a service, or one target of it. Every method may raise `StoreError`."""

    @cached_property
    def _scripts(self) -> dict[str, Any]:
        folder = files("paperlark.store") / "lua"
        return {
            name: self._client.register_script((folder / f"rate_{name}.lua").read_text("utf-8"))
            for name in ("wait", "push")
        }

    def wait(
        self, name: str, per_second: float, burst: int = 1, longest_s: float = _LONGEST_S
    ) -> float:
        """Take the next free slot; the seconds until it comes, 0 for now.

        After a wait ask `held`: somebody may have been told to leave the service alone meanwhile;
        then the slot is void, and another must be taken.

        Args:
            name: the rate's.
            per_second: slots a second; 0 for no rate, where only `push_back` makes anyone wait.
            burst: slots that may follow at once after a pause.
            longest_s: a slot further away than this is told, and not taken.
        """
        interval = round(_US / per_second) if per_second else 0
        tolerance = (max(burst, 1) - 1) * interval
        return int(self._run("wait", name, interval, tolerance, round(longest_s * _US))) / _US

    def held(self, name: str) -> float:
        """The seconds for which nobody may go, as `push_back` said; 0 for none."""
        return int(self._run("wait", name, 0, 0, 0)) / _US

    def push_back(self, name: str, seconds: float) -> None:
        """Let nobody go for that long, a day at most: the service asked for it."""
        self._run("push", name, math.ceil(min(max(seconds, 0.0), _LONGEST_S) * _US))

    def _run(self, script: str, name: str, *args: int) -> Any:
        with self._open():
            return self._scripts[script](keys=[keys.rate(name)], args=list(args))
