"""A Discord server as state: places, people, messages, threads, and what is under way."""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord.faults import Faults
from bot.doubles.discord.pings import pings
from bot.doubles.journal import Journal, entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bot.doubles.discord.pace import Pace

APP: Final = "100000000000000001"
"""The application's number, which is the bot's own too."""
GUILD: Final = "200000000000000001"
CHANNEL: Final = "300000000000000001"
MIRA, TOMAS, ADA = "400000000000000001", "400000000000000002", "400000000000000003"
TOKEN: Final = f"{base64.urlsafe_b64encode(APP.encode()).decode().rstrip('=')}.double.of-discord"
EVERYTHING: Final = (1 << 10) | (1 << 11) | (1 << 14) | (1 << 16) | (1 << 35) | (1 << 38)
"""What the bot may do at first: what its invite link asks for."""
TEXT, TALK, FORUM, THREAD = 0, 1, 15, 11
"""Numbers of kinds of channels."""
ACK_S: Final = 3.0
ANSWERS_S: Final = 900.0
NONCE_S: Final = 300.0
_EPOCH_MS: Final = 1_420_070_400_000


_THREADLIKE: Final[dict[str, Any]] = {
    "message_count": 0,
    "member_count": 1,
    "rate_limit_per_user": 0,
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 10080,
        "archive_timestamp": "2026-01-01T00:00:00+00:00",
        "locked": False,
    },
}


@dataclass(slots=True)
class Place:
    """A channel, a thread (`parent` is its channel) or a talk with one person (`user`).

    Attributes:
        denied: permissions the bot does not have there, as a number of bits.
        hidden: the bot may not see it.
    """

    id: str
    name: str
    kind: int = TEXT
    parent: str = ""
    user: str = ""
    denied: int = 0
    hidden: bool = False

    @property
    def json(self) -> dict[str, Any]:
        """The place as Discord tells of it."""
        found: dict[str, Any] = {"id": self.id, "type": self.kind, "flags": 0}
        if self.user:
            other = {"id": self.user, "username": self.name, "discriminator": "0", "avatar": None}
            return found | {"recipients": [other], "last_message_id": None}
        found |= {"guild_id": GUILD, "name": self.name, "parent_id": self.parent or None}
        if self.kind == THREAD:
            return found | _THREADLIKE | {"owner_id": APP}
        denied = {"id": APP, "type": 1, "allow": "0", "deny": str(self.denied)}
        return found | {
            "position": 0,
            "permission_overwrites": [denied] if self.denied else [],
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
        }


@dataclass(slots=True)
class Person:
    """Somebody in the server; `closed`: takes no letters; `manager`: may manage channels."""

    id: str
    name: str
    manager: bool = False
    closed: bool = False
    bot: bool = False

    @property
    def json(self) -> dict[str, Any]:
        """The person as Discord tells of them."""
        return {
            "id": self.id,
            "username": self.name,
            "global_name": self.name.capitalize(),
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
        }


@dataclass(slots=True)
class Exchange:
    """What one thing a person did led to: an interaction, and the answers to it.

    Attributes:
        id, token: of the interaction.
        began: by the double's clock; `seconds`: until the first answer.
        acked: the first answer came in time; `kind` is its type, 0 before.
        answers: messages of the answer as they are shown now, the first one first.
        choices: suggestions, where some were asked for; `modal`: a form, where one was opened.
        pressed: the message that was pressed, if any.
        came: set whenever something came.
    """

    name: str
    user: str
    channel: str
    began: float
    id: str = ""
    token: str = ""
    acked: bool = False
    kind: int = 0
    seconds: float = 0.0
    answers: list[dict[str, Any]] = field(default_factory=list)
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None
    pressed: dict[str, Any] | None = None
    came: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    @property
    def effects(self) -> list[Any]:
        """Everything that came and can be seen: an answer that is still loading is not."""
        whole = [answer for answer in self.answers if not answer["flags"] & LOADING]
        return [*whole, *([self.modal] if self.modal else []), *(self.choices or ())]

    @property
    def said(self) -> str:
        """Every readable text that came, one a line."""
        return "\n".join(text for effect in self.effects for text in texts(effect))


LOADING: Final = 1 << 7


def texts(value: Any) -> Iterator[str]:
    """Every text in a message or a modal, in its order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"content", "label", "title", "description", "value", "name"}:
                yield from [inner] if isinstance(inner, str) and inner else ()
            elif name in {"components", "accessory", "component", "embeds", "footer", "options"}:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it arrived; `status` and `code` are what it was answered with."""

    name: str
    path: str
    body: Any
    at: float
    status: int = 200
    code: int = 0
    fault: str = ""


