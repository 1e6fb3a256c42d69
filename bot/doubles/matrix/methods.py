"""The calls the double knows: the part of the client-server API that a bot needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.matrix import limits
from bot.doubles.matrix.refusal import Refused, forbidden, missing
from bot.doubles.matrix.world import ME, PASSWORD, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.doubles.matrix.world import Room, World

    Answer = dict[str, Any]

_PAGE: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: who asks, the parts of its path, its query and its body."""

    world: World
    user: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def room(self) -> Room:
        """The room of the path, which the asker is in.

        Raises:
            Refused: it is not there, or not for them.
        """
        room = self.world.rooms.get(self.parts[0])
        if room is None or room.members.get(self.user) != "join":
            raise forbidden()
        return room


@dataclass(frozen=True, slots=True)
class Method:
    """One call; `keyed`: it needs a token."""

    name: str
    verb: str
    path: re.Pattern[str]
    do: Callable[[Asked], Answer]
    keyed: bool = True


def find(verb: str, path: str) -> tuple[Method, tuple[str, ...]] | None:
    """The method that answers there, and the parts of the path it needs."""
    for method in METHODS:
        found = method.path.fullmatch(path)
        if found and method.verb == verb:
            return method, found.groups()
    return None


def _login(asked: Asked) -> Answer:
    who = asked.body.get("identifier", {}).get("user", "")
    known = asked.body.get("type") == "m.login.password" and who in {ME, "paperlark"}
    if not known or asked.body.get("password") != PASSWORD:
        raise forbidden("Invalid username or password")
    return {"user_id": ME, "access_token": TOKEN, "device_id": "DOUBLE"}


def _whoami(asked: Asked) -> Answer:
    return {"user_id": asked.user, "device_id": "DOUBLE", "is_guest": False}


def _send(asked: Asked) -> Answer:
    _, kind, transaction = asked.parts
    world, room = asked.world, asked.room
    known = world.transactions.get((room.id, kind, transaction))
    if known and not world.forgetful:
        return {"event_id": known}
    content = dict(asked.body)
    if room.level(asked.user) < int(room.levels.get("events_default", 0)):
        raise forbidden("You don't have permission to post that to the room.")
    if limits.size(content) > limits.EVENT:
        world.refused.append((kind, ("too large",)))
        raise Refused(413, "M_TOO_LARGE", "event too large")
    _thread(asked, content)
    if kind == "m.room.message":
        if problems := limits.problems(content):
            world.refused.append((kind, tuple(problems)))
        world.note(room, content)
    event = world.add(room.id, asked.user, kind, content, unsigned={"transaction_id": transaction})
    return {"event_id": event["event_id"]}


def _thread(asked: Asked, content: Mapping[str, Any]) -> None:
    """A thread begins at an event of this room that relates to no other."""
    relation = content.get("m.relates_to") or {}
    if relation.get("rel_type") != "m.thread":
        return
    root = asked.world.by_id.get(relation.get("event_id", ""))
    if root is None or root["room_id"] != asked.room.id:
        raise Refused(400, "M_UNKNOWN", "Can't send relation to unknown event")
    if (root["content"].get("m.relates_to") or {}).get("rel_type"):
        raise Refused(400, "M_UNKNOWN", "Cannot start threads from an event with a relation")


def _messages(asked: Asked) -> Answer:
    wanted = json.loads(asked.query.get("filter", "{}"))
    backwards = asked.query.get("dir") == "b"
    shown = visible(asked.world, asked.room.id, wanted)
    start = _place(asked.query.get("from"), len(asked.world.order) if backwards else 0)
    end = _place(asked.query.get("to"), 0)
    if backwards:
        found = [(at, e) for at, e in reversed(shown) if end <= at < start]
    else:
        found = [(at, e) for at, e in shown if at >= start]
    page = found[: int(asked.query.get("limit", _PAGE))]
    answer: Answer = {"chunk": [told(asked.world, e) for _, e in page], "start": f"s{start}"}
    if len(page) < len(found):
        last = page[-1][0]
        answer["end"] = f"s{last if backwards else last + 1}"
    return answer


