"""What became of a subscription's mailing dates, and which of them it is still owed. Pure.

A mailing date becomes ``posted``, ``noticed`` (told of without papers), ``skipped``, ``quiet``
(nothing was announced, and nobody wanted to be told), or ``begun`` by a post that is under way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from paperlark import calendar, slots
from paperlark.domain import VerdictState
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Digest
    from paperlark.subscription import Subscription

POSTED: Final = "posted"
NOTICED: Final = "noticed"
SKIPPED: Final = "skipped"
QUIET: Final = "quiet"
_BEGUN: Final = "begun "
HORIZON: Final = timedelta(days=35)
"""Nothing older is owed: papers are kept that long."""
RECALLED: Final = timedelta(days=10)
"""How long a date without papers is shown by a later post, once they have come."""
_OFFICE: Final = range(5)


class Standing(Enum):
    """How a mailing date stands for a subscription."""

    MISSING = auto()
    """Nobody looked yet."""
    FAILING = auto()
    """Somebody looked, and there is nothing to show."""
    QUIET = auto()
    SOME = auto()
    WHOLE = auto()


PAPERS: Final = frozenset({Standing.SOME, Standing.WHOLE})
SURE: Final = frozenset({Standing.QUIET, Standing.WHOLE})
"""Nothing more is to be expected."""


def standing(day: date, digest: Digest | None) -> Standing:
    """How the date stands. A digest says more than the calendar, unless it says nothing."""
    state = digest.verdict.state if digest else None
    if state is VerdictState.COMPLETE:
        return Standing.WHOLE
    if state is VerdictState.PARTIAL:
        return Standing.SOME
    if state is VerdictState.QUIET or calendar.holiday(day):
        return Standing.QUIET
    return Standing.MISSING if digest is None else Standing.FAILING


def served(subscription: Subscription, now: datetime) -> bool:
    """Whether anything may be posted to the subscription now; a pause ends with its last date."""
    if subscription.state is State.PAUSED and subscription.until is not None:
        return now.astimezone(slots.zone(subscription.zone)).date() > subscription.until
    return subscription.state is State.ACTIVE


def begins(post: date) -> str:
    """What the dates become that the post of that date has begun: ``begun 2026-11-23``."""
    return f"{_BEGUN}{post.isoformat()}"


def begun(settled: Mapping[date, str]) -> tuple[date, ...]:
    """The dates of posts that have begun and are not out, oldest first: the jobs to look after."""
    said = {word for word in settled.values() if word.startswith(_BEGUN)}
    return tuple(sorted(date.fromisoformat(word.removeprefix(_BEGUN)) for word in said))


def owed(
    subscription: Subscription, settled: Mapping[date, str], now: datetime, *, ahead: bool = False
) -> tuple[date, ...]:
    """Mailing dates that nothing became of, oldest first.

    Args:
        subscription: to whom.
        settled: what became of the others.
        now: an aware moment.
        ahead: with those whose feed can be out, though their slot has not come.

    Raises:
        ConfigError: the subscription's zone is unknown.
    """
    return tuple(
        day
        for day in _weekdays(calendar.today(now))
        if day not in settled
        and day >= subscription.since
        and (at := slots.of(subscription, day)) is not None
        and (ahead or at <= now)
    )


@lru_cache(maxsize=64)
def _weekdays(newest: date) -> tuple[date, ...]:
    """Mondays to Fridays within the horizon, oldest first."""
    span = (newest - timedelta(days=n) for n in range(HORIZON.days, -1, -1))
    return tuple(day for day in span if day.weekday() in _OFFICE)


def told(settled: Mapping[date, str], before: date) -> tuple[date, ...]:
    """Dates shortly before `before` that had no papers, which may have come since; oldest first."""
    return tuple(
        sorted(
            day
            for day, word in settled.items()
            if word in {NOTICED, QUIET} and before - RECALLED <= day < before
        )
    )
