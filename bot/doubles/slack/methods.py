"""Slack's Web API methods over a workspace, with their scopes and error codes.

Source: docs.slack.dev, reference/methods.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.slack import posting, reading, viewing
from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.world import APP, BOT, BOT_USER, TEAM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.doubles.slack.world import World

_STRUCTURED: Final = frozenset(
    {"attachments", "blocks", "channel_ids", "files", "metadata", "view"}
)
_WORDS: Final = {"true": True, "false": False, "1": True, "0": False}
_FLAGS: Final = frozenset(
    {"inclusive", "include_all_metadata", "link_names", "reply_broadcast", "unfurl_links"}
    | {"unfurl_media", "mrkdwn", "include_num_members"}
)


@dataclass(frozen=True, slots=True)
class Method:
    """What answers a method, and the scopes of which it needs one; some look by themselves."""

    answer: Callable[[World, Mapping[str, Any]], dict[str, Any]]
    scopes: tuple[str, ...] = ()


def call(world: World, name: str, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one call.

    Args:
        world: where it takes effect.
        name: the method, ``chat.postMessage``.
        token: from the Authorization header.
        args: the fields, as they came; see `read`.

    Raises:
        Refused: Slack would answer ``ok: false``.
    """
    if name not in METHODS:
        raise Refused("unknown_method")
    _admit(world, name, token)
    method = METHODS[name]
    if method.scopes and not world.scopes.intersection(method.scopes):
        needed, provided = ",".join(method.scopes), ",".join(sorted(world.scopes))
        raise Refused("missing_scope", needed=needed, provided=provided)
    return method.answer(world, args)


def read(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a call: structures out of JSON texts, flags out of words, no empty ones.

    Raises:
        Refused: a structure is not JSON.
    """
    return {name: _value(name, value) for name, value in raw.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in _FLAGS:
        return _WORDS.get(value.lower(), value)
    if isinstance(value, str) and name in _STRUCTURED:
        try:
            return json.loads(value)
        except ValueError as error:
            code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise Refused(code, (f"{name} is not JSON",)) from error
    return value


def _admit(world: World, name: str, token: str) -> None:
    if not token:
        raise Refused("not_authed")
    if name == "apps.connections.open":
        if token == world.keys.bot:
            raise Refused("not_allowed_token_type")
        if token != world.keys.app:
            raise Refused("invalid_auth")
    elif token != world.keys.bot:
        raise Refused("invalid_auth")
    elif world.revoked:
        raise Refused("token_revoked")


def _auth_test(_world: World, _args: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": "https://double.slack.example/",
        "team": "Double",
        "user": "paperlark",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "is_enterprise_install": False,
    }


def _connections_open(_world: World, _args: Mapping[str, Any]) -> dict[str, Any]:
    return {}  # the server adds the address, which only it knows


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        "auth.test": Method(_auth_test),
        "apps.connections.open": Method(_connections_open),
        "chat.postMessage": Method(posting.post, ("chat:write",)),
        "chat.update": Method(posting.update, ("chat:write",)),
        "chat.delete": Method(posting.delete, ("chat:write",)),
        "chat.postEphemeral": Method(posting.ephemeral, ("chat:write",)),
        "conversations.history": Method(reading.history),
        "conversations.replies": Method(reading.replies),
        "conversations.info": Method(reading.info),
        "conversations.members": Method(reading.members, ("channels:read", "groups:read")),
        "conversations.join": Method(reading.join, ("channels:join",)),
        "conversations.open": Method(reading.open_talk, ("im:write",)),
        "reactions.get": Method(reading.reactions, ("reactions:read",)),
        "users.info": Method(reading.person, ("users:read",)),
        "users.conversations": Method(reading.joined, ("channels:read", "groups:read")),
        "views.open": Method(viewing.open_view),
        "views.push": Method(viewing.push_view),
        "views.update": Method(viewing.update_view),
        "views.publish": Method(viewing.publish),
    }
)
"""Every method the double knows."""
