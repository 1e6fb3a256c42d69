"""What is offered while somebody types: dates with an announcement, categories, pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.channels.discord import limits, text
from bot.channels.discord.commands import chosen, focused
from paperlark import calendar
from paperlark.render import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Any

    from bot.ports import Desk

_BACK: Final = 60
"""Mailing dates that are looked through: a quarter of a year."""
_PAGES: Final = ("2", "3", "below")


async def suggest(desk: Desk, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Up to 25 choices for the field being typed in; none for a field without any."""
    field, typed = focused(data)
    typed = typed.strip().lower()
    filled = chosen(data)[2]
    if field == "what":
        offered = await _categories(desk, typed) if filled.get("kind") == "category" else []
    elif field == "page":
        offered = [(page, page) for page in _PAGES if page.startswith(typed)]
    elif field in {"date", "of"}:
        offered = [*_saved(field, typed), *_dates(typed, datetime.now(UTC))]
    else:
        offered = []
    return [_choice(*each) for each in offered[: limits.CHOICES]]


async def _categories(desk: Desk, typed: str) -> list[tuple[str, str]]:
    return [(f"{code} {name}", code) for code, name in await desk.categories(typed)]


def _saved(field: str, typed: str) -> list[tuple[str, str]]:
    return [("saved", "saved")] if field == "of" and "saved".startswith(typed) else []


def _dates(typed: str, now: datetime) -> list[tuple[str, str]]:
    """Mailing dates, newest first, that what was typed is a part of."""
    named = ((dates.short(day, year=now.year), day.isoformat()) for day in _days(now))
    return [(said, iso) for said, iso in named if typed in iso or typed in said.lower()]


def _days(now: datetime) -> Iterator[date]:
    day = calendar.current(now)
    for _ in range(_BACK):
        yield day
        day = calendar.previous_before(day)


def _choice(name: str, value: str) -> dict[str, str]:
    return {"name": text.line(name, limits.OPTION), "value": text.line(value, limits.OPTION)}
