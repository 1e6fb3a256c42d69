"""Pages a second from the bot's small server, beside a bare aiohttp handler in the same run.

The server is a process of its own, over an embedded Valkey with a month of digests of 311 papers
each. A client with eight connections asks for one path again and again, reads every answer whole,
and takes turns between the contenders so that all meet the same machine. Bare: a handler that
returns the same bytes and nothing else. Held: the page as readers get it, made at most every ten
seconds. Anew: read from the store, rendered and packed for every request, on one connection, since
several that ask for one page share its making.
Usage: ``python -m benchmarks.pages [SECONDS]``.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web as aiohttp_web

from bot import web
from bot.pages import Pages
from bot.ports import Route
from paperlark.site import Site
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from tests.builders import example

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECTIONS = 8
ROUNDS = 3
DAY = "/2026-11-19/"
PATHS = (DAY, "/2026-11/", "/papers/2611.90412", "/api/digests/2026-11-19.json")


def fill(store: RedisStore) -> None:
    day = date(2026, 11, 2)
    while day <= date(2026, 11, 30):
        if day.weekday() < 5:
            store.save_digest(replace(example(), date=day))
        day += timedelta(days=1)


def bare(body: bytes) -> Route:
    async def handle(_request: aiohttp_web.Request) -> aiohttp_web.StreamResponse:
        return aiohttp_web.Response(body=body, content_type="text/html")

    return Route("GET", "/bare", handle)


async def serve(site: Site) -> None:
    body = site.answer(DAY).body
    never: Callable[[], float] = itertools.count(0.0, 1_000.0).__next__
    async with (
        web.serving("127.0.0.1:0", [bare(body), *Pages(site.answer).routes]) as held,
        web.serving("127.0.0.1:0", Pages(site.answer, never).routes) as anew,
    ):
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        print(held, anew, flush=True)
        await stop.wait()


def server() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder,
        connect(None, Path(folder)) as connection,
    ):
        store = RedisStore(connection.client)
        fill(store)
        asyncio.run(serve(Site(store, lambda: datetime.now(UTC), default="foundations")))


class Client:
    """One path asked for over and over, on kept connections."""

    def __init__(
        self, where: str, path: str, headers: str = "", connections: int = CONNECTIONS
    ) -> None:
        self.connections = connections
        self.host, port = where.rsplit(":", 1)
        self.port = int(port)
        self.request = f"GET {path} HTTP/1.1\r\nHost: {where}\r\n{headers}\r\n".encode()
        self.tag, self.size = "", 0

    async def run(self, seconds: float) -> float:
        """Answers a second."""
        begun = time.monotonic()
        counts = await asyncio.gather(
            *(self._ask(begun + seconds) for _ in range(self.connections))
        )
        return sum(counts) / (time.monotonic() - begun)

    async def _ask(self, end: float) -> int:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        count = 0
        while time.monotonic() < end:
            writer.write(self.request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
            self.tag, self.size = fields.get("ETag", ""), int(fields.get("Content-Length", 0))
            await reader.readexactly(self.size)
            count += 1
        writer.close()
        await writer.wait_closed()
        return count


def contenders(held: str, anew: str, tag: str) -> dict[str, Client]:
    packed = "Accept-Encoding: gzip\r\n"
    found = {
        "bare handler, the day's bytes": Client(held, "/bare"),
        "the day, held": Client(held, DAY),
        "the day, held, packed": Client(held, DAY, packed),
        "the day, known to the reader (304)": Client(held, DAY, f"If-None-Match: {tag}\r\n"),
    }
    return found | {f"{path}, anew": Client(anew, path, packed, 1) for path in PATHS}


async def compare(held: str, anew: str, seconds: float) -> None:
    first = Client(held, DAY)
    await first.run(0.1)
    rates: dict[str, list[float]] = {}
    clients = contenders(held, anew, first.tag)
    for _ in range(ROUNDS):
        for name, client in clients.items():
            rates.setdefault(name, []).append(await client.run(seconds))
    base = max(rates["bare handler, the day's bytes"])
    print(f"| best of {ROUNDS} | bytes | answers a second | of bare |")
    print("|---|---|---|---|")
    for name, found in rates.items():
        share = max(found) / base
        print(f"| {name} | {clients[name].size:,} | {max(found):,.0f} | {share:.2f} |")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    command = [sys.executable, "-m", "benchmarks.pages", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            held, anew = process.stdout.readline().split()
            asyncio.run(compare(held, anew, seconds))
        finally:
            process.terminate()


if __name__ == "__main__":
    server() if sys.argv[1:] == ["--serve"] else main()
