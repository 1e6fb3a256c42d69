"""A bench: a homeserver's double, the real listener on a loop of its own, and a desk that notes."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix.listening import MatrixListener
from bot.channels.matrix.settings import read
from bot.doubles.matrix import MatrixDouble
from bot.doubles.matrix import limits as service
from bot.doubles.matrix.pings import pings
from tests.slack import NotedDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAIT_S: Final = 60.0
QUICK: Final[dict[str, Any]] = {"wait_s": 5.0, "shortest_s": 0.01, "retries_s": (0.01,)}


NAMES: Final = ("ada", "mira")


def accepted(content: dict[str, Any]) -> None:
    """It is what a homeserver takes, a client shows, and nobody is called by."""
    assert json.loads(json.dumps(content)) == content
    assert service.size(content) <= service.EVENT
    assert service.problems(content) == []
    assert list(pings(content, NAMES)) == []
    assert content["m.mentions"] == {}
    assert "\n" not in re.sub(r"<pre>.*?</pre>", "", content["formatted_body"], flags=re.DOTALL)


class Bench:
    """The double and the listener, each on an event loop of its own; people act on the double.

    Attributes:
        ended: what the listener ended with; None while it listens.
    """

    def __init__(self, double: MatrixDouble, desk: Any) -> None:
        self.double, self.desk = double, desk
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)
        self._running: Any = None

    @contextmanager
    def running(self) -> Iterator[Bench]:
        """Listening, until the block ends."""
        self._thread.start()
        work = listener(self.double).run(self.desk)
        self._running = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            self.double.heard()
            yield self
        finally:
            self._running.cancel()
            asyncio.run_coroutine_threadsafe(_rest(), self.loop).result(_WAIT_S)
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
            self.loop.close()

    def ended(self) -> BaseException:
        """Wait for the listener's end; what it ended with."""
        error = self._running.exception(_WAIT_S)
        assert error is not None
        return error  # type: ignore[no-any-return]  # a future of anything


async def _rest() -> None:
    """Wait until every other task of the loop has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)


def listener(double: MatrixDouble) -> MatrixListener:
    """The real listener, led to the double."""
    return MatrixListener(read(double.settings, lambda _path: ""), **QUICK)


@contextmanager
def bench(desk: Any = None, double: MatrixDouble | None = None) -> Iterator[Bench]:
    """A double, a listener and a desk, wired together; a double that is given runs already."""
    if double is not None:
        with Bench(double, desk or NotedDesk()).running() as made:
            yield made
        return
    with MatrixDouble() as own, Bench(own, desk or NotedDesk()).running() as made:
        yield made
