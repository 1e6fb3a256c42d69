"""The way out to Matrix: each message once, each outcome told for what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix import checkup, limits, marks, post
from bot.channels.matrix.refusals import unreadable
from bot.channels.matrix.rest import Rest
from bot.ports import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from bot.channels.matrix.settings import MatrixSettings
    from bot.ports import Finding
    from paperlark.domain import Digest
    from paperlark.post import Message, Setting
    from paperlark.subscription import Form
    from paperlark.target import Target

PAGE: Final = 100
"""Messages of one answer when looking for ours."""
_OK: Final = 200
_PARTED: Final = "/$"


class Matrix:
    """A homeserver's client-server API behind the house's `Channel`.

    A message's name is ``ROOM/$EVENT``: an event about it says both.

    Args:
        settings: checked; without a token it composes, and refuses to send.
    """

    can_find = True

    def __init__(self, settings: MatrixSettings) -> None:
        self.settings = settings
        self.rest = Rest(settings)
        self._me = ""

    @property
    def limits(self) -> Limits:
        """One rate for the account: homeservers count nothing by room."""
        return Limits(per_target=0.0, overall=self.settings.per_second, burst=limits.BURST)

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """See `bot.ports.Channel`."""
        return post.compose(digest, form, setting)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """See `bot.ports.Channel`. The transaction is drawn from the key: a repeat is no other."""
        room, _, first = root.partition(_PARTED)
        body = marks.marked(message.payload, key)
        if message.reply and first:
            body = marks.threaded(body, f"${first}")
        room = room or target.address
        path = ("rooms", room, "send", "m.room.message", marks.transaction(key))
        said = await self.rest.put(*path, body=body, place=target.address)
        event = said.get("event_id")
        if not (isinstance(event, str) and event):
            raise unreadable(_OK)
        return name(room, event)

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        """See `bot.ports.Channel`: looks for the key's mark in our own messages."""
        del message, root  # replies stand in the room's own order of things, too
        me = await self._self(target)
        async for event in self._messages(target, me, since):
            if event.get("sender") == me and marks.bears(event, key):
                return name(target.address, str(event["event_id"]))
        return None

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """See `bot.ports.Channel`."""
        return await checkup.check(self.settings, self.rest, targets)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        await self.rest.aclose()

    async def _self(self, target: Target) -> str:
        """Our own name, which our messages carry; asked once."""
        if not self._me:
            said = await self.rest.get("account", "whoami", place=target.address)
            self._me = str(said.get("user_id", ""))
        return self._me

    async def _messages(
        self, target: Target, me: str, since: datetime
    ) -> AsyncIterator[dict[str, Any]]:
        """What we wrote there since then, newest first."""
        least = since.timestamp() * 1000
        wanted = json.dumps({"types": ["m.room.message"], "senders": [me]})
        params: dict[str, Any] = {"dir": "b", "limit": PAGE, "filter": wanted}
        while True:
            said = await self.rest.get(
                "rooms", target.address, "messages", place=target.address, params=params
            )
            found = said.get("chunk")
            if not isinstance(found, list):
                raise unreadable(_OK)
            for event in found:
                if float(event.get("origin_server_ts") or least) < least:
                    return
                yield event
            end = said.get("end")
            if not end or end == params.get("from"):
                return
            params["from"] = end


def name(room: str, event: str) -> str:
    """The name of a message, as the ledger keeps it."""
    return f"{room}/{event}"
