"""What people type: ``!digest …`` and ``!abstract …``, answered in a thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot import own
from bot.channels.matrix import events, forms
from bot.channels.matrix.asker import asker
from bot.channels.matrix.hearers import quiet
from bot.channels.matrix.powers import manages
from bot.replies import Said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from bot.channels.matrix.answers import Answers
    from bot.channels.matrix.rest import Rest
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_ASKED: Final = re.compile(r"[!/](digest|abstract)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
OLD_S: Final = 300.0
"""A question of longer ago, heard after a rest, is not answered: nobody waits any more."""


class Questions:
    """Answers to commands. Other words are nobody's business here."""

    def __init__(self, desk: Desk, rest: Rest, answers: Answers, work: Work) -> None:
        self._desk, self._rest, self._answers, self._work = desk, rest, answers, work

    def heard(self, room: str, event: Mapping[str, Any]) -> None:
        """A message was written."""
        found = _ASKED.fullmatch(events.said(event))
        if not found or events.age_s(event) > OLD_S:
            return
        name, typed = found[1].lower(), (found[2] or "").strip()

        def tell(said: str) -> Awaitable[None]:
            return self._answers.say(room, event, said)

        self._work.start(self._answer(room, event, name, typed), f"!{name}", tell)

    async def _answer(self, room: str, event: Mapping[str, Any], name: str, typed: str) -> None:
        user = events.word(event, "sender")
        reply = await self._reply(room, user, name, typed)
        await self._answers.give(room, event, reply)

    async def _reply(self, room: str, user: str, name: str, typed: str) -> Reply:
        manager = await manages(self._rest, room, user)
        alone = own.delicate(typed) and await quiet(self._rest, room, user)
        who = asker(room, user, manager=manager, alone=alone)
        if name == "abstract" and not typed:
            return Said("Which paper? Give its id or a link: `/abstract 2611.90412`.")
        if name == "abstract":
            return await self._desk.abstract(who, typed)
        verb, _, rest = typed.partition(" ")
        if verb.lower() == "settings":
            return await forms.answered(self._desk, who, rest)
        if verb.lower() == "home":
            return await self._desk.home(who)
        return await self._desk.command(who, typed)
