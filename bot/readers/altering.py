"""What a reader's form changes: all of it, or nothing where somebody else was faster."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.readers import forms, wishes
from bot.readers.wishes import Wish
from paperlark import slots
from paperlark.profile import is_own
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.readers.asked import Asked
    from bot.readers.office import Office, Reader
    from paperlark.domain import Profile
    from paperlark.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Altered:
    """What became of a form.

    Attributes:
        reader: as they stand now.
        wrong: what cannot be read, by field; nothing was changed then.
        late: it was changed elsewhere since the form was shown; nothing was changed by this one.
    """

    reader: Reader
    wrong: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


def alter(office: Office, reader: Reader, asked: Asked) -> Altered:
    """Change what the form says, if everything is as it was when the form was shown."""
    own = reader.subscription
    if own is None or asked.text("stamp") not in {"", stamp(office, own)}:
        return Altered(reader, late=own is not None)
    reading = forms.Reading(asked)
    wish = _wish(office, reading, own)
    wanted = reading.timing(own)
    until = reading.take("until", forms.day, own.until)
    if until and until < today(office, wanted.zone):
        reading.wrong["until"] = "This date is over. Give one from today on, or none."
    made = _moved(office, _paused(wanted, until), wish)
    if made.id != own.id and office.store.subscriptions.subscription(made.id):
        reading.wrong["profile"] = "Mails of this profile come to this address already."
    return Altered(reader, reading.wrong) if reading.wrong else _kept(office, reader, made, wish)


def stamp(office: Office, own: Subscription) -> str:
    """A name of everything the form shows: another one, once any of it has changed."""
    profile = office.store.profile(own.profile) if is_own(own.profile) else None
    held = (own.id, own.at, own.zone, own.days, own.state, own.until, profile and profile.revision)
    return sha256(repr(held).encode("utf-8", "replace")).hexdigest()[:16]


def today(office: Office, zone: str) -> date:
    """The date in a zone."""
    return office.now().astimezone(slots.zone(zone)).date()


def topics_of(office: Office, identifier: str) -> Profile | None:
    """A reader's own profile, of this or of an earlier subscription; None where there is none."""
    names = (each.rpartition("/")[2] for each in office.store.subscriptions.once(identifier))
    held = (office.store.profile(name) for name in names if is_own(name))
    return next((each for each in held if each), None)


def _wish(office: Office, reading: forms.Reading, own: Subscription) -> Wish:
    """Which profile is wanted; the present one, where the form does not say."""
    what, same = reading.asked.text("what"), reading.asked.text("profile") == own.profile
    if not what or (what != wishes.OWN and same):
        return Wish(own.profile)
    return wishes.read(office, reading, topics_of(office, own.id))


def _paused(wanted: Subscription, until: date | None) -> Subscription:
    """The pause as the form has it; what the service refused for good stays off."""
    if wanted.state is State.DISABLED:
        return wanted
    state = State.PAUSED if until else State.ACTIVE
    return replace(wanted, state=state, until=until)


def _moved(office: Office, wanted: Subscription, wish: Wish) -> Subscription:
    """The subscription with the profile that is wanted; of another one, what is to come is owed."""
    if wish.name in {"", wanted.profile}:
        return wanted
    return replace(wanted, profile=wish.name, since=slots.since(wanted, office.now()))


def _kept(office: Office, reader: Reader, made: Subscription, wish: Wish) -> Altered:
    """A new profile is kept before the subscription that has it, a changed one after."""
    seen, store = reader.subscription, office.store
    fresh = wish.own is not None and store.profile(wish.name) is None
    if wish.own and fresh:
        store.save_profile(wish.own)
    if seen is None or not store.subscriptions.change(seen, made):
        if fresh:
            store.erase_own(wish.name)
        return Altered(office.reader(reader.key), late=True)
    if wish.own:
        store.save_profile(wish.own)
    return Altered(office.known(made))
