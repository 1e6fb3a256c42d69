"""A double's own addresses, under ``/_double/``: for tests that run it as a process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from aiohttp import web

from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping


class Control(ABC):
    """Answers ``/_double/…`` for a service. Bodies and answers are JSON.

    | address | does |
    |---|---|
    | ``GET state`` | everything that was taken, called and refused |
    | ``GET view`` | the same as a page |
    | ``POST do/VERB`` | a person does something: the fields of a method of `People` |
    | ``POST fail`` | ``method``, ``names`` of faults, ``times``; or ``share`` and ``seed`` |
    | ``POST clear`` | forgets every fault |
    | ``POST place`` | makes or changes a channel: the fields of `World.add_place` |
    | ``POST forward`` | ``seconds`` |

    What else a service can be told stands with its own control.

    Args:
        service: has ``world`` and ``people``.
    """

    verbs: ClassVar[tuple[str, ...]]
    """What people can be made to do."""
    slips: ClassVar[tuple[type[Exception], ...]] = (NotFound, TypeError)
    """What a wrong order to people raises."""

    def __init__(self, service: Any) -> None:
        self._service = service

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything that was taken, called and refused."""

    @abstractmethod
    def page(self) -> str:
        """The same as a page."""

    @abstractmethod
    def named(self, name: str, **more: Any) -> Any:
        """The fault of that name."""

    @abstractmethod
    async def tell(self, what: str, more: Mapping[str, Any]) -> bool:
        """Do what only this service can be told; False where there is no such thing."""

    def routes(self) -> list[web.RouteDef]:
        """What to add to the server."""
        return [
            web.get("/_double/state", self._state),
            web.get("/_double/view", self._view),
            web.post("/_double/do/{verb}", self._do),
            web.post("/_double/{what}", self._set),
        ]

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state())

    async def _view(self, _request: web.Request) -> web.Response:
        return web.Response(text=self.page(), content_type="text/html")

    async def _do(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        if verb not in self.verbs:
            raise web.HTTPNotFound(text=f"people cannot {verb}")
        try:
            did = await getattr(self._service.people, verb)(**await request.json())
        except self.slips as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.json_response(told(did) if did else {"ok": True})

    async def _set(self, request: web.Request) -> web.Response:
        more = await request.json() if request.can_read_body else {}
        what, world = request.match_info["what"], self._service.world
        match what:
            case "fail":
                self._fail(**more)
            case "clear":
                world.faults.clear()
            case "place":
                world.add_place(**more)
            case "forward":
                world.skew += more["seconds"]
            case _:
                if not await self.tell(what, more):
                    raise web.HTTPNotFound(text=f"there is no {what}")
        return web.json_response({"ok": True})

    def _fail(
        self, names: list[str], method: str = "", times: int = 1, share: float = 0.0,
        seed: int = 0, **more: Any,
    ) -> None:  # fmt: skip
        found = [self.named(name, **more) for name in names]
        if share:
            self._service.world.faults.share(method, share, found, seed)
        else:
            self._service.world.faults.add(method, *found, times=times)


def told(exchange: Any) -> dict[str, Any]:
    """An exchange as JSON values."""
    names = [field.name for field in fields(exchange) if field.name != "came"]
    return {name: getattr(exchange, name) for name in names} | {"said": exchange.said}
