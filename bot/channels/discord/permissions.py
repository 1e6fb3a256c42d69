"""What the bot may do in a server and a channel, and the least it needs.

Source: discord.com/developers/docs/topics/permissions, "Permission Overwrites": everyone's role,
then the member's roles, then a channel's overwrites for each of those and for the member.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VIEW: Final = 1 << 10
SEND: Final = 1 << 11
EMBED: Final = 1 << 14
HISTORY: Final = 1 << 16
OPEN_THREADS: Final = 1 << 35
IN_THREADS: Final = 1 << 38
NEEDED: Final[Mapping[int, str]] = MappingProxyType(
    {
        VIEW: "View Channel",
        SEND: "Send Messages",
        EMBED: "Embed Links",
        HISTORY: "Read Message History",
        OPEN_THREADS: "Create Public Threads",
        IN_THREADS: "Send Messages in Threads",
    }
)
"""Every permission paperlark asks for, as Discord's settings name it."""
_ADMINISTRATOR: Final = 1 << 3


def invite(application: str) -> str:
    """The address that adds the bot to a server with these permissions and no others."""
    query = {
        "client_id": application,
        "scope": "bot applications.commands",
        "permissions": sum(NEEDED),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def missing(held: int) -> tuple[str, ...]:
    """The permissions that are needed and not held, by name."""
    if held & _ADMINISTRATOR:
        return ()
    return tuple(name for bit, name in NEEDED.items() if not held & bit)


def held(
    guild: str,
    me: str,
    mine: Iterable[str],
    roles: Iterable[Mapping[str, Any]],
    overwrites: Iterable[Mapping[str, Any]],
) -> int:
    """The permissions of a member in a channel, as a number of bits.

    Args:
        guild: the server's number, which is everyone's role too.
        me: the member's number.
        mine: the member's roles.
        roles: the server's roles, with ``id`` and ``permissions``.
        overwrites: the channel's, with ``id``, ``allow`` and ``deny``.
    """
    wearing, bits = set(mine) | {guild}, 0
    for role in roles:
        if role["id"] in wearing:
            bits |= int(role["permissions"])
    if bits & _ADMINISTRATOR:
        return bits
    rules = {rule["id"]: rule for rule in overwrites}
    for group in ([guild], sorted(wearing - {guild}), [me]):
        denied = _sum(rules, group, "deny")
        bits = bits & ~denied | _sum(rules, group, "allow")
    return bits


def _sum(rules: Mapping[str, Mapping[str, Any]], names: Iterable[str], what: str) -> int:
    bits = 0
    for name in names:
        bits |= int(rules.get(name, {}).get(what, 0))
    return bits
