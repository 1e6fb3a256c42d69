"""A double as a process of its own: ``python -m bot.doubles.NAME --port N --state FILE``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.doubles.threaded import Served

if TYPE_CHECKING:
    from collections.abc import Callable


class Addressed(Served, Protocol):
    """A service that listens somewhere."""

    @property
    def url(self) -> str:
        """Where it listens, without a stroke at the end."""


def main(name: str, said: str, make: Callable[[Path | None, int], Addressed]) -> None:
    """Serve until SIGTERM, SIGINT or the leash's end; the first line printed is the address.

    Args:
        name: the double's package below ``bot.doubles``.
        said: what ``--help`` tells.
        make: from the file where everything is kept and a port to the service.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bot.doubles.{name}", description=said)
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument("--state", type=Path, help="where everything it takes is kept")
    parser.add_argument("--leash", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    asyncio.run(_serve(make, asked))


async def _serve(make: Callable[[Path | None, int], Addressed], asked: argparse.Namespace) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    service = make(asked.state, asked.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if asked.leash:  # nothing is ever written there: it is readable when the other end is gone
        loop.add_reader(sys.stdin.fileno(), stop.set)
    await service.start()
    sys.stdout.write(service.url + "\n")
    sys.stdout.flush()
    await stop.wait()
    await service.stop()
