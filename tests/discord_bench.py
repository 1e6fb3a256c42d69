"""A bench: Discord's double, the real listener on a loop of its own, and a desk that notes."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord.listening import DiscordListener
from bot.channels.discord.settings import read
from bot.doubles.discord.double import DiscordDouble
from tests.slack import NotedDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WAIT_S: Final = 60.0
QUICK: Final = {"beat_s": 0.2, "silence_s": 2.0, "identify_s": 0.05}


class Bench:
    """The double and the listener, each on an event loop of its own; people act on the double.

    `others`: how many listen to that double already; `guild`: the setting.
    """

    def __init__(
        self, double: DiscordDouble, desk: Any, *, others: int = 0, guild: str = ""
    ) -> None:
        self.double, self.desk, self._others, self._guild = double, desk, others, guild
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)

    @contextmanager
    def running(self) -> Iterator[Bench]:
        """Listening, until the block ends."""
        self._thread.start()
        work = listener(self.double, guild=self._guild).run(self.desk)
        running = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            self.double.wait_connected(self._others + 1)
            yield self
        finally:
            running.cancel()
            asyncio.run_coroutine_threadsafe(_rest(), self.loop).result(_WAIT_S)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    def set(self, event: asyncio.Event) -> None:
        """Let a slow desk go on."""
        self.loop.call_soon_threadsafe(event.set)


async def _rest() -> None:
    """Wait until every other task of the loop has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


def listener(double: DiscordDouble, **more: str) -> DiscordListener:
    """The real listener, led to the double."""
    return DiscordListener(read({**double.settings, **more}, lambda _path: ""), **QUICK)


@contextmanager
def bench(desk: Any = None) -> Iterator[Bench]:
    """A double, a listener and a desk, wired together."""
    with DiscordDouble() as double, Bench(double, desk or NotedDesk()).running() as made:
        yield made


def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    end = time.monotonic() + _WAIT_S
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
