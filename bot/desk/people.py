"""What one person gave: told, handed out, or erased for good."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from bot.replies import File, Said
from paperlark.errors import NotFound
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import PaperId
    from paperlark.ports import SubscriptionStore
    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

USAGE = "Say `/digest forget me` to erase what is kept of you, or `/digest export mine` to have it."
NOTHING = "Nothing is kept of you: no vote, no saved paper."


class Words(Protocol):
    """The slice of the votes that is about one person."""

    def votes_of(self, voter: str) -> tuple[Vote, ...]:
        """One person's last words."""

    def forget_of(self, voter: str) -> int:
        """Erase every word of one person; how many they were."""


class Shelf(Protocol):
    """Papers put aside, and the way to lose them all."""

    def kept_for(self, voter: str) -> Mapping[PaperId, datetime]:
        """What that person put aside, newest first."""

    def forget_of(self, voter: str) -> None:
        """Erase everything that person put aside."""


class Kept(Protocol):
    """The slice of the store that knows people."""

    @property
    def votes(self) -> Words:
        """Thumbs."""

    @property
    def saved(self) -> Shelf:
        """Papers put aside."""

    @property
    def subscriptions(self) -> SubscriptionStore:
        """Who gets what."""


@dataclass(frozen=True, slots=True)
class Person:
    """All that is kept of one person.

    Attributes:
        voter: who, with the kind of identity before it: ``slack:U1``.
        votes: last words, withdrawals too, oldest first.
        saved: papers put aside and when, newest first.
        owned: subscriptions whose owner the person is.
    """

    voter: str
    votes: tuple[Vote, ...]
    saved: Mapping[PaperId, datetime]
    owned: tuple[Subscription, ...]

    def __bool__(self) -> bool:
        return bool(self.votes or self.saved or self.owned)

    @property
    def said(self) -> str:
        """What there is, as a clause: ``3 votes, 1 saved paper``."""
        parts = [
            figures.many(len(self.votes), "vote"),
            figures.many(len(self.saved), "saved paper"),
        ]
        if self.owned:
            parts.append(f"the name on {', '.join(each.id for each in self.owned)}")
        return ", ".join(parts)


def person(store: Kept, voter: str) -> Person:
    """What is kept of that person. May raise `StoreError`."""
    owned = (each for each in store.subscriptions.subscriptions() if each.owner == voter)
    votes, saved = store.votes.votes_of(voter), store.saved.kept_for(voter)
    return Person(voter, votes, saved, tuple(owned))


def erase(store: Kept, voter: str) -> Person:
    """Erase it, and give what it was; every later line is worked out without these votes.

    Interrupted, it has erased a part: done again, it erases the rest. May raise `StoreError`.
    """
    gone = person(store, voter)
    store.votes.forget_of(voter)
    store.saved.forget_of(voter)
    for each in gone.owned:
        store.subscriptions.save_subscription(replace(each, owner=""))
    return gone


def as_json(whom: Person) -> str:
    """Everything, as an indented JSON object: ``voter``, ``votes``, ``saved``, ``owner_of``."""
    table = {
        "voter": whom.voter,
        "votes": [_vote(each) for each in whom.votes],
        "saved": [{"paper": paper, "at": at.isoformat()} for paper, at in whom.saved.items()],
        "owner_of": [each.id for each in whom.owned],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "at": vote.at.isoformat(),
        "subscription": vote.subscription,
        "paper": vote.paper,
        "verdict": int(vote.verdict),
        "door": str(vote.door),
        "digest": vote.digest.isoformat() if vote.digest else None,
    }


def export(house: House, asker: Asker) -> File:
    """``/digest export mine``: a file with everything."""
    whom = person(house.store, asker.voter)
    return File("mine.json", as_json(whom), f"Kept of you: {whom.said}.")


def forget(house: House, asker: Asker, text: str) -> Reply:
    """``/digest forget me``: says what there is; with ``yes`` behind it, that is erased.

    Raises:
        NotFound: it is not clear what is meant.
    """
    said = text.lower().split()
    if said not in (["me"], ["me", "yes"]):
        raise NotFound(USAGE)
    whom = person(house.store, asker.voter)
    if not whom:
        return Said(NOTHING)
    if said == ["me"]:
        return Said(
            f"Kept of you: {whom.said}. `/digest export mine` hands it out. "
            "To erase it for good: `/digest forget me yes`."
        )
    erase(house.store, asker.voter)
    return Said(f"Erased: {whom.said}. From the next digest on, the line is set without them.")
