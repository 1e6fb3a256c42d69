"""Slash commands a second and the time to their acknowledgement, beside a bare slack-bolt app.

The load comes from the Slack double in this process; each bot is a process of its own:
``paperlark bot`` over an embedded Valkey, and `benchmarks.slack_bare`, which acknowledges and
answers with the very blocks that paperlark answered with, ready made. A command is over when its
answer has come to the response_url; then the next one is typed. The two take turns, and of each
figure the best of `ROUNDS` counts: on a busy machine the others tell of the machine.
Usage: ``python -m benchmarks.slack_commands [COMMANDS]``.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.slack_bare import PATH
from bot.doubles.slack.server import Service
from paperlark import profile as profiles
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.subscription import Subscription
from paperlark.target import Target
from tests import builders

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from bot.doubles.slack.world import Exchange

COMMANDS, ROUNDS = 200, 5
FLIGHTS = (1, 50)
WARM_UP = 20
QUESTIONS = ("help", "latest")
_KEEP = ("text", "blocks", "response_type", "replace_original")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a round took: commands a second, and acknowledgements in milliseconds."""

    rate: float
    p50: float
    p99: float

    def best(self, other: Figures) -> Figures:
        """The better of each figure."""
        p50, p99 = min(self.p50, other.p50), min(self.p99, other.p99)
        return Figures(max(self.rate, other.rate), p50, p99)


async def typed(service: Service, text: str, count: int, flight: int) -> Figures:
    """`count` commands, `flight` of them at once."""
    left, done = iter(range(count)), list[Any]()

    async def person(user: str) -> None:
        for _ in left:
            exchange = await service.people.command("/digest", text, user)
            assert exchange.acked, exchange
            assert exchange.posts, exchange
            done.append(exchange.seconds * 1_000)

    begun = time.perf_counter()
    users = [f"U{number}" for number in range(100, 100 + flight)]
    await asyncio.gather(*map(person, users))
    rate = count / (time.perf_counter() - begun)
    _forget(service)
    cuts = statistics.quantiles(done, n=100)
    return Figures(rate, statistics.median(done), cuts[98])


def _forget(service: Service) -> None:
    """What was taken would make later rounds slower."""
    world = service.world
    assert not world.refused
    for kept in (world.exchanges, world.calls, world.ephemerals, world.hooks, world.triggers):
        kept.clear()


@contextmanager
def child(command: Sequence[str], environ: dict[str, str]) -> Iterator[None]:
    """A process while the block runs."""
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@asynccontextmanager
async def ours(folder: Path, *, http: bool) -> AsyncIterator[Service]:
    """The double, with ``paperlark bot`` connected to it."""
    service, port = Service(), free_port()
    await service.start()
    keys = service.world.keys
    proof = {"SIGNING_SECRET": keys.signing} if http else {"APP_TOKEN": keys.app}
    table = {"BOT_TOKEN": keys.bot, "API_URL": service.api_url, **proof}
    environ = _clean() | {f"PAPERLARK_CHANNELS__SLACK__{name}": v for name, v in table.items()}
    environ |= {
        "PAPERLARK_DATA_DIR": str(folder),
        "PAPERLARK_WEB__LISTEN": f"127.0.0.1:{port}",
        "PAPERLARK_LOG__LEVEL": "error",
        "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
    }
    with child([sys.executable, "-m", "paperlark", "bot"], environ):
        await _ready(service, port, http=http)
        yield service
    await service.stop()


@asynccontextmanager
async def bare(answer: Path, *, http: bool) -> AsyncIterator[Service]:
    """The double, with the bare app connected to it."""
    service, port = Service(), free_port()
    await service.start()
    more = [str(port)] if http else []
    command = [sys.executable, "-m", "benchmarks.slack_bare", service.api_url, str(answer), *more]
    with child(command, _clean()):
        await _ready(service, port, http=http)
        yield service
    await service.stop()


def _clean() -> dict[str, str]:
    """Our environment without an operator's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PAPERLARK_")}


async def _ready(service: Service, port: int, *, http: bool) -> None:
    if not http:
        await service.sockets.until(1)
        return
    service.by_http(f"http://127.0.0.1:{port}{PATH}")
    await asyncio.to_thread(_listening, port)
    exchange = await service.people.command("/digest", "help", expect=0)
    while not exchange.acked:  # it listens before Slack has let it in
        exchange = await service.people.command("/digest", "help", expect=0)


def _listening(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)


def answered(exchange: Exchange) -> str:
    """The answer as the bare app must give it."""
    post = exchange.posts[0]
    return json.dumps({name: post[name] for name in _KEEP if name in post})


def filled(folder: Path) -> None:
    """A store with one day, and a channel that gets it."""
    with connect(None, folder) as opened:
        store = RedisStore(opened.client)
        store.save_profile(profiles.parse("foundations", builders.PROFILE))
        store.save_digest(builders.example())
        store.subscriptions.save_subscription(Subscription(Target("slack", "C1"), "foundations"))


async def compared(folder: Path, count: int, question: str, *, http: bool) -> None:
    answer = folder / "answer.json"
    async with ours(folder / "store", http=http) as paperlark:
        first = await paperlark.people.command("/digest", question)
        answer.write_text(answered(first), encoding="utf-8")
        async with bare(answer, http=http) as least:
            services = {"bare": least, "paperlark": paperlark}
            for flight in FLIGHTS:
                best: dict[str, Figures] = {}
                for service in services.values():
                    await typed(service, question, WARM_UP, flight)
                for _ in range(ROUNDS):
                    for name, service in services.items():
                        figures = await typed(service, question, count, flight)
                        best[name] = figures.best(best.get(name, figures))
                _row("HTTP" if http else "Socket Mode", question, flight, best)


def _row(way: str, question: str, flight: int, best: dict[str, Figures]) -> None:
    small, own = best["bare"], best["paperlark"]
    print(
        f"| {way} | {question} | {flight} | {small.rate:,.0f} | {own.rate:,.0f} | "
        f"{small.p50:.1f} / {small.p99:.1f} | {own.p50:.1f} / {own.p99:.1f} | "
        f"{own.p50 / small.p50:.2f} / {own.p99 / small.p99:.2f} |",
        flush=True,
    )


async def main(count: int = COMMANDS) -> None:
    print("| way | /digest … | in flight | commands/s: bare | paperlark ", end="")
    print("| ack p50 / p99, ms: bare | paperlark | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="pl-") as name:
        folder = Path(name)
        await asyncio.to_thread(filled, folder / "store")
        for http in (False, True):
            for question in QUESTIONS:
                await compared(folder, count, question, http=http)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
