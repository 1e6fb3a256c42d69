"""``python -m bot.doubles.slack --port N --state FILE``: the double as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bot.doubles.slack.server import Service
from bot.doubles.slack.world import World


def main() -> None:
    """Serve until SIGTERM, SIGINT or the leash's end; the first line printed is the address."""
    parser = argparse.ArgumentParser(prog="python -m bot.doubles.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument("--state", type=Path, help="where everything it takes is kept")
    parser.add_argument("--leash", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    asyncio.run(_serve(Service(World(state=asked.state), asked.port), leash=asked.leash))


async def _serve(service: Service, *, leash: bool) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if leash:  # nothing is ever written there: it is readable when the other end is gone
        loop.add_reader(sys.stdin.fileno(), stop.set)
    await service.start()
    sys.stdout.write(service.url + "\n")
    sys.stdout.flush()
    await stop.wait()
    await service.stop()


if __name__ == "__main__":
    main()
