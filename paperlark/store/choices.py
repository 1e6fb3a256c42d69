"""What people decided about a profile's line and words, on Redis: facts, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime  # noqa: TC003  (the codec reads it at run time)
from typing import TYPE_CHECKING, Any

from paperlark.codec import encode, read
from paperlark.feedback import Act, Decision, Wording
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

SOMEBODY = "somebody"
"""Who decided, once a person was erased."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A decision as it is kept: with the identity of who decided."""

    at: datetime
    who: str
    kind: Act
    value: float | None = None
    by: str = ""


class Choices(Shelf):
    """The store's decisions. Every method may raise `StoreError`."""

    def decide(self, profile: str, decision: Decision, by: str = "") -> None:
        """Keep a decision; `by` is who took it, as a vote names people."""
        row = _Row(decision.at, decision.who, decision.kind, decision.value, by)
        with self._open() as client:
            client.hset(keys.decided(profile), _field(row.at, row.kind, by), encode(row))

    def decisions(self, profile: str) -> tuple[Decision, ...]:
        """What was decided about the line, oldest first."""
        rows = sorted(self._rows(profile), key=lambda row: (row.at, row.kind, row.who))
        return tuple(Decision(row.at, row.who, row.kind, row.value) for row in rows)

    def word(self, profile: str, wording: Wording) -> None:
        """Keep what was decided about words."""
        field = _field(wording.at, wording.wish, wording.by)
        with self._open() as client:
            client.hset(keys.worded(profile), field, encode(wording))

    def wordings(self, profile: str) -> tuple[Wording, ...]:
        """What was decided about words, oldest first."""
        with self._open() as client:
            held = client.hvals(keys.worded(profile))
        found = (read(Wording, each) for each in held)
        return tuple(sorted((each for each in found if each), key=lambda each: each.at))

    def decided_by(self, voter: str) -> int:
        """How many decisions are that person's."""
        with self._open() as client:
            return sum(1 for _ in _of(client, voter))

    def forget_of(self, voter: str) -> int:
        """Take a person's name off every decision, which stays; how many they were."""
        with self._open() as client:
            found = list(_of(client, voter))
            for key, field in found:
                bare = _bare(key, client.hget(key, field))
                with client.pipeline(transaction=True) as pipe:
                    pipe.hdel(key, field)
                    if bare:
                        pipe.hset(key, _nameless(field), bare)
                    pipe.execute()
        return len(found)

    def _rows(self, profile: str) -> Iterator[_Row]:
        with self._open() as client:
            held = client.hvals(keys.decided(profile))
        for document in held:
            if row := read(_Row, document):
                yield row


def _field(at: datetime, kind: str, by: str) -> str:
    """A decision's own name: said twice at one moment by one person it is one."""
    return f"{at.isoformat()} {kind} {by}"


def _nameless(field: bytes) -> bytes:
    return b" ".join((*field.split(b" ", 2)[:2], b""))


def _bare(key: bytes, document: bytes | None) -> bytes | None:
    """A decision's document without a name."""
    if key.startswith(keys.ALL_WORDED[:-1].encode()):
        said = read(Wording, document)
        return encode(replace(said, who=SOMEBODY, by="")) if said else None
    row = read(_Row, document)
    return encode(replace(row, who=SOMEBODY, by="")) if row else None


def _of(client: Any, voter: str) -> Iterator[tuple[bytes, bytes]]:
    """Key and field of every decision of one person."""
    for pattern in (keys.ALL_DECIDED, keys.ALL_WORDED):
        for key in client.scan_iter(match=pattern, count=500):
            for field in client.hkeys(key):
                if field.decode().split(" ", 2)[2] == voter:
                    yield key, field
