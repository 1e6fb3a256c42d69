"""Who reads what is said in a room: the asker alone, or others too.

Source: the client-server API, ``GET /rooms/{roomId}/members``, ``m.room.join_rules`` and
``m.room.history_visibility``. Invited people count: they may read what was said before they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.matrix import events
from bot.channels.matrix.powers import state

if TYPE_CHECKING:
    from bot.channels.matrix.rest import Rest

_STANDING: Final = frozenset({"join", "invite", "knock"})
_BOTH: Final = 2
"""The asker, and we."""


async def quiet(rest: Rest, room: str, user: str) -> bool:
    """Whether nobody but that person reads what we say there.

    Raises:
        DeliveryError: the homeserver does not say.
    """
    params = {"not_membership": "leave"}
    told = (await rest.get("rooms", room, "members", place=room, params=params)).get("chunk")
    if not isinstance(told, list):
        return False
    every = {
        events.word(each, "state_key")
        for each in told
        if events.word(events.table(each, "content"), "membership") in _STANDING
    }
    return user in every and len(every) <= _BOTH and not await _open(rest, room)


async def _open(rest: Rest, room: str) -> bool:
    """Whether strangers may come in, or read without it."""
    rules = await state(rest, room, "m.room.join_rules")
    seen = await state(rest, room, "m.room.history_visibility")
    shown = events.word(seen, "history_visibility")
    return events.word(rules, "join_rule") == "public" or shown == "world_readable"
