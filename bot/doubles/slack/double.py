"""The double for code without an event loop: a service in a thread of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot.doubles.slack.server import Service
from bot.doubles.slack.world import World
from bot.doubles.threaded import Threaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.doubles.slack.faults import Fault, Faults
    from bot.doubles.slack.world import Exchange, Place


class SlackDouble(Threaded):
    """A loopback Slack; use it as a context manager. Its methods may be called from any thread.

    Args:
        now: seconds since 1970, for the names of messages; the machine's clock by default.
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
        """What stands for ``https://slack.com/api/``."""
        return self.service.api_url

    @property
    def settings(self) -> dict[str, Any]:
        """The table ``[channels.slack]`` that leads here, by Socket Mode."""
        keys = self.world.keys
        return {"bot_token": keys.bot, "app_token": keys.app, "api_url": self.url}

    @property
    def http_settings(self) -> dict[str, Any]:
        """The table ``[channels.slack]`` that leads here, by signed HTTP."""
        keys = self.world.keys
        return {"bot_token": keys.bot, "signing_secret": keys.signing, "api_url": self.url}

    def environ(self, *, http: bool = False) -> dict[str, str]:
        """The same as variables, for a child process."""
        table = self.http_settings if http else self.settings
        return {f"PAPERLARK_CHANNELS__SLACK__{name.upper()}": v for name, v in table.items()}

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next calls."""
        return self.world.faults

    @property
    def refused(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Calls turned down for what was in them: method, code, and every problem."""
        return list(self.world.refused)

    @property
    def pinged(self) -> list[str]:
        """Every mention in anything that was taken."""
        return list(self.world.pinged)

    def fail(self, method: str, *faults: Fault, times: int = 1) -> None:
        """Spoil the next calls of `method` (``response_url`` for answers there)."""
        self.world.faults.add(method, *faults, times=times)

    def calls(self, method: str = "") -> list[dict[str, Any]]:
        """The fields of every call of a method so far, spoilt and refused ones too."""
        return [dict(call.args) for call in self.world.calls if method in {"", call.method}]

    def messages(self, channel: str = "") -> list[dict[str, Any]]:
        """Messages of one place or of all, oldest first, replies among them."""
        return self._now(lambda: list(self.world.messages(channel)))

    def roots(self, channel: str = "") -> list[dict[str, Any]]:
        """The same without the replies in threads."""
        return [message for message in self.messages(channel) if "thread_ts" not in message]

    def replies(self, ts: str, channel: str = "C1") -> list[dict[str, Any]]:
        """The replies to a message, oldest first."""
        return self._now(lambda: self.world.thread(channel, ts))

    def ephemerals(self, user: str = "") -> list[dict[str, Any]]:
        """What only one person saw, oldest first."""
        found = self._now(lambda: list(self.world.ephemerals))
        return [shown for shown in found if user in {"", shown["user_shown"]}]

    def home(self, user: str = "U1") -> dict[str, Any] | None:
        """A person's Home tab as published last."""
        return self._now(lambda: self.world.homes.get(user))

    def channel(self, identifier: str, name: str = "", **more: Any) -> Place:
        """Make a channel, or change one: ``member``, ``archived``, ``private``."""
        return self._now(lambda: self.world.add_place(identifier, name, **more))

    def forward(self, seconds: float) -> None:
        """Put the double's clock forward: triggers and response_urls end."""
        self.world.skew += seconds

    def by_http(self, url: str) -> None:
        """People reach the app by signed requests to that address from now on."""
        self._now(lambda: self.service.by_http(url))

    def by_socket(self) -> None:
        """People reach the app by Socket Mode from now on, as at first."""
        self._now(self.service.by_socket)

    def wait_connected(self, count: int = 1) -> None:
        """Wait until exactly so many sockets are open; a minute at most."""
        self._wait(self.service.sockets.until(count))

    def disconnect(self, reason: str = "refresh_requested", *, close: bool = False) -> None:
        """Tell every socket to connect anew: ``warning``, ``refresh_requested``, …."""
        self._wait(self.service.sockets.disconnect(reason, close=close))

    def abort(self) -> None:
        """Break every socket without a word."""
        self._now(self.service.sockets.abort)

    def deafen(self, *, deaf: bool = True) -> None:
        """Answer no pings from now on."""
        self.service.sockets.deaf = deaf

    def command(self, command: str, text: str = "", *args: Any, **more: Any) -> Exchange:
        """See `People.command`."""
        return self._wait(self.service.people.command(command, text, *args, **more))

    def press(self, shown: dict[str, Any], action: str, *args: Any, **more: Any) -> Exchange:
        """See `People.press`."""
        return self._wait(self.service.people.press(shown, action, *args, **more))

    def submit(self, view: dict[str, Any], values: Any = None, **more: Any) -> Exchange:
        """See `People.submit`."""
        return self._wait(self.service.people.submit(view, values, **more))

    def close(self, view: dict[str, Any], **more: Any) -> Exchange:
        """See `People.close`."""
        return self._wait(self.service.people.close(view, **more))

    def suggest(self, view: dict[str, Any], action: str, typed: str, **more: Any) -> Exchange:
        """See `People.suggest`."""
        return self._wait(self.service.people.suggest(view, action, typed, **more))

    def react(self, ts: str, name: str, *args: Any, **more: Any) -> Exchange:
        """See `People.react`."""
        return self._wait(self.service.people.react(ts, name, *args, **more))

    def unreact(self, ts: str, name: str, *args: Any, **more: Any) -> Exchange:
        """Take a reaction off: see `People.react`."""
        return self.react(ts, name, *args, added=False, **more)

    def open_home(self, user: str = "U1", **more: Any) -> Exchange:
        """See `People.open_home`."""
        return self._wait(self.service.people.open_home(user, **more))

    def event(self, event: dict[str, Any], user: str = "U1", **more: Any) -> Exchange:
        """See `People.event`."""
        return self._wait(self.service.people.event(event, user, **more))

    def verify(self, **more: Any) -> Exchange:
        """See `People.verify`."""
        return self._wait(self.service.people.verify(**more))
