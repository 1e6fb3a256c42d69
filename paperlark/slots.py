"""When a subscription posts: its local hours as UTC instants, and which mailing dates each carries.

A *slot* is a local date on one of the subscription's weekdays, at its time in its zone. Every
weekday counts as a mailing date here, holidays too: a holiday is worth a line. Pure.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

from paperlark import calendar
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.subscription import Subscription

_DAY: Final = timedelta(days=1)
_SEARCHED: Final = 10
"""Local dates looked at: a week, and what a zone may skip of it."""
_OFFICE: Final = range(5)
_PROBES: Final = (time(0), time(12), time(23, 59, 59))
_YEAR: Final = 366
_NOWHERE: Final = frozenset({"localtime", "posixrules", "Factory"})
"""Files beside the zones: no place, and another one on every machine."""


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    Raises:
        ConfigError: there is none; the sentence names the nearest.
    """
    if name in _NOWHERE:
        raise ConfigError(_unknown(name))
    try:
        return _zone(name)
    except (KeyError, ValueError, OSError):  # not known, not a name, a folder of names
        raise ConfigError(_unknown(name)) from None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _unknown(name: str) -> str:
    folded = {
        each.casefold(): each for each in sorted(available_timezones() - _NOWHERE, reverse=True)
    }
    cities = {each.rpartition("/")[2]: each for each in folded}
    wanted = name.strip().replace(" ", "_").casefold()
    near = get_close_matches(wanted, [*folded, *cities], n=1, cutoff=0.7)
    if not near:
        return f"There is no time zone “{name}”. Write one as Europe/Berlin or America/New_York."
    found = folded[cities.get(near[0], near[0])]
    return f"There is no time zone “{name}”. Did you mean {found}?"


def instant(day: date, at: time, where: ZoneInfo) -> datetime | None:
    """The moment of a local date and time, in UTC; None where the zone skipped the whole date.

    A time that a clock change leaves out is as much later as the change; of one that comes twice
    it is the first.
    """
    moment = _utc(day, at, where)
    if _local(moment, where) != day and not _exists(day, where):
        return None
    return moment


def _utc(day: date, at: time, where: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=0), where).astimezone(UTC)


def _local(moment: datetime, where: ZoneInfo) -> date:
    return moment.astimezone(where).date()


def _exists(day: date, where: ZoneInfo) -> bool:
    """Whether any hour of the date was on a clock there: Samoa had no 30 December 2011."""
    return any(_local(_utc(day, probe, where), where) == day for probe in _PROBES)


def of(subscription: Subscription, day: date) -> datetime | None:
    """The slot that carries a mailing date, in UTC: the first once its feeds can be out.

    None where the subscription has no weekday at all.

    Raises:
        ConfigError: its zone is unknown.
    """
    zone(subscription.zone)  # the error, before the cache
    return _of(day, subscription.at, subscription.zone, subscription.days)


@lru_cache(maxsize=65_536)
def _of(day: date, at: time, name: str, days: tuple[int, ...]) -> datetime | None:
    out, where = calendar.feed_at(day), zone(name)
    first = _local(out, where) - _DAY
    for n in range(_SEARCHED + 1):
        local = first + n * _DAY
        moment = instant(local, at, where) if local.weekday() in days else None
        if moment is not None and moment >= out:
            return moment
    return None


def latest(subscription: Subscription, now: datetime) -> datetime | None:
    """The newest slot that has come, whether or not it carries a date; None where there is none.

    Raises:
        ConfigError: its zone is unknown.
    """
    where = zone(subscription.zone)
    today = _local(now, where)
    for n in range(-1, _SEARCHED):
        local = today - n * _DAY
        moment = instant(local, subscription.at, where)
        if local.weekday() in subscription.days and moment is not None and moment <= now:
            return moment
    return None


def since(subscription: Subscription, now: datetime) -> date:
    """The first mailing date owed to a subscription that is made now: none whose slot has been."""
    return next(day for day, _ in _ahead(subscription, now))


def first(subscription: Subscription, now: datetime) -> datetime:
    """The next slot with papers to come, in the subscription's own zone."""
    found = next(at for day, at in _ahead(subscription, now) if calendar.is_mailing_date(day))
    return found.astimezone(zone(subscription.zone))


def _ahead(subscription: Subscription, now: datetime) -> Iterator[tuple[date, datetime]]:
    """Mailing dates whose slots are to come, with these, oldest first.

    Raises:
        ConfigError: there will never be one.
    """
    day = calendar.today(now) - _SEARCHED * _DAY
    for _ in range(_YEAR):
        at = of(subscription, day)
        if day.weekday() in _OFFICE and at is not None and at > now:
            yield day, at
        day += _DAY
    raise ConfigError("A subscription needs a weekday to post on: give one, as --days mon-fri.")


def out_by(subscription: Subscription, now: datetime) -> time | None:
    """The local time from which a day's own papers are out all year round, where `at` is before it.

    None where `at` is late enough: then each post holds the announcement of its own date.
    """
    where, late = zone(subscription.zone), False
    local: set[time] = set()
    for n in range(_YEAR):
        day = calendar.today(now) + n * _DAY
        if day.weekday() in _OFFICE and day.weekday() in subscription.days:
            out = calendar.feed_at(day).astimezone(where)
            moment = instant(day, subscription.at, where)
            late |= moment is not None and moment < out
            local.add(out.time())
    return max(local) if late else None
