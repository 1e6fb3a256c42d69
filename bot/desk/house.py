"""What the desk works with, and which profile a question is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from paperlark import chosen, slots
from paperlark.errors import ConfigError, NotFound
from paperlark.ports import ShelfStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from bot.ports import Asker
    from paperlark.clock import Clock
    from paperlark.domain import Digest, Listing, Paper, PaperId, PaperTrace, Profile
    from paperlark.ports import Ledger, SubscriptionStore
    from paperlark.store.standing import Outcome, Way
    from paperlark.subscription import Subscription
    from paperlark.target import Target
    from paperlark.vote import Vote

_LATER: Final = 8
"""A post bears the newest date it covers: up to a week after that of its papers."""


class Votes(Protocol):
    """The slice of the votes the desk works with."""

    def say(self, vote: Vote, way: Way) -> Outcome:
        """Keep a word as it is meant; what it came to."""

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        """The last words on a subscription's papers."""

    def votes_on(self, subscription: str, paper: PaperId) -> tuple[Vote, ...]:
        """The last words on one paper."""

    def votes_of(self, voter: str) -> tuple[Vote, ...]:
        """One person's last words."""

    def voted_in(self) -> tuple[str, ...]:
        """The ids of subscriptions with any vote."""

    def forget_of(self, voter: str) -> int:
        """Erase every word of one person; how many they were."""


class Shelf(ShelfStore, Protocol):
    """Papers put aside, and the way to lose them all."""

    def forget_of(self, voter: str) -> None:
        """Erase everything that person put aside."""


class Seen(Protocol):
    """Events that were handled."""

    def handled(self, kind: str, event: str) -> bool:
        """Whether it was handled."""

    def mark(self, kind: str, event: str) -> bool:
        """Note that it was handled."""


class Kept(Protocol):
    """The slice of the store the desk works with."""

    @property
    def votes(self) -> Votes:
        """Thumbs."""

    @property
    def saved(self) -> Shelf:
        """Papers put aside."""

    @property
    def seen(self) -> Seen:
        """Events that were handled."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """Who gets what."""

    @property
    def ledger(self) -> Ledger:
        """What was delivered."""

    def profile(self, name: str) -> Profile | None:
        """The profile of that name."""

    def profiles(self) -> tuple[Profile, ...]:
        """Every profile."""

    def save_profile(self, profile: Profile) -> None:
        """Keep it."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        """Dates whose digest shows the paper, oldest first."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids."""

    def dated(self) -> Iterator[tuple[date, Paper]]:
        """Every paper still kept with its mailing date, oldest first."""

    def first_day(self) -> date | None:
        """The oldest mailing date of which anything is kept."""

    def keep(self, papers: Iterable[Paper]) -> None:
        """Keep papers for good."""

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        """Kept listings of the paper, newest date first."""

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        """All that is kept about a paper for a profile and day."""


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
    """

    store: Kept
    clock: Clock
    fetch: Callable[[str, date], str]
    default: str = ""
    web: str = ""
    mail: bool = False
    invite: Callable[[Subscription, str], str] | None = None


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
        NotFound: it has no profile; the sentence says what to do.
    """
    here = [s for s in house.store.subscriptions.subscriptions() if s.target == asker.where]
    showing = (s for s in here if paper and house.store.shown_on(s.profile, paper))
    own = _posted(house, here, paper, ref) or next(showing, None) or chosen.at(here, asker.where)
    name = own.profile if own else ""
    try:
        profile = chosen.chosen(house.store, name, house.default)
    except NotFound as error:
        raise NotFound(_no_profile(name or house.default)) from error
    except ConfigError as error:
        names = [each.name for each in house.store.profiles()]
        raise NotFound(_which(asker.where, names)) from error
    return Place(asker.where, profile, own)


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


def _which(where: Target, names: list[str]) -> str:
    return (
        f"This place has no digest, and there are several profiles ({', '.join(names)}): whoever "
        f"runs paperlark chooses one with `paperlark subs add {where} --profile {names[0]}`."
    )


def now_at(house: House, zone: str) -> datetime:
    """What time it is in a zone."""
    return house.clock().astimezone(slots.zone(zone))
