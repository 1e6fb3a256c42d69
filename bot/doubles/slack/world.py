"""A Slack workspace as state: places, people, messages, views, and what is under way."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.journal import Journal, entries
from bot.doubles.slack.faults import Faults
from bot.doubles.slack.pings import pings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bot.doubles.slack.pace import Pace

TEAM: Final = "T1DOUBLE"
APP: Final = "A1DOUBLE"
BOT: Final = "B1DOUBLE"
BOT_USER: Final = "U0PAPERLARK"
TRIGGER_S: Final = 3.0
HOOK_S: Final = 1_800.0
HOOK_USES: Final = 5
SCOPES: Final = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "reactions:read",
        "users:read",
    }
)


@dataclass(frozen=True, slots=True)
class Keys:
    """What proves who somebody is: the app's two tokens, and the key of signatures."""

    bot: str = "xoxb-double"
    app: str = "xapp-double"
    signing: str = "signs-for-the-double"


@dataclass(slots=True)
class Place:
    """A channel, or a person's talk with the bot (`user` names the person)."""

    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    user: str = ""


@dataclass(slots=True)
class Person:
    """Somebody in the workspace."""

    id: str
    name: str
    tz: str = "Europe/Berlin"
    bot: bool = False
    admin: bool = False


@dataclass(slots=True)
class Exchange:
    """What one thing a person did led to.

    Attributes:
        began, seconds: by the double's clock: when it was sent, and how long the ack took.
        acked: whether the app acknowledged it; `ack` is what came with that.
        status: of the HTTP answer; 0 in Socket Mode.
        posts: what was answered at the response_url, as it is shown now.
        ephemerals, messages: as taken by chat.postEphemeral and chat.postMessage.
        views: opened, pushed, updated, or published.
        came: set whenever something came.
    """

    name: str
    user: str
    began: float
    acked: bool = False
    ack: dict[str, Any] | None = None
    seconds: float = 0.0
    status: int = 0
    posts: list[dict[str, Any]] = field(default_factory=list)
    ephemerals: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    def add(self, kind: str, effect: dict[str, Any]) -> None:
        """Note an effect: `kind` is the attribute it belongs to."""
        getattr(self, kind).append(effect)
        self.came.set()

    @property
    def effects(self) -> list[dict[str, Any]]:
        """Everything that came, whichever way."""
        said = [self.ack] if self.ack else []
        return [*said, *self.posts, *self.ephemerals, *self.messages, *self.views]

    @property
    def said(self) -> str:
        """Every readable text that came, one a line."""
        return "\n".join(text for effect in self.effects for text in texts(effect))


def texts(value: Any) -> Iterator[str]:
    """Every text in a payload, in its order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"text", "content"} and isinstance(inner, str):
                yield inner
            elif name not in {"metadata", "private_metadata"}:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@dataclass(slots=True)
class Hook:
    """A response_url: what it answers, how often it was used, and when it ends.

    `original` is the name of the message that was acted on, if there is one.
    """

    exchange: Exchange
    channel: str
    ends: float
    uses: int = 0
    original: str = ""


@dataclass(slots=True)
class Trigger:
    """A trigger_id: good for one view, for three seconds."""

    exchange: Exchange
    ends: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method as it arrived; `error` is the code it was answered with, if any."""

    method: str
    args: Mapping[str, Any]
    at: float
    error: str = ""
    fault: str = ""


