"""A chat's double as a process of its own, whatever its kind: for tests that end the app's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import marks
from bot.channels.discord.parts import walk
from bot.doubles.discord.process import DiscordProcess
from bot.doubles.slack.process import SlackProcess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.doubles.process import DoubleProcess

PROCESSES: Final[Mapping[str, type[DoubleProcess]]] = {
    "slack": SlackProcess,
    "discord": DiscordProcess,
}


@dataclass
class ChatProcess:
    """A chat's double, and how to read what it took."""

    kind: str
    running: DoubleProcess

    @property
    def url(self) -> str:
        """Where its interface answers."""
        return f"{self.running.base}/api/" + ("v10/" if self.kind == "discord" else "")

    def environ(self) -> dict[str, str]:
        """Settings that lead there."""
        made: Any = self.running  # each says it, of what its service needs
        return dict(made.environ())

    def places(self, seed: int, count: int, first: int = 0) -> tuple[str, ...]:
        """So many new channels."""
        letter = "3" if self.kind == "discord" else "C"
        names = tuple(f"{letter}{seed:03}{n:05}" for n in range(first, first + count))
        for name in names:
            self.running.set("place", identifier=name, name=name.lower())
        return names

    def fail(self, names: list[str], **more: Any) -> None:
        """Spoil a share of the calls that send a message."""
        send = "create_message" if self.kind == "discord" else "chat.postMessage"
        self.running.set("fail", method=send, names=names, **more)

    def keys_of(self, wanted: Iterable[str]) -> list[str]:
        """The key of every message it took."""
        messages = self.running.messages()
        if self.kind == "slack":
            return [each["metadata"]["event_payload"]["key"] for each in messages]
        known = {marks.numbers(key): key for key in wanted}
        found = []
        for each in messages:
            first, second, *_ = (part["id"] for part in walk(each["components"]))
            found.append(known.get((first, second), str(each)))
        return found
