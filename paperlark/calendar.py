"""When arXiv announces: mailing dates, the hours they come out, and why a day has none.

A mailing date D is a US Eastern date, Monday to Friday. Its batch is announced at 20:00 Eastern on
the evening before, and is in the feeds from midnight Eastern. Every function is pure; "now" is
given. Beyond the years in config/arxiv/holidays.toml every weekday counts as a mailing date.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from paperlark import resources

if TYPE_CHECKING:
    from collections.abc import Mapping

EASTERN = ZoneInfo("America/New_York")
WEEKEND = "weekend"
_ANNOUNCED = time(20, 0)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Holiday:
    """Why a weekday has no mailing.

    Attributes:
        expected: derived from a rule, not yet published by arXiv.
    """

    name: str
    expected: bool = False


def mailing_dates(first: date, last: date) -> tuple[date, ...]:
    """Every mailing date from `first` to `last`, both included, oldest first."""
    span = range((last - first).days + 1)
    return tuple(day for n in span if is_mailing_date(day := first + n * _DAY))


def is_mailing_date(day: date) -> bool:
    """Whether arXiv is expected to announce anything for `day`."""
    return quiet_reason(day) is None


def quiet_reason(day: date) -> str | None:
    """``weekend`` or the holiday's name, for people; None on a mailing date."""
    if day.weekday() >= _SATURDAY:
        return WEEKEND
    found = holiday(day)
    return found.name if found else None


def holiday(day: date) -> Holiday | None:
    """The holiday that leaves `day` without a mailing, if one does."""
    return _holidays().get(day)


def next_after(day: date) -> date:
    """The first mailing date after `day`."""
    return _walk(day, _DAY)


def previous_before(day: date) -> date:
    """The last mailing date before `day`."""
    return _walk(day, -_DAY)


def announced_at(day: date) -> datetime:
    """When the batch of `day` is announced, in UTC: 20:00 Eastern on the evening before."""
    return _utc(datetime.combine(day - _DAY, _ANNOUNCED, EASTERN))


def not_out_yet(day: date, now: datetime) -> str:
    """Why `day` cannot be asked for at `now`, and when it can, in a sentence; empty once it can."""
    out = announced_at(day)
    if out <= now:
        return ""
    year = "" if day.year == now.year else f" {day.year}"
    return (
        f"Not out yet. arXiv announces {day:%a} {day.day} {day:%b}{year} at {out:%H:%M} (UTC); "
        "ask again after that."
    )


def feed_at(day: date) -> datetime:
    """When the feeds turn over to `day`, in UTC: midnight Eastern."""
    return _utc(datetime.combine(day, time(), EASTERN))


def today(now: datetime) -> date:
    """The Eastern date at `now`, which the feeds carry whether or not anything was announced.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone has no Eastern date; pass an aware datetime")
    return now.astimezone(EASTERN).date()


def current(now: datetime) -> date:
    """The newest mailing date whose feed can be out at `now`; raises like `today`."""
    day = today(now)
    return day if is_mailing_date(day) else previous_before(day)


def _walk(day: date, step: timedelta) -> date:
    day += step
    while not is_mailing_date(day):
        day += step
    return day


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@cache
def _holidays() -> Mapping[date, Holiday]:
    """Days without a mailing: for each skipped freeze, the next business day."""
    table = tomllib.loads(resources.text("config", "arxiv", "holidays.toml"))
    return {
        _business_day_after(entry["date"]): Holiday(entry["name"], entry.get("expected", False))
        for entry in table["freeze"]
    }


def _business_day_after(freeze: date) -> date:
    """Monday to Thursday: the next day; Friday and the weekend: Monday, announced on Sunday."""
    day = freeze + _DAY
    return day if day.weekday() < _SATURDAY else day + (7 - day.weekday()) * _DAY
