"""A look at the homeserver's side of the set-up: token and rooms, each with its remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.matrix.powers import level, state
from bot.ports import Finding
from paperlark.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from bot.channels.matrix.rest import Rest
    from bot.channels.matrix.settings import MatrixSettings
    from paperlark.target import Target

SIGN_IN: Final = "Matrix: access token"


async def check(
    settings: MatrixSettings, rest: Rest, targets: Sequence[Target]
) -> tuple[Finding, ...]:
    """Findings about the token, then one a target; never raises.

    Args:
        settings: checked.
        rest: not used without a token.
        targets: Matrix's own.
    """
    if not settings.token:
        fix = "Log in as the bot's account (docs/matrix.md) and set channels.matrix.access_token."
        return (Finding(SIGN_IN, "fail", "There is none.", fix),)
    try:
        me = str((await rest.get("account", "whoami")).get("user_id", ""))
    except DeliveryError as error:
        return (Finding(SIGN_IN, "fail", *_split(str(error))),)
    rooms = [await _room(rest, me, target) for target in targets]
    return (Finding(SIGN_IN, "ok", me), *rooms)


async def _room(rest: Rest, me: str, target: Target) -> Finding:
    room = target.address
    what = f"Matrix: {room}"
    try:
        levels = await state(rest, room, "m.room.power_levels")
        named = str((await state(rest, room, "m.room.name")).get("name") or room)
        sealed = await state(rest, room, "m.room.encryption")
    except DeliveryError as error:
        return Finding(what, "fail", *_split(str(error)))
    if not _may_write(levels, me):
        fix = "Raise its power level in the room's settings, or lower what messages need."
        return Finding(what, "fail", f"paperlark may not send messages in {named}.", fix)
    if sealed:
        fix = "Choose a room without encryption, which cannot be switched off once it is on."
        return Finding(what, "warn", f"{named} is encrypted: commands cannot be read there.", fix)
    return Finding(what, "ok", named)


def _may_write(levels: Mapping[str, Any], me: str) -> bool:
    events = levels.get("events")
    own = events.get("m.room.message") if isinstance(events, dict) else None
    needed = own if own is not None else levels.get("events_default", 0)
    return level(levels, me) >= int(needed)


def _split(sentence: str) -> tuple[str, str]:
    """What happened, and what to do: the first sentence, and the others."""
    first, stop, rest = sentence.partition(". ")
    return (f"{first}.", rest) if stop else (sentence, "Ask again in a while.")
