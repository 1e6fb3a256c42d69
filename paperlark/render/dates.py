"""Dates as people read them, in English whatever the machine's locale."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_YYMM = re.compile(r"(?:[a-z][\w.-]*/)?(\d\d)(0[1-9]|1[0-2])\d*", re.IGNORECASE | re.ASCII)
_FIRST_YEAR = 91  # arXiv began in August 1991: "91" to "99" are of the last century


def short(day: date, *, year: int | None = None) -> str:
    """``Thu 19 Nov``; with the year where it is not `year`, the year of what surrounds it."""
    text = f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"
    return text if day.year == year else f"{text} {day.year}"


def several(days: Iterable[date], *, year: int | None = None) -> list[str]:
    """``Mon 16``, ``Tue 17 Nov``: each as `short`, oldest first; the last of a month names it."""
    ordered = sorted(days)
    following = [*ordered[1:], None]
    return [
        f"{_DAYS[day.weekday()][:3]} {day.day}"
        if after and (after.year, after.month) == (day.year, day.month)
        else short(day, year=year)
        for day, after in zip(ordered, following, strict=True)
    ]


def long(day: date) -> str:
    """``Thursday 19 November``, without the year: a page sets that apart."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def full(day: date) -> str:
    """``Thursday 19 November 2026``."""
    return f"{long(day)} {day.year}"


def month(day: date) -> str:
    """``November``: the day's month, without the year."""
    return _MONTHS[day.month - 1]


def first_posted(paper_id: str) -> str:
    """``Mar 2026``: the month an arXiv id was given, which the id itself says; else empty."""
    found = _YYMM.match(paper_id)
    if not found:
        return ""
    year, month = int(found[1]), int(found[2])
    century = 1900 if year >= _FIRST_YEAR else 2000
    return f"{_MONTHS[month - 1][:3]} {century + year}"
