"""How an answer gets back to the person: into the thread of the question, for all to see.

Each answer's transaction is drawn from the question, so it may be sent again without fear.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix import events, marks, replies
from bot.replies import Said
from paperlark.errors import DeliveryError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.matrix.rest import Rest
    from bot.replies import Reply

TRIES: Final = 5
AGAIN_S: Final = 0.5
"""The first wait before an answer is sent again; it doubles."""
LONGEST_S: Final = 60.0
"""An answer that comes later is none."""


class Answers:
    """Gives answers in threads."""

    def __init__(self, rest: Rest, *, again_s: float = AGAIN_S) -> None:
        self._rest, self._again_s = rest, again_s

    async def give(self, room: str, question: Mapping[str, Any], reply: Reply) -> None:
        """Answer a message, in its thread or in one of its own.

        Raises:
            DeliveryError: the homeserver does not take it.
        """
        asked, about = events.word(question, "event_id"), events.relation(question)
        root = about.event if about.kind == "m.thread" else asked
        for place, content in enumerate(replies.render(reply, year=datetime.now(UTC).year)):
            transaction = marks.transaction(f"answer/{room}/{asked}/{place}/{type(reply).__name__}")
            path = ("rooms", room, "send", "m.room.message", transaction)
            await self._sent(path, marks.threaded(content, root, asked))

    async def say(self, room: str, question: Mapping[str, Any], sentence: str) -> None:
        """Answer with one sentence."""
        await self.give(room, question, Said(sentence))

    async def _sent(self, path: tuple[str, ...], body: Mapping[str, Any]) -> None:
        wait_s = self._again_s
        for left in reversed(range(TRIES)):
            try:
                await self._rest.put(*path, body=body)
            except DeliveryError as error:
                pause = wait_s if error.retry_after is None else error.retry_after
                given_up = error.permanent or isinstance(error, Refused) or pause > LONGEST_S
                if given_up or not left:
                    raise
                await asyncio.sleep(pause)
                wait_s *= 2
            else:
                return
