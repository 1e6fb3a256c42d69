"""Thumbs as reactions to our messages: put there, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.matrix import events, limits
from bot.channels.matrix.asker import asker
from bot.channels.matrix.client import name
from bot.channels.matrix.diary import Noted
from bot.work import insisted
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.matrix.diary import Diary
    from bot.ports import Desk


class Thumbs:
    """Votes by emoji. Nobody waits for an answer, so none is given.

    Whether a message is ours the ledger knows: one of anybody else's means nothing there.
    """

    def __init__(self, desk: Desk, diary: Diary, *, retries_s: tuple[float, ...]) -> None:
        self._desk, self._diary, self._retries_s = desk, diary, retries_s

    async def put(self, room: str, event: Mapping[str, Any]) -> None:
        """A reaction was put on a message.

        Raises:
            StoreError: the vote could not be kept.
        """
        about = events.relation(event)
        meant = events.thumb(about.key)
        named = 0 < len(about.event) <= limits.NAME  # its author's word: anything may stand there
        if meant is None or about.kind != "m.annotation" or not named:
            return
        noted = Noted(room, about.event, about.key, events.word(event, "sender"))
        await self._vote(event, meant, noted, on=True)
        self._diary.note(events.word(event, "event_id"), noted)

    async def taken(self, room: str, event: Mapping[str, Any]) -> None:
        """Something was taken back; only where that is a thumb we know it means anything.

        Whoever takes it off, it was its author's vote: a room's keepers take off others' too.

        Raises:
            StoreError: the vote could not be kept.
        """
        gone = events.redacted(event)
        noted = self._diary.thumbs.get(gone, Noted())
        meant = events.thumb(noted.emoji)
        if noted.room == room and meant is not None:
            whose = noted.whose or events.word(event, "sender")
            await self._vote(event, meant, noted._replace(whose=whose), on=False)
            del self._diary.thumbs[gone]

    async def _vote(
        self, event: Mapping[str, Any], meant: Thumb, noted: Noted, *, on: bool
    ) -> None:
        async def vote() -> None:
            await self._desk.vote(
                asker(noted.room, noted.whose, manager=False),
                meant if on else Thumb.NONE,
                Door.REACTION,
                ref=name(noted.room, noted.message),
                at=events.moment(event),
                event=events.word(event, "event_id"),
                taken=None if on else meant,
                mark=noted.emoji,
            )

        # Where the store is away, the thumb waits here; then the homeserver brings it again.
        await insisted(vote, "reaction", self._retries_s)
