"""The double's own addresses, under ``/_double/``: for tests that run it as a process."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.doubles.slack import faults
from bot.doubles.slack.view import page
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from bot.doubles.slack.server import Service
    from bot.doubles.slack.world import Exchange

VERBS: Final = (
    "close",
    "command",
    "event",
    "open_home",
    "press",
    "react",
    "submit",
    "suggest",
    "verify",
)
"""What people can be made to do."""


class Control:
    """Answers ``/_double/…`` for a service. Bodies and answers are JSON.

    | address | does |
    |---|---|
    | ``GET state`` | everything that was taken, called and refused |
    | ``GET view`` | the same as a page |
    | ``POST do/VERB`` | a person does something: the fields of a method of `People` |
    | ``POST fail`` | ``method``, ``names`` of faults, ``times``; or ``share`` and ``seed`` |
    | ``POST clear`` | forgets every fault |
    | ``POST place`` | makes or changes a channel: the fields of `Place` |
    | ``POST disconnect`` | ``reason``, ``close`` |
    | ``POST abort`` | breaks every socket |
    | ``POST forward`` | ``seconds`` |
    | ``POST by_http`` | ``url``: people reach the app by signed requests from now on |
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[web.RouteDef]:
        """What to add to the server."""
        return [
            web.get("/_double/state", self._state),
            web.get("/_double/view", self._view),
            web.post("/_double/do/{verb}", self._do),
            web.post("/_double/{what}", self._set),
        ]

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(state(self._service))

    async def _view(self, _request: web.Request) -> web.Response:
        return web.Response(text=page(self._service.world), content_type="text/html")

    async def _do(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        if verb not in VERBS:
            raise web.HTTPNotFound(text=f"people cannot {verb}")
        try:
            did = await getattr(self._service.people, verb)(**await request.json())
        except (NotFound, TypeError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response(told(did))

    async def _set(self, request: web.Request) -> web.Response:
        more = await request.json() if request.can_read_body else {}
        match request.match_info["what"]:
            case "fail":
                _fail(self._service, more)
            case "clear":
                self._service.world.faults.clear()
            case "place":
                self._service.world.add_place(**more)
            case "disconnect":
                await self._service.sockets.disconnect(**more)
            case "abort":
                self._service.sockets.abort()
            case "forward":
                self._service.world.skew += more["seconds"]
            case "by_http":
                self._service.by_http(**more)
            case what:
                raise web.HTTPNotFound(text=f"there is no {what}")
        return web.json_response({"ok": True})


def told(exchange: Exchange) -> dict[str, Any]:
    """An exchange as JSON values."""
    names = [field.name for field in fields(exchange) if field.name != "came"]
    return {name: getattr(exchange, name) for name in names} | {"said": exchange.said}


def state(service: Service) -> dict[str, Any]:
    """Everything that was taken, called and refused."""
    world = service.world
    return {
        "messages": world.messages(),
        "ephemerals": world.ephemerals,
        "homes": world.homes,
        "views": world.views,
        "calls": [asdict(call) for call in world.calls],
        "refused": world.refused,
        "pinged": world.pinged,
        "sockets": service.sockets.count,
        "opened": service.sockets.opened,
    }


def _fail(service: Service, more: dict[str, Any]) -> None:
    method, names = more.pop("method", ""), more.pop("names")
    times, share, seed = more.pop("times", 1), more.pop("share", 0.0), more.pop("seed", 0)
    found = [faults.named(name, **more) for name in names]
    if share:
        service.world.faults.share(method, share, found, seed)
    else:
        service.world.faults.add(method, *found, times=times)
