"""Messages and threads: posted, read, changed, deleted."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord import limits
from bot.doubles.discord.refusal import Refused, invalid, unknown
from bot.doubles.discord.world import APP, FORUM, LOADING, TALK, THREAD, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.discord.world import World

_CONTENT: Final = ("content", "embeds", "components", "flags", "allowed_mentions")
_SEND, _THREAD_SEND, _OPEN, _READ = 1 << 11, 1 << 38, 1 << 35, 1 << 16


def post(world: World, channel: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A message into a channel, a thread or a talk."""
    place = seen(world, channel)
    if place.kind == FORUM:
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if place.kind == TALK and world.people[place.user].closed:
        raise Refused(403, 50007, "Cannot send messages to this user")
    allow(world, place, _THREAD_SEND if place.kind == THREAD else _SEND)
    judged(world, "create_message", body)
    nonce = str(body.get("nonce") or "")
    if nonce and body.get("enforce_nonce") and (first := world.repeated(channel, nonce)):
        return first | {"nonce": nonce}
    return world.keep(made(world, channel, body), nonce) | ({"nonce": nonce} if nonce else {})


def edit(world: World, channel: str, identifier: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """New content for a message of ours."""
    seen(world, channel)
    message = found(world, channel, identifier)
    if message["author"]["id"] != APP:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    judged(world, "edit_message", body)
    renew(message, body)
    world.changed(message)
    return message


def delete(world: World, channel: str, identifier: str) -> None:
    """A message goes; its thread stays."""
    found(world, channel, identifier)
    world.drop(channel, identifier)


def read(world: World, channel: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Up to 100 messages, newest first; ``after``: the oldest of those after that number."""
    allow(world, seen(world, channel), _READ)
    most = min(100, int(query.get("limit", 50)))
    messages = sorted(world.messages(channel), key=lambda message: int(message["id"]))
    if "after" in query:
        later = [m for m in messages if int(m["id"]) > int(query["after"])]
        return later[:most][::-1]
    if "before" in query:
        messages = [m for m in messages if int(m["id"]) < int(query["before"])]
    return messages[-most:][::-1]


def thread(world: World, channel: str, identifier: str, body: Mapping[str, Any]) -> Place:
    """A thread off a message."""
    place = seen(world, channel)
    if place.kind in {TALK, THREAD}:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    message = found(world, channel, identifier)
    allow(world, place, _OPEN)
    if identifier in world.places:
        raise Refused(400, 160004, "A thread has already been created for this message")
    name = body.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:  # noqa: PLR2004  (Discord's limit)
        raise invalid("must be between 1 and 100 in length. [json-pointer:/name]")
    made_one = world.open_thread(channel, identifier, name)
    message["thread"] = made_one.json
    message["flags"] |= 1 << 5
    world.changed(message)
    return made_one


def talk(world: World, body: Mapping[str, Any]) -> Place:
    """The talk with one person."""
    user = str(body.get("recipient_id", ""))
    if user not in world.people:
        raise unknown("User", 10013)
    return world.talk(user)


def seen(world: World, channel: str) -> Place:
    """The place of that number.

    Raises:
        Refused: there is none, or the bot may not see it.
    """
    place = world.places.get(channel)
    if place is None:
        raise unknown("Channel", 10003)
    parent = world.places.get(place.parent)
    if place.hidden or (parent and parent.hidden):
        raise Refused(403, 50001, "Missing Access")
    return place


def allow(world: World, place: Place, bit: int) -> None:
    """See that the bot has a permission there; a thread has its channel's.

    Raises:
        Refused: it has not.
    """
    over = world.places.get(place.parent, place)
    if not place.user and over.denied & bit:
        raise Refused(403, 50013, "Missing Permissions")


def found(world: World, channel: str, identifier: str) -> dict[str, Any]:
    """The message of that number.

    Raises:
        Refused: there is none.
    """
    message = world.message(channel, identifier)
    if message is None:
        raise unknown("Message", 10008)
    return message


def judged(world: World, name: str, body: Mapping[str, Any]) -> None:
    """Hold a message against every limit.

    Raises:
        Refused: with every problem of it.
    """
    if limits.empty(body):
        world.refused.append((name, 50006, ()))
        raise Refused(400, 50006, "Cannot send an empty message")
    if problems := limits.problems(body):
        world.refused.append((name, 50035, problems))
        raise invalid(*problems)


def made(world: World, channel: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A message as Discord keeps it: with its number, its author, and a number for every part."""
    message: dict[str, Any] = {
        "id": world.number(),
        "channel_id": channel,
        "type": 0,
        "author": world.people[APP].json,
        "timestamp": datetime.fromtimestamp(world.now(), UTC).isoformat(),
        "edited_timestamp": None,
        "content": "",
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }
    message |= {name: copy.deepcopy(body[name]) for name in _CONTENT if name in body}
    number(message["components"])
    return message


def renew(message: dict[str, Any], body: Mapping[str, Any]) -> None:
    """Put new content in place of a message's own; it is whole then."""
    told = {name: copy.deepcopy(body[name]) for name in _CONTENT if name in body}
    flags = (message["flags"] | told.pop("flags", 0)) & ~LOADING
    message |= told | {"flags": flags, "edited_timestamp": datetime.now(UTC).isoformat()}
    number(message["components"])


def number(parts: list[dict[str, Any]]) -> None:
    """Give every component a number, where it has none: from 1, leaving out those in use."""
    held: list[Any] = list(limits.walk(parts))
    used, last = {part.get("id") for part in held}, 0
    for part in held:
        if not part.get("id"):
            last += 1
            while last in used:
                last += 1
            part["id"] = last
