"""Addresses that are never written to again, and what that ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from paperlark.store.suppressed import mailbox, spelling
from paperlark.subscription import State
from paperlark.target import Target

if TYPE_CHECKING:
    from datetime import datetime

    from paperlark.store import RedisStore
    from paperlark.subscription import Subscription

COMPLAINT: Final = "complaint"
BY_HAND: Final = "by hand"
BARRED: Final = (
    "This address is never written to again. Where its reader wants mails after all: "
    "`paperlark mail suppressed remove ADDRESS`."
)
REASON: Final = (
    "A mail was called spam, or the address asked for none, so nothing is sent there any more"
)
"""Why a subscription is off; its reader may read that."""


def barred(store: RedisStore, target: Target) -> bool:
    """Whether nothing may be sent there."""
    return target.kind == "mail" and bool(store.suppressed.why(target.address))


def reachable(store: RedisStore, subscription: Subscription) -> Subscription:
    """The same, without an owner who is never to be written to."""
    kind, _, address = subscription.owner.partition(":")
    return replace(subscription, owner="") if barred(store, Target(kind, address)) else subscription


def suppress(store: RedisStore, address: str, why: str, now: datetime) -> tuple[Subscription, ...]:
    """Never write to the address again; the subscriptions that this ended, as they are now."""
    store.suppressed.add(address, why, now)

    listed = spelling(address)

    def theirs(each: Subscription) -> bool:
        told = each.target.address
        return each.target.kind == "mail" and listed in {spelling(told), mailbox(told)}

    store.readers.withdraw(theirs)
    found = [each for each in store.subscriptions.subscriptions() if theirs(each)]
    ended = [off(store, each, REASON) for each in found if each.state is not State.DISABLED]
    return tuple(each for each in ended if each)


def off(store: RedisStore, seen: Subscription, reason: str) -> Subscription | None:
    """Serve it no more; None where somebody has changed it since it was seen."""
    made = store.subscriptions.disable(seen, reason)
    if made:
        store.refusals.forgive(str(made.target))  # resumed, it counts anew
        store.told.forget(made.id)  # this one is news, whatever was told before
    return made
