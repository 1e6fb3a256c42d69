"""A homeserver as state: rooms, people, events in one order, and what is under way."""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.journal import Journal, entries
from bot.doubles.matrix.faults import Faults
from bot.doubles.matrix.pings import pings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SERVER: Final = "example.org"
ME: Final = f"@paperlark:{SERVER}"
ROOM: Final = f"!reading:{SERVER}"
MIRA, TOMAS, ADA = f"@mira:{SERVER}", f"@tomas:{SERVER}", f"@ada:{SERVER}"
TOKEN: Final = "syt_double_of_matrix"  # noqa: S105  (the double's own)
PASSWORD: Final = "opens-the-double"  # noqa: S105  (the double's own)


@dataclass(slots=True)
class Room:
    """A room.

    Attributes:
        members: people and how they stand to it: ``join``, ``invite``, ``leave``.
        levels: the content of its power levels.
        state: other state by kind: its content.
        creator: who made it.
    """

    id: str
    name: str
    members: dict[str, str] = field(default_factory=dict)
    levels: dict[str, Any] = field(default_factory=dict)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    creator: str = MIRA

    def level(self, user: str) -> int:
        """A person's power there."""
        return int(self.levels.get("users", {}).get(user, self.levels.get("users_default", 0)))


@dataclass(slots=True)
class Exchange:
    """What one thing a person said led to.

    Attributes:
        event: what was said; `thread`: the event whose thread answers belong to.
        answers: what was answered there, oldest first.
        came: set whenever something came.
    """

    name: str
    user: str
    event: dict[str, Any]
    thread: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    @property
    def said(self) -> str:
        """The plain text of every answer."""
        return "\n".join(str(answer["content"].get("body", "")) for answer in self.answers)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived; `status` and `code` are what it was answered with."""

    name: str
    path: str
    body: Any
    at: float
    status: int = 200
    code: str = ""
    fault: str = ""


class World:
    """The homeserver. Used by one thread: the one that serves it.

    Args:
        now: seconds since 1970; the machine's clock by default.
        state: the file where everything that is taken is kept; what it holds is read again.

    Attributes:
        skew: seconds by which the double's clock is put forward.
        revoked: the account's token was taken back.
        forgetful: transactions are forgotten at once, as after a homeserver's hour of rest.
        closed: nobody is kept waiting any more.
        heard: the place in the order of events up to which the bot has asked for more.
        refused: what was wrong with messages: name and problems. `pinged`: whom they called.
    """

    def __init__(self, now: Callable[[], float] = time.time, state: Path | None = None) -> None:
        self._now, self.skew = now, 0.0
        self.faults, self.revoked, self.forgetful = Faults(), False, False
        self.tokens = {TOKEN: ME}
        self.rooms: dict[str, Room] = {}
        self.people: dict[str, str] = {}
        self.order: list[dict[str, Any]] = []
        self.by_id: dict[str, dict[str, Any]] = {}
        self.transactions: dict[tuple[str, str, str], str] = {}
        self.account_data: dict[str, dict[str, Any]] = {}
        self.exchanges: list[Exchange] = []
        self.calls: list[Call] = []
        self.refused: list[tuple[str, tuple[str, ...]]] = []
        self.pinged: list[str] = []
        self.heard, self.moved, self.closed = -1, asyncio.Condition(), False
        self._people_the_town()
        self._remember(state)
        self.journal = Journal(state)

    def now(self) -> float:
        """Seconds since 1970 by the double's clock."""
        return self._now() + self.skew

    def add_place(self, identifier: str, name: str = "", **more: Any) -> Room:
        """Make a room with the bot and everybody in it, or change the one of that name."""
        room = Room(identifier, name or identifier, **more)
        if not room.members:
            room.members = dict.fromkeys((ME, *self.people), "join")
        room.levels = room.levels or {"users": {MIRA: 100}, "users_default": 0}
        self.rooms[identifier] = room
        return room

    def add(self, room: str, sender: str, kind: str, content: dict[str, Any], **more: Any
            ) -> dict[str, Any]:  # fmt: skip
        """Append an event; returns it."""
        seed = f"{len(self.order)}/{room}/{sender}/{kind}".encode()
        name = base64.urlsafe_b64encode(sha256(seed).digest()).decode().rstrip("=")
        event: dict[str, Any] = {
            "type": kind,
            "room_id": room,
            "sender": sender,
            "event_id": f"${name}",
            "origin_server_ts": int(self.now() * 1000),
            "content": content,
            **more,
        }
        self._take(event)
        self.journal.write("message" if _ours(event) else "event", event)
        return event

    def redact(self, room: str, sender: str, target: str) -> dict[str, Any]:
        """Take an event's content away; returns the event that says so."""
        told = self.add(room, sender, "m.room.redaction", {"redacts": target}, redacts=target)
        gone = self.by_id.get(target)
        if gone:
            gone["content"] = {}
            gone["unsigned"] = {"redacted_because": told}
        return told

    def note(self, room: Room, content: Mapping[str, Any]) -> None:
        """Remember whom a message would call."""
        names = [self.people[user] for user in room.members if user in self.people]
        self.pinged.extend(pings(content, names))

    def events(self, room: str = "") -> list[dict[str, Any]]:
        """Events of one room or of all, oldest first."""
        return [event for event in self.order if room in {"", event["room_id"]}]

    def messages(self, room: str = "") -> list[dict[str, Any]]:
        """What the bot wrote there, oldest first, without what was taken back."""
        return [event for event in self.events(room) if _ours(event) and event["content"]]

    def begin(self, name: str, event: dict[str, Any]) -> Exchange:
        """Somebody says something; answers in its thread belong to it."""
        relation = event["content"].get("m.relates_to", {})
        inside = relation.get("rel_type") == "m.thread"
        thread = relation["event_id"] if inside else event["event_id"]
        exchange = Exchange(name, event["sender"], event, thread)
        self.exchanges.append(exchange)
        return exchange

    async def wake(self) -> None:
        """Tell whoever waits for events that there may be some."""
        async with self.moved:
            self.moved.notify_all()

    def _take(self, event: dict[str, Any]) -> None:
        self.order.append(event)
        self.by_id[event["event_id"]] = event
        if not _ours(event):
            return
        transaction = event.get("unsigned", {}).get("transaction_id", "")
        self.transactions[event["room_id"], event["type"], transaction] = event["event_id"]
        told = event["content"].get("m.relates_to", {}).get("event_id")
        for exchange in reversed(self.exchanges):
            if exchange.thread == told:
                exchange.answers.append(event)
                exchange.came.set()
                return

    def _people_the_town(self) -> None:
        self.people = {MIRA: "mira", TOMAS: "tomas", ADA: "ada"}
        self.add_place(ROOM, "reading")

    def _remember(self, state: Path | None) -> None:
        for kind, entry in entries(state) if state else ():
            if kind in {"message", "event"}:
                self._take(entry)
            elif kind == "account_data":
                self.account_data[entry["kind"]] = entry["content"]


def _ours(event: Mapping[str, Any]) -> bool:
    return (event["sender"], event["type"]) == (ME, "m.room.message")
