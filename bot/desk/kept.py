"""What of the store the desk works with, shelf by shelf: as much of each as is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paperlark import facts, pasts
from paperlark.ports import ShelfStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Batch, Digest, Listing, Paper, PaperId, PaperTrace, Profile
    from paperlark.drafting import Request, Trial
    from paperlark.feedback import Decision, Showing, Wording
    from paperlark.layer import Layer
    from paperlark.ports import Ledger, SubscriptionStore
    from paperlark.store.links import Joined
    from paperlark.store.standing import Outcome, Way
    from paperlark.vote import Vote


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

    def voted_for(self, profile: str) -> tuple[str, ...]:
        """The ids of a profile's subscriptions with any vote."""

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


class Choices(facts.Choices, Protocol):
    """What people decided, and the way to decide."""

    def decide(self, profile: str, decision: Decision, by: str = "") -> None:
        """Keep a decision about a line."""

    def word(self, profile: str, wording: Wording) -> None:
        """Keep what was decided about words."""

    def decided_by(self, voter: str) -> int:
        """How many decisions are that person's."""

    def forget_of(self, voter: str) -> int:
        """Take a person's name off every decision; how many they were."""


class Links(facts.People, Protocol):
    """Who is the same person, and the ways to become and to stay one."""

    def of(self, voter: str) -> tuple[str, ...]:
        """All identities of the person, in order."""

    def offer(self, voter: str) -> str:
        """A fresh code for this identity."""

    def join(self, voter: str, code: str) -> Joined:
        """Make this identity and the one that was given the code one person."""

    def part(self, voter: str) -> bool:
        """Make this identity a person of its own again; whether it was linked."""

    def forget_of(self, voter: str) -> None:
        """Erase the identity's link and its code."""


class Layers(Protocol):
    """What people follow and mute for themselves, and what their own pages showed."""

    def layer(self, voter: str) -> Layer:
        """What that identity follows and mutes."""

    def save_layer(self, voter: str, layer: Layer) -> None:
        """Keep it, in place of any."""

    def show(self, voter: str, profile: str, showing: Showing) -> None:
        """Keep what a page of one's own showed."""

    def shown(self, voter: str, profile: str) -> tuple[Showing, ...]:
        """What a person's own pages of a profile's days showed."""

    def forget_of(self, voter: str) -> None:
        """Erase what the person follows, mutes and was shown."""


class Drafts(Protocol):
    """Profiles being drafted."""

    def ask(self, name: str, request: Request) -> None:
        """Keep a new request, in place of any of that name."""

    def request(self, name: str) -> Request | None:
        """What was asked for."""

    def trial(self, name: str) -> Trial | None:
        """What came of it so far."""

    def change(self, name: str, change: Callable[[Request], Request]) -> Request | None:
        """Change what was asked for, as it is kept at that moment."""

    def forget(self, name: str) -> bool:
        """Forget it; whether there was one."""

    def forget_of(self, voter: str) -> None:
        """Forget every request of one person."""


class Kept(facts.Kept, pasts.Kept, Protocol):
    """The slice of the store the desk works with."""

    @property
    def votes(self) -> Votes:
        """Thumbs."""

    @property
    def choices(self) -> Choices:
        """What people decided."""

    @property
    def links(self) -> Links:
        """Who is the same person."""

    @property
    def layers(self) -> Layers:
        """What people follow and mute for themselves."""

    @property
    def saved(self) -> Shelf:
        """Papers put aside."""

    @property
    def drafts(self) -> Drafts:
        """Profiles being drafted."""

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

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        """The batches kept for that day."""

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
