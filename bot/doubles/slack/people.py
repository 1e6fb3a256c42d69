"""What people do: type a command, press a button, react, fill in a form, open the Home tab."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any, Final, Protocol

from bot.doubles.slack.forms import state, used
from bot.doubles.slack.world import (
    APP,
    BOT_USER,
    HOOK_S,
    TEAM,
    TRIGGER_S,
    Exchange,
    Hook,
    Trigger,
)
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.slack.sockets import Ack
    from bot.doubles.slack.world import World

PATIENCE_S: Final = 4.0
"""Slack gives up after three seconds; a second more shows an acknowledgement that came late."""
EFFECTS_S: Final = 10.0


class Carrier(Protocol):
    """Takes what people did to the app: over a socket, or as a signed request."""

    async def send(self, kind: str, payload: Mapping[str, Any], *, patience: float,
                   **more: Any) -> Ack | None:  # fmt: skip
        """Deliver it; its acknowledgement, or None where none came in time."""


class People:
    """Everybody in the workspace.

    Every method waits for the acknowledgement, then until `expect` effects have come (an answer
    in the acknowledgement counts), and gives back what there is.

    Args:
        world: where they are.
        hooks: the address that response_urls begin with.

    Attributes:
        carrier: how the app hears of it.
    """

    def __init__(self, world: World, hooks: str, carrier: Carrier) -> None:
        self.world, self.carrier, self._hooks = world, carrier, hooks

    async def command(
        self,
        command: str,
        text: str = "",
        user: str = "U1",
        channel: str = "C1",
        *,
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Type a slash command."""
        exchange = self.world.begin(command, user)
        payload = {
            "command": command,
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "channel_id": channel,
            "channel_name": self._place_name(channel),
            "team_id": TEAM,
            "team_domain": "double",
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "trigger_id": self._trigger(exchange),
            "response_url": self._hook(exchange, channel),
        }
        return await self._carry(exchange, "slash_commands", payload, expect, more)

    async def press(
        self,
        shown: Mapping[str, Any],
        action: str,
        user: str = "U1",
        value: Any = None,
        *,
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Press a button, or choose `value`, on a message or a view that was shown.

        Args:
            shown: the message, ephemeral or view, as the double holds it.
            action: the element's action_id.
            user: who presses.
            value: for menus: the option's value.
            expect: effects to wait for.
            **more: for the carrier: ``sign``, ``retry_attempt``, ``patience``.
        """
        block, element = _find(shown, action)
        exchange = self.world.begin(action, user)
        did = {
            "type": element["type"],
            "action_id": action,
            "block_id": block["block_id"],
            "action_ts": f"{time.time():.6f}",
            **used(element, value),
        }
        payload = self._acting("block_actions", user) | self._around(exchange, shown)
        payload |= {"actions": [did], "trigger_id": self._trigger(exchange)}
        return await self._carry(exchange, "interactive", payload, expect, more)

    async def submit(
        self,
        view: Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        user: str = "U1",
        *,
        expect: int = 0,
        **more: Any,
    ) -> Exchange:
        """Press a modal's submit button; `values` as for `forms.state`."""
        exchange = self.world.begin("view_submission", user)
        filled = _public(view) | {"state": state(view, values or {})}
        payload = self._acting("view_submission", user)
        payload |= {"view": filled, "response_urls": [], "trigger_id": self._trigger(exchange)}
        return await self._carry(exchange, "interactive", payload, expect, more)

    async def close(self, view: Mapping[str, Any], user: str = "U1", **more: Any) -> Exchange:
        """Close a modal without submitting it; the app hears of it where it asked to."""
        exchange = self.world.begin("view_closed", user)
        if not view.get("notify_on_close"):
            return exchange
        payload = self._acting("view_closed", user) | {"view": _public(view), "is_cleared": False}
        return await self._carry(exchange, "interactive", payload, 0, more)

    async def suggest(
        self, view: Mapping[str, Any], action: str, typed: str, user: str = "U1", **more: Any
    ) -> Exchange:
        """Type into a menu whose options the app gives; they are in the acknowledgement."""
        block, _element = _find(view, action)
        exchange = self.world.begin("block_suggestion", user)
        payload = self._acting("block_suggestion", user) | self._around(exchange, view)
        payload |= {"action_id": action, "block_id": block["block_id"], "value": typed}
        return await self._carry(exchange, "interactive", payload, 0, more)

    async def react(
        self,
        ts: str,
        name: str,
        user: str = "U1",
        channel: str = "C1",
        item_user: str = BOT_USER,
        *,
        times: int = 1,
        added: bool = True,
        **more: Any,
    ) -> Exchange:
        """Add a reaction, or with ``added=False`` take it off.

        Args:
            ts: the message's name.
            name: the emoji's name, ``+1::skin-tone-3``.
            user: whose reaction.
            channel: the message's place.
            item_user: who wrote the message; empty to leave it out, as it happens.
            times: how often the event is sent; from the second time on as a repetition.
            added: whether it comes or goes.
            **more: for the carrier.
        """
        self._mark(channel, ts, name, user, added=added)
        event: dict[str, Any] = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel, "ts": ts},
            "event_ts": self.world.stamp(),
        }
        if item_user:
            event["item_user"] = item_user
        return await self.event(event, user, times=times, **more)

    async def open_home(self, user: str = "U1", *, expect: int = 1, **more: Any) -> Exchange:
        """Open the app's Home tab."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.world.talk(user).id,
            "tab": "home",
            "event_ts": self.world.stamp(),
        }
        if home := self.world.homes.get(user):
            event["view"] = _public(home)
        return await self.event(event, user, expect=expect, **more)

    async def event(
        self,
        event: Mapping[str, Any],
        user: str = "U1",
        *,
        times: int = 1,
        expect: int = 0,
        **more: Any,
    ) -> Exchange:
        """Any event; sent `times` times under one ``event_id``."""
        exchange = self.world.begin(str(event["type"]), user)
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": dict(event),
            "event_id": self.world.name("Ev"),
            "event_time": int(self.world.now()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        for attempt in range(times):
            again = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
            wanted = expect if attempt == times - 1 else 0
            await self._carry(exchange, "events_api", payload, wanted, again | more)
        return exchange

    async def verify(self, **more: Any) -> Exchange:
        """Ask whether the app's address is the app's: HTTP mode only."""
        exchange = self.world.begin("url_verification", "")
        payload = {"type": "url_verification", "challenge": "a challenge"}
        return await self._carry(exchange, "events_api", payload, 0, more)

    async def _carry(
        self, exchange: Exchange, kind: str, payload: Mapping[str, Any], expect: int, more: Any
    ) -> Exchange:
        asked = {"patience": PATIENCE_S} | dict(more)
        ack = await self.carrier.send(kind, payload, **asked)
        if ack:
            exchange.acked = ack.status in {0, 200}
            exchange.ack, exchange.seconds, exchange.status = ack.payload, ack.seconds, ack.status
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EFFECTS_S):
                while exchange.acked and len(exchange.effects) < expect:
                    exchange.came.clear()
                    await exchange.came.wait()
        return exchange

    def _acting(self, kind: str, user: str) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "double"},
            "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": TEAM},
            "api_app_id": APP,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _around(self, exchange: Exchange, shown: Mapping[str, Any]) -> dict[str, Any]:
        """Where an action happened: a view, or a message with its response_url."""
        if "ts" not in shown:
            container = {"type": "view", "view_id": shown["id"]}
            return {"view": _public(shown), "container": container}
        channel, alone = str(shown["channel"]), "user_shown" in shown
        container = {
            "type": "message",
            "message_ts": shown["ts"],
            "channel_id": channel,
            "is_ephemeral": alone,
        }
        if "thread_ts" in shown:
            container["thread_ts"] = shown["thread_ts"]
        return {
            "container": container,
            "channel": {"id": channel, "name": self._place_name(channel)},
            **({} if alone else {"message": _public(shown)}),  # Slack leaves out what it forgets
            "state": {"values": {}},
            "response_url": self._hook(exchange, channel, original=str(shown["ts"])),
        }

    def _trigger(self, exchange: Exchange) -> str:
        name = self.world.name("T")
        self.world.triggers[name] = Trigger(exchange, self.world.now() + TRIGGER_S)
        return name

    def _hook(self, exchange: Exchange, channel: str, original: str = "") -> str:
        name = self.world.name("H")
        ends = self.world.now() + HOOK_S
        self.world.hooks[name] = Hook(exchange, channel, ends, original=original)
        return f"{self._hooks}{name}"

    def _place_name(self, channel: str) -> str:
        place = self.world.places.get(channel)
        return "directmessage" if place is None or place.user else place.name

    def _mark(self, channel: str, ts: str, name: str, user: str, *, added: bool) -> None:
        """Note the reaction on the message itself, where there is one."""
        message = self.world.message(channel, ts)
        if message is None:
            return
        marks: dict[str, list[str]] = message.setdefault("marks", {})
        people = marks.setdefault(name, [])
        if added and user not in people:
            people.append(user)
        if not added and user in people:
            people.remove(user)


def _find(shown: Mapping[str, Any], action: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in shown.get("blocks") or []:
        inner = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for element in inner:
            if isinstance(element, dict) and element.get("action_id") == action:
                return block, element
    raise NotFound(f"Nothing there can be pressed as {action!r}.")


def _public(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A message or view as an app sees it: without what only the double knows."""
    return {name: value for name, value in shown.items() if name not in {"marks", "user_shown"}}
