"""What one person gave: told, handed out, or erased for good."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from bot import words
from bot.desk.layers import wishes
from bot.replies import File, Said
from paperlark.errors import NotFound
from paperlark.layer import Kind
from paperlark.render import figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import PaperId
    from paperlark.layer import Layer
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


class Links(Protocol):
    """Who is the same person."""

    def of(self, voter: str) -> tuple[str, ...]:
        """All identities of the person."""

    def forget_of(self, voter: str) -> None:
        """Erase the identity's link."""


class Layers(Protocol):
    """What people follow and mute for themselves."""

    def layer(self, voter: str) -> Layer:
        """What that identity follows and mutes."""

    def save_layer(self, voter: str, layer: Layer) -> None:
        """Keep it."""

    def forget_of(self, voter: str) -> None:
        """Erase it, and what the person was shown."""


class Choices(Protocol):
    """What people decided about lines and words."""

    def decided_by(self, voter: str) -> int:
        """How many decisions are that person's."""

    def forget_of(self, voter: str) -> int:
        """Take a person's name off every decision; how many they were."""


class Drafts(Protocol):
    """Profiles being drafted."""

    def forget_of(self, voter: str) -> None:
        """Forget every request of one person."""


class Kept(Protocol):
    """The slice of the store that knows people."""

    @property
    def drafts(self) -> Drafts:
        """Profiles being drafted."""

    @property
    def links(self) -> Links:
        """Who is the same person."""

    @property
    def layers(self) -> Layers:
        """What people follow and mute for themselves."""

    @property
    def choices(self) -> Choices:
        """What people decided."""

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
    """All that is kept of one person, under all their names.

    Attributes:
        voter: who was asked for, with the kind of identity before it: ``slack:U1``.
        names: all identities that are this person, the one asked for among them.
        votes: last words, withdrawals too, oldest first.
        saved: papers put aside and when, newest first.
        owned: subscriptions whose owner the person is.
        layer: what they follow and mute for themselves.
        decisions: how many decisions about lines and words were theirs.
    """

    voter: str
    names: tuple[str, ...]
    votes: tuple[Vote, ...]
    saved: Mapping[PaperId, datetime]
    owned: tuple[Subscription, ...]
    layer: Layer
    decisions: int = 0

    def __bool__(self) -> bool:
        linked = len(self.names) > 1
        return bool(
            self.votes or self.saved or self.owned or self.layer or self.decisions or linked
        )

    @property
    def said(self) -> str:
        """What there is, as a clause: ``3 votes, 1 saved paper``."""
        parts = [
            figures.many(len(self.votes), "vote"),
            figures.many(len(self.saved), "saved paper"),
        ]
        if self.owned:
            parts.append(f"the name on {', '.join(each.id for each in self.owned)}")
        if self.layer:
            parts.append("what you follow and mute for yourself")
        if self.decisions:
            parts.append(f"the name on {figures.many(self.decisions, 'decision')}")
        if len(self.names) > 1:
            parts.append(f"the link of {words.names(self.names)}")
        return ", ".join(parts)


def person(store: Kept, voter: str) -> Person:
    """What is kept of that person under all their names. May raise `StoreError`."""
    names = store.links.of(voter)
    owned = (each for each in store.subscriptions.subscriptions() if each.owner in names)
    saved = [each for name in names for each in store.saved.kept_for(name).items()]
    return Person(
        voter=voter,
        names=names,
        votes=tuple(
            sorted((v for n in names for v in store.votes.votes_of(n)), key=lambda vote: vote.at)
        ),
        saved=dict(sorted(saved, key=lambda each: (each[1], each[0]), reverse=True)),
        owned=tuple(owned),
        layer=wishes(store, voter),
        decisions=sum(store.choices.decided_by(name) for name in names),
    )


def erase(store: Kept, voter: str) -> Person:
    """Erase it, and give what it was; every later line is worked out without these votes.

    Decisions stay, without a name: a line that jumped would tell on everybody. Links go last:
    interrupted, it has erased a part, and done again, it erases the rest. May raise `StoreError`.
    """
    gone = person(store, voter)
    for name in gone.names:
        store.votes.forget_of(name)
        store.saved.forget_of(name)
        store.layers.forget_of(name)
        store.choices.forget_of(name)
        store.drafts.forget_of(name)
    for each in gone.owned:
        store.subscriptions.save_subscription(replace(each, owner=""))
    for name in gone.names:
        store.links.forget_of(name)
    return gone


def as_json(whom: Person) -> str:
    """Everything, as an indented JSON object.

    ``voter``, ``identities``, ``votes``, ``saved``, ``owner_of``, ``follows``, ``mutes``,
    ``topics``, ``decisions``.
    """
    layer = whom.layer
    table = {
        "voter": whom.voter,
        "identities": list(whom.names),
        "votes": [_vote(each) for each in whom.votes],
        "saved": [{"paper": paper, "at": at.isoformat()} for paper, at in whom.saved.items()],
        "owner_of": [each.id for each in whom.owned],
        "follows": {str(kind): list(layer.followed(kind)) for kind in Kind},
        "mutes": {str(kind): list(layer.muted(kind)) for kind in Kind},
        "topics": layer.topics,
        "decisions": whom.decisions,
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def _vote(vote: Vote) -> dict[str, Any]:
    return {
        "at": vote.at.isoformat(),
        "voter": vote.voter,
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
