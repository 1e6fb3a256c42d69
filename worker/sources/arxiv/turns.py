"""A client's turns at the gate; one in which nothing was sent is kept for the next request."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from paperlark.errors import SourceError
from worker.sources.arxiv.hosts import Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.store.gate import Gate, Turn, Waiting


class Turns:
    """Turns, one request each. No other process has one while a turn is kept: `close` ends that.

    Args:
        gate: where turns come from.
        patience_s: longest wait for one.
        waiting: told how long is left.
        wait: how to sleep.
    """

    def __init__(
        self, gate: Gate, patience_s: float, waiting: Waiting, wait: Callable[[float], None]
    ) -> None:
        self._gate, self._patience_s = gate, patience_s
        self._waiting, self._wait = waiting, wait
        self._kept: Turn | None = None
        self._open = ExitStack()

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """A turn for the body of the ``with``, kept where that ends in `Unreachable`.

        Raises:
            Throttled, Blocked, StoreError: no turn; see the gate.
        """
        kept = self._still_ours()
        turn, began = kept or self._entered(), time.monotonic()
        self._kept = None
        try:
            yield turn
        except Unreachable:
            self._kept = turn
            raise
        finally:
            if self._kept is None:
                if kept:
                    self._open.callback(self._rest, began)
                self.close()

    def close(self) -> None:
        """Let go of the turn that is kept, if one is."""
        self._kept = None
        self._open.close()

    def _entered(self) -> Turn:
        turn = self._gate.turn(patience_s=self._patience_s, progress=self._waiting)
        return self._open.enter_context(turn)

    def _still_ours(self) -> Turn | None:
        """The turn that was kept, unless its lease ran out meanwhile."""
        try:
            if self._kept:
                self._kept.renew()
        except SourceError:
            self.close()
        return self._kept

    def _rest(self, began: float) -> None:
        """Hold a kept turn until its late request is an interval old: the gate counts from before.

        The gate lets the next one in an interval after it gave the turn, not after the request.
        """
        self._wait(max(began + self._gate.interval_s - time.monotonic(), 0.0))
