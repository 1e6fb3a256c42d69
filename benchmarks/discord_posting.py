"""A digest into 1,000 Discord channels, beside a bare discord.py bot that posts the same messages.

Discord lets five messages in five seconds into a channel or thread, and 50 calls a second of one
account; the double enforces both. The clock is simulated: see `benchmarks.leaping`. The bare bot
is `benchmarks.discord_bare`: the library's own `send`, and its own way with limits; all channels
at once. What a message costs either is measured apart, in real time and without limits, where
paperlark keeps its ledger in a real Valkey.
Usage: ``python -m benchmarks.discord_posting [CHANNELS]``.
"""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from discord import DiscordException

from benchmarks import discord_bare, leaping
from benchmarks.leaping import MemoryRates, Result
from bot.channels.discord.client import Discord
from bot.channels.discord.settings import DiscordSettings
from bot.doubles.discord.pace import Pace
from bot.doubles.discord.server import Service
from bot.doubles.discord.world import TOKEN
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from benchmarks.leaping import LeapingLoop
    from bot.delivery import Rates
    from bot.ports import Limits
    from paperlark.ports import Ledger
    from paperlark.post import Post

    Runner = Callable[[Service], Coroutine[Any, Any, float]]

PER_SECOND = 50
"""Calls of one account (discord.com/developers/docs/topics/rate-limits)."""
MOST, WINDOW_S = 5, 5.0
"""Messages into a place, and in how many seconds."""
REAL, ROUNDS = 100, 3
"""Channels of the shorter rows and of the part in real time; of its rounds the best counts."""
FEW = 40
"""Channels at once in which a bare bot hardly meets the limit on all calls."""


def posts_of(count: int) -> list[Post]:
    names = [f"3{number:08}" for number in range(count)]
    return leaping.posts_into(Discord(DiscordSettings()), "discord", names)


def channel_of(post: Post) -> str:
    return post.subscription.partition(":")[2].partition("/")[0]


async def ours(
    service: Service, posts: list[Post], ledger: Ledger, rates: Rates, limits: Limits
) -> float:
    table = {"token": TOKEN, "api_url": service.api_url}
    discord = Discord(DiscordSettings.model_validate(table))
    discord.limits = limits
    return await leaping.delivered(discord, posts, ledger, rates)


async def bare(service: Service, posts: list[Post], at_once: int) -> float:
    loop, room = asyncio.get_running_loop(), asyncio.Semaphore(at_once)
    payloads = [dict(message.payload) for message in posts[0].messages]

    async def one(post: Post) -> None:
        async with room:
            with suppress(DiscordException):  # given up by the library: told as lost
                await discord_bare.post(client, int(channel_of(post)), payloads)

    async with discord_bare.posting(service.api_url) as client:
        begun = loop.time()
        await asyncio.gather(*map(one, posts))
        return loop.time() - begun


async def served(pace: Pace | None, posts: list[Post], work: Runner) -> Result:
    service = Service()
    service.world.pace = pace
    for post in posts:
        service.world.add_place(channel_of(post))
    await service.start()
    try:
        seconds = await work(service)
    finally:
        await service.stop()
    kept = service.world.messages()
    shown = {(each["channel_id"], str(each["components"])) for each in kept}
    refused = sum(call.status == 429 for call in service.world.calls)
    return Result(seconds, len(kept), refused, len(kept) - len(shown))


def simulated(posts: list[Post], overall: int, work: Runner) -> Result:
    """A run on the leaping clock."""

    async def run(loop: LeapingLoop) -> Result:
        return await served(Pace(loop.time, MOST, WINDOW_S, overall), posts, work)

    return leaping.leaping(run)


def paperlark(posts: list[Post], limits: Limits = Discord.limits) -> Runner:
    return lambda service: ours(service, posts, MemoryLedger(), MemoryRates(), limits)


def library(posts: list[Post], at_once: int) -> Runner:
    return lambda service: bare(service, posts, at_once)


def least(posts: list[Post], overall: int) -> float:
    """Seconds that the limits allow at best: the windows of a thread, or those of all calls."""
    replies = len(posts[0].messages) - 1
    alone = WINDOW_S * ((replies - 1) // MOST)
    calls = len(posts) * (replies + 2)  # a thread is opened besides
    return max(alone, calls / overall - 1) if overall else alone


def real_ours(posts: list[Post]) -> tuple[Result, float]:
    async def run(ledger: Ledger, rates: Rates) -> Result:
        return await served(
            None, posts, lambda service: ours(service, posts, ledger, rates, leaping.UNLIMITED)
        )

    return leaping.timed(run)


def real_bare(posts: list[Post]) -> tuple[Result, float]:
    begun = time.process_time()
    result = asyncio.run(served(None, posts, library(posts, len(posts))))
    return result, time.process_time() - begun


def row(posts: list[Post], overall: int, who: str, work: Runner) -> None:
    result, best = simulated(posts, overall, work), least(posts, overall)
    lost = len(posts) * len(posts[0].messages) - (result.messages - result.doubles)
    said = f"{MOST} in {WINDOW_S:g} s a place" + (f", {overall}/s in all" if overall else "")
    print(
        f"| {len(posts):,} | {said} | {who} | {result.seconds:,.1f} | {best:,.1f} | "
        f"{result.seconds / best:.2f} | {result.refused:,} | {lost:,} | {result.doubles} |",
        flush=True,
    )


def main(count: int = 1_000) -> None:
    posts = posts_of(count)
    few, free = posts[:REAL], replace(Discord.limits, overall=0.0)
    print("| channels | limits of the service | who ", end="")
    print("| seconds | least | ratio | refused calls | messages lost | twice |")
    print("|---|---|---|---|---|---|---|---|---|")
    for some in (posts[:1], posts):
        row(some, PER_SECOND, "paperlark, as shipped", paperlark(some))
    row(posts, PER_SECOND, f"bare, {FEW} channels at once", library(posts, FEW))
    row(few, PER_SECOND, "paperlark, as shipped", paperlark(few))
    row(few, PER_SECOND, f"bare, {FEW} channels at once", library(few, FEW))
    row(few, PER_SECOND, "bare, all channels at once", library(few, len(few)))
    row(few, 0, "paperlark, told of no limit on all calls", paperlark(few, free))
    row(few, 0, "bare, all channels at once", library(few, len(few)))
    print("\n| real time, no limits | messages/s | ms of CPU a message, the double's with it |")
    print("|---|---|---|")
    for who, run in (("paperlark, Valkey", real_ours), ("bare discord.py", real_bare)):
        found = [run(few) for _ in range(ROUNDS)]
        rate = max(result.messages / result.seconds for result, _ in found)
        cpu = min(1_000 * seconds / result.messages for result, seconds in found)
        print(f"| {who} | {rate:,.0f} | {cpu:.1f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
