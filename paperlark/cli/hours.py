"""Hours, weekdays and time zones as people type them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from paperlark import slots
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def clock_time(text: str) -> time:
    """``08:00`` as a time of day.

    Raises:
        ConfigError: there is none like it.
    """
    try:
        read = datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007  (a wall clock's)
    except ValueError:
        raise ConfigError(
            f"The time “{text}” does not exist. Give one from 00:00 to 23:59."
        ) from None
    return read


def day(text: str) -> date:
    """``2027-01-06`` as a date.

    Raises:
        ConfigError: it is none.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)  # noqa: TRY301  (weeks and bare digits are ISO's too)
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"“{text}” is no date. Give one as 2027-01-06.") from None


def weekdays(text: str) -> tuple[int, ...]:
    """``mon-fri``, ``tue,fri``, ``sat-mon``, ``daily`` as numbers from 0 for Monday, in order.

    Raises:
        ConfigError: it names no weekday.
    """
    found: set[int] = set()
    for part in text.lower().replace(" ", "").replace("daily", "mon-sun").split(","):
        first, _, last = part.partition("-")
        start, end = _weekday(first, text), _weekday(last or first, text)
        found.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return tuple(sorted(found))


def _weekday(word: str, text: str) -> int:
    for number, name in enumerate(_NAMES):
        if len(word) >= len("mon") and name.startswith(word):
            return number
    raise ConfigError(f"“{text}” names no weekdays. Write mon-fri, or mon,wed,fri.")


def days_text(days: Sequence[int]) -> str:
    """``mon–fri``, ``tue, fri``."""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004  (two are a list)
        return f"{DAYS[days[0]]}–{DAYS[days[-1]]}"
    return ", ".join(DAYS[each] for each in days)


def system_zone(environ: Mapping[str, str], etc: Path = Path("/etc")) -> str:
    """The IANA name of this machine's zone; ``UTC`` where it does not say."""
    named = [environ.get("TZ", "").lstrip(":")]
    with suppress(OSError, UnicodeDecodeError):  # many systems have no such file
        named.append((etc / "timezone").read_text("utf-8").strip())
    named.append(str((etc / "localtime").resolve()).rpartition("zoneinfo/")[2])
    for name in named:
        with suppress(ConfigError):
            return slots.zone(name).key
    return "UTC"
