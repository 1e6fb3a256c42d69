"""Thumbs as emoji on our messages: put there, and taken off again."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from bot.channels.discord.origin import KIND
from bot.ports import Asker
from bot.work import RETRIES_S, insisted
from paperlark.target import Target
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import discord

    from bot.channels.discord.origin import Moments
    from bot.ports import Desk
    from bot.work import Work

THUMBS: Final[Mapping[str, Thumb]] = {"👍": Thumb.UP, "👎": Thumb.DOWN}
_DRESS: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
"""Skin tones, and the sign that asks for a coloured drawing."""


def thumb(emoji: discord.PartialEmoji) -> Thumb | None:
    """What a reaction means, in any skin tone; None for any other emoji."""
    return None if emoji.id else THUMBS.get(_DRESS.sub("", emoji.name or ""))


class Reactions:
    """Votes by emoji. Nobody waits for an answer, so none is given.

    Whether a message is ours the ledger knows: one of anybody else's means nothing there.
    """

    def __init__(
        self,
        desk: Desk,
        work: Work,
        moments: Moments,
        *,
        retries_s: tuple[float, ...] = RETRIES_S,
    ) -> None:
        self._desk, self._work, self._moments = desk, work, moments
        self._retries_s = retries_s
        self._turns: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def take(self, event: discord.RawReactionActionEvent, me: int | None, *, on: bool) -> None:
        """An emoji was put on a message, or taken off; `me` is our own number."""
        meant, author = thumb(event.emoji), event.message_author_id
        if meant is None or event.user_id == me or (author is not None and author != me):
            return
        if event.member is not None and event.member.bot:
            return
        whose = (event.user_id, event.message_id)
        turn = self._turns.get(whose) or asyncio.Lock()
        self._turns[whose] = turn
        doing = self._in_turn(turn, event, meant, self._moments.next(), on=on)
        self._work.start(doing, "reaction", urgent=True)

    async def _in_turn(
        self,
        turn: asyncio.Lock,
        event: discord.RawReactionActionEvent,
        meant: Thumb,
        at: datetime,
        *,
        on: bool,
    ) -> None:
        """What one person does to one message is written in its order."""
        async with turn:
            await self._write(event, meant, at, on=on)

    async def _write(
        self, event: discord.RawReactionActionEvent, meant: Thumb, at: datetime, *, on: bool
    ) -> None:
        place = Target(KIND, str(event.channel_id))
        asker = Asker(f"{KIND}:{event.user_id}", place, manager=False)

        async def vote() -> None:
            await self._desk.vote(
                asker,
                meant if on else Thumb.NONE,
                Door.DISCORD_REACTION,
                ref=f"{event.channel_id}:{event.message_id}",
                at=at,
                taken=None if on else meant,
                mark=str(event.emoji),
            )

        # Discord brings an event once: where the store is away, the vote waits here.
        await insisted(vote, "reaction", self._retries_s)
