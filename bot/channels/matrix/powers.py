"""Who may change a room, and so its digest: those who may change the room's own state.

Source: the client-server API, ``m.room.power_levels``; from room version 12 on those who made a
room may do everything in it, whatever the levels say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix.refusals import NOT_FOUND, Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.matrix.rest import Rest

_MODERATOR: Final = 50
_CREATOR: Final = 12
"""The first room version whose creators stand above the levels."""


async def manages(rest: Rest, room: str, user: str) -> bool:
    """Whether that person may change the room's state.

    Raises:
        DeliveryError: the homeserver does not say.
    """
    levels = await state(rest, room, "m.room.power_levels")
    if level(levels, user) >= _number(levels.get("state_default"), _MODERATOR):
        return True
    made = await state(rest, room, "m.room.create", whole=True)
    content = _table(made.get("content"))
    if levels and _number(content.get("room_version"), 1) < _CREATOR:
        return False
    more = content.get("additional_creators")
    return user == made.get("sender") or (isinstance(more, list) and user in more)


def level(levels: Mapping[str, Any], user: str) -> int:
    """A person's level; without any word of it that of everybody."""
    usual = _number(levels.get("users_default"), 0)
    return _number(_table(levels.get("users")).get(user), usual)


async def state(rest: Rest, room: str, kind: str, *, whole: bool = False) -> Mapping[str, Any]:
    """The room's state of that kind, its content or with `whole` the event; empty for none.

    Raises:
        DeliveryError: the homeserver does not say.
    """
    params = {"format": "event"} if whole else {}
    try:
        return await rest.get("rooms", room, "state", kind, "", place=room, params=params)
    except Failed as error:
        if error.code == NOT_FOUND:
            return {}
        raise


def _number(said: Any, usual: int) -> int:
    try:
        return int(said)
    except (TypeError, ValueError, OverflowError):  # JSON's numbers may be without an end
        return usual


def _table(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}
