"""The double for code without an event loop: a service in a thread of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot.doubles.matrix.server import Service
from bot.doubles.matrix.world import ROOM, TOKEN, World
from bot.doubles.threaded import Threaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.doubles.matrix.faults import Fault, Faults
    from bot.doubles.matrix.world import Exchange, Room


class MatrixDouble(Threaded):
    """A loopback homeserver; use it as a context manager. Any thread may call its methods.

    Args:
        now: seconds since 1970, for events' moments; the machine's clock by default.
        state: a file where everything that is taken is kept as JSON lines.
        port: 0 for any free one.
    """

    def __init__(
        self, now: Callable[[], float] = time.time, state: Path | None = None, port: int = 0
    ) -> None:
        self.world = World(now, state)
        self.service = Service(self.world, port)
        super().__init__(self.service)

    @property
    def url(self) -> str:
        """The homeserver's address."""
        return self.service.url

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[channels.matrix]`` that leads here, without a limit on its rate."""
        return {"homeserver": self.url, "access_token": TOKEN, "per_second": 0.0}

    def environ(self) -> dict[str, str]:
        """The same as variables, for a child process."""
        table = self.settings.items()
        return {f"PAPERLARK_CHANNELS__MATRIX__{k.upper()}": str(v) for k, v in table}

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next calls."""
        return self.world.faults

    @property
    def refused(self) -> list[tuple[str, tuple[str, ...]]]:
        """What was wrong with messages: their kind, and every problem."""
        return list(self.world.refused)

    @property
    def pinged(self) -> list[str]:
        """Everything that would call somebody, in anything that was taken."""
        return list(self.world.pinged)

    def fail(self, name: str, *faults: Fault, times: int = 1) -> None:
        """Spoil the next calls of that name (see `methods`, and ``sync``); empty for any."""
        self.world.faults.add(name, *faults, times=times)

    def calls(self, name: str = "") -> list[Any]:
        """The bodies of every call of a name so far, spoilt and refused ones too."""
        return [call.body for call in self.world.calls if name in {"", call.name}]

    def messages(self, room: str = ROOM) -> list[dict[str, Any]]:
        """What the bot wrote in one room, oldest first; empty for all."""
        return self._now(lambda: list(self.world.messages(room)))

    def roots(self, room: str = ROOM) -> list[dict[str, Any]]:
        """The same without what stands in threads."""
        return [event for event in self.messages(room) if "m.relates_to" not in event["content"]]

    def replies(self, event: str, room: str = ROOM) -> list[dict[str, Any]]:
        """What the bot wrote in the thread of an event, oldest first."""
        told = ((e, e["content"].get("m.relates_to", {})) for e in self.messages(room))
        return [e for e, relation in told if relation.get("event_id") == event]

    def room(self, identifier: str, name: str = "", **more: Any) -> Room:
        """Make a room, or change one: ``members``, ``levels``, ``state``, ``creator``."""
        return self._now(lambda: self.world.add_place(identifier, name, **more))

    def forward(self, seconds: float) -> None:
        """Put the double's clock forward."""
        self.world.skew += seconds

    def say(self, text: str, *args: Any, **more: Any) -> Exchange:
        """See `People.say`."""
        return self._wait(self.service.people.say(text, *args, **more))

    def react(self, event: str, emoji: str, *args: Any, **more: Any) -> str:
        """See `People.react`."""
        return self._wait(self.service.people.react(event, emoji, *args, **more))

    def again(self, event: str) -> None:
        """See `People.again`."""
        self._wait(self.service.people.again(event))

    def redact(self, event: str, *args: Any) -> str:
        """See `People.redact`."""
        return self._wait(self.service.people.redact(event, *args))

    def invite(self, room: str, *args: Any) -> None:
        """See `People.invite`."""
        self._wait(self.service.people.invite(room, *args))

    def heard(self) -> None:
        """See `People.heard`."""
        self._wait(self.service.people.heard())
