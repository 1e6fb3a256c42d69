"""Posting on a clock that leaps: what takes a service's limits an hour takes a machine a minute.

Everything runs in one event loop whose time leaps to the next timer whenever nothing is left to
do: the real delivery, a real channel, HTTP on loopback, and a double with its limits on the same
clock. Ledger and rates are in memory, since a server's clock cannot leap.
"""

from __future__ import annotations

import asyncio
import selectors
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot import jobs
from bot.delivery import Delivery
from bot.ports import Limits
from paperlark.errors import DeliveryError
from paperlark.post import Post, PostKind, Setting
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.store.ledger import Deliveries
from paperlark.subscription import Form
from paperlark.target import Target
from tests.builders import example

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from bot.delivery import Rates
    from bot.ports import Channel
    from paperlark.ports import Ledger

T = TypeVar("T")
COMEBACK_S = 30.0
"""What the queue waits before it tries a job again."""
UNLIMITED = Limits(per_target=10_000.0, burst=10_000)


class LeapingSelector(selectors.DefaultSelector):
    """Never waits: where nothing is ready, its loop's time leaps to the next timer."""

    leap: Callable[[float], None]

    def select(self, timeout: float | None = None) -> Any:
        """What is ready; nothing, where time has to pass first."""
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        self.leap(timeout)
        return []


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop in which a wait takes no time."""

    def __init__(self) -> None:
        selector = LeapingSelector()
        super().__init__(selector)
        self._moment = 0.0
        selector.leap = self._leap
        self.set_default_executor(AtOnce())

    def time(self) -> float:
        """Seconds of the simulated clock."""
        return self._moment

    def _leap(self, seconds: float) -> None:
        self._moment += seconds


class AtOnce(ThreadPoolExecutor):
    """Runs what it is given on the spot: a loop that leaps must not leave a thread behind."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result, at once."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  (handed to whoever waits, as threads do)
            done.set_exception(error)
        return done


@dataclass
class MemoryRates:
    """What `paperlark.store.rates` does, by the loop's clock."""

    ends: dict[str, float] = field(default_factory=dict)
    shut: dict[str, float] = field(default_factory=dict)

    def wait(
        self, name: str, per_second: float, burst: int = 1, longest_s: float = 86_400.0
    ) -> float:
        """Take the next free slot; the seconds until it comes. None is taken beyond the longest."""
        now = asyncio.get_running_loop().time()
        shut = self.shut.get(name, 0.0)
        if not per_second:
            return max(shut - now, 0.0)
        interval = 1 / per_second
        tolerance = (burst - 1) * interval
        end = max(self.ends.get(name, 0.0), now)
        if shut > now:
            end = max(end, shut + tolerance)
        slot = max(now, end - tolerance)
        if slot - now <= longest_s:
            self.ends[name] = end + interval
        return slot - now

    def held(self, name: str) -> float:
        """The seconds for which nobody may go."""
        return self.wait(name, 0.0)

    def push_back(self, name: str, seconds: float) -> None:
        """Let nobody go for that long."""
        now = asyncio.get_running_loop().time()
        self.shut[name] = max(self.shut.get(name, 0.0), now + seconds)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run took."""

    seconds: float
    messages: int
    refused: int
    doubles: int


def posts_into(channel: Channel, kind: str, names: Sequence[str]) -> list[Post]:
    """The same digest as a post for each of these targets."""
    digest = example()
    messages = channel.compose(digest, Form.THREAD, Setting())
    made = Post("", digest.date, PostKind.DIGEST, messages, (digest.date,))
    return [replace(made, subscription=f"{kind}:{name}/{digest.profile}") for name in names]


async def delivered(channel: Channel, posts: Sequence[Post], ledger: Ledger, rates: Rates) -> float:
    """Deliver every post, as many at once as a worker has under way; the seconds it took."""
    room, loop = asyncio.Semaphore(jobs.AT_ONCE), asyncio.get_running_loop()
    for post in posts:
        ledger.freeze(post)

    async def one(post: Post) -> None:
        target = Target.parse(post.subscription.partition("/")[0])
        while True:
            try:
                async with room:
                    sent = await Delivery(channel, ledger, rates, target, post).run()
                if sent.done:
                    return
            except DeliveryError as error:
                await asyncio.sleep(error.retry_after or COMEBACK_S)

    begun = loop.time()
    await asyncio.gather(*map(one, posts))
    seconds = loop.time() - begun
    await channel.aclose()
    return seconds


def leaping(work: Callable[[LeapingLoop], Coroutine[Any, Any, T]]) -> T:
    """Run it on a clock that leaps."""
    loop = LeapingLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))


def timed(work: Callable[[Ledger, Rates], Coroutine[Any, Any, Result]]) -> tuple[Result, float]:
    """Run it in real time with a real Valkey; the seconds of CPU with it."""
    with tempfile.TemporaryDirectory(prefix="pl-") as folder, connect(None, Path(folder)) as opened:
        ledger, rates = Deliveries(opened.client, 30.0), RedisStore(opened.client).rates
        begun = time.process_time()
        result = asyncio.run(work(ledger, rates))
        return result, time.process_time() - begun
