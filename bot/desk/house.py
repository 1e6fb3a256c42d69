"""What the desk works with, and which profile a question is about."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk.memory import Memory
from paperlark import chosen, slots
from paperlark.errors import ConfigError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from bot.desk.kept import Kept
    from bot.ports import Asker
    from paperlark.clock import Clock
    from paperlark.domain import PaperId, Profile
    from paperlark.feedback import Knobs
    from paperlark.subscription import Subscription
    from paperlark.target import Target
    from paperlark.vote import Vote

TURN: Final = threading.RLock()
"""Whoever changes a place looks and writes before the next one: nothing is lost, or done twice."""
_OPERATOR: Final = "cli"
_TERMINAL: Final = "console"
_LATER: Final = 8
"""A post bears the newest date it covers: up to a week after that of its papers."""


@dataclass(frozen=True, slots=True)
class House:
    """The collaborators of every question.

    Attributes:
        fetch: puts a profile's day on its way, and gives the sentence its last try ended with.
        default: the profile of places without a subscription, ``digest.profile``; may be empty.
        web: the public address of our pages; may be empty.
        mail: whether mails are set up.
        invite: asks a reader by mail to confirm a subscription; from whom the request came. Gives
            the sentence to say; may raise. None where there is nobody to do it.
        draft: has a request's turn drafted, by the request's name; None where nobody does it.
        knobs: the target and the least a day by the settings; None for those as shipped.
        memory: what takes long to work out.
    """

    store: Kept
    clock: Clock
    fetch: Callable[[str, date], str]
    default: str = ""
    web: str = ""
    mail: bool = False
    invite: Callable[[Subscription, str], str] | None = None
    draft: Callable[[str, int], str] | None = None
    knobs: Knobs | None = None
    memory: Memory = field(default_factory=Memory, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question came from, and what it is about.

    Attributes:
        subscription: the place's own; None where digests do not come.
    """

    target: Target
    profile: Profile
    subscription: Subscription | None

    @property
    def id(self) -> str:
        """The subscription's id; of a place without one, that which it would have."""
        return f"{self.target}/{self.profile.name}"

    @property
    def zone(self) -> str:
        """The place's time zone."""
        return self.subscription.zone if self.subscription else "UTC"


def place(house: House, asker: Asker, paper: PaperId = "", ref: str = "") -> Place:
    """The place of a question.

    Args:
        house: where things are kept.
        asker: who asks, and where.
        paper: where a place has several profiles, the one that showed this paper is meant.
        ref: the service's name of a message: the profile that posted it comes before any other.

    Raises:
        NotFound: it has no profile, or not the one that was named; the sentence says what to do.
    """
    here = _delivered(house, asker.where)
    own = _called(here, asker) if asker.profile else _meant(house, here, asker, paper, ref)
    name = own.profile if own else ""
    try:
        profile = chosen.chosen(house.store, name, house.default)
    except NotFound as error:
        raise NotFound(_no_profile(name or house.default)) from error
    except ConfigError as error:
        names = [each.name for each in house.store.profiles()]
        raise NotFound(_which(asker.where, names)) from error
    if asker.profile and not _same(profile.name, asker.profile):
        raise NotFound(_not_here(asker.profile, (profile.name,)))
    return Place(asker.where, profile, own)


def barred(house: House, asker: Asker, at: Place) -> str:
    """Why the asker may not change what the place's profile gives; empty where they may.

    Everybody manages a talk of their own, and many a place that gets no digest: from there nobody
    changes what others got before. The command line belongs to whoever runs paperlark.
    """
    if not asker.manager:
        return words.MANAGERS
    outside = asker.alone or (at.subscription is None and asker.where.kind != _OPERATOR)
    return words.ELSEWHERE if outside and _shared(house, at) else ""


def _shared(house: House, at: Place) -> bool:
    """Whether other places get the profile too, and did so before this one."""
    own = at.subscription.made_at if at.subscription else None
    every = house.store.subscriptions.subscriptions()
    theirs = (each for each in every if each.profile == at.profile.name)
    others = (e for e in theirs if e.target != at.target and e.target.kind != _TERMINAL)
    return any(own is None or each.made_at is None or each.made_at < own for each in others)


def named(asker: Asker, at: Place, votes: Iterable[Vote] | None = None) -> bool:
    """Whether the asker is told who cast these votes, or without any who gets digests elsewhere.

    In a talk of one's own everybody manages: there only those who voted in that talk are named.
    """
    told = asker.named and asker.manager
    if not asker.alone:
        return told
    return told and votes is not None and all(each.subscription == at.id for each in votes)


def profiles(house: House, asker: Asker) -> tuple[str, ...]:
    """The names of the place's profiles, the usual one first.

    Raises:
        NotFound: it has none.
    """
    here = _delivered(house, asker.where)
    named = tuple(dict.fromkeys(each.profile for each in here))
    return named or (place(house, replace(asker, profile="")).profile.name,)


def _delivered(house: House, where: Target) -> list[Subscription]:
    return [each for each in house.store.subscriptions.subscriptions() if each.target == where]


def _called(here: Sequence[Subscription], asker: Asker) -> Subscription | None:
    """The place's subscription to the profile that was named; None where digests do not come."""
    found = next((each for each in here if _same(each.profile, asker.profile)), None)
    if here and not found:
        raise NotFound(_not_here(asker.profile, dict.fromkeys(each.profile for each in here)))
    return found


def _meant(
    house: House, here: Sequence[Subscription], asker: Asker, paper: PaperId, ref: str
) -> Subscription | None:
    """The subscription that a question about a paper or a message means, else the usual one."""
    showing = (each for each in here if paper and house.store.shown_on(each.profile, paper))
    return _posted(house, here, paper, ref) or next(showing, None) or chosen.at(here, asker.where)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _posted(
    house: House, here: Sequence[Subscription], paper: PaperId, ref: str
) -> Subscription | None:
    """Of several subscriptions of a place, the one whose post has that message."""
    if not ref or len(here) == 1:
        return None
    return next((each for each in here if _holds(house, each, paper, ref)), None)


def _holds(house: House, subscription: Subscription, paper: PaperId, ref: str) -> bool:
    ledger = house.store.ledger
    shown = ledger.shown(subscription.target.kind, ref)
    if shown:
        return shown.subscription == subscription.id
    newest = house.store.shown_on(subscription.profile, paper)[-1:]
    days = (day + timedelta(days=after) for day in newest for after in range(_LATER))
    posts = (ledger.post(subscription.id, day) for day in days)
    return any(post is not None and ref in ledger.refs(post).values() for post in posts)


def _no_profile(name: str) -> str:
    if name:
        return (
            f"The profile “{name}” of this place does not exist any more: whoever runs paperlark "
            f"brings it back with `paperlark profiles add {name} --file FILE`."
        )
    return (
        "There is no profile yet, so there is nothing to show: whoever runs paperlark makes one "
        "with `paperlark init`."
    )


def _not_here(name: str, known: Iterable[str]) -> str:
    shown = ", ".join(known)
    return f"“{words.short(name)}” is no profile of this place: leave it out, or name {shown}."


def _which(where: Target, names: list[str]) -> str:
    return (
        f"This place has no digest, and there are several profiles ({', '.join(names)}): whoever "
        f"runs paperlark chooses one with `paperlark subs add {where} --profile {names[0]}`."
    )


def now_at(house: House, zone: str) -> datetime:
    """What time it is in a zone."""
    return house.clock().astimezone(slots.zone(zone))
