"""Where digests go: starting and stopping those of a place."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot import words
from bot.desk.forms import fresh
from bot.desk.house import place
from bot.readers import signup
from bot.replies import Said
from paperlark import slots
from paperlark.errors import NotFound
from paperlark.owed import served
from paperlark.subscription import State

if TYPE_CHECKING:
    from bot.desk.house import House, Place
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.subscription import Subscription

NO_MAIL = (
    "Mail is not set up here. Whoever runs paperlark sets `channels.mail.host`; until then the "
    "digest comes to this place: `/digest subscribe here`."
)
MAIL_BY_HAND = (
    "Mails are started by whoever runs paperlark: "
    "`paperlark subs add mail:ADDRESS --profile {profile}`."
)
_LINKED = re.compile(r"<mailto:([^|>]+)(?:\|[^>]*)?>")
"""An address as Slack writes it."""
_HERE = ("here", "channel")


def subscribe(house: House, asker: Asker, text: str) -> Reply:
    """Offer what there is; ``here`` starts or resumes the digest of the place."""
    at = place(house, asker)
    word = text.strip().lower()
    if word in _HERE:
        return Said(_start(house, asker, at))
    if "@" in word and house.mail and house.invite:
        return Said(house.invite(_by_mail(house, at, text), asker.voter))
    if word:
        return Said(MAIL_BY_HAND.format(profile=at.profile.name) if house.mail else NO_MAIL)
    own = at.subscription
    if own is None:
        offer = words.hours(fresh(house, at))
        return Said(
            f"No digest comes to this place. `/digest subscribe here` starts {at.profile.name}, "
            f"{offer}; `/digest settings` chooses another hour. "
            "To see the newest now: `/digest latest`."
        )
    if not served(own, house.clock()):
        return Said(f"{_state(at)} To start it again: `/digest subscribe here`.")
    return Said(
        f"{own.profile} comes to this place {words.hours(own)}. `/digest settings` changes it."
    )


def _by_mail(house: House, at: Place, text: str) -> Subscription:
    """The subscription of an address, at the hours of the place."""
    linked = _LINKED.fullmatch(text.strip())
    target = signup.mailbox(linked[1] if linked else text)
    return replace(fresh(house, replace(at, target=target)), **_hours(at))


def _hours(at: Place) -> dict[str, Any]:
    own = at.subscription
    return {"at": own.at, "zone": own.zone, "days": own.days} if own else {}


def unsubscribe(house: House, asker: Asker, text: str) -> Reply:
    """Say what could be stopped; ``here`` stops the digest of the place."""
    own = place(house, asker).subscription
    if own is None:
        return Said("No digest comes to this place, so there is nothing to stop.")
    if text.strip().lower() not in _HERE:
        return Said(
            f"{own.profile} comes to this place {words.hours(own)}, for everyone in it. "
            "To stop it: `/digest unsubscribe here`."
        )
    if not asker.manager:
        raise NotFound(words.MANAGERS)
    stopped = replace(own, state=State.PAUSED, until=None)
    house.store.subscriptions.save_subscription(stopped)
    return Said(
        f"Stopped: {own.profile} no longer comes to this place. Votes are kept. "
        "To start it again: `/digest subscribe here`."
    )


def _start(house: House, asker: Asker, at: Place) -> str:
    if not asker.manager:
        raise NotFound(words.MANAGERS)
    own = at.subscription or fresh(house, at)
    if at.subscription and served(own, house.clock()):
        return f"{own.profile} comes to this place already, {words.hours(own)}."
    now = house.clock()
    active = replace(
        own, state=State.ACTIVE, until=None, reason="", since=max(own.since, slots.since(own, now))
    )
    house.store.subscriptions.save_subscription(active)
    return words.first(slots.first(active, now), active.zone)


def _state(at: Place) -> str:
    own = at.subscription
    if own and own.state is State.DISABLED:
        return f"The digest of this place is off: {own.reason.rstrip('.')}."
    return "The digest of this place is paused."
