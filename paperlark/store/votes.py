"""Thumbs as facts, on Redis: of one voter on one paper in one subscription the last word."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from paperlark.codec import encode, read
from paperlark.errors import StoreError
from paperlark.store import keys
from paperlark.store.shelf import Shelf
from paperlark.store.standing import Slot, Way, alone, head, settle
from paperlark.vote import Vote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from paperlark.domain import PaperId
    from paperlark.store.standing import Outcome, Standing
    from paperlark.vote import Thumb

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE: Final = 5_000
_TRIES: Final = 1_000
_BUSY: Final = (
    "The vote could not be kept: somebody else wrote to it a thousand times meanwhile; vote again."
)


class Votes(Shelf):
    """The store's votes (`VoteStore`). Every method may raise `StoreError`.

    `paperlark.store.standing` decides which word is the last; what it decided is written only where
    nobody else wrote meanwhile, so that two hosts racing lose none. A word that arrives again, or
    after a later one, changes nothing.
    """

    @cached_property
    def _cast(self) -> Any:
        script = files("paperlark.store") / "lua" / "votes_cast.lua"
        return self._client.register_script(script.read_text("utf-8"))

    def cast(self, vote: Vote, *, taken: Thumb | None = None) -> bool:
        """Keep it; whether it is the word that counts now: not where a later one is kept.

        Args:
            vote: the word; of two of one moment the later arrival counts.
            taken: with a withdrawal, the thumb it takes back: another one stays.
        """
        return self.say(vote, Way(taken)).counts

    def say(self, vote: Vote, way: Way) -> Outcome:
        """Keep a word as it is meant; what it came to."""
        field, place = _field(vote), vote.subscription
        profile = place.rpartition("/")[2]
        keys_ = [keys.votes(place), keys.voter(vote.voter), keys.voted(profile)]
        with self._open() as client:
            for _ in range(_TRIES):
                held = client.hget(keys_[0], field) or b""
                kept = _standing(held)
                slots, outcome = settle(kept, vote, way)
                if slots == kept:
                    return outcome
                args = [field, held, _row(slots), place]
                if self._cast(keys=keys_, args=args):
                    return outcome
        raise StoreError(_BUSY)

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        """The last words on a subscription's papers, withdrawals included, oldest first."""
        with self._open() as client:
            return _read(client.hvals(keys.votes(subscription)))

    def votes_on(self, subscription: str, paper: PaperId) -> tuple[Vote, ...]:
        """The last words on one paper, withdrawals included, oldest first."""
        return self._matching(subscription, f"{_literal(paper)} *")

    def votes_of(self, voter: str) -> tuple[Vote, ...]:
        """One person's last words over all subscriptions, oldest first."""
        with self._open() as client:
            places = [raw.decode() for raw in client.smembers(keys.voter(voter))]
        found = (vote for each in places for vote in self._matching(each, f"* {_literal(voter)}"))
        return tuple(sorted((vote for vote in found if vote.voter == voter), key=order))

    def forget_of(self, voter: str) -> int:
        """Erase every word of one person, withdrawals too; how many they were."""
        own = self.votes_of(voter)
        with self._open() as client:
            for vote in own:
                client.hdel(keys.votes(vote.subscription), _field(vote))
            client.delete(keys.voter(voter))
        return len(own)

    def _matching(self, subscription: str, pattern: str) -> tuple[Vote, ...]:
        """Votes whose field matches; the server looks through them, so that few are sent."""
        with self._open() as client:
            place = keys.votes(subscription)
            return _read(dict(client.hscan_iter(place, pattern, count=_AT_ONCE)).values())

    def voted_for(self, profile: str) -> tuple[str, ...]:
        """The ids of a profile's subscriptions with any vote, in order; some may be gone."""
        with self._open() as client:
            return tuple(sorted(raw.decode() for raw in client.smembers(keys.voted(profile))))

    def voted_in(self) -> tuple[str, ...]:
        """The ids of subscriptions with any vote, in order; some may be gone themselves."""
        with self._open() as client:
            found = [key.decode() for key in client.scan_iter(match=keys.ALL_VOTES, count=500)]
        return tuple(sorted(keys.votes_of(key) for key in found))


def order(vote: Vote) -> tuple[datetime, str, str, str]:
    """What votes are sorted by: their moment, then what makes the order the same everywhere."""
    return vote.at, vote.subscription, vote.paper, vote.voter


def moment(vote: Vote) -> int:
    """When it was given, in whole microseconds since 1970."""
    return (vote.at - _EPOCH) // timedelta(microseconds=1)


def _field(vote: Vote) -> str:
    """A paper's id holds no space."""
    return f"{vote.paper} {vote.voter}"


def _literal(text: str) -> str:
    """The text as a pattern that matches nothing else."""
    return re.sub(r"[\\*?\[\]^-]", r"\\\g<0>", text)


def _row(slots: Standing) -> bytes:
    """A row: "moment verdict document" of the word that counts, and a line for every slot.

    A slot's line is "name own document". A document holds no line break.
    """
    last = head(slots)
    first = f"{moment(last)} {int(last.verdict)} ".encode() + encode(last) if last else b""
    lines = (
        f"{quote(name)} {int(slot.own)} ".encode() + encode(slot.vote)
        for name, slot in slots.items()
    )
    return b"\n".join([first, *lines])


def _standing(row: bytes) -> Standing:
    """The slots of a row; one from before there were slots has the one its word belongs to."""
    first, *lines = row.split(b"\n")
    if not lines:
        votes = _read([first])
        return alone(votes[0]) if votes else {}
    parts = (line.split(b" ", 2) for line in lines if line.count(b" ") > 1)
    found = ((name, own, read(Vote, document)) for name, own, document in parts)
    return {unquote(name.decode()): Slot(vote, own == b"1") for name, own, vote in found if vote}


def _read(held: Iterable[bytes | None]) -> tuple[Vote, ...]:
    firsts = (each.split(b"\n", 1)[0] for each in held if each)
    documents = (document for first in firsts for document in first.split(b" ", 2)[2:])
    found = (read(Vote, document) for document in documents)
    return tuple(sorted((vote for vote in found if vote), key=order))
