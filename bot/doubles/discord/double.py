"""The double for code without an event loop: a service in a thread of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot.doubles.discord.server import Service
from bot.doubles.discord.world import APP, CHANNEL, TOKEN, World
from bot.doubles.threaded import Threaded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.doubles.discord.faults import Fault, Faults
    from bot.doubles.discord.world import Exchange, Place


class DiscordDouble(Threaded):
    """A loopback Discord; use it as a context manager. Its methods may be called from any thread.

    Args:
        now: seconds since 1970, for the numbers of messages; the machine's clock by default.
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
        """What stands for ``https://discord.com/api/v10/``."""
        return self.service.api_url

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[channels.discord]`` that leads here."""
        return {
            "token": TOKEN,
            "application_id": APP,
            "api_url": self.url,
            "gateway_url": self.service.gateway.url,
        }

    def environ(self) -> dict[str, str]:
        """The same as variables, for a child process."""
        return {f"PAPERLARK_CHANNELS__DISCORD__{k.upper()}": v for k, v in self.settings.items()}

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next calls."""
        return self.world.faults

    @property
    def refused(self) -> list[tuple[str, int, tuple[str, ...]]]:
        """Calls turned down for what was in them: name, code, and every problem."""
        return list(self.world.refused)

    @property
    def pinged(self) -> list[str]:
        """Every mention that would call somebody, in anything that was taken."""
        return list(self.world.pinged)

    def fail(self, name: str, *faults: Fault, times: int = 1) -> None:
        """Spoil the next calls of that name (see `methods`); empty for any."""
        self.world.faults.add(name, *faults, times=times)

    def calls(self, name: str = "") -> list[Any]:
        """The bodies of every call of a name so far, spoilt and refused ones too."""
        return [call.body for call in self.world.calls if name in {"", call.name}]

    def messages(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """Messages of one place, oldest first; empty for all."""
        return self._now(lambda: list(self.world.messages(channel)))

    def replies(self, message: str) -> list[dict[str, Any]]:
        """What stands in a message's thread, oldest first."""
        return self.messages(message)

    def ephemerals(self, user: str = "") -> list[dict[str, Any]]:
        """What only one person saw, oldest first."""
        shown = self._now(lambda: [m for e in self.world.exchanges for m in e.answers])
        return [m for m in shown if m.get("user_shown") and user in {"", m["user_shown"]}]

    def channel(self, identifier: str, name: str = "", **more: Any) -> Place:
        """Make a channel, or change one: ``denied``, ``hidden``, ``kind``."""
        return self._now(lambda: self.world.add_place(identifier, name, **more))

    def gone(self, identifier: str) -> None:
        """Delete a channel."""
        self._now(lambda: self.world.places.pop(identifier))

    def forward(self, seconds: float) -> None:
        """Put the double's clock forward: interactions and nonces end."""
        self.world.skew += seconds

    def wait_connected(self, count: int = 1) -> None:
        """Wait until exactly so many clients listen; a minute at most."""
        self._wait(self.service.gateway.until(count))

    def reconnect(self) -> None:
        """Ask every client to connect anew (op 7)."""
        self._wait(self.service.gateway.reconnect())

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is over (op 9), or to be resumed."""
        self._wait(self.service.gateway.invalidate(resumable=resumable))

    def close(self, code: int = 1000) -> None:
        """Close every connection with that code."""
        self._wait(self.service.gateway.close(code))

    def abort(self) -> None:
        """Break every connection without a word."""
        self._now(self.service.gateway.abort)

    def deafen(self, *, deaf: bool = True) -> None:
        """Answer no heartbeats from now on: connections are zombies."""
        self.service.gateway.deaf = deaf

    def command(
        self, words: str, options: Mapping[str, Any] | None = None, **more: Any
    ) -> Exchange:
        """See `People.command`."""
        return self._wait(self.service.people.command(words, options, **more))

    def suggest(self, words: str, option: str, typed: str, **more: Any) -> Exchange:
        """See `People.suggest`."""
        return self._wait(self.service.people.suggest(words, option, typed, **more))

    def press(self, shown: Mapping[str, Any], name: str, *args: Any, **more: Any) -> Exchange:
        """See `People.press`."""
        return self._wait(self.service.people.press(shown, name, *args, **more))

    def submit(
        self, form: Exchange | Mapping[str, Any], values: Any = None, **more: Any
    ) -> Exchange:
        """See `People.submit`."""
        return self._wait(self.service.people.submit(form, values, **more))

    def react(self, message: Mapping[str, Any], emoji: str, *args: Any, **more: Any) -> None:
        """See `People.react`."""
        self._wait(self.service.people.react(message, emoji, *args, **more))

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """See `People.event`."""
        self._wait(self.service.people.event(name, data))
