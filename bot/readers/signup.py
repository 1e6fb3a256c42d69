"""Double opt-in: a request is kept for 48 hours, one mail asks, and a press makes it a digest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from bot import words
from bot.channels.mail.headers import bare
from bot.readers import letters, limits, wishes
from bot.readers.office import masked
from bot.readers.pages import Button, Page
from paperlark import slots
from paperlark.errors import ConfigError, DeliveryError
from paperlark.owed import served
from paperlark.render import dates
from paperlark.render.words import called
from paperlark.subscription import State
from paperlark.target import Target
from paperlark.tokens import Purpose, reader_key

if TYPE_CHECKING:
    from datetime import datetime

    from bot.readers.asked import Asked
    from bot.readers.letters import Letter
    from bot.readers.office import Office
    from paperlark.domain import Profile
    from paperlark.subscription import Subscription

LASTS: Final = timedelta(hours=48)
_NAME_BYTES: Final = 12
_NO_PAGES: Final = (
    "Nobody can confirm: set `web.public_url` to the address that readers reach the bot’s pages at."
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to confirm, kept; and the mail that asks."""

    name: str
    target: Target
    at: datetime
    letter: Letter


def mailbox(text: str) -> Target:
    """The target that an address as typed means; the part after the @ is the same in any case.

    Raises:
        ConfigError: it is no address.
    """
    name, _, host = text.strip().rpartition("@")
    host = host.lower().rstrip(".")
    try:
        return Target.parse(f"mail:{bare(f'{name}@{host}')}").fitting()
    except (DeliveryError, ValueError) as error:
        said = "This is no mail address that can be written to: give one as ada@example.org."
        raise ConfigError(said) from error


def prepared(
    office: Office, wanted: Subscription, source: str, own: Profile | None = None
) -> Request | None:
    """Keep what is to be confirmed; None where the address has had its share of mails.

    Args:
        office: where it is kept.
        wanted: for a mail target.
        source: who asks; empty for the operator.
        own: the reader's own profile, kept for others to see by nobody, once it is confirmed.

    Raises:
        ConfigError: there are no pages to confirm on.
        TooMany: too much is asked for.
    """
    if not office.web:
        raise ConfigError(_NO_PAGES)
    name, now = secrets.token_urlsafe(_NAME_BYTES), office.now()
    if not limits.admitted(office, source, wanted.target.address, name):
        return None
    pending = replace(wanted, state=State.PENDING, made_at=now)
    office.store.readers.ask(name, pending, own)
    return _request(office, name, pending, own)


def kept(office: Office, name: str) -> Request | None:
    """A request as it was kept; None where it is confirmed, or over."""
    pending = office.store.readers.asked(name)
    return _request(office, name, pending, office.store.readers.draft(name)) if pending else None


def _request(office: Office, name: str, pending: Subscription, own: Profile | None) -> Request:
    """The request with its mail: the same one whenever it is made."""
    made = pending.made_at or office.now()
    fields = (name, reader_key(office.secret, pending.id))
    token = office.signer.sign(Purpose.CONFIRM, *fields, expires=made + LASTS)
    what = ", ".join(own.categories) if own else ""
    link = f"{office.web}/confirm/{token}"
    letter = letters.confirmation(pending, link, f"confirm/{name}", what)
    return Request(name, pending.target, made, letter)


def send(office: Office, request: Request) -> None:
    """Send the mail that asks; where it surely did not arrive, it does not count.

    Raises:
        DeliveryError: it was refused, or may or may not have arrived.
    """
    try:
        office.send(request.target, request.letter)
    except DeliveryError as error:
        if not error.uncertain:
            withdraw(office, request)
        raise


def withdraw(office: Office, request: Request) -> None:
    """Let a request not count: its mail never arrived."""
    who = limits.address(office, request.target.address)
    office.store.readers.take_back(who, request.name)
    office.store.readers.answered(request.name)


def shown(office: Office, asked: Asked) -> Page:
    """The page with the button; nothing begins by looking at it."""
    name, key = asked.fields(office, Purpose.CONFIRM, 2)
    wanted = office.store.readers.asked(name)
    if wanted is None:
        return _over(office, key)
    own = office.store.readers.draft(name)
    return Page(
        f"Confirm mails of {called(wanted.profile)} to {masked(wanted.target.address)}?",
        (
            *([wishes.about(own)] if own else ()),
            f"{words.hours(wanted)}. {_first(wanted, office.now())}",
        ),
        (Button("Confirm", "confirm"),),
    )


def confirm(office: Office, asked: Asked) -> Page:
    """Begin the digest; a second press begins nothing, least of all after the way out."""
    name, key = asked.fields(office, Purpose.CONFIRM, 2)
    wanted = office.store.readers.asked(name)
    if wanted is None:
        return _over(office, key)
    own = office.store.readers.draft(name)
    if own:
        wishes.admitted(office, own.name)
        office.store.save_profile(own)
    made = started(office, wanted)
    office.store.readers.answered(name)
    return _confirmed(office, made)


def started(office: Office, wanted: Subscription) -> Subscription:
    """The subscription, kept and active from now on: its reader wants it."""
    now, shelf = office.now(), office.store.subscriptions
    old = shelf.subscription(wanted.id)
    fresh = replace(wanted, state=State.ACTIVE, until=None, reason="", made_at=now)
    goes_on = old is not None and served(old, now)
    since = old.since if old and goes_on else slots.since(fresh, now)
    made = replace(fresh, since=since)
    shelf.save_subscription(made)
    shelf.stays(made.id)
    office.store.refusals.forgive(str(made.target))
    office.known(made)
    return made


def _confirmed(office: Office, made: Subscription) -> Page:
    reader = office.known(made)
    ways = ((office.link(Purpose.MANAGE, reader), "Change the hour or the days, pause, leave"),)
    return Page("Confirmed.", (_first(made, office.now()),), ways=ways)


def _over(office: Office, key: str) -> Page:
    """The request is gone: it was confirmed, or 48 hours are over."""
    reader = office.reader(key)
    if reader.subscription and served(reader.subscription, office.now()):
        return _confirmed(office, reader.subscription)
    return Page(
        "There is nothing to confirm.",
        ("Links to confirm work once, for 48 hours. No mail comes unless you ask again.",),
        ways=((office.addresses.subscription, "Ask for a digest"),) if office.open else (),
        status=HTTPStatus.GONE,
    )


def _first(subscription: Subscription, now: datetime) -> str:
    at = slots.first(subscription, now)
    day = dates.short(at.date(), year=now.year)
    return f"First mail: {day}, {at:%H:%M} ({subscription.zone})."
