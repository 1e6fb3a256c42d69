"""The small web server of the bot process: a table of routes, and headers that give nothing away.

Who needs an address offers a `Route`: listeners, the health checks here, and pages later.
"""

from __future__ import annotations

import errno
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from aiohttp.typedefs import Handler

    from bot.ports import Route

_log: Final = structlog.get_logger(__name__)
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer that does not set its own."""
MOST_BYTES: Final = 1 << 20
"""Longest request body; Slack's are far shorter."""
_CLOSE_S: Final = 2.0
"""How long requests under way are waited for at the end."""
_HTTP_ERRORS: Final = 400


def address(listen: str, place: str = "") -> tuple[str, int]:
    """The host and port of ``127.0.0.1:8080`` or ``[::1]:8080``; port 0 is any free one.

    Args:
        listen: as set.
        place: where it was set, for the sentence.

    Raises:
        ConfigError: it is no such address.
    """
    try:
        parts = urlsplit(f"//{listen.strip()}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.path:
        at = f" ({place})" if place else ""
        raise ConfigError(f"`web.listen`: “{listen}” is no address; write 127.0.0.1:8080.{at}")
    return host, port


@asynccontextmanager
async def serving(listen: str, routes: Iterable[Route], place: str = "") -> AsyncIterator[str]:
    """Serve the routes while the block runs; gives the address that is listened on.

    Raises:
        ConfigError: the address is none, or is not free.
    """
    host, port = address(listen, place)
    app = web.Application(middlewares=[_guarded], client_max_size=MOST_BYTES)
    app.on_response_prepare.append(_dress)
    for route in routes:
        app.router.add_route(route.method, route.path, route.handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSE_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigError(_refused(listen, error, place)) from error
        yield f"{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _refused(listen: str, error: OSError, place: str) -> str:
    at = f" ({place})" if place else ""
    if error.errno == errno.EADDRINUSE:
        return (
            f"`web.listen`: {listen} is in use by another program: stop that one, or set another "
            f"port here.{at}"
        )
    why = (error.strerror or str(error)).rstrip(".")
    return f"`web.listen`: {listen} cannot be listened on ({why}): set another address.{at}"


async def _dress(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What a handler raises is one line for people; the log has the rest under its name."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < _HTTP_ERRORS:
            raise
        return web.Response(status=error.status, text=f"{error.reason}.\n")
    except Exception:  # noqa: BLE001  (a page that fails must not say how)
        name = secrets.token_hex(3)
        _log.exception("request failed", name=name, path=request.path)
        return web.Response(status=500, text=f"Something paperlark did not expect ({name}).\n")


def answer(text: Callable[[], Awaitable[tuple[int, str]]]) -> Handler:
    """A handler that answers with a status and a line of text."""

    async def handle(_request: web.Request) -> web.StreamResponse:
        status, said = await text()
        return web.Response(status=status, text=f"{said}\n")

    return handle
