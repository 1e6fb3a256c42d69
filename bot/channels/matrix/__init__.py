"""Matrix: digests as a summary with a thread, answers in threads, votes by reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channels.matrix.settings import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ports import Channel, Listener
    from paperlark.settings import Where


def channel(raw: Mapping[str, Any], where: Where) -> Channel:
    """The way out. Without a token it composes, and refuses to send.

    Raises:
        ConfigError: a key or a value of ``[channels.matrix]`` is wrong.
    """
    from bot.channels.matrix.client import Matrix  # noqa: PLC0415  (httpx is slow to import)

    return Matrix(read(raw, where))


def listener(raw: Mapping[str, Any], where: Where) -> Listener | None:
    """The way in; None where there is no access token.

    Raises:
        ConfigError: a key or a value of ``[channels.matrix]`` is wrong.
    """
    settings = read(raw, where)
    if not settings.token:
        return None
    from bot.channels.matrix.listening import MatrixListener  # noqa: PLC0415  (so it is)

    return MatrixListener(settings)


def enabled(raw: Mapping[str, Any]) -> bool:
    """Whether a homeserver or a token is set: one of the two is a slip worth a sentence."""
    return any(bool(str(raw.get(key) or "").strip()) for key in ("homeserver", "access_token"))
