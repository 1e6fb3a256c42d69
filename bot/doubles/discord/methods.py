"""The REST interface's calls by name: which address is which, and what each gives.

The names are what `World.calls` and faults know calls by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord import answering, posting
from bot.doubles.discord.gateway import guild, member, roles
from bot.doubles.discord.refusal import Refused, unknown
from bot.doubles.discord.world import APP, GUILD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.doubles.discord.world import World


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: the parts of its path, its query, its body, and the names of its files."""

    world: World
    parts: Sequence[str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """A call by name.

    Attributes:
        name: what faults know it by.
        pattern: ``METHOD path``; each group is a part.
        do: gives the answer; None is a status 204.
        keyed: needs the bot's token.
    """

    name: str
    pattern: re.Pattern[str]
    do: Callable[[Asked], Any]
    keyed: bool = True


def find(verb: str, path: str) -> tuple[Method, tuple[str, ...]] | None:
    """The call of that address, and the parts of its path; None where there is none."""
    for method in METHODS:
        if found := method.pattern.fullmatch(f"{verb} {path}"):
            return method, found.groups(default="")
    return None


def _me(asked: Asked) -> dict[str, Any]:
    return asked.world.people[APP].json | {"verified": True, "mfa_enabled": False, "flags": 0}


def _application(asked: Asked) -> dict[str, Any]:
    return {
        "id": APP,
        "name": "paperlark",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": asked.world.people["400000000000000001"].json,
        "team": None,
    }


def _commands(asked: Asked) -> list[dict[str, Any]]:
    """Put commands, everywhere or in one server: they replace all there were in that place."""
    world, where = asked.world, _scope(asked)
    world.synced += 1
    world.commands = {n: c for n, c in world.commands.items() if c.get("guild_id", "") != where}
    for given in asked.body:
        number = world.number()
        told = {"id": number, "application_id": APP, "version": number, "type": 1, "options": []}
        world.commands[number] = told | ({"guild_id": where} if where else {}) | given
    return _known_commands(asked)


def _known_commands(asked: Asked) -> list[dict[str, Any]]:
    """The commands everywhere, or those of one server."""
    where = _scope(asked)
    return [each for each in asked.world.commands.values() if each.get("guild_id", "") == where]


def _scope(asked: Asked) -> str:
    """The server that commands belong to; empty for everywhere."""
    where = asked.parts[1]
    if where not in {"", GUILD}:
        raise Refused(403, 50001, "Missing Access")
    return where


def _member(asked: Asked) -> dict[str, Any]:
    _guild(asked)
    if asked.parts[1] not in asked.world.people:
        raise unknown("Member", 10007)
    return member(asked.world, asked.parts[1])


def _guild(asked: Asked) -> dict[str, Any]:
    if asked.parts[0] != GUILD:
        raise unknown("Guild", 10004)
    return guild(asked.world)


def _roles(asked: Asked) -> list[dict[str, Any]]:
    _guild(asked)
    return roles()


def _callback(asked: Asked) -> dict[str, Any] | None:
    identifier, token = asked.parts
    told = answering.callback(asked.world, identifier, token, asked.body or {}, asked.files)
    return told if asked.query.get("with_response") in {"1", "true", "True"} else None


def _method(
    name: str, verb: str, path: str, do: Callable[[Asked], Any], *, keyed: bool = True
) -> Method:
    pattern = path.replace("{n}", r"(\d+)").replace("{w}", r"([^/]+)")
    return Method(name, re.compile(f"{verb} {pattern}"), do, keyed)


_ROOM, _HOOK = "channels/{n}/messages", "webhooks/{n}/{w}"
METHODS: Final = (
    _method("get_me", "GET", "users/@me", _me),
    _method("get_application", "GET", "(?:oauth2/)?applications/@me", _application),
    _method("put_commands", "PUT", r"applications/{n}(?:/guilds/(\d+))?/commands", _commands),
    _method(
        "get_commands",
        "GET",
        r"applications/{n}(?:/guilds/(\d+))?/commands",
        _known_commands,
    ),
    _method("get_guild", "GET", "guilds/{n}", _guild),
    _method("get_member", "GET", "guilds/{n}/members/{n}", _member),
    _method("get_roles", "GET", "guilds/{n}/roles", _roles),
    _method(
        "create_dm", "POST", "users/@me/channels", lambda a: posting.talk(a.world, a.body).json
    ),
    _method("get_channel", "GET", "channels/{n}", lambda a: posting.seen(a.world, a.parts[0]).json),
    _method(
        "create_message", "POST", _ROOM, lambda a: posting.post(a.world, a.parts[0], a.body or {})
    ),
    _method("get_messages", "GET", _ROOM, lambda a: posting.read(a.world, a.parts[0], a.query)),
    _method(
        "get_message",
        "GET",
        f"{_ROOM}/{{n}}",
        lambda a: posting.found(a.world, a.parts[0], a.parts[1]),
    ),
    _method(
        "edit_message",
        "PATCH",
        f"{_ROOM}/{{n}}",
        lambda a: posting.edit(a.world, a.parts[0], a.parts[1], a.body),
    ),
    _method(
        "delete_message",
        "DELETE",
        f"{_ROOM}/{{n}}",
        lambda a: posting.delete(a.world, a.parts[0], a.parts[1]),
    ),
    _method(
        "create_thread",
        "POST",
        f"{_ROOM}/{{n}}/threads",
        lambda a: posting.thread(a.world, a.parts[0], a.parts[1], a.body or {}).json,
    ),
    _method("callback", "POST", "interactions/{n}/{w}/callback", _callback, keyed=False),
    _method(
        "followup",
        "POST",
        _HOOK,
        lambda a: answering.follow(a.world, a.parts[1], a.body or {}, a.files),
        keyed=False,
    ),
    _method(
        "get_original",
        "GET",
        f"{_HOOK}/messages/{{w}}",
        lambda a: answering.read(a.world, a.parts[1], a.parts[2]),
        keyed=False,
    ),
    _method(
        "edit_original",
        "PATCH",
        f"{_HOOK}/messages/{{w}}",
        lambda a: answering.change(a.world, a.parts[1], a.parts[2], a.body or {}, a.files),
        keyed=False,
    ),
    _method(
        "delete_original",
        "DELETE",
        f"{_HOOK}/messages/{{w}}",
        lambda a: answering.remove(a.world, a.parts[1], a.parts[2]),
        keyed=False,
    ),
)
"""Every call the double knows."""
