"""What is offered while somebody types: dates of announcements, categories, pages, profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from bot.channels.discord import limits, text
from bot.channels.discord.commands import PROFILE, chosen, focused
from paperlark import calendar
from paperlark.render import dates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Any

    from bot.ports import Asker, Desk

_BACK: Final = 60
"""Mailing dates that are looked through: a quarter of a year."""
_PAGES: Final = ("2", "3", "below")
_TUNE: Final[Mapping[str, str]] = {
    "accept": "accept: go where the votes point at once; accept 58: go to that line",
    "try": "try 58: what another line would have shown, tried out on past days",
    "undo": "undo: take the last move of the line back",
    "freeze": "freeze: the line stays; votes are kept",
    "thaw": "thaw: votes move the line again",
    "reset": "reset: back to the base; the votes so far no longer move it",
    "fewer": "fewer: fewer, surer cards",
    "more": "more: more cards",
    "least": "least 1: at least so many cards a day, even under the line",
    "want": "want sparse attention: papers that name these words rise",
    "exclude": "exclude benchmarks: papers that name these words sink",
    "drop": "drop sparse attention: words that were accepted count no more",
    "no": "no sparse attention: do not offer these words for a while",
    "back": "back: the last change of words is undone",
}
"""What can be decided about a line, and what it does."""


async def suggest(desk: Desk, asker: Asker, data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Up to 25 choices for the field being typed in; none for a field without any."""
    field, typed = focused(data)
    typed = typed.strip().lower()
    _, sub, filled = chosen(data)
    if field == "what" and sub == "tune":
        offered = [(said, value) for value, said in _TUNE.items() if value.startswith(typed)]
    elif field == "where":
        offered = [("here", "here")] if "here".startswith(typed) else []
    elif field == "what":
        offered = await _categories(desk, typed) if filled.get("kind") == "category" else []
    elif field == PROFILE:
        offered = [(name, name) for name in await desk.profiles(asker) if typed in name.lower()]
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
