"""Dates as people type them, to the mailing date they mean."""

from __future__ import annotations

from datetime import date, datetime

from paperlark import calendar
from paperlark.errors import ConfigError, NotFound
from paperlark.render.dates import short

WORDS = ("today", "yesterday", "latest")
WEEKEND = 5
OLDEST = date(1991, 8, 14)
"""arXiv's first day."""


def resolve(text: str, now: datetime) -> date:
    """The mailing date that `text` means at the moment `now`.

    Args:
        text: ``today``, ``yesterday``, ``latest`` or an ISO date.
        now: an aware moment.

    Raises:
        ConfigError: it is no date.
        NotFound: no announcement can exist for it: not announced yet, a weekend, before arXiv.
    """
    newest = calendar.current(now)
    word = text.strip().lower()
    if word in WORDS:
        today = calendar.today(now)
        return {
            "latest": newest,
            "today": max(today, newest),
            "yesterday": calendar.previous_before(max(today, newest)),
        }[word]
    day = _iso(word, text)
    _possible(day, now)
    return day


def _iso(word: str, text: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ConfigError(
            f"“{text}” is no date. Give one as 2025-09-25, or {', '.join(WORDS[:2])} or {WORDS[2]}."
        ) from None


def _possible(day: date, now: datetime) -> None:
    if day.weekday() >= WEEKEND:
        before, after = calendar.previous_before(day), calendar.next_after(day)
        raise NotFound(
            f"{short(day)} is a weekend: arXiv announces Monday to Friday. "
            f"Nearest: {short(before)} and {short(after)}."
        )
    if day < OLDEST:
        raise NotFound(f"{day:%Y-%m-%d} is before arXiv's first day, {OLDEST:%Y-%m-%d}.")
    refused = calendar.not_out_yet(day, now)
    if refused:
        newest = short(calendar.current(now))
        raise NotFound(
            f"{refused} That is in the future; the newest is {newest}: `paperlark digest latest`."
        )
