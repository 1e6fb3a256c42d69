"""The form to ask for a digest, as shown and as filled in; and the fields it shares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar
from zoneinfo import available_timezones

from bot import words
from bot.readers import errands, signup, wishes
from bot.readers.pages import Page
from paperlark import slots
from paperlark.errors import ConfigError
from paperlark.subscription import WEEKDAYS, Subscription
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.readers.asked import Asked
    from bot.readers.office import Office

T = TypeVar("T")

_TITLE: Final = "A digest by mail"
_LEAD: Final = (
    "The day’s new arXiv papers that matter to a group, or to you, ranked, with the reason. "
    "A mail asks you to confirm; nothing else is sent before, and every mail has a way out."
)
_CLOSED: Final = Page(
    "Mail is not set up here.",
    ("Whoever runs paperlark sets `channels.mail.host` and `web.public_url`.",),
    status=HTTPStatus.NOT_FOUND,
)
_WEEKLY: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays")


@dataclass
class Reading:
    """A form being read; what is wrong is collected by field."""

    asked: Asked
    wrong: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, read: Callable[[str], T], instead: T) -> T:
        """What a field says; `instead` where it cannot be read."""
        try:
            return read(self.asked.text(name))
        except ConfigError as error:
            self.wrong[name] = str(error)
            return instead

    def timing(self, old: Subscription) -> Subscription:
        """The subscription with the hour, the zone and the days of the form."""
        return replace(
            old,
            at=self.take("at", _hour, old.at),
            zone=self.take("zone", lambda text: slots.zone(text).key, old.zone),
            days=self.take("days", _days, old.days),
        )


def shown(office: Office, asked: Asked) -> Page:
    """The empty form."""
    del asked
    return _form(office, {}, {}) if office.open else _CLOSED


def filled(office: Office, asked: Asked) -> Page:
    """Ask for what the form says; the same answer whoever the address belongs to.

    Raises:
        TooMany: too much is asked for.
    """
    if not office.open:
        return _CLOSED
    reading = Reading(asked)
    target = reading.take("address", signup.mailbox, Target("mail"))
    wish = wishes.read(office, reading)
    wanted = reading.timing(Subscription(target, wish.name))
    if reading.wrong:
        return _form(office, asked.given, reading.wrong)
    said = errands.begin(office, wanted, asked.source, wish.own)
    return Page("Look into your inbox.", (said,))


def timing(old: Subscription | None, given: Mapping[str, str]) -> dict[str, object]:
    """What the shared fields print: values, and what can be chosen."""
    chosen = given.get("days") or _key(old.days if old else WEEKDAYS)
    choices = [(_key(WEEKDAYS), "Monday to Friday")]
    choices += [(str(n), f"{name} only, the whole week") for n, name in enumerate(_WEEKLY)]
    if old and _key(old.days) not in dict(choices):
        choices.append((_key(old.days), words.weekdays(old.days)))
    return {
        "at": given.get("at", f"{old.at:%H:%M}" if old else "08:00"),
        "zone": given.get("zone", old.zone if old else ""),
        "days": [(key, name, key == chosen) for key, name in choices],
        "zones": _zones(),
    }


def day(text: str) -> date | None:
    """A date as browsers send it; None for nothing.

    Raises:
        ConfigError: it is none.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigError(f"“{words.short(text)}” is no date. Give one as 2027-01-06.") from None


def _form(office: Office, given: Mapping[str, str], wrong: Mapping[str, str]) -> Page:
    more = timing(None, given) | wishes.shown(office, given)
    more |= {"address": given.get("address", ""), "wrong": wrong}
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    return Page(_TITLE, (_LEAD,), status=status, template="reader_subscribe.html.j2", more=more)


def _hour(text: str) -> time:
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(text, form).time()  # noqa: DTZ007  (a wall clock's)
        except ValueError:
            continue
    said = f"The time “{words.short(text)}” doesn’t exist. " if text else ""
    raise ConfigError(f"{said}Give a time from 00:00 to 23:59.")


def _days(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part in set("0123456") for part in parts):
        raise ConfigError("Choose the days from the list.")
    return tuple(sorted({int(part) for part in parts}))


def _key(days: tuple[int, ...]) -> str:
    return ",".join(map(str, days))


@cache
def _zones() -> tuple[str, ...]:
    """The zones people live in."""
    return tuple(
        name for name in sorted(available_timezones()) if "/" in name and name[:4] != "Etc/"
    )
