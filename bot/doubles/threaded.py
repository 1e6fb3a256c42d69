"""A double for code without an event loop: its service runs on a loop in a thread of its own."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

Result = TypeVar("Result")
_PATIENCE_S: Final = 60.0


class Served(Protocol):
    """What a double runs."""

    async def start(self) -> None:
        """Listen."""

    async def stop(self) -> None:
        """End every connection, and stop listening."""


class Threaded:
    """Runs a service while it is entered as a context manager.

    Args:
        served: started in the thread, and stopped there.
    """

    def __init__(self, served: Served) -> None:
        self._served = served
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait(self._served.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wait(self._served.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    def _now(self, work: Callable[[], Result]) -> Result:
        async def run() -> Result:
            return work()

        return self._wait(run())
