"""Dates as people ask for them, to the mailing date they mean. Pure: the moment is given."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot import words
from paperlark import calendar
from paperlark.errors import NotFound
from paperlark.render.dates import short

WORDS: Final = ("today", "yesterday", "latest")
OLDEST: Final = date(1991, 8, 14)
"""arXiv's first day."""
LAST: Final = date(2999, 12, 31)
_REACH: Final = 90
"""Days for which arXiv gives announcements (its catch-up pages)."""


def meant(text: str, now: datetime, zone: str) -> date:
    """The mailing date that ``today``, ``yesterday`` or an ISO date means.

    Args:
        text: as typed.
        now: an aware moment in the place's own time zone.
        zone: that zone's name.

    Raises:
        NotFound: there is no announcement for it, now or ever; one sentence says what there is.
    """
    word = text.strip().lower()
    if word == "today":
        _expected_today(now.date())
        day = now.date()
    elif word == "yesterday":
        return calendar.previous_before(now.date())
    else:
        day = _iso(word, text)
        _possible(day)
    out = calendar.announced_at(day)
    if out > now:
        raise NotFound(words.not_out(day, out.astimezone(now.tzinfo), now, zone))
    return day


def is_date(text: str) -> bool:
    """Whether the text is meant as a date: digits with hyphens, or one of our words."""
    return text.lower() in WORDS or (
        "-" in text and text.replace("-", "").isdigit() and text.isascii()
    )


def fetchable(day: date, now: datetime) -> None:
    """See that arXiv still gives the day's announcement.

    Raises:
        NotFound: it is too old for that.
    """
    today = calendar.today(now)
    if day < today - timedelta(days=_REACH):
        raise NotFound(words.too_old(day, today, _REACH))


def _expected_today(day: date) -> None:
    reason = calendar.quiet_reason(day)
    if reason:
        before, after = calendar.previous_before(day), calendar.next_after(day)
        raise NotFound(words.quiet_today(reason, calendar.WEEKEND, before, after))


def _iso(word: str, text: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise NotFound(
            f"“{words.short(text.strip())}” is no date. Give one as 2026-11-19, or `today` or "
            "`latest`."
        ) from None


def _possible(day: date) -> None:
    if day < OLDEST:
        raise NotFound(f"{day} is before arXiv’s first day, {short(OLDEST)}.")
    if day > LAST:
        raise NotFound(f"{day} is further ahead than anyone plans: give a date up to {LAST}.")
    reason = calendar.quiet_reason(day)
    if reason:
        before, after = calendar.previous_before(day), calendar.next_after(day)
        raise NotFound(words.no_announcement(day, reason, before, after))


def known(text: str, now: datetime) -> date | None:
    """The date a text names, mailing date or not; None where it names none."""
    word = text.strip().lower()
    try:
        return now.date() if word == "today" else date.fromisoformat(word)
    except ValueError:
        return None
