"""Messages: posted, changed, deleted, or shown to one person."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from bot.doubles.slack.limits import refusals
from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.world import APP, BOT, BOT_USER, TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.slack.world import Place, World

_CONTENT = ("text", "blocks", "attachments", "metadata")


def post(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``chat.postMessage``."""
    place = writable(world, str(args.get("channel", "")))
    _paced(world, place)
    judged(world, "chat.postMessage", args)
    thread = args.get("thread_ts")
    if thread and not world.message(place.id, thread):
        raise Refused("cannot_reply_to_message")
    message = world.keep(made(world, place.id, args))
    if (exchange := world.latest(place.user)) and place.user:
        exchange.add("messages", message)
    return {"channel": place.id, "ts": message["ts"], "message": message}


def update(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``chat.update``: only what is given changes."""
    place = writable(world, str(args.get("channel", "")))
    message = _own(world, place.id, str(args.get("ts", "")), "cant_update_message")
    judged(world, "chat.update", args)
    replace_content(world, message, args)
    return {"channel": place.id, "ts": message["ts"], "text": message["text"], "message": message}


def delete(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``chat.delete``."""
    place = writable(world, str(args.get("channel", "")))
    message = _own(world, place.id, str(args.get("ts", "")), "cant_delete_message")
    world.drop(place.id, message["ts"])
    return {"channel": place.id, "ts": message["ts"]}


def ephemeral(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``chat.postEphemeral``."""
    place = writable(world, str(args.get("channel", "")))
    user = str(args.get("user", ""))
    if user not in world.people:
        raise Refused("user_not_in_channel")
    judged(world, "chat.postEphemeral", args)
    shown = made(world, place.id, args) | {"user_shown": user}
    show(world, shown)
    if exchange := world.latest(user):
        exchange.add("ephemerals", shown)
    return {"message_ts": shown["ts"]}


def show(world: World, shown: dict[str, Any]) -> None:
    """Keep a message that one person sees."""
    world.ephemerals.append(shown)
    world.note(shown)
    world.journal.write("ephemeral", shown)


def writable(world: World, channel: str) -> Place:
    """The place the bot may write in.

    Raises:
        Refused: it is unknown, closed, or the bot is not in it.
    """
    if channel in world.people:
        return world.talk(channel)
    place = world.places.get(channel)
    if place is None:
        raise Refused("channel_not_found")
    if place.archived:
        raise Refused("is_archived")
    if not place.member:
        if place.private:
            raise Refused("channel_not_found")
        if "chat:write.public" not in world.scopes:
            raise Refused("not_in_channel")
    return place


def judged(world: World, method: str, payload: Mapping[str, Any]) -> None:
    """Hold a payload against every limit.

    Raises:
        Refused: with the first code, and every problem of it.
    """
    found = list(refusals(payload))
    if not found:
        return
    code = found[0][0]
    said = tuple(text for kind, text in found if kind == code)
    world.refused.append((method, code, said))
    raise Refused(code, said)


def made(world: World, channel: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """A message as Slack keeps it: with its own name, its sender, and a name for every block."""
    message: dict[str, Any] = {
        "type": "message",
        "channel": channel,
        "ts": world.stamp(),
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "team": TEAM,
        "text": "",
    }
    message |= {name: copy.deepcopy(args[name]) for name in _CONTENT if args.get(name)}
    if args.get("thread_ts"):
        message["thread_ts"] = args["thread_ts"]
        message["broadcast"] = bool(args.get("reply_broadcast"))
    name_blocks(world, message.get("blocks") or [])
    return message


def name_blocks(world: World, blocks: list[dict[str, Any]]) -> None:
    """Give every block and every element that people can use a name, where it has none."""
    for block in blocks:
        block.setdefault("block_id", world.name("b"))
        inner = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for element in inner:
            if isinstance(element, dict) and block["type"] in {"section", "input", "actions"}:
                element.setdefault("action_id", world.name("a"))


def replace_content(world: World, message: dict[str, Any], args: Mapping[str, Any]) -> None:
    """Put new content in place of a message's own."""
    if "text" in args and "blocks" not in args:
        message.pop("blocks", None)
    message |= {name: copy.deepcopy(args[name]) for name in _CONTENT if name in args}
    message["edited"] = {"user": BOT_USER, "ts": world.stamp()}
    name_blocks(world, message.get("blocks") or [])
    world.note(message)
    world.journal.write("update", message)


def _own(world: World, channel: str, ts: str, code: str) -> dict[str, Any]:
    message = world.message(channel, ts)
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != BOT_USER:
        raise Refused(code)
    return message


def _paced(world: World, place: Place) -> None:
    if world.pace and (wait := world.pace.take(place.id)):
        raise Refused("ratelimited", retry_after=wait)
