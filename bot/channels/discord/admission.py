"""Whether Discord lets us in: asked at the start, in one sentence where it does not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp
import discord
import structlog

from bot.channels.discord.register import register
from bot.hush import hushed
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.discord.gateway import Gateway

_log: Final = structlog.get_logger(__name__)
WAITS_S: Final = (1.0, 2.0, 4.0, 8.0)
"""Between tries while Discord cannot be reached; the last one over and over."""
_TRIPS: Final = (
    aiohttp.ClientError,
    OSError,
    TimeoutError,
    # The library trips over answers that are no JSON object: a proxy's page, half an answer.
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
PAGE: Final = "https://discord.com/developers/applications"
_PASSING: Final = frozenset({408, 425, 429})
_BROKEN: Final = 500
_NOT_IN: Final = frozenset({10004, 50001})
"""Discord's numbers for a server that there is not, or not for us."""
_REFUSED: Final[Mapping[int | None, str]] = {
    4004: f"Discord refuses `channels.discord.token`: copy it again from the page “Bot” at {PAGE}.",
    4010: "Discord refuses this connection (4010): report it, with paperlark's version.",
    4011: "This bot is in more servers than one connection may serve: give paperlark an "
    "application of its own.",
    4012: "Discord no longer understands this version of discord.py (4012): update paperlark.",
    4013: "Discord refuses paperlark's intents (4013): update paperlark.",
    4014: "Discord refuses paperlark's intents (4014), though none of them needs its approval: "
    "update paperlark.",
}


async def admit(
    client: Gateway, token: str, waits_s: Sequence[float] = WAITS_S, *, guild: str = ""
) -> None:
    """Log in and register the commands, for as long as Discord cannot be reached.

    Args:
        client: not logged in yet.
        token: the bot's.
        waits_s: seconds between tries; the last one over and over.
        guild: the server that commands are registered in; empty for everywhere.

    Raises:
        ConfigError: it refuses the token, or our commands.
    """
    tries = 0
    while True:
        try:
            await client.login(token)
            await register(client, client.application_id or 0, guild=guild)
        except discord.LoginFailure as error:
            raise ConfigError(_REFUSED[4004]) from error
        except discord.HTTPException as error:
            if error.status not in _PASSING and error.status < _BROKEN:
                raise ConfigError(_refused(error, guild)) from error
            await _patience(error, tries, waits_s)
        except _TRIPS as error:
            await _patience(error, tries, waits_s)
        else:
            return
        await client.rest.renew()
        tries += 1


def refusal(error: discord.ClientException) -> ConfigError:
    """A closing that will not pass, as one sentence with the remedy."""
    code = error.code if isinstance(error, discord.ConnectionClosed) else 4014
    return ConfigError(_REFUSED.get(code) or f"Discord ended the connection for good ({code}).")


async def _patience(error: Exception, tries: int, waits_s: Sequence[float]) -> None:
    wait_s = waits_s[min(tries, len(waits_s) - 1)]
    _log.warning("discord cannot be reached", error=hushed(repr(error)), again_s=wait_s)
    await asyncio.sleep(wait_s)


def _refused(error: discord.HTTPException, guild: str) -> str:
    if guild and error.code in _NOT_IN:
        return (
            f"paperlark is not in the server {guild} (`channels.discord.guild`): invite it with "
            "the link of `paperlark doctor`, or leave the setting empty."
        )
    what = f"{error.status}, {error.code}" if error.code else f"{error.status}"
    return (
        f"Discord refuses paperlark's application ({what}): see that `channels.discord.token` and "
        f"`channels.discord.application_id` belong together at {PAGE}."
    )
