"""How an answer gets back to the person: acknowledged within 3 seconds, told within 15 minutes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.channels.discord import limits, replies
from bot.channels.discord.wire import LOST
from bot.replies import Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.discord.origin import Origin
    from bot.channels.discord.wire import Told, Wire
    from bot.replies import Reply

_log: Final = structlog.get_logger(__name__)
ACK_S: Final = 2.6
"""Discord waits 3 seconds for the first answer."""
AGAIN_S: Final = 0.1
TRIES: Final = 4
"""For what follows the first answer."""
TAKEN: Final = 40060
"""Discord's number for an interaction that was acknowledged before."""
LATE: Final = 10062
"""Discord's number for an interaction whose time is over."""


class Ack(IntEnum):
    """The kinds of first answers that are used here, by Discord's numbers."""

    SAYING = 4
    THINKING = 5
    """A message of the asker's own follows."""
    STAYING = 6
    """The pressed message stays, or is changed."""
    SUGGESTING = 8
    FORM = 9


class Answers:
    """Gives answers that only the asker sees, and shares them where asked to."""

    def __init__(self, wire: Wire, *, ack_s: float = ACK_S) -> None:
        self._wire, self._ack_s = wire, ack_s

    async def ack(self, origin: Origin, kind: Ack, data: Mapping[str, Any] | None = None) -> bool:
        """Give the first answer; whether what was asked is ours to do.

        It is not where another process has answered already, nor where it is too late: the person
        was told that it failed, and asks again.
        """
        if data is None and kind is Ack.THINKING:
            data = {"flags": limits.EPHEMERAL}
        payload: dict[str, Any] = {"type": kind} | ({"data": data} if data is not None else {})
        path = f"/interactions/{origin.event}/{origin.token}/callback"
        lost = False
        try:
            async with asyncio.timeout(self._ack_s):
                while True:
                    told = await self._tried(path, payload)
                    if told and not told.passing:
                        # Ours, too, where an answer that seemed lost had arrived.
                        return told.taken or self._refused(told, lost=lost)
                    lost = lost or told is None
                    await asyncio.sleep(max(AGAIN_S, told.pause_s if told else 0.0))
        except TimeoutError:
            _log.warning("discord took no answer in time", kind=kind.name.lower())
            return lost

    async def at_once(self, origin: Origin, reply: Reply) -> None:
        """Show the answer to the asker alone as the first answer."""
        await self.ack(origin, Ack.SAYING, replies.render(reply, year=_year()))

    async def give(self, origin: Origin, reply: Reply) -> None:
        """Show the answer to the asker alone, in the place of “thinking”."""
        if reply == Said(""):
            await self._call("DELETE", origin, "/messages/@original", {})
        else:
            await self._reply(origin, reply)

    async def show(
        self, origin: Origin, payload: Mapping[str, Any], files: Mapping[str, bytes] | None = None
    ) -> None:
        """Show a payload in the place of “thinking”, or of the pressed message."""
        # Who sees it was said by the first answer; an edit may not say it.
        told = {**payload, "flags": payload.get("flags", 0) & ~limits.EPHEMERAL}
        await self._call("PATCH", origin, "/messages/@original", told, files)

    async def turn(self, origin: Origin, reply: Reply) -> None:
        """Show the answer in place of the pressed message, which is the asker's own.

        A sentence does not take a page's place: it is told beside it.
        """
        if isinstance(reply, Said):
            await self.say(origin, reply.text)
        else:
            await self._reply(origin, reply)

    async def say(self, origin: Origin, sentence: str) -> None:
        """Say one sentence to the asker alone, after everything that was said."""
        if sentence:
            await self._call("POST", origin, "", replies.render(Said(sentence)), once=True)

    async def share(self, origin: Origin, reply: Reply) -> None:
        """Post the answer where it was asked for, with the asker's name, for all to see."""
        if isinstance(reply, Said):
            await self.say(origin, reply.text)
            return
        made = replies.render(reply, year=_year(), shared_by=origin.name or "a reader")
        await self._call("POST", origin, "", made, once=True)

    async def _reply(self, origin: Origin, reply: Reply) -> None:
        file = replies.attachment(reply)
        files = dict([file]) if file else {}
        await self.show(origin, replies.render(reply, year=_year()), files)

    async def _call(
        self,
        method: str,
        origin: Origin,
        path: str,
        payload: Mapping[str, Any],
        files: Mapping[str, bytes] | None = None,
        *,
        once: bool = False,
    ) -> None:
        """Call until it is taken or refused; where it makes a message, never twice for one."""
        where = f"/webhooks/{origin.application}/{origin.token}{path}"
        for tried in range(TRIES):
            told = await self._tried(where, payload, method, files)
            if told and not told.passing:
                if not told.taken:
                    _log.warning("discord refused an answer", status=told.status, code=told.code)
                return
            if once and (told is None or not told.busy):
                break
            await asyncio.sleep(max(AGAIN_S * 2**tried, told.pause_s if told else 0.0))
        _log.warning("an answer may not have reached discord", path=path)

    async def _tried(
        self,
        path: str,
        payload: Mapping[str, Any],
        method: str = "POST",
        files: Mapping[str, bytes] | None = None,
    ) -> Told | None:
        """What Discord said; None where nothing came."""
        try:
            return await self._wire.call(method, path, payload, files or {})
        except LOST:
            return None

    def _refused(self, told: Told, *, lost: bool) -> bool:
        if told.code == TAKEN:
            return lost
        if told.code != LATE:
            _log.warning("discord refused an answer", status=told.status, code=told.code)
        return False


def _year() -> int:
    """The reader's year, which dates leave out."""
    return datetime.now(UTC).year
