"""What can be read: messages back, places, people."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.world import BOT_USER, TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.doubles.slack.world import Place, World

_PAGE = 100
_LONGEST_PAGE = 999


def history(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.history``: newest first, without the replies in threads."""
    place = _visible(world, args)
    found = [
        message
        for message in reversed(world.messages(place.id))
        if not message.get("thread_ts")
        or message["thread_ts"] == message["ts"]
        or message.get("broadcast")
    ]
    return _page(world, [m for m in found if _between(m, args)], args)


def replies(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.replies``: the thread's first message, then its replies, oldest first."""
    place, ts = _visible(world, args), str(args.get("ts", ""))
    root = world.message(place.id, ts)
    if root is None:
        raise Refused("thread_not_found")
    thread = [message for message in world.thread(place.id, ts) if _between(message, args)]
    return _page(world, [root, *thread], args)


def info(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.info``."""
    place = _known(world, args)
    _may(world, place, "read")
    return {"channel": _described(place)}


def members(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.members``."""
    place = _known(world, args)
    people = [p.id for p in world.people.values() if not p.bot]
    return {"members": [*people, *([BOT_USER] if place.member else [])]} | _cursor("")


def join(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.join``: public channels only."""
    place = _known(world, args)
    if place.private:
        raise Refused("method_not_supported_for_channel_type")
    if place.archived:
        raise Refused("is_archived")
    place.member = True
    return {"channel": _described(place)}


def open_talk(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``conversations.open`` with one person."""
    user = str(args.get("users", ""))
    if user not in world.people:
        raise Refused("user_not_found")
    return {"channel": {"id": world.talk(user).id}}


def joined(world: World, _args: Mapping[str, Any]) -> dict[str, Any]:
    """``users.conversations``: where the bot is a member."""
    mine = [_described(place) for place in world.places.values() if place.member]
    return {"channels": mine} | _cursor("")


def reactions(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``reactions.get`` for one message."""
    channel, ts = str(args.get("channel", "")), str(args.get("timestamp", ""))
    message = world.message(channel, ts)
    if message is None:
        raise Refused("message_not_found")
    return {"type": "message", "channel": channel, "message": message}


def person(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``users.info``."""
    found = world.people.get(str(args.get("user", "")))
    if found is None:
        raise Refused("user_not_found")
    return {
        "user": {
            "id": found.id,
            "team_id": TEAM,
            "name": found.name,
            "real_name": found.name.title(),
            "tz": found.tz,
            "is_bot": found.bot,
            "is_admin": found.admin,
            "is_owner": False,
            "deleted": False,
            "profile": {"display_name": found.name, "real_name": found.name.title()},
        }
    }


def _may(world: World, place: Place, verb: str) -> None:
    """Hold the token's scopes against the kind of place."""
    group = "im" if place.user else "groups" if place.private else "channels"
    if (needed := f"{group}:{verb}") not in world.scopes:
        raise Refused("missing_scope", needed=needed, provided=",".join(sorted(world.scopes)))


def _known(world: World, args: Mapping[str, Any]) -> Place:
    place = world.places.get(str(args.get("channel", "")))
    if place is None or (place.private and not place.member):
        raise Refused("channel_not_found")
    return place


def _visible(world: World, args: Mapping[str, Any]) -> Place:
    place = _known(world, args)
    _may(world, place, "history")
    if not place.member:
        raise Refused("not_in_channel")
    return place


def _described(place: Place) -> dict[str, Any]:
    kind = {"is_im": True, "user": place.user} if place.user else {"is_channel": not place.private}
    return {
        "id": place.id,
        "name": place.name,
        "is_member": place.member,
        "is_archived": place.archived,
        "is_private": place.private,
        **kind,
    }


def _between(message: Mapping[str, Any], args: Mapping[str, Any]) -> bool:
    """Whether a message lies between `oldest` and `latest`; as numbers, since texts need not be."""
    ts, inclusive = _number(message["ts"]), bool(args.get("inclusive"))
    oldest, latest = _number(args.get("oldest") or 0), _number(args.get("latest") or 10**18)
    return oldest <= ts <= latest if inclusive else oldest < ts < latest


def _number(value: Any) -> int:
    """A moment in whole microseconds: a float would not tell two of them apart."""
    try:
        whole, _, rest = str(value).partition(".")
        return int(whole) * 1_000_000 + int(rest[:6].ljust(6, "0"))
    except ValueError as error:
        raise Refused("invalid_arguments") from error


def _page(world: World, found: Sequence[dict[str, Any]], args: Mapping[str, Any]) -> dict[str, Any]:
    limit = min(int(args.get("limit") or _PAGE), _LONGEST_PAGE)
    start = _offset(str(args.get("cursor") or ""))
    rows = found[start : start + limit]
    following = start + limit if start + limit < len(found) else 0
    said = [_as_read(world, row, metadata=bool(args.get("include_all_metadata"))) for row in rows]
    return {"messages": said, "has_more": bool(following)} | _cursor(_token(following))


def _as_read(world: World, message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    hidden = {"channel", "broadcast"} | (set() if metadata else {"metadata"})
    read = {name: value for name, value in message.items() if name not in hidden}
    if thread := world.thread(message["channel"], message["ts"]):
        read |= {"thread_ts": message["ts"], "reply_count": len(thread)}
        read["latest_reply"] = thread[-1]["ts"]
    return read


def _cursor(token: str) -> dict[str, Any]:
    return {"response_metadata": {"next_cursor": token}}


def _token(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode() if offset else ""


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError as error:
        raise Refused("invalid_cursor") from error
