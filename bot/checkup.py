"""What ``paperlark doctor`` asks of the people side: channels, and the address to listen on."""

from __future__ import annotations

import asyncio
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bot import web
from bot.app import enabled
from bot.context import check_kinds, composer
from bot.ports import Finding
from paperlark import resources
from paperlark.errors import ConfigError, DeliveryError
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from paperlark.settings import Settings
    from paperlark.subscription import Subscription
    from paperlark.target import Target

_ANSWER_S: Final = 2.0
_READ: Final = 4096


def findings(
    settings: Settings, subscriptions: Sequence[Subscription], *, offline: bool = False
) -> Iterator[Finding]:
    """One line a check, each channel's own first.

    Args:
        settings: the program's.
        subscriptions: every one; targets of those that are served are looked at.
        offline: ask nothing of any service.

    Raises:
        ConfigError: a channel's settings are wrong.
    """
    check_kinds(settings)
    on = enabled(settings)
    yield from _unfinished(settings, on)
    served = [each for each in subscriptions if each.state is not State.DISABLED]
    if not on:
        said = "none is set up: digests come to the terminal only"
        yield Finding("channels", "warn", said, "See [channels] in config/default.toml.")
    for kind in on:
        targets = tuple(sorted({each.target for each in served if each.target.kind == kind}))
        if not offline:
            yield from asyncio.run(_ask(settings, kind, targets))
    for kind in sorted({each.target.kind for each in served} - {*on, "console"}):
        fix = f"Set channels.{kind}, or pause them: paperlark subs list."
        yield Finding(kind, "fail", "subscriptions go there, and it is not set up", fix)
    yield from _disabled(subscriptions)
    yield asyncio.run(_listening(settings, needed=bool(on)))


def _unfinished(settings: Settings, on: Sequence[str]) -> Iterator[Finding]:
    """Channels that somebody began to set up, and that are off.

    Raises:
        ConfigError: a key or a value is wrong.
    """
    shipped = tomllib.loads(resources.text("config", "default.toml")).get("channels", {})
    for kind, table in settings.channels.items():
        if kind not in on and table != shipped.get(kind, {}):
            asyncio.run(composer(settings, kind).aclose())
            fix = f"See [channels.{kind}] in config/default.toml."
            yield Finding(kind, "warn", "has settings, but not all it needs, so it is off", fix)


def _disabled(subscriptions: Sequence[Subscription]) -> Iterator[Finding]:
    for each in subscriptions:
        if each.state is State.DISABLED:
            fix = f"Then: paperlark subs resume {each.id}."
            yield Finding(each.target.kind, "warn", f"{each.id} is off: {each.reason}", fix)


async def _ask(settings: Settings, kind: str, targets: Sequence[Target]) -> tuple[Finding, ...]:
    channel = composer(settings, kind)
    try:
        return await channel.check(targets)
    except DeliveryError as error:
        return (Finding(kind, "fail", str(error)),)
    finally:
        await channel.aclose()


async def _listening(settings: Settings, *, needed: bool) -> Finding:
    """Whether the bot's server can listen, or listens already; a note where nobody needs it."""
    listen = settings.web.listen
    try:
        async with web.serving(listen, (), settings.place("web", "listen")):
            return Finding("web", "ok", f"{listen} is free for the bot")
    except ConfigError as error:
        if await _is_ours(listen):
            return Finding("web", "ok", f"the bot listens on {listen}")
        return Finding("web", "fail" if needed else "warn", str(error))


async def _is_ours(listen: str) -> bool:
    """Whether a bot answers there."""
    with suppress(ConfigError, OSError, TimeoutError):
        host, port = web.address(listen)
        async with asyncio.timeout(_ANSWER_S):
            said = await _said(host, port, b"GET /healthz HTTP/1.0\r\n\r\n")
            return said.startswith(b"HTTP/1.") and said.endswith(b"\r\n\r\nok\n")
    return False


async def _said(host: str, port: int, asked: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(asked)
        return await reader.read(_READ)
    finally:
        writer.close()
