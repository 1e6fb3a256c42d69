"""What the Discord double can be told from outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.doubles import control
from bot.doubles.control import told
from bot.doubles.discord import faults
from bot.doubles.discord.view import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.discord.faults import Fault
    from bot.doubles.discord.server import Service


class Control(control.Control):
    """Tells a service what every double can be told, and besides.

    | address | does |
    |---|---|
    | ``POST reconnect`` | asks every client to connect anew |
    | ``POST invalidate`` | ``resumable`` |
    | ``POST close`` | ``code``: closes every connection |
    | ``POST abort`` | breaks every connection |
    """

    verbs = ("command", "press", "react", "submit", "suggest")
    slips = (*control.Control.slips, KeyError)
    _service: Service

    def state(self) -> dict[str, Any]:
        """Everything that was taken, called and refused."""
        world, gateway = self._service.world, self._service.gateway
        return {
            "messages": world.messages(),
            "places": [place.json for place in world.places.values()],
            "exchanges": [told(exchange) for exchange in world.exchanges],
            "commands": list(world.commands.values()),
            "synced": world.synced,
            "calls": [asdict(call) for call in world.calls],
            "refused": world.refused,
            "pinged": world.pinged,
            "connected": len(gateway.connected),
            "opened": gateway.opened,
            "identified": gateway.identified,
            "resumed": gateway.resumed,
        }

    def page(self) -> str:
        """The same as a page."""
        return page(self._service.world)

    def named(self, name: str, **more: Any) -> Fault:
        """The fault of that name."""
        return faults.named(name, **more)

    async def tell(self, what: str, more: Mapping[str, Any]) -> bool:
        """Do what only Discord's double can be told."""
        gateway = self._service.gateway
        match what:
            case "reconnect":
                await gateway.reconnect()
            case "invalidate":
                await gateway.invalidate(**more)
            case "close":
                await gateway.close(**more)
            case "abort":
                gateway.abort()
            case _:
                return False
        return True
