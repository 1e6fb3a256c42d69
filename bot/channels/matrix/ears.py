"""What is done about what is new: thumbs in their order, questions aside, invitations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.channels.matrix import events
from bot.channels.matrix.answers import Answers
from bot.channels.matrix.questions import Questions
from bot.channels.matrix.thumbs import Thumbs
from bot.hush import hushed
from bot.work import RETRIES_S
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.matrix.diary import Diary
    from bot.channels.matrix.rest import Rest
    from bot.ports import Desk
    from bot.work import Work

_log: Final = structlog.get_logger(__name__)
MOST: Final = 100
"""Events of one room in one answer: as many as Synapse gives. Older ones are fetched."""
PAGES: Final = 20
"""How many such pages are fetched where more was said than that."""
_KINDS: Final = ("m.room.message", "m.reaction", "m.room.redaction")


class Ears:
    """Hears what a homeserver tells, for the account `me`."""

    def __init__(
        self,
        desk: Desk,
        rest: Rest,
        work: Work,
        diary: Diary,
        me: str,
        *,
        retries_s: tuple[float, ...] = RETRIES_S,
    ) -> None:
        self._rest, self._me, self._diary = rest, me, diary
        self._thumbs = Thumbs(desk, diary, retries_s=retries_s)
        self._questions = Questions(desk, rest, Answers(rest), work)
        self._domain = me.partition(":")[2]

    def wanted(self, limit: int) -> str:
        """The filter: what people say and do in rooms, and nothing else."""
        none: dict[str, Any] = {"types": []}
        timeline = {"types": list(_KINDS), "not_senders": [self._me], "limit": limit}
        room = {"timeline": timeline, "state": none, "ephemeral": none, "account_data": none}
        return json.dumps({"presence": none, "account_data": none, "room": room})

    async def hear(self, news: Mapping[str, Any]) -> bool:
        """Do what is to be done about all that was said; whether there was anything.

        Raises:
            StoreError: a vote could not be kept.
            DeliveryError: what was left out of an answer could not be fetched.
        """
        rooms = events.table(events.table(news, "rooms"), "join")
        for room, told in rooms.items():
            for event in await self._events(room, events.table(told, "timeline")):
                await self._heard(room, event)
        return bool(rooms)

    async def invited(self, news: Mapping[str, Any]) -> None:
        """Come where somebody of our own homeserver invites us; others ask in vain."""
        rooms = events.table(events.table(news, "rooms"), "invite")
        for room, told in rooms.items():
            state = events.table(told, "invite_state").get("events")
            who = [e for e in _tables(state) if e.get("state_key") == self._me]
            inviter = events.word(who[-1], "sender") if who else ""
            if inviter.partition(":")[2] != self._domain:
                _log.info("matrix invitation left alone", room=room, inviter=inviter)
                continue
            try:
                await self._rest.call("POST", "join", room, place=room, body={})
            except DeliveryError as error:
                _log.warning("matrix room not joined", room=room, why=hushed(str(error)))

    async def _events(self, room: str, timeline: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The room's events in their order, with those that did not fit into the answer."""
        shown = _tables(timeline.get("events"))
        if timeline.get("limited") is not True:
            return shown
        return [*await self._missed(room, events.word(timeline, "prev_batch")), *shown]

    async def _missed(self, room: str, end: str) -> list[Mapping[str, Any]]:
        wanted = json.dumps({"types": list(_KINDS), "not_senders": [self._me]})
        found: list[Mapping[str, Any]] = []
        for _ in range(PAGES):
            span = {"dir": "b", "from": end, "to": self._diary.since, "limit": MOST}
            said = await self._rest.get(
                "rooms", room, "messages", place=room, params={**span, "filter": wanted}
            )
            found += _tables(said.get("chunk"))
            end = events.word(said, "end")
            if not end:
                break
        return found[::-1]

    async def _heard(self, room: str, event: Mapping[str, Any]) -> None:
        if event.get("sender") == self._me:
            return
        match event.get("type"):
            case "m.reaction":
                await self._thumbs.put(room, event)
            case "m.room.redaction":
                await self._thumbs.taken(room, event)
            case "m.room.message":
                self._questions.heard(room, event)


def _tables(told: Any) -> list[Mapping[str, Any]]:
    """The tables of a list; none of anything else."""
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
