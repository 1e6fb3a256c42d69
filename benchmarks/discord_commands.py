"""Slash commands a second and the time to their first answer, beside a bare discord.py bot.

The load comes from the Discord double in this process; each bot is a process of its own:
``paperlark bot`` over an embedded Valkey, and `benchmarks.discord_bare`, which defers and answers
with the very components that paperlark answered with, ready made. A command is over when its answer
can be read; then the next one is typed. The two take turns, and of each figure the best of `ROUNDS`
counts: on a busy machine the others tell of the machine.
Usage: ``python -m benchmarks.discord_commands [COMMANDS]``.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.slack_commands import FLIGHTS, QUESTIONS, WARM_UP, Figures, child
from bot.doubles.discord.server import Service
from bot.doubles.discord.world import APP, CHANNEL, TOKEN, Person
from paperlark import profile as profiles
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.subscription import Subscription
from paperlark.target import Target
from tests import builders

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

COMMANDS, ROUNDS = 200, 4


async def typed(service: Service, text: str, count: int, flight: int) -> Figures:
    """`count` commands, `flight` of them at once."""
    left, done = iter(range(count)), list[Any]()

    async def person(user: str) -> None:
        for _ in left:
            exchange = await service.people.command(f"/digest {text}", user=user)
            assert exchange.acked, exchange
            assert exchange.effects, exchange
            done.append(exchange.seconds * 1_000)

    begun = time.perf_counter()
    users = [f"4000000000000{number:05}" for number in range(flight)]
    for user in users:
        service.world.people.setdefault(user, Person(user, f"u{user[-3:]}"))
    await asyncio.gather(*map(person, users))
    rate = count / (time.perf_counter() - begun)
    _forget(service)
    return Figures(rate, statistics.median(done), statistics.quantiles(done, n=100)[98])


def _forget(service: Service) -> None:
    """What was taken would make later rounds slower."""
    assert not service.world.refused
    service.world.exchanges.clear()
    service.world.calls.clear()
    for session in service.gateway.sessions.values():
        # The numbers of events go on: only what they said is forgotten.
        session.told[:] = [(number, "", None) for number, _, _ in session.told]


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Service]:
    """The double, with ``paperlark bot`` connected to it."""
    service = Service()
    await service.start()
    table = {"TOKEN": TOKEN, "APPLICATION_ID": APP, **_addresses(service)}
    environ = _clean() | {f"PAPERLARK_CHANNELS__DISCORD__{name}": v for name, v in table.items()}
    environ |= {
        "PAPERLARK_DATA_DIR": str(folder),
        "PAPERLARK_WEB__LISTEN": "127.0.0.1:0",
        "PAPERLARK_LOG__LEVEL": "error",
        "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
    }
    with child([sys.executable, "-m", "paperlark", "bot"], environ):
        await service.gateway.until(1)
        yield service
    await service.stop()


@asynccontextmanager
async def bare(answer: Path) -> AsyncIterator[Service]:
    """The double, with the bare bot connected to it."""
    service = Service()
    await service.start()
    addresses = _addresses(service).values()
    with child(
        [sys.executable, "-m", "benchmarks.discord_bare", *addresses, str(answer)], _clean()
    ):
        await service.gateway.until(1)
        yield service
    await service.stop()


def _addresses(service: Service) -> dict[str, str]:
    return {"API_URL": service.api_url, "GATEWAY_URL": service.gateway.url}


def _clean() -> dict[str, str]:
    """Our environment without an operator's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PAPERLARK_")}


def filled(folder: Path) -> None:
    """A store with one day, and a channel that gets it."""
    with connect(None, folder) as opened:
        store = RedisStore(opened.client)
        store.save_profile(profiles.parse("foundations", builders.PROFILE))
        store.save_digest(builders.example())
        here = Subscription(Target("discord", CHANNEL), "foundations")
        store.subscriptions.save_subscription(here)


async def compared(folder: Path, count: int, question: str) -> None:
    answer = folder / "answer.json"
    async with ours(folder / "store") as paperlark:
        first = await paperlark.people.command(f"/digest {question}")
        answer.write_text(json.dumps(first.answers[0]["components"]), encoding="utf-8")
        async with bare(answer) as least:
            services = {"bare": least, "paperlark": paperlark}
            for flight in FLIGHTS:
                best: dict[str, Figures] = {}
                for service in services.values():
                    await typed(service, question, WARM_UP, flight)
                for _ in range(ROUNDS):
                    for name, service in services.items():
                        figures = await typed(service, question, count, flight)
                        best[name] = figures.best(best.get(name, figures))
                _row(question, flight, best)


def _row(question: str, flight: int, best: dict[str, Figures]) -> None:
    small, own = best["bare"], best["paperlark"]
    print(
        f"| {question} | {flight} | {small.rate:,.0f} | {own.rate:,.0f} | "
        f"{small.p50:.1f} / {small.p99:.1f} | {own.p50:.1f} / {own.p99:.1f} | "
        f"{own.p50 / small.p50:.2f} / {own.p99 / small.p99:.2f} |",
        flush=True,
    )


async def main(count: int = COMMANDS) -> None:
    print("| /digest … | in flight | commands/s: bare | paperlark ", end="")
    print("| ack p50 / p99, ms: bare | paperlark | ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="pl-") as name:
        folder = Path(name)
        await asyncio.to_thread(filled, folder / "store")
        for question in QUESTIONS:
            await compared(folder, count, question)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
