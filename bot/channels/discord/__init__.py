"""Discord: digests as a summary with a thread, and answers to commands, buttons and reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.discord.settings import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Channel, Listener
    from paperlark.settings import Where


def channel(raw: Mapping[str, Any], where: Where) -> Channel:
    """The way out. Without a token it composes, and refuses to send.

    Raises:
        ConfigError: a key or a value of ``[channels.discord]`` is wrong.
    """
    from bot.channels.discord.client import Discord  # noqa: PLC0415  (httpx is slow to import)

    return Discord(read(raw, where))


def listener(raw: Mapping[str, Any], where: Where) -> Listener | None:
    """The way in; None without a token.

    Raises:
        ConfigError: a key or a value of ``[channels.discord]`` is wrong.
    """
    settings = read(raw, where)
    if not settings.token.get_secret_value():
        return None
    from bot.channels.discord.listening import (  # noqa: PLC0415  (discord.py is slow to import)
        DiscordListener,
    )

    return DiscordListener(settings)


def enabled(raw: Mapping[str, Any]) -> bool:
    """Whether Discord's token is set."""
    token = raw.get("token")
    return isinstance(token, str) and bool(token.strip())
