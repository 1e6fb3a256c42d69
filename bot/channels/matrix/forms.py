"""The settings of a place, shown as a list and changed by words: ``at=07:30 cap=10``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot import words
from bot.channels.matrix import limits, text
from bot.replies import Said, SettingsForm
from paperlark.profile import MOST_CARDS
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.ports import Asker, Desk
    from bot.replies import Reply

_PAIR: Final = re.compile(r'(\w+)\s*=\s*("[^"]*"|[^\s"]+)')
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MEANINGS: Final[Mapping[str, str]] = {
    "at": "the time of day",
    "zone": "where that time is told",
    "cap": "cards at most",
    "days": "when it comes, as mon,wed,fri",
    "form": "thread, compact, thread-only or inline",
    "wait": "complete, or asap for the first papers there are",
    "quiet": "notice or silent, on a day without an announcement",
    "line": "auto: it moves with your votes",
}
"""What can be changed by words, in the order shown."""


def shown(form: SettingsForm) -> str:
    """The settings as HTML, and how to change them."""
    now: dict[str, object] = {
        **{key: getattr(form, key) for key in _MEANINGS},
        "days": ",".join(_DAYS[day] for day in form.days),
    }
    meanings = dict(_MEANINGS)
    if form.line_now is not None:
        meanings["line"] = f"now {figures.line(form.line_now)}; {meanings['line']}"
    rows = [(key, text.line(str(now[key]), limits.HEADER), said) for key, said in meanings.items()]
    profile = text.line(form.profile, limits.PROFILE)
    return text.drawn("settings", profile=profile, rows=rows, first=text.coded(form.first))


async def answered(desk: Desk, asker: Asker, typed: str) -> Reply:
    """What ``settings`` says: as they are, or with ``key=value`` behind it, what came of that."""
    now = await desk.settings(asker)
    if not isinstance(now, SettingsForm) or not typed.strip():
        return now
    form, unread = filled(now, typed)
    wrong = unread or await desk.change(asker, form)
    if wrong:
        return Said(" ".join(wrong.values()))
    after = await desk.settings(asker)
    first = after.first if isinstance(after, SettingsForm) else ""
    return Said(f"The settings of {form.profile} are saved. {first}".strip())


def filled(now: SettingsForm, typed: str) -> tuple[SettingsForm, dict[str, str]]:
    """The form as it was changed by words, and what cannot be read, by key."""
    given = {key.lower(): value.strip('"') for key, value in _PAIR.findall(typed)}
    left = _PAIR.sub("", typed).strip(" ,;")
    wrong: dict[str, str] = {}
    fields: dict[str, Any] = {}
    if left or not given:
        said = words.short(left or typed.strip())
        wrong[""] = f"“{said}” is no setting: write it as `at=07:30`, with no space in it."
    for key, value in given.items():
        if key not in _MEANINGS:
            wrong[key] = f"There is no setting “{words.short(key)}”: {', '.join(_MEANINGS)}."
            continue
        read = _READ.get(key, str)(value)
        if read is None:
            wrong[key] = _UNREADABLE[key]
        fields[key] = read
    return (now if wrong else replace(now, **fields)), wrong


def _cap(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None  # noqa: PLR2004  (any number is told of; a page of digits is none)


def _days(typed: str) -> tuple[int, ...] | None:
    named = [day.strip()[:3].lower() for day in typed.split(",") if day.strip()]
    if not named or not set(named) <= set(_DAYS):
        return None
    return tuple(sorted({_DAYS.index(day) for day in named}))


_READ: Final[Mapping[str, Callable[[str], Any]]] = {"cap": _cap, "days": _days}
_UNREADABLE: Final = {
    "cap": f"Give a whole number from 1 to {MOST_CARDS}.",
    "days": f"Name days by three letters: {','.join(_DAYS)}.",
}
