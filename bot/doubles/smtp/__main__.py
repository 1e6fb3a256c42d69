"""``python -m bot.doubles.smtp``: the server as a process of its own, which keeps no message.

The first line printed is its port; a line on standard input is answered with how many messages it
has taken, and for how many recipients. It ends when standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.doubles.smtp.double import Service
from bot.doubles.smtp.world import World


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m bot.doubles.smtp", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument(
        "--latency-ms", type=float, default=0.0, help="how long every answer is under way"
    )
    asked = parser.parse_args()
    world = World(latency_s=asked.latency_ms / 1000, keep=False)
    asyncio.run(_serve(Service(world, port=asked.port)))


async def _serve(service: Service) -> None:
    await service.start()
    _print(str(service.port))
    while await asyncio.to_thread(sys.stdin.readline):
        counted = service.world.counted
        _print(f"{counted.total()} {len(counted)}")
    await service.stop()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
