"""Mail: each reader's digest in the inbox, with votes and a way out by signed links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.mail.settings import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Channel, Listener
    from paperlark.settings import Where


def channel(raw: Mapping[str, Any], where: Where) -> Channel:
    """The way out. Without a server it composes, and refuses to send.

    Raises:
        ConfigError: a key or a value of ``[channels.mail]`` is wrong.
    """
    from bot.channels.mail.client import Mail  # noqa: PLC0415  (aiosmtplib is slow to import)

    return Mail(read(raw, where))


def listener(raw: Mapping[str, Any], where: Where) -> Listener | None:
    """Nobody listens here: what readers press arrives at the pages."""
    read(raw, where)
    return None


def enabled(raw: Mapping[str, Any]) -> bool:
    """Whether a mail server is named."""
    return bool(str(raw.get("host", "")).strip())
