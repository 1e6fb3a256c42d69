"""A digest into 1,000 Slack channels: how long it takes at Slack's limits, against the least.

Slack takes about one message a second into a channel, and some hundreds a minute into a workspace,
with short bursts (docs.slack.dev, chat.postMessage). At 300 a minute the posts take three quarters
of an hour, so the clock is simulated: everything runs in one event loop whose time leaps to the
next timer whenever nothing is left to do. In it are the real delivery, the real Slack channel, HTTP
on loopback, and the double with its limits on the same clock; the ledger and the rates are in
memory, since a server's clock cannot leap. What paperlark itself costs is measured apart, in real
time, with a real Valkey and no limits. Usage: ``python -m benchmarks.slack_posting [CHANNELS]``.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import jobs
from bot.channels.slack.client import Slack
from bot.channels.slack.settings import SlackSettings
from bot.delivery import Delivery
from bot.doubles.slack.pace import Pace
from bot.doubles.slack.server import Service
from bot.ports import Limits
from paperlark.errors import DeliveryError
from paperlark.post import Post, PostKind, Setting
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.store.ledger import Deliveries
from paperlark.subscription import Form
from paperlark.target import Target
from tests.builders import example
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.delivery import Rates
    from paperlark.ports import Ledger

PER_MINUTE = 300
"""The least that “several hundred a minute” can mean."""
BURST = 10
"""Messages the double lets through at once after a pause, into a workspace."""
REAL = 100
"""Channels of the part in real time."""
FEW = 100
"""Channels of the part in which refusals are counted: they take most of the machine's time."""
COMEBACK_S = 30.0
"""What the queue waits before it tries a job again."""


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


def post_of(channel: str) -> Post:
    digest = example()
    messages = Slack(SlackSettings()).compose(digest, Form.THREAD, Setting())
    subscription = f"slack:{channel}/{digest.profile}"
    return Post(subscription, digest.date, PostKind.DIGEST, messages, (digest.date,))


async def posted(
    service: Service,
    posts: Sequence[Post],
    ledger: Ledger,
    rates: Rates,
    limits: Limits,
) -> Result:
    """Deliver every post, as many at once as a worker has under way."""
    slack = Slack(SlackSettings.model_validate(_table(service)))
    slack.limits = limits
    room, loop = asyncio.Semaphore(jobs.AT_ONCE), asyncio.get_running_loop()
    for post in posts:
        ledger.freeze(post)

    async def one(post: Post) -> None:
        target = Target.parse(post.subscription.partition("/")[0])
        while True:
            try:
                async with room:
                    sent = await Delivery(slack, ledger, rates, target, post).run()
                if sent.done:
                    return
            except DeliveryError as error:
                await asyncio.sleep(error.retry_after or COMEBACK_S)

    begun = loop.time()
    await asyncio.gather(*map(one, posts))
    seconds = loop.time() - begun
    await slack.aclose()
    kept = service.world.messages()
    keys = {message["metadata"]["event_payload"]["key"] for message in kept}
    refused = sum(call.error == "ratelimited" for call in service.world.calls)
    return Result(seconds, len(kept), refused, len(kept) - len(keys))


def _table(service: Service) -> dict[str, str]:
    return {"bot_token": service.world.keys.bot, "api_url": service.api_url}


async def served(pace: Pace | None, work: Callable[[Service], Any], channels: Sequence[str]) -> Any:
    service = Service()
    service.world.pace = pace
    for channel in channels:
        service.world.add_place(channel)
    await service.start()
    try:
        return await work(service)
    finally:
        await service.stop()


def simulated(count: int, overall: float, limits: Limits) -> tuple[Result, float]:
    """A run on the leaping clock, and the least time the limits allow."""
    names = [f"C{number}" for number in range(count)]
    first = post_of(names[0])
    posts = [replace(first, subscription=first.subscription.replace("C0", name)) for name in names]
    loop = LeapingLoop()
    pace = Pace(loop.time, 1.0, overall, burst=BURST if overall else 1)

    async def work(service: Service) -> Result:
        return await posted(service, posts, MemoryLedger(), MemoryRates(), limits)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        result: Result = runner.run(served(pace, work, names))
    each = len(first.messages)
    alone = float(each - 1)
    return result, max(alone, (count * each - BURST) / overall) if overall else alone


def real(count: int) -> tuple[Result, float]:
    """A run in real time without limits: what a message costs; seconds of CPU with it."""
    names = [f"C{number}" for number in range(count)]
    first = post_of(names[0])
    posts = [replace(first, subscription=first.subscription.replace("C0", name)) for name in names]
    with tempfile.TemporaryDirectory(prefix="pl-") as folder, connect(None, Path(folder)) as open_:
        store = RedisStore(open_.client)
        ledger = Deliveries(open_.client, 30.0)
        limits = Limits(per_target=10_000.0, burst=10_000)

        async def work(service: Service) -> Result:
            return await posted(service, posts, ledger, store.rates, limits)

        begun = time.process_time()
        result: Result = asyncio.run(served(None, work, names))
        return result, time.process_time() - begun


def main(count: int = 1_000) -> None:
    overall = PER_MINUTE / 60
    untold, few = replace(Slack.limits, overall=0.0), min(count, FEW)
    each = len(post_of("C0").messages)
    print("| channels | messages | limits of the service | what paperlark knows of them ", end="")
    print("| seconds | least | ratio | refused calls | posted twice |")
    print("|---|---|---|---|---|---|---|---|---|")
    both = f"1/s a channel, {PER_MINUTE}/min in all"
    for number, said, rate, known, limits in (
        (count, both, overall, "both, as shipped", Slack.limits),
        (few, both, overall, "1/s a channel; the other by refusals", untold),
        (count, "1/s a channel", 0.0, "it", untold),
    ):
        result, least = simulated(number, rate, limits)
        print(
            f"| {number:,} | {number * each:,} | {said} | {known} | {result.seconds:,.0f} | "
            f"{least:,.0f} | {result.seconds / least:.3f} | {result.refused:,} | {result.doubles} |"
        )
    result, cpu = real(REAL)
    print(
        f"\nReal time, Valkey, no limits, {REAL} channels: {result.messages / result.seconds:,.0f} "
        f"messages/s; {1000 * cpu / result.messages:.1f} ms of CPU a message, the double's own "
        "with it."
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