def _event(asked: Asked) -> Answer:
    found = asked.world.by_id.get(asked.parts[1])
    if found is None or found["room_id"] != asked.room.id:
        raise missing()
    return told(asked.world, found)


def _state(asked: Asked) -> Answer:
    room, kind = asked.room, asked.parts[1]
    if kind == "m.room.power_levels":
        return room.levels
    if kind == "m.room.name":
        return {"name": room.name}
    if kind == "m.room.create":
        content = {"room_version": "10", **room.state.get(kind, {})}
        whole = {"type": kind, "sender": room.creator, "state_key": "", "content": content}
        return whole if asked.query.get("format") == "event" else content
    if kind in room.state:
        return room.state[kind]
    raise missing("Event not found.")


def _members(asked: Asked) -> Answer:
    room, barred = asked.room, asked.query.get("not_membership")
    chunk = [
        {"type": "m.room.member", "state_key": user, "content": {"membership": stands}}
        for user, stands in room.members.items()
        if stands != barred
    ]
    return {"chunk": chunk}


def _join(asked: Asked) -> Answer:
    room = asked.world.rooms.get(asked.parts[0])
    if room is None or room.members.get(asked.user) not in {"invite", "join"}:
        raise forbidden("You are not invited to this room.")
    room.members[asked.user] = "join"
    return {"room_id": room.id}


def _data(asked: Asked) -> Answer:
    owner, kind = asked.parts
    if owner != asked.user:
        raise forbidden()
    if kind not in asked.world.account_data:
        raise missing("Account data not found")
    return asked.world.account_data[kind]


def _put_data(asked: Asked) -> Answer:
    owner, kind = asked.parts
    if owner != asked.user:
        raise forbidden()
    asked.world.account_data[kind] = dict(asked.body)
    asked.world.journal.write("account_data", {"kind": kind, "content": dict(asked.body)})
    return {}


def visible(world: World, room: str, wanted: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The events of a room that a filter lets through, with their places, oldest first."""
    types, senders = wanted.get("types"), wanted.get("senders")
    barred = wanted.get("not_senders") or ()
    return [
        (at, event)
        for at, event in enumerate(world.order)
        if event["room_id"] == room
        and (types is None or event["type"] in types)
        and (senders is None or event["sender"] in senders)
        and event["sender"] not in barred
    ]


def told(world: World, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as clients get it: with its age by the homeserver's own clock."""
    age = max(0, int(world.now() * 1000) - event["origin_server_ts"])
    copied: dict[str, Any] = json.loads(json.dumps(event))
    copied["unsigned"] = {**copied.get("unsigned", {}), "age": age}
    return copied


def _place(token: str | None, usual: int) -> int:
    if token is None:
        return usual
    if not re.fullmatch(r"s\d+", token):
        raise Refused(400, "M_INVALID_PARAM", "Invalid stream token")
    return int(token[1:])


def _method(name: str, verb: str, path: str, do: Callable[[Asked], Answer], *, keyed: bool = True
            ) -> Method:  # fmt: skip
    pattern = re.sub(r"\{\}", "([^/]*)", path)
    return Method(name, verb, re.compile(pattern), do, keyed)


METHODS: Final = (
    _method("login", "POST", "login", _login, keyed=False),
    _method("whoami", "GET", "account/whoami", _whoami),
    _method("send", "PUT", "rooms/{}/send/{}/{}", _send),
    _method("messages", "GET", "rooms/{}/messages", _messages),
    _method("event", "GET", "rooms/{}/event/{}", _event),
    _method("state", "GET", "rooms/{}/state/{}/?", _state),
    _method("members", "GET", "rooms/{}/members", _members),
    _method("join", "POST", "join/{}", _join),
    _method("data", "GET", "user/{}/account_data/{}", _data),
    _method("put_data", "PUT", "user/{}/account_data/{}", _put_data),
)
"""Every call but ``sync``, which waits: `syncing` has it."""
