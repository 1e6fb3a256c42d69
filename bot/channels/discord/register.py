"""Telling Discord which commands there are: only where it knows others.

What Discord knows is asked of Discord, so that it is true whoever changed it last; asking costs
nothing of the two hundred commands a day that may be made.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.channels.discord.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.channels.discord.gateway import Gateway

_log: Final = structlog.get_logger(__name__)
_SCOPE: Final = frozenset({"integration_types", "contexts"})
_MEANT: Final = ("type", "name", "description", "integration_types", "contexts", "options")
_OPTION: Final = ("type", "name", "description", "required", "autocomplete", "choices", "options")
_USUAL: Final[Mapping[str, Any]] = {
    "type": 1,
    "required": False,
    "autocomplete": False,
    "choices": [],
    "options": [],
    "integration_types": [0],
    "contexts": [0, 1, 2],
}
"""What stands for a field that Discord leaves out, or gives as null."""


async def register(
    client: Gateway, application: int, commands: Any = COMMANDS, *, guild: str = ""
) -> bool:
    """See that Discord offers these commands and no others; whether it had to be told.

    Args:
        client: logged in.
        application: its number.
        commands: all of them.
        guild: the server that alone is told; what is offered elsewhere stays as it is. Empty for
            everywhere.

    Raises:
        discord.HTTPException: it refuses them.
        aiohttp.ClientError, OSError, TimeoutError: it could not be reached.
    """
    wanted = [_local(each) for each in commands] if guild else list(commands)
    known: Any = await (
        client.http.get_guild_commands(application, int(guild))
        if guild
        else client.http.get_global_commands(application)
    )
    if fingerprint(known) == fingerprint(wanted):
        return False
    if guild:
        await client.http.bulk_upsert_guild_commands(application, int(guild), wanted)
    else:
        await client.http.bulk_upsert_global_commands(application, wanted)
    _log.info("discord commands registered", commands=len(wanted), where=guild or "everywhere")
    return True


def _local(command: Mapping[str, Any]) -> dict[str, Any]:
    """A command of one server: where else it may be installed and used is no matter."""
    return {name: told for name, told in command.items() if name not in _SCOPE}


def fingerprint(commands: Iterable[Mapping[str, Any]]) -> str:
    """What makes these commands what they are, whoever wrote them down: a sha256."""
    meant = sorted((_meant(each, _MEANT) for each in commands), key=lambda each: str(each["name"]))
    said = json.dumps(meant, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _meant(command: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    held = {name: command.get(name) for name in fields}
    made = {n: _USUAL.get(n, "") if value is None else value for n, value in held.items()}
    made["options"] = [_meant(each, _OPTION) for each in made["options"]]
    made |= {n: sorted(made[n]) for n in ("integration_types", "contexts") if n in made}
    made["choices"] = [(each["name"], each["value"]) for each in made.get("choices", ())]
    return made
