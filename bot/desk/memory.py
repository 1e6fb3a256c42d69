"""What takes long to work out, kept for as long as the process runs; the oldest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
_log: Final = structlog.get_logger(__name__)
MOST: Final = 400
"""Values kept at once: the past days of several profiles."""


class Memory:
    """Values by key. Two that ask for one at the same time may both work it out; one is kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._working: set[Hashable] = set()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of that key, made where it is not kept."""
        found = self.known(key)
        if found is None:
            found = make()
            self.keep(key, found)
        made: T = found
        return made

    def known(self, key: Hashable) -> Any:
        """The value of that key; None where there is none."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, value: object) -> None:
        """Keep a value."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def aside(self, key: Hashable, make: Callable[[], object], wait_s: float) -> Any:
        """The value of that key, made on a thread of its own; None where that takes longer.

        It goes on then, and is there when it is asked for again. What it raises is logged: the
        next question tries anew.
        """
        found = self.known(key)
        if found is not None:
            return found
        done = threading.Event()

        def work() -> None:
            try:
                self.keep(key, make())
            except Exception as error:  # noqa: BLE001  (nobody waits for it any more)
                _log.warning("not worked out", what=str(key), exc_info=error)
            finally:
                with self._lock:
                    self._working.discard(key)
                done.set()

        with self._lock:
            begun = key in self._working
            self._working.add(key)
        if not begun:
            threading.Thread(target=work, name="memory", daemon=True).start()
            done.wait(wait_s)
        return self.known(key)
