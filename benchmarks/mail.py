"""How fast mail leaves, beside one connection and one fresh EmailMessage for each message.

The server is a sink in a process of its own, whose answers take no time or 20 ms to arrive. What is
compared runs in turns in the same process. Seconds are wall-clock, and the server shares the
machine; messages a second of CPU count this process alone. Last, a whole morning: subscriptions,
ledger and rates in a real Valkey, every reader once.
Usage: ``python -m benchmarks.mail [READERS]``.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosmtplib

from bot import jobs
from bot.channels.mail.client import Mail
from bot.channels.mail.settings import read
from bot.context import Channels, Context, signing
from bot.posting import Posting
from paperlark import log
from paperlark.post import Setting
from paperlark.settings import Settings
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.store.ledger import Deliveries
from paperlark.subscription import Form
from paperlark.target import Target
from tests import couriers
from tests.builders import example

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from paperlark.post import Message

WAYS = (1, 2, 4, 8)
WEB = "https://digest.example.org"
TABLE = {
    "host": "127.0.0.1", "tls": "none", "from": "Digest <digest@example.org>",
    "link_secret": "sixteen bytes or more",
}  # fmt: skip
SETTING = Setting(web=WEB, why="You get this because {} confirmed it on 2 Nov 2026.")


@dataclass
class Sink:
    """The server's process."""

    child: subprocess.Popen[str]
    port: int

    def counted(self) -> tuple[int, int]:
        """Messages it took, and different recipients."""
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        total, different = self.child.stdout.readline().split()
        return int(total), int(different)


@contextmanager
def sink(latency_ms: float) -> Iterator[Sink]:
    child = subprocess.Popen(
        [sys.executable, "-m", "bot.doubles.smtp", "--latency-ms", str(latency_ms)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout
    try:
        yield Sink(child, int(child.stdout.readline()))
    finally:
        child.communicate()


@dataclass
class Rate:
    """Messages a second, of the wall clock and of this process's CPU."""

    wall: float
    cpu: float


async def timed(count: int, at_once: int, one: Callable[[int], Awaitable[Any]]) -> Rate:
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await one(number)

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return Rate(count / (time.perf_counter() - wall), count / (time.process_time() - cpu))


def ours(port: int, ways: int) -> Mail:
    return Mail(read({**TABLE, "port": port, "connections": ways}, lambda _path: ""))


def reader(number: int) -> Target:
    return Target("mail", f"r{number}@example.org")


async def reused(port: int, ways: int, count: int, message: Message) -> Rate:
    way = ours(port, ways)
    try:
        return await timed(
            count, ways, lambda number: way.send(reader(number), message, key=f"{number}", root="")
        )
    finally:
        await way.aclose()


async def fresh(port: int, ways: int, count: int, message: Message) -> Rate:
    letter = message.payload["shared"]

    async def one(number: int) -> None:
        await aiosmtplib.send(plain(letter, number), hostname="127.0.0.1", port=port,
                              start_tls=False, use_tls=False)  # fmt: skip

    return await timed(count, ways, one)


def plain(letter: Any, number: int) -> EmailMessage:
    """As a straightforward program builds one, with the same text and links of the same length."""
    made = EmailMessage()
    made["From"], made["To"] = "digest@example.org", f"r{number}@example.org"
    made["Subject"], made["Message-ID"] = letter["subject"], f"<{number}@example.org>"
    made.set_content(filled(letter["text"], number))
    made.add_alternative(filled(letter["html"], number), subtype="html")
    return made


def filled(text: str, number: int) -> str:
    parts = text.split("\x01")
    parts[1::2] = [f"{WEB}/v/{number:090}"] * len(parts[1::2])
    return "".join(parts)


def building(message: Message, count: int) -> None:
    way, letter = ours(0, 1), message.payload["shared"]
    size = len(way.raw(Target("mail", "r@example.org"), message, key="k"))

    def rate(one: Callable[[int], object]) -> float:
        begun = time.process_time()
        for number in range(count):
            one(number)
        return count / (time.process_time() - begun)

    own = rate(lambda n: way.raw(Target("mail", f"r{n}@example.org"), message, key=str(n)))
    theirs = rate(lambda n: plain(letter, n).as_bytes())
    print(f"Building {size / 1000:.0f} kB with {len(letter['cards'])} cards, a second of CPU: "
          f"{own:,.0f}; a fresh EmailMessage each: {theirs:,.0f}.\n")  # fmt: skip


async def wires(message: Message) -> None:
    print("| connections | latency | paperlark, msgs/s | a second of its CPU "
          "| one connection each, msgs/s | a second of its CPU |")  # fmt: skip
    print("|---|---|---|---|---|---|")
    for latency, many in ((0.0, 1_000), (20.0, 60)):
        with sink(latency) as server:
            for ways in WAYS:
                count = many if not latency else many * ways
                mine = await reused(server.port, ways, count, message)
                other = await fresh(server.port, ways, count // 2, message)
                print(f"| {ways} | {latency:.0f} ms | {mine.wall:,.0f} | {mine.cpu:,.0f} "
                      f"| {other.wall:,.0f} | {other.cpu:,.0f} |", flush=True)  # fmt: skip


def morning(count: int) -> None:
    """A whole morning of so many readers."""
    with (
        tempfile.TemporaryDirectory(prefix="pl-") as folder,
        connect(None, Path(folder)) as open_,
        sink(0.0) as server,
    ):
        store = RedisStore(open_.client)
        couriers.subscribe(store, "mail", [f"r{number}@example.org" for number in range(count)])
        store.save_digest(example())
        table = {**TABLE, "port": server.port}
        del table["link_secret"]
        settings = signing(Settings(channels={"mail": table}), store)
        run = Context(settings, store, Deliveries(open_.client, 30.0), lambda: couriers.NOW)
        held, peak = used(open_.client), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        wall, cpu = time.perf_counter(), time.process_time()
        subscriptions = [each.id for each in store.subscriptions.subscriptions()]
        asyncio.run(everybody(run, subscriptions))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        total, different = server.counted()
        each = (used(open_.client) - held) / count
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
        print(f"\n{count:,} readers end to end, embedded Valkey, 4 connections: {wall:,.0f} s, "
              f"{count / wall:,.0f} msgs/s, {1000 * cpu / count:.1f} ms of CPU a reader; "
              f"{total:,} taken for {different:,} readers; memory grew by {grown / 1024:.0f} MB "
              f"here and {each:,.0f} bytes a reader in the store.")  # fmt: skip


def used(client: Any) -> int:
    return int(client.info("memory")["used_memory"])


async def everybody(run: Context, names: list[str]) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(jobs._THREADS))  # noqa: SLF001  (as the job does)
    channels = Channels(run.settings)
    posting = Posting(run, channels)
    await jobs._bounded([posting.due(name, couriers.NOW.date()) for name in names])  # noqa: SLF001  (the job's own way)
    await channels.aclose()


def main(readers: int = 10_000) -> None:
    log.configure("error", "json")
    message, *_ = ours(0, 1).compose(example(), Form.THREAD, SETTING)
    building(message, 1_000)
    asyncio.run(wires(message))
    morning(readers)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
