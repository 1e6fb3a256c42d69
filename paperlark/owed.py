"""What became of a subscription's mailing dates, and which of them it is still owed. Pure.

A mailing date becomes ``posted``, ``noticed`` (told of without papers), ``skipped``, ``quiet``
(nothing was announced, and nobody wanted to be told), ``begun`` by a post that is under way, or
``partial``, with the papers that are out, where it was posted before all of them had come.
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
    from collections.abc import Callable, Collection, Iterable, Mapping

    from paperlark.domain import Digest, PaperId
    from paperlark.subscription import Subscription

POSTED: Final = "posted"
NOTICED: Final = "noticed"
SKIPPED: Final = "skipped"
QUIET: Final = "quiet"
_BEGUN: Final = "begun "
_PARTIAL: Final = "partial"
HORIZON: Final = timedelta(days=35)
"""Nothing older is owed: papers are kept that long."""
RECALLED: Final = timedelta(days=10)
"""How long papers that come late are shown by a later post."""
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


def in_part(papers: Iterable[PaperId]) -> str:
    """What a date becomes of which these papers are out, and others may come."""
    return " ".join((_PARTIAL, *sorted(papers)))


def in_parts(digests: Iterable[Digest]) -> dict[date, str]:
    """What the dates of those digests become that are posted and not whole."""
    return {
        each.date: in_part(_ids(each))
        for each in digests
        if standing(each.date, each) is Standing.SOME
    }


def known(word: str) -> frozenset[PaperId] | None:
    """The papers that are out of a date that is out in part; None for every other word."""
    said, *papers = word.split() or [""]
    return frozenset(papers) if said == _PARTIAL else None


def is_out(word: str) -> bool:
    """Whether the date was posted, all of it or in part."""
    return word == POSTED or known(word) is not None


def unfinished(settled: Mapping[date, str], before: date) -> tuple[date, ...]:
    """Dates shortly before `before` that are out in part, oldest first."""
    return tuple(
        sorted(
            day
            for day, word in settled.items()
            if known(word) is not None and before - RECALLED <= day < before
        )
    )


def out(
    settled: Mapping[date, str],
    look: Callable[[date], Digest | None],
    since: date,
    but: Collection[date] = (),
) -> frozenset[PaperId]:
    """Papers that are out, of dates from shortly before `since` on, without those of `but`.

    Days that came late do not know of one another: two of them may have the same paper.
    """
    found: set[PaperId] = set()
    for day, word in settled.items():
        if day > since - RECALLED and day not in but and word not in {SKIPPED, NOTICED}:
            papers = known(word)
            found |= _ids(look(day)) if papers is None else papers
    return frozenset(found)


def late(
    settled: Mapping[date, str], look: Callable[[date], Digest | None], parts: Collection[date]
) -> dict[date, frozenset[PaperId]]:
    """Papers that came to dates which are out in part, for a post of `parts`; oldest date first.

    None that is out, or that the post shows anyway; and none at all while another post is under
    way, for that one may have them.
    """
    recent = unfinished(settled, min(parts)) if parts else ()
    if not recent or begun(settled):
        return {}
    have = set(out(settled, look, recent[0])).union(*(_ids(look(each)) for each in parts))
    found = dict[date, frozenset["PaperId"]]()
    for day in recent:
        if fresh := _ids(look(day)) - have:
            found[day] = fresh
            have |= fresh
    return found


def _ids(digest: Digest | None) -> frozenset[PaperId]:
    return frozenset(card.paper.id for card in digest.cards) if digest else frozenset()
