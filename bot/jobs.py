"""What RQ calls on the people side: deliver. It takes an id and a date, and may run twice.

A job is a hint; the ledger is the truth. Since one target takes about one message a second, a job
takes along whatever else waits in its queue: those jobs find their posts out when they come.
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import structlog
from rq import Retry

from bot import context as contexts
from bot import notices
from bot.posting import Posting
from paperlark import queues, settings
from paperlark.errors import DeliveryError, PaperlarkError
from paperlark.store.connection import ours as connection
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.context import Context
    from bot.posting import Report
    from paperlark.domain import Digest
    from paperlark.subscription import Subscription

Order: TypeAlias = tuple[str, str]
"""A subscription's id and an ISO date: a job's arguments."""

AT_ONCE: Final = 256
"""Posts that one job has under way: more than one process can send a second."""
TAKE_S: Final = 300.0
"""Seconds during which a job begins posts that it takes along: a third of a job's time."""
LONGEST_PAUSE_S: Final = 3_600.0
"""A job comes back within an hour, whatever a service asked for."""
COMEBACKS: Final = 20
"""How often a job comes back because a service asked it to."""
_THREADS: Final = 16
"""Calls of the store at once; they share its writes to the disk."""
_log = structlog.get_logger()

T = TypeVar("T")


@cache
def context() -> Context:
    """This process's collaborators: the only process-wide state there is."""
    return contexts.build(settings.load(os.environ), connection())


def deliver(subscription: str, day: str) -> Retry | None:
    """Post what the subscription is owed for that mailing date, and what else waits to be posted.

    Returns:
        When to come back, where the service asked for a pause.
    """
    own = (subscription, day)
    waiting = queues.waiting(connection().queue, "deliver")
    others = [(each[0], each[1]) for each in dict.fromkeys(waiting) if each != own]
    try:
        asyncio.run(_deliver(context(), own, others))
    except DeliveryError as error:
        if error.retry_after is None:
            raise
        return Retry(max=COMEBACKS, interval=_pause(error.retry_after))
    return None


def _pause(seconds: float) -> int:
    """Whole seconds that can be waited; a pause that cannot be believed is cut, and logged."""
    if 0 <= seconds <= LONGEST_PAUSE_S:
        return math.ceil(seconds)
    _log.warning("strange pause", seconds=seconds, waited=LONGEST_PAUSE_S)
    return math.ceil(LONGEST_PAUSE_S)


def deliver_now(
    run: Context,
    subscriptions: Sequence[Subscription],
    digest: Digest,
    say: Callable[[Report], None],
) -> bool:
    """Post one digest to these subscriptions because a person says so; whether it is out at all.

    Args:
        run: settings, store, ledger and clock.
        subscriptions: where to.
        digest: of their profile.
        say: told what became of each, as soon as it is known.
    """

    async def one(posting: Posting, subscription: Subscription) -> bool:
        report = await posting.now(subscription, digest)
        say(report)
        return report.ok

    async def everything() -> bool:
        async with run.channels() as channels:
            posting = Posting(run, channels)
            return all(await _bounded([one(posting, each) for each in subscriptions]))

    return asyncio.run(everything())


async def _deliver(run: Context, own: Order, others: Sequence[Order]) -> None:
    """Post `own`, whose error is this job's, and `others`, whose errors are theirs."""
    loop, end = asyncio.get_running_loop(), time.monotonic() + TAKE_S
    with ThreadPoolExecutor(_THREADS) as pool:
        loop.set_default_executor(pool)
        async with run.channels() as channels:
            posting = Posting(run, channels)
            along = [_along(posting, each, end) for each in others]
            first, *_ = await _bounded([_caught(posting, own), *along])
    if first is not None:
        raise first


async def _caught(posting: Posting, order: Order) -> Exception | None:
    """What kept the post from going out."""
    try:
        await posting.due(order[0], date.fromisoformat(order[1]))
    except Exception as error:  # noqa: BLE001  (raised when the others are done)
        return error
    return None


async def _along(posting: Posting, order: Order, end: float) -> None:
    """Post what another job is for, if there is time; that job comes to it in any case."""
    if time.monotonic() > end:
        return
    error = await _caught(posting, order)
    if error is None:
        return
    kind, _, address = order[0].rpartition("/")[0].partition(":")
    target = Target(kind, address)
    said = str(error) if isinstance(error, PaperlarkError) else repr(error)
    why = notices.masked(said, target)
    if isinstance(error, DeliveryError) and error.retry_after is not None:
        _log.info("post rests", seconds=error.retry_after, why=why)
    else:
        _log.warning("post not out yet", target=notices.place(target), why=why)


async def _bounded(work: Sequence[Awaitable[T]]) -> list[T]:
    """What each gives, `AT_ONCE` of them under way, begun in order."""
    room = asyncio.Semaphore(AT_ONCE)

    async def admitted(each: Awaitable[T]) -> T:
        async with room:
            return await each

    return await asyncio.gather(*(admitted(each) for each in work))
