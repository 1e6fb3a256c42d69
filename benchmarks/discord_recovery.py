"""Seconds until Discord's listener hears again after each way a gateway connection can end.

The listener runs with its own patience (`bot.channels.discord.gateway`) against the double, whose
connection has stood for a while, so that none of its waits between quick failures is counted.
Usage: ``python -m benchmarks.discord_recovery``.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from bot.channels.discord.gateway import STEADY_S
from bot.channels.discord.listening import DiscordListener
from bot.channels.discord.settings import read
from bot.doubles.discord.server import Service
from bot.doubles.discord.world import APP, TOKEN
from tests.slack import NotedDesk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


def ways(service: Service) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """Every way a connection can end that is not for good."""
    gateway = service.gateway

    async def broken() -> None:
        gateway.abort()

    async def dead() -> None:
        gateway.deaf = True

    return {
        "asked to reconnect (op 7)": gateway.reconnect,
        "session to be resumed (op 9, true)": lambda: gateway.invalidate(resumable=True),
        "session over (op 9, false)": lambda: gateway.invalidate(resumable=False),
        "closed with 4000": lambda: gateway.close(4000),
        "closed with 1000": lambda: gateway.close(1000),
        "broken without a word": broken,
        "dead: no beat is answered": dead,
    }


async def heard(service: Service) -> bool:
    """Whether a command is answered by a connection that is alive."""
    if service.gateway.deaf or not service.gateway.connected:
        return False
    return (await service.people.command("/digest help", expect=0)).acked


async def reopened(service: Service, opened: int) -> bool:
    """Whether there was another connection since."""
    return service.gateway.opened > opened


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it; a minute at most."""
    async with asyncio.timeout(60):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)


async def main() -> None:
    service = Service()
    await service.start()
    table = {"token": TOKEN, "application_id": APP, "api_url": service.api_url}
    settings = read(table | {"gateway_url": service.gateway.url}, lambda _path: "")
    listening = asyncio.create_task(DiscordListener(settings).run(NotedDesk()))
    print("| what happens | taken up again or begun anew | seconds until heard |\n|---|---|---|")
    for name, end in ways(service).items():
        await service.gateway.until(1)
        await asyncio.sleep(STEADY_S + 0.5)
        opened, anew = service.gateway.opened, service.gateway.identified
        begun = time.perf_counter()
        await end()
        await until(partial(reopened, service, opened))
        service.gateway.deaf = False
        await until(partial(heard, service))
        how = "anew" if service.gateway.identified > anew else "again"
        print(f"| {name} | {how} | {time.perf_counter() - begun:.2f} |", flush=True)
    listening.cancel()
    await asyncio.wait({listening})
    await service.stop()


if __name__ == "__main__":
    asyncio.run(main())
