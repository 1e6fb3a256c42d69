"""The settings form of a place: its profile and its subscription, as shown and as filled in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot import words
from bot.desk.case import case
from bot.desk.house import TURN, place
from bot.desk.trials import nearby
from bot.replies import SettingsForm
from paperlark import editing, slots, taxonomy
from paperlark.errors import ConfigError, NotFound
from paperlark.feedback import Act
from paperlark.profile import MOST_CARDS
from paperlark.render.escape import block, plain
from paperlark.subscription import Form, Quiet, Subscription, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.desk.case import Case
    from bot.desk.house import House, Place
    from bot.ports import Asker
    from paperlark.domain import Profile

T = TypeVar("T")

LONGEST_TOPICS: Final = 20_000
_MOST: Final = 50
"""Most categories, and most authors."""
_CUT: Final = 2_900
"""A form may hold 3,000 characters: a text that ends there was cut by it."""
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_WEEK: Final = range(7)
AUTO, FROZEN = "auto", "frozen"
"""What the form says of the line."""
CHANGED: Final = (
    "Somebody changed these settings while the form was open, so nothing was saved: open it again."
)


def shown(house: House, asker: Asker) -> SettingsForm:
    """The form as it stands.

    Raises:
        NotFound: the asker may not change this place, or it has no profile.
    """
    if not asker.manager:
        raise NotFound(words.MANAGERS)
    at = place(house, asker)
    own, found = at.subscription or fresh(house, at), case(house, asker, at)
    return SettingsForm(
        profile=at.profile.name,
        topics=at.profile.topics,
        categories=at.profile.categories,
        authors=at.profile.authors,
        at=f"{own.at:%H:%M}",
        zone=own.zone,
        cap=at.profile.cap,
        quiet=own.quiet,
        form=own.form,
        wait=own.wait,
        days=own.days,
        line=_line(found),
        line_now=found.value,
        nearby=nearby(found),
        first="" if at.subscription else words.first(slots.first(own, house.clock()), own.zone),
        stamp=_stamp(at, _line(found)),
    )


def change(house: House, asker: Asker, form: SettingsForm) -> Mapping[str, str]:
    """Apply a filled-in form: all of it, or nothing; what is wrong with it, by field.

    A place without a subscription gets one, from the next mailing date on.
    """
    if not asker.manager:
        return {"profile": words.MANAGERS}
    with TURN:
        return _changed(house, asker, form)


def _changed(house: House, asker: Asker, form: SettingsForm) -> Mapping[str, str]:
    at = place(house, asker)
    if form.profile != at.profile.name:
        return {"profile": "This place has another profile by now: open the form again."}
    found = case(house, asker, at)
    if form.stamp and form.stamp != _stamp(at, _line(found)):
        return {"profile": CHANGED}
    read = _Reading(form)
    own = at.subscription or fresh(house, at)
    wanted = read.subscription(own)
    profile = read.profile(at.profile)
    if read.wrong:
        return read.wrong
    more = profile.source != at.profile.source or form.line != _line(found)
    if more and found.barred:
        return {"profile": found.barred}
    if at.subscription is None:
        wanted = replace(wanted, since=slots.since(wanted, house.clock()))
    if profile.source != at.profile.source:
        house.store.save_profile(profile)
    if wanted != at.subscription:
        house.store.subscriptions.save_subscription(wanted)
    if form.line != _line(found):
        found.decided(Act.FREEZE if form.line == FROZEN else Act.THAW).keep()
    return {}


def _line(found: Case) -> str:
    """How the line will be on the first digest that a change of now counts for."""
    return FROZEN if found.course(found.day).frozen else AUTO


def _stamp(at: Place, line: str) -> str:
    """A name of everything the form shows of a place: another one, once any of it has changed."""
    own = at.subscription
    shown = (own.at, own.zone, own.days, own.quiet, own.form, own.wait) if own else ()
    return sha256(repr((at.profile.source, shown, line)).encode("utf-8", "replace")).hexdigest()[
        :16
    ]


def fresh(house: House, at: Place) -> Subscription:
    """The subscription that a place without one would get."""
    now = house.clock()
    bare = Subscription(at.target, at.profile.name, made_at=now)
    return replace(bare, since=slots.since(bare, now))


class _Reading:
    """One form being read; what is wrong is collected by field."""

    def __init__(self, form: SettingsForm) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}

    def subscription(self, old: Subscription) -> Subscription:
        """The subscription as the form wants it; without what is wrong."""
        form = self.form
        if form.line not in {AUTO, FROZEN}:
            self.wrong["line"] = f"Choose one of {AUTO}, {FROZEN}."
        return replace(
            old,
            at=self._try("at", lambda: _time(form.at), old.at),
            zone=self._try("zone", lambda: slots.zone(form.zone.strip()).key, old.zone),
            quiet=self._try("quiet", lambda: _choice(Quiet, form.quiet), old.quiet),
            form=self._try("form", lambda: _choice(Form, form.form), old.form),
            wait=self._try("wait", lambda: _choice(Wait, form.wait), old.wait),
            days=self._try("days", lambda: _days(form.days), old.days),
        )

    def profile(self, old: Profile) -> Profile:
        """The profile as the form wants it, its text changed where it must be and nowhere else."""
        form, made = self.form, old
        made = self._try("topics", lambda: _topics(made, form.topics), made)
        made = self._try("categories", lambda: _categories(made, form.categories), made)
        made = self._try("authors", lambda: _authors(made, form.authors), made)
        return self._try("cap", lambda: _cap(made, form.cap), made)

    def _try(self, field: str, read: Callable[[], T], instead: T) -> T:
        try:
            return read()
        except ConfigError as error:
            self.wrong[field] = str(error)
            return instead


def _time(text: str) -> time:
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise ConfigError(
            f"The time “{words.short(text.strip())}” doesn’t exist. Give one from 00:00 to 23:59."
        )
    return time(int(found[1]), int(found[2]))


def _choice(kind: Callable[[str], T], text: str) -> T:
    try:
        return kind(text.strip().lower())
    except ValueError:
        known: Any = kind
        raise ConfigError(f"Choose one of {', '.join(known)}.") from None


def _days(days: tuple[int, ...]) -> tuple[int, ...]:
    found = tuple(sorted(set(days)))
    if not found or not all(day in _WEEK for day in found):
        raise ConfigError("Choose at least one day of the week.")
    return found


def _topics(profile: Profile, given: str) -> Profile:
    topics = block(given)
    if topics == block(profile.topics):
        return profile
    if not topics:
        raise ConfigError("Say what you want to read, in a sentence or more.")
    if len(topics) > LONGEST_TOPICS:
        raise ConfigError(f"That is too long: give at most {LONGEST_TOPICS:,} characters.")
    if len(topics) >= _CUT and block(profile.topics).startswith(topics):
        raise ConfigError(
            "The form has cut this text off, so it is left as it was: "
            f"use `paperlark profiles edit {profile.name}`."
        )
    return editing.with_topics(profile, topics)


def _categories(profile: Profile, given: tuple[str, ...]) -> Profile:
    wanted = tuple(dict.fromkeys(taxonomy.canonical(each) for each in given if each.strip()))
    if not wanted:
        raise ConfigError("Choose at least one category, as cs.LG.")
    return _list(profile, "categories", profile.categories, wanted)


def _authors(profile: Profile, given: tuple[str, ...]) -> Profile:
    wanted = tuple(dict.fromkeys(name for each in given if (name := plain(each))))
    return _list(profile, "authors", profile.authors, wanted)


def _list(profile: Profile, key: str, old: tuple[str, ...], wanted: tuple[str, ...]) -> Profile:
    """The list changed entry by entry where its order allows, so that its comments stay."""
    if len(wanted) > _MOST:
        raise ConfigError(f"Give at most {_MOST}.")
    if wanted == old:
        return profile
    left = [each for each in old if each in wanted]
    added = [each for each in wanted if each not in old]
    if [*left, *added] != list(wanted):
        return editing.with_value(profile, key, wanted)
    made = profile
    if left != list(old):
        gone = {each.casefold() for each in old if each not in wanted}
        made = editing.without(made, key, lambda each: each.strip().casefold() in gone)
    for each in added:
        made = editing.with_added(made, key, each)
    now = {"categories": made.categories, "authors": made.authors}[key]
    return made if now == wanted else editing.with_value(profile, key, wanted)


def _cap(profile: Profile, cap: int) -> Profile:
    if not 1 <= cap <= MOST_CARDS:
        raise ConfigError(f"Give a number from 1 to {MOST_CARDS}.")
    return profile if cap == profile.cap else editing.with_value(profile, "cap", cap)
