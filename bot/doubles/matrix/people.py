"""What people do: say something, react, take it back, invite the bot."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.matrix.world import ME, MIRA, ROOM
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from bot.doubles.matrix.world import Exchange, World

EFFECTS_S: Final = 10.0
PATIENCE_S: Final = 50.0


class People:
    """Everybody on the homeserver."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def say(
        self,
        text: str,
        user: str = MIRA,
        room: str = ROOM,
        *,
        thread: str = "",
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Write a message, then wait until so many answers have come.

        Args:
            text: as typed.
            user: who.
            room: where.
            thread: the event whose thread it is written in.
            expect: answers to wait for.
            **more: further fields of the content.
        """
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, **more}
        if thread:
            content["m.relates_to"] = {"rel_type": "m.thread", "event_id": thread}
        exchange = self.world.begin(text, self._add(room, user, "m.room.message", content))
        await self.world.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EFFECTS_S):
                while len(exchange.answers) < expect:
                    exchange.came.clear()
                    await exchange.came.wait()
        return exchange

    async def react(self, event: str, emoji: str, user: str = MIRA, room: str = ROOM) -> str:
        """Put an emoji on a message; the reaction's own name."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        made = self._add(room, user, "m.reaction", {"m.relates_to": relation})
        await self.world.wake()
        return str(made["event_id"])

    async def again(self, event: str) -> None:
        """Tell of an event once more, as a homeserver does after it was restored."""
        self.world.order.append(self._known(event))
        await self.world.wake()

    async def redact(self, event: str, user: str = MIRA) -> str:
        """Take an event back: a reaction, a message; the name of what says so."""
        found = self._known(event)
        made = self.world.redact(found["room_id"], user, event)
        await self.world.wake()
        return str(made["event_id"])

    async def invite(self, room: str, user: str = MIRA) -> None:
        """Invite the bot to a room."""
        self.world.rooms[room].members[ME] = "invite"
        self._add(room, user, "m.room.member", {"membership": "invite"}, state_key=ME)
        await self.world.wake()

    async def heard(self) -> None:
        """Wait until the bot has handled all there is: it asked for what comes after it.

        Raises:
            NotFound: it did not within a minute.
        """
        wanted = len(self.world.order)
        try:
            async with asyncio.timeout(PATIENCE_S), self.world.moved:
                await self.world.moved.wait_for(lambda: self.world.heard >= wanted)
        except TimeoutError:
            raise NotFound(f"The bot heard up to {self.world.heard} of {wanted}.") from None

    def _add(
        self, room: str, user: str, kind: str, content: dict[str, Any], **more: Any
    ) -> dict[str, Any]:
        if room not in self.world.rooms:
            raise NotFound(f"There is no room {room}.")
        return self.world.add(room, user, kind, content, **more)

    def _known(self, event: str) -> dict[str, Any]:
        if event not in self.world.by_id:
            raise NotFound(f"There is no event {event}.")
        return self.world.by_id[event]