class World:
    """The workspace. Used by one thread: the one that serves it.

    Args:
        now: seconds since 1970, for messages' names; the machine's clock by default.
        state: the file where everything that is taken is kept; what it holds is read again.

    Attributes:
        skew: seconds by which the double's clock is put forward.
        pace: the limits on messages that are kept; None for none.
        revoked: the bot's token was taken back.
        refused: calls turned down for what was in them: method, code and problems.
        pinged: mentions in what was taken.
    """

    def __init__(self, now: Callable[[], float] = time.time, state: Path | None = None) -> None:
        self._now, self.skew = now, 0.0
        self.keys, self.scopes, self.revoked = Keys(), set(SCOPES), False
        self.faults, self.pace = Faults(), _no_pace()
        self.places: dict[str, Place] = {}
        self.people: dict[str, Person] = {}
        self._rooms: dict[str, dict[str, dict[str, Any]]] = {}
        self.ephemerals: list[dict[str, Any]] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.hooks: dict[str, Hook] = {}
        self.triggers: dict[str, Trigger] = {}
        self.exchanges: list[Exchange] = []
        self.calls: list[Call] = []
        self.refused: list[tuple[str, str, tuple[str, ...]]] = []
        self.pinged: list[str] = []
        self._last, self._numbers = 0, itertools.count(1)
        self._people_the_town()
        self._remember(state)
        self.journal = Journal(state)

    def now(self) -> float:
        """Seconds since 1970 by the double's clock."""
        return self._now() + self.skew

    def name(self, letter: str) -> str:
        """A fresh name for anything: a letter, and a number no other name has."""
        return f"{letter}{next(self._numbers):08d}"

    def stamp(self) -> str:
        """A message's name: the moment in microseconds, later than every one before."""
        self._last = max(self._last + 1, int(self.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def add_place(self, identifier: str, name: str = "", **more: Any) -> Place:
        """Make a channel, or change the one of that id."""
        place = Place(identifier, name or identifier.lower(), **more)
        self.places[identifier] = place
        return place

    def talk(self, user: str) -> Place:
        """The person's own talk with the bot."""
        identifier = f"D{user}"
        if identifier not in self.places:
            self.add_place(identifier, user.lower(), private=True, user=user)
        return self.places[identifier]

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take a message in; returns it."""
        self._rooms.setdefault(message["channel"], {})[message["ts"]] = message
        self.note(message)
        self.journal.write("message", message)
        return message

    def note(self, payload: Mapping[str, Any]) -> None:
        """Remember whom a payload would call."""
        self.pinged.extend(pings(payload))

    def drop(self, channel: str, ts: str) -> None:
        """Delete a message."""
        del self._rooms[channel][ts]
        self.journal.write("delete", {"channel": channel, "ts": ts})

    def message(self, channel: str, ts: str) -> dict[str, Any] | None:
        """The message of that name."""
        return self._rooms.get(channel, {}).get(ts)

    def messages(self, channel: str = "") -> list[dict[str, Any]]:
        """The messages of one place, or of all; a place's oldest first, replies among them."""
        rooms = [self._rooms.get(channel, {})] if channel else self._rooms.values()
        return [message for room in rooms for message in room.values()]

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """The replies to a message, oldest first."""
        return [m for m in self.messages(channel) if m.get("thread_ts") == ts != m["ts"]]

    def begin(self, name: str, user: str) -> Exchange:
        """Somebody does something."""
        exchange = Exchange(name, user, self.now())
        self.exchanges.append(exchange)
        return exchange

    def latest(self, user: str) -> Exchange | None:
        """The last thing that person did."""
        return next((e for e in reversed(self.exchanges) if e.user == user), None)

    def _people_the_town(self) -> None:
        self.add_place("C1", "reading")
        for identifier, name in (("U1", "mira"), ("U2", "tomas"), ("U3", "ada")):
            self.people[identifier] = Person(identifier, name)
        self.people["U1"].admin = True
        self.people[BOT_USER] = Person(BOT_USER, "paperlark", bot=True)

    def _remember(self, state: Path | None) -> None:
        for kind, entry in entries(state) if state else ():
            if kind in {"message", "update"}:
                self._rooms.setdefault(entry["channel"], {})[entry["ts"]] = entry
                self._last = max(self._last, int(entry["ts"].replace(".", "")))
            elif kind == "delete":
                self._rooms[entry["channel"]].pop(entry["ts"], None)


def _no_pace() -> Pace | None:
    return None
