"""What the Slack double can be told from outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.doubles import control
from bot.doubles.slack import faults
from bot.doubles.slack.view import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.slack.faults import Fault
    from bot.doubles.slack.server import Service


class Control(control.Control):
    """Tells a service what every double can be told, and besides.

    | address | does |
    |---|---|
    | ``POST disconnect`` | ``reason``, ``close`` |
    | ``POST abort`` | breaks every socket |
    | ``POST by_http`` | ``url``: people reach the app by signed requests from now on |
    """

    verbs = (
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
    _service: Service

    def state(self) -> dict[str, Any]:
        """Everything that was taken, called and refused."""
        world, sockets = self._service.world, self._service.sockets
        return {
            "messages": world.messages(),
            "ephemerals": world.ephemerals,
            "homes": world.homes,
            "views": world.views,
            "calls": [asdict(call) for call in world.calls],
            "refused": world.refused,
            "pinged": world.pinged,
            "sockets": sockets.count,
            "opened": sockets.opened,
        }

    def page(self) -> str:
        """The same as a page."""
        return page(self._service.world)

    def named(self, name: str, **more: Any) -> Fault:
        """The fault of that name."""
        return faults.named(name, **more)

    async def tell(self, what: str, more: Mapping[str, Any]) -> bool:
        """Do what only Slack's double can be told."""
        match what:
            case "disconnect":
                await self._service.sockets.disconnect(**more)
            case "abort":
                self._service.sockets.abort()
            case "by_http":
                self._service.by_http(**more)
            case _:
                return False
        return True