class World:
    """The server. Used by one thread: the one that serves it.

    Args:
        now: seconds since 1970, for messages' numbers; the machine's clock by default.
        state: the file where everything that is taken is kept; what it holds is read again.

    Attributes:
        skew: seconds by which the double's clock is put forward.
        pace: the limits on messages that are kept; None for none.
        revoked: the bot's token was taken back.
        refused: calls turned down for what was in them: name, code and problems.
        pinged: mentions in what was taken.
        synced: how often commands were put; `commands`: those there are, by number.
    """

    def __init__(self, now: Callable[[], float] = time.time, state: Path | None = None) -> None:
        self._now, self.skew = now, 0.0
        self.faults, self.revoked = Faults(), False
        self.pace: Pace | None = None
        self.places: dict[str, Place] = {}
        self.people: dict[str, Person] = {}
        self._rooms: dict[str, dict[str, dict[str, Any]]] = {}
        self.exchanges: list[Exchange] = []
        self.calls: list[Call] = []
        self.refused: list[tuple[str, int, tuple[str, ...]]] = []
        self.pinged: list[str] = []
        self.commands: dict[str, dict[str, Any]] = {}
        self.synced = 0
        self._nonces: dict[tuple[str, str], tuple[float, str]] = {}
        self._last = 0
        self._people_the_town()
        self._remember(state)
        self.journal = Journal(state)

    def now(self) -> float:
        """Seconds since 1970 by the double's clock."""
        return self._now() + self.skew

    def number(self) -> str:
        """A fresh number for anything: the moment in its upper bits, later than any before."""
        self._last = max(self._last + 1, (int(self.now() * 1000) - _EPOCH_MS) << 22)
        return str(self._last)

    def add_place(self, identifier: str, name: str = "", **more: Any) -> Place:
        """Make a channel, or change the one of that number."""
        place = Place(identifier, name or f"c{identifier[-3:]}", **more)
        self.places[identifier] = place
        return place

    def talk(self, user: str) -> Place:
        """The person's own talk with the bot."""
        identifier = f"5{user[1:]}"
        if identifier not in self.places:
            self.add_place(identifier, user, kind=TALK, user=user)
        return self.places[identifier]

    def keep(self, message: dict[str, Any], nonce: str = "") -> dict[str, Any]:
        """Take a message in; returns it."""
        self._rooms.setdefault(message["channel_id"], {})[message["id"]] = message
        if nonce:
            self._nonces[message["channel_id"], nonce] = (self.now(), message["id"])
        self.note(message)
        self.journal.write("message", message)
        return message

    def repeated(self, channel: str, nonce: str) -> dict[str, Any] | None:
        """The message that came under that nonce within the last minutes."""
        at, identifier = self._nonces.get((channel, nonce), (0.0, ""))
        return self.message(channel, identifier) if self.now() - at < NONCE_S else None

    def note(self, payload: Mapping[str, Any]) -> None:
        """Remember whom a payload would call."""
        self.pinged.extend(pings(payload))

    def drop(self, channel: str, identifier: str) -> None:
        """Delete a message."""
        del self._rooms[channel][identifier]
        self.journal.write("delete", {"channel": channel, "id": identifier})

    def changed(self, message: Mapping[str, Any]) -> None:
        """Note that a message was changed in its place."""
        self.note(message)
        self.journal.write("update", message)

    def open_thread(self, parent: str, identifier: str, name: str) -> Place:
        """A thread off a message, which has the message's number."""
        place = self.add_place(identifier, name, kind=THREAD, parent=parent)
        self.journal.write("thread", {"channel": parent, "id": identifier, "name": name})
        return place

    def message(self, channel: str, identifier: str) -> dict[str, Any] | None:
        """The message of that number."""
        return self._rooms.get(channel, {}).get(identifier)

    def messages(self, channel: str = "") -> list[dict[str, Any]]:
        """The messages of one place, or of all; a place's oldest first."""
        rooms = [self._rooms.get(channel, {})] if channel else self._rooms.values()
        return [message for room in rooms for message in room.values()]

    def begin(self, name: str, user: str, channel: str) -> Exchange:
        """Somebody does something."""
        number = self.number()
        made = Exchange(name, user, channel, self.now(), number, f"token-{number}")
        self.exchanges.append(made)
        return made

    def exchange(self, token: str) -> Exchange | None:
        """What the token was given for."""
        return next((each for each in self.exchanges if each.token == token), None)

    def _people_the_town(self) -> None:
        self.add_place(CHANNEL, "reading")
        for identifier, name in ((MIRA, "mira"), (TOMAS, "tomas"), (ADA, "ada")):
            self.people[identifier] = Person(identifier, name)
        self.people[MIRA].manager = True
        self.people[APP] = Person(APP, "paperlark", bot=True)

    def _remember(self, state: Path | None) -> None:
        for kind, entry in entries(state) if state else ():
            if kind in {"message", "update"}:
                room = self._rooms.setdefault(entry["channel_id"], {})
                room[entry["id"]] = entry
                self._last = max(self._last, int(entry["id"]))
            elif kind == "delete":
                self._rooms[entry["channel"]].pop(entry["id"], None)
            elif kind == "thread":
                self.add_place(entry["id"], entry["name"], kind=THREAD, parent=entry["channel"])
