"""Dates as documents write them, independent of any locale."""

from __future__ import annotations

import re
from datetime import date, datetime

from paperlark.errors import BadFeed
from worker.sources.documents.quoting import quoted

YEARS = range(1991, 2091)
"""The years of mailing dates: from arXiv's first until its two-digit years begin again."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WRITTEN = re.compile(r"\b([0-9]{1,2}) ([A-Za-z]{3})[a-z]*\.?,? ([0-9]{4})\b")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written(text: str) -> date:
    """The date in "Thu, 25 Sep 2025 00:00:00 -0400" or "Thursday, 25 September 2025", as it stands.

    Raises:
        BadFeed: there is none, or no day that arXiv can announce for.
    """
    match = _WRITTEN.search(text)
    try:
        if match:
            month = _MONTHS.index(match[2].lower()) + 1
            return _within(date(int(match[3]), month, int(match[1])))
    except ValueError:
        pass
    raise _unreadable(text)


def iso(text: str) -> date:
    """The date that "2025-09-25T00:00:00-04:00" begins with, as it stands; raises as `written`."""
    match = _ISO.match(text.strip())
    try:
        if match:
            return _within(date.fromisoformat(match[0]))
    except ValueError:
        pass
    raise _unreadable(text)


def moment(text: str) -> datetime:
    """The moment in "2025-09-25T04:00:11+00:00"; raises as `written`, also without a zone."""
    try:
        found = datetime.fromisoformat(text.strip())
        _within(found)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadFeed(f"The document states no readable time (“{quoted(text)}”).")
    return found


def _within(day: date) -> date:
    """The same day; ValueError outside the years that arXiv's ids can tell apart."""
    if day.year not in YEARS:
        raise ValueError(day.year)
    return day


def _unreadable(text: str) -> BadFeed:
    return BadFeed(f"The document states no readable date (“{quoted(text)}”); fetch it again.")
