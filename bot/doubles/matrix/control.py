"""What the Matrix double can be told from outside."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.doubles import control
from bot.doubles.control import told
from bot.doubles.matrix import faults
from bot.doubles.matrix.view import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.matrix.faults import Fault
    from bot.doubles.matrix.server import Service


class Control(control.Control):
    """Tells a service what every double can be told, and besides.

    | address | does |
    |---|---|
    | ``POST revoke`` | ``revoked``: the token is good for nothing |
    | ``POST forget`` | ``forgetful``: transactions are remembered no more |
    """

    verbs = ("say", "invite", "heard")
    _service: Service

    def state(self) -> dict[str, Any]:
        """Everything that was taken, called and refused."""
        world = self._service.world
        return {
            "messages": world.messages(),
            "events": world.order,
            "account_data": world.account_data,
            "exchanges": [told(exchange) for exchange in world.exchanges],
            "calls": [asdict(call) for call in world.calls],
            "refused": world.refused,
            "pinged": world.pinged,
            "heard": world.heard,
        }

    def page(self) -> str:
        """The same as a page."""
        return page(self._service.world)

    def named(self, name: str, **more: Any) -> Fault:
        """The fault of that name."""
        return faults.named(name, **more)

    async def tell(self, what: str, more: Mapping[str, Any]) -> bool:
        """Do what only Matrix's double can be told."""
        match what:
            case "revoke":
                self._service.world.revoked = bool(more.get("revoked", True))
            case "forget":
                self._service.world.forgetful = bool(more.get("forgetful", True))
            case _:
                return False
        return True
