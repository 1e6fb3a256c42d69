"""A digest into 1,000 Slack channels: how long it takes at Slack's limits, against the least.

Slack takes about one message a second into a channel, and some hundreds a minute into a workspace,
with short bursts (docs.slack.dev, chat.postMessage). At 300 a minute the posts take three quarters
of an hour, so the clock is simulated: see `benchmarks.leaping`. What paperlark itself costs is
measured apart, in real time, with a real Valkey and no limits.
Usage: ``python -m benchmarks.slack_posting [CHANNELS]``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks import leaping
from benchmarks.leaping import MemoryRates, Result
from bot.channels.slack.client import Slack
from bot.channels.slack.settings import SlackSettings
from bot.doubles.slack.pace import Pace
from bot.doubles.slack.server import Service
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.leaping import LeapingLoop
    from bot.delivery import Rates
    from bot.ports import Limits
    from paperlark.ports import Ledger
    from paperlark.post import Post

PER_MINUTE = 300
"""The least that “several hundred a minute” can mean."""
BURST = 10
"""Messages the double lets through at once after a pause, into a workspace."""
REAL = 100
"""Channels of the part in real time."""
FEW = 100
"""Channels of the part in which refusals are counted: they take most of the machine's time."""


def posts_of(count: int) -> list[Post]:
    return leaping.posts_into(Slack(SlackSettings()), "slack", [f"C{n}" for n in range(count)])


async def posted(
    service: Service, posts: Sequence[Post], ledger: Ledger, rates: Rates, limits: Limits
) -> Result:
    table = {"bot_token": service.world.keys.bot, "api_url": service.api_url}
    slack = Slack(SlackSettings.model_validate(table))
    slack.limits = limits
    seconds = await leaping.delivered(slack, posts, ledger, rates)
    kept = service.world.messages()
    keys = {message["metadata"]["event_payload"]["key"] for message in kept}
    refused = sum(call.error == "ratelimited" for call in service.world.calls)
    return Result(seconds, len(kept), refused, len(kept) - len(keys))


async def served(pace: Pace | None, work: Callable[[Service], Any], count: int) -> Any:
    service = Service()
    service.world.pace = pace
    for number in range(count):
        service.world.add_place(f"C{number}")
    await service.start()
    try:
        return await work(service)
    finally:
        await service.stop()


def simulated(count: int, overall: float, limits: Limits) -> tuple[Result, float]:
    """A run on the leaping clock, and the least time the limits allow."""
    posts = posts_of(count)

    async def run(loop: LeapingLoop) -> Result:
        pace = Pace(loop.time, 1.0, overall, burst=BURST if overall else 1)
        ledger, rates = MemoryLedger(), MemoryRates()
        found: Result = await served(
            pace, lambda service: posted(service, posts, ledger, rates, limits), count
        )
        return found

    each = len(posts[0].messages)
    alone = float(each - 1)
    least = max(alone, (count * each - BURST) / overall) if overall else alone
    return leaping.leaping(run), least


def real(count: int) -> tuple[Result, float]:
    """A run in real time without limits: what a message costs; seconds of CPU with it."""
    posts = posts_of(count)

    async def run(ledger: Ledger, rates: Rates) -> Result:
        found: Result = await served(
            None,
            lambda service: posted(service, posts, ledger, rates, leaping.UNLIMITED),
            count,
        )
        return found

    return leaping.timed(run)


def main(count: int = 1_000) -> None:
    overall = PER_MINUTE / 60
    untold, few = replace(Slack.limits, overall=0.0), min(count, FEW)
    each = len(posts_of(1)[0].messages)
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
