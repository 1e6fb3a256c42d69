"""``/sync``: what is new since a place in the order of events, waited for if need be."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.matrix.methods import told, visible
from bot.doubles.matrix.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.matrix.world import World

_LONGEST_S: Final = 60.0
_USUAL: Final = 10


async def sync(world: World, user: str, query: Mapping[str, str]) -> dict[str, Any]:
    """The answer, at once where there is something new, else at the end of ``timeout``."""
    since = query.get("since", "")
    if since and not re.fullmatch(r"s\d+", since):
        raise Refused(400, "M_INVALID_PARAM", "Invalid stream token")
    start = int(since[1:]) if since else 0
    if since:
        world.heard = max(world.heard, start)
        await world.wake()
    wanted = json.loads(query.get("filter", "{}")).get("room", {}).get("timeline", {})
    patience_s = min(_LONGEST_S, float(query.get("timeout", "0")) / 1000) if since else 0.0
    made = _made(world, user, start, wanted)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            while patience_s and not (made["rooms"] or world.closed):
                async with world.moved:
                    await world.moved.wait()
                made = _made(world, user, start, wanted)
    return made


def _made(world: World, user: str, start: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    joined, invited = {}, {}
    for room in world.rooms.values():
        stands = room.members.get(user)
        if stands == "join" and (found := _timeline(world, room.id, start, wanted)):
            joined[room.id] = {"timeline": found}
        elif stands == "invite":
            state = [e for e in world.events(room.id) if e.get("state_key") == user]
            if any(world.order.index(e) >= start for e in state):
                invited[room.id] = {"invite_state": {"events": state}}
    rooms = {name: held for name, held in (("join", joined), ("invite", invited)) if held}
    return {"next_batch": f"s{len(world.order)}", "rooms": rooms}


def _timeline(
    world: World, room: str, start: int, wanted: Mapping[str, Any]
) -> dict[str, Any] | None:
    found = [(at, e) for at, e in visible(world, room, wanted) if at >= start]
    if not found:
        return None
    most = int(wanted.get("limit", _USUAL))
    shown = found[-most:]
    events = [told(world, event) for _, event in shown]
    return {"events": events, "limited": len(shown) < len(found), "prev_batch": f"s{shown[0][0]}"}
