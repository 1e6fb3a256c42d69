"""Where a command, a press or an event came from: who, in which place, and how to answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from bot.ports import Asker
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "slack"
_TALK: Final = "D"
"""What the ids of private talks begin with."""


class Surface(StrEnum):
    """What of Slack a person was looking at."""

    MESSAGE = "message"
    HOME = "home"
    MODAL = "modal"


@dataclass(frozen=True, slots=True)
class Origin:
    """One person in one place, and the ways Slack gave us to answer.

    Attributes:
        user, name: the person's id, and what the person is called, where Slack says it.
        channel: where it happened; empty on the Home tab.
        response_url: takes 5 answers within 30 minutes; empty where there is none. A secret.
        trigger: opens one window within 3 seconds. A secret.
        thread: the thread the pressed message stands in; empty outside one.
        message: the name of the pressed message; empty where there is none.
        view: the window that was pressed in; empty outside one.
        ephemeral: the pressed message is one of our own that only this person sees.
        manager: may change the place's settings; see `managers`.
        named: may be told who voted there.
        profile: the profile that was named; empty for the place's usual one.
    """

    user: str
    channel: str = ""
    name: str = ""
    response_url: str = field(default="", repr=False)
    trigger: str = field(default="", repr=False)
    surface: Surface = Surface.MESSAGE
    thread: str = ""
    message: str = ""
    view: str = ""
    ephemeral: bool = False
    manager: bool = True
    named: bool = False
    profile: str = ""

    @property
    def asker(self) -> Asker:
        """The person as the desk knows people; outside a channel the place is the person.

        A private talk is such a place: the Home tab, the talk and a digest sent to the person are
        about the same settings.
        """
        where = Target(KIND, self.user if self.alone else self.channel)
        voter = f"{KIND}:{self.user}"
        manager = self.alone or self.manager
        named = self.alone or self.named
        return Asker(voter, where, manager, self.profile, self.name, named=named, alone=self.alone)

    @property
    def alone(self) -> bool:
        """Whether the place is the person's own."""
        return not self.channel or self.channel.startswith(_TALK)

    @property
    def ref(self) -> str:
        """The pressed message as the ledger knows it; empty for what only this person sees."""
        posted = self.channel and self.message and not self.ephemeral
        return f"{self.channel}:{self.message}" if posted else ""

    @classmethod
    def of_command(cls, body: Mapping[str, Any]) -> Origin:
        """Where a slash command was typed."""
        return cls(
            user=_text(body, "user_id"),
            channel=_text(body, "channel_id"),
            name=_text(body, "user_name"),
            response_url=_text(body, "response_url"),
            trigger=_text(body, "trigger_id"),
        )

    @classmethod
    def of_press(cls, body: Mapping[str, Any]) -> Origin:
        """Where a button was pressed, a form filled in, or a list opened."""
        user, view = _table(body, "user"), _table(body, "view")
        container, message = _table(body, "container"), _table(body, "message")
        surface = Surface.MESSAGE
        if view:
            surface = Surface.HOME if view.get("type") == "home" else Surface.MODAL
        return cls(
            user=_text(user, "id"),
            channel=_text(_table(body, "channel"), "id")
            or _text(container, "channel_id")
            or _text(note(view), "channel"),
            name=_text(user, "name") or _text(user, "username"),
            response_url=_text(body, "response_url"),
            trigger=_text(body, "trigger_id"),
            surface=surface,
            thread=_text(container, "thread_ts") or _text(message, "thread_ts"),
            message=_text(container, "message_ts"),
            view=_text(view, "id"),
            ephemeral=container.get("is_ephemeral") is True,
        )


def note(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """What we wrote on a window when we opened it; empty where it cannot be read."""
    try:
        read = json.loads(view.get("private_metadata") or "{}")
    except (TypeError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def moment(stamp: Any) -> datetime | None:
    """A stamp of Slack's, as ``1795071602.000100``, in UTC; None where it is none."""
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    return value if isinstance(value, str) else ""


def _table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = table.get(name)
    return value if isinstance(value, dict) else {}
