"""What people do: type a command, press a button, fill in a form, react."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord import limits
from bot.doubles.discord.gateway import member
from bot.doubles.discord.world import APP, CHANNEL, EVERYTHING, GUILD, MIRA
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.doubles.discord.gateway import Gateway
    from bot.doubles.discord.world import Exchange, World

ACK_S: Final = 4.0
"""Discord gives up after three seconds; a second more shows an answer that came late."""
EFFECTS_S: Final = 10.0
_COMMAND, _PRESS, _TYPING, _FORM = 2, 3, 4, 5
_MANAGER: Final = (1 << 4) | (1 << 5)
_KINDS: Final = {bool: 5, int: 4, str: 3, float: 10}


class People:
    """Everybody in the server.

    Every method waits for the first answer, then until `expect` effects have come, and gives back
    what there is. Nobody hears of anything that nobody is connected for.

    Args:
        world: where they are.
        gateway: how the app hears of it.
    """

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world, self._gateway = world, gateway

    async def command(
        self,
        words: str,
        options: Mapping[str, Any] | None = None,
        user: str = MIRA,
        channel: str = CHANNEL,
        *,
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Type a command: ``/digest today``, its options by name; ``times`` sends it again."""
        exchange = self.world.begin(words, user, channel)
        data = self._command(words, options or {})
        return await self._carry(exchange, _COMMAND, data, expect, **more)

    async def suggest(
        self,
        words: str,
        option: str,
        typed: str,
        user: str = MIRA,
        channel: str = CHANNEL,
        **more: Any,
    ) -> Exchange:
        """Type into an option whose values the app suggests."""
        exchange = self.world.begin(f"{words} {option}", user, channel)
        data = self._command(words, {option: typed}, focused=option)
        return await self._carry(exchange, _TYPING, data, 0, **more)

    async def press(
        self,
        shown: Mapping[str, Any],
        name: str,
        user: str = MIRA,
        *,
        bare: bool = False,
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Press a button of a message that was shown.

        Args:
            shown: the message, as the double holds it.
            name: the button's custom_id.
            user: who presses.
            bare: the message is told without its components, as it happens.
            expect: effects to wait for.
            **more: ``times``: how often it is told.
        """
        part = next((p for p in limits.walk(shown["components"]) if p.get("custom_id") == name), {})
        if not part:
            raise NotFound(f"Nothing there can be pressed as {name!r}.")
        exchange = self.world.begin(name, user, shown["channel_id"])
        exchange.pressed = self._held(shown)
        data = {"component_type": part["type"], "custom_id": name, "id": part["id"]}
        told = _public(exchange.pressed) | ({"components": []} if bare else {})
        return await self._carry(exchange, _PRESS, data, expect, message=told, **more)

    async def submit(
        self,
        exchange: Exchange | Mapping[str, Any],
        values: Mapping[str, Any] | None = None,
        user: str = MIRA,
        channel: str = CHANNEL,
        *,
        expect: int = 1,
        **more: Any,
    ) -> Exchange:
        """Fill in a form that was opened: ``values`` by field; others stay as they were.

        Raises:
            NotFound: no form was opened.
        """
        form = exchange if not hasattr(exchange, "modal") else exchange.modal
        if not form:
            raise NotFound("No form was opened.")
        made = self.world.begin(form["custom_id"], user, channel)
        parts = [_filled(part, values or {}) for part in form["components"]]
        data = {"custom_id": form["custom_id"], "components": parts}
        return await self._carry(made, _FORM, data, expect, **more)

    async def react(
        self,
        message: Mapping[str, Any],
        emoji: str,
        user: str = MIRA,
        *,
        added: bool = True,
        times: int = 1,
        custom: str = "",
        burst: bool = False,
    ) -> None:
        """Add a reaction, or with ``added=False`` take it off; nothing is answered.

        Args:
            message: with ``id`` and ``channel_id``, ours or not.
            emoji: the sign itself; of a custom one the name, with its number in `custom`.
            user: whose reaction.
            added: whether it comes or goes.
            times: how often it is told.
            custom: the number of a custom emoji.
            burst: a reaction with a burst.
        """
        self._mark(message, emoji, user, added=added)
        event: dict[str, Any] = {
            "user_id": user,
            "channel_id": message["channel_id"],
            "message_id": message["id"],
            "emoji": {"id": custom or None, "name": emoji},
            "burst": burst,
            "type": int(burst),
        }
        place = self.world.places.get(message["channel_id"])
        if place is None or not place.user:
            event["guild_id"] = GUILD
        if added:
            event["message_author_id"] = APP
            event |= {"member": member(self.world, user)} if "guild_id" in event else {}
        name = "MESSAGE_REACTION_ADD" if added else "MESSAGE_REACTION_REMOVE"
        for _ in range(times):
            await self._gateway.reaction(name, event)

    async def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Any event."""
        await self._gateway.dispatch(name, data)

    async def _carry(
        self,
        exchange: Exchange,
        kind: int,
        data: Mapping[str, Any],
        expect: int,
        *,
        times: int = 1,
        user_install: bool = False,
        **more: Any,
    ) -> Exchange:
        payload = self._payload(exchange, kind, data, user_install=user_install) | more
        for _ in range(times):
            await self._gateway.dispatch("INTERACTION_CREATE", payload)
        await _until(exchange, ACK_S, lambda: bool(exchange.kind))
        if exchange.acked:
            await _until(exchange, EFFECTS_S, lambda: len(exchange.effects) >= expect)
        return exchange

    def _payload(
        self, exchange: Exchange, kind: int, data: Mapping[str, Any], *, user_install: bool
    ) -> dict[str, Any]:
        place, person = self.world.places[exchange.channel], self.world.people[exchange.user]
        owners = {"1": exchange.user} if user_install or place.user else {"0": GUILD}
        payload = {
            "id": exchange.id,
            "application_id": APP,
            "type": kind,
            "token": exchange.token,
            "version": 1,
            "data": dict(data),
            "channel_id": place.id,
            "channel": place.json,
            "locale": "en-GB",
            "app_permissions": str(EVERYTHING),
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "context": 1 if place.user else 0,
            "attachment_size_limit": 10_485_760,
        }
        if place.user:
            return payload | {"user": person.json}
        held = EVERYTHING | (_MANAGER if person.manager else 0)
        inside = member(self.world, exchange.user) | {"permissions": str(held)}
        at = {"id": GUILD, "locale": "en-GB", "features": []}
        return payload | {"member": inside, "guild_id": GUILD, "guild": at, "guild_locale": "en-GB"}

    def _command(self, words: str, options: Mapping[str, Any], focused: str = "") -> dict[str, Any]:
        name, *subs = words.removeprefix("/").split()
        known = (c for c in self.world.commands.values() if c["name"] == name)
        number = str(next(known, {"id": "1"})["id"])
        inner: Sequence[dict[str, Any]] = [
            _option(key, value, focused=key == focused) for key, value in options.items()
        ]
        for depth, sub in enumerate(reversed(subs)):
            inner = [{"name": sub, "type": 2 if depth else 1, "options": list(inner)}]
        return {"id": number, "name": name, "type": 1, "options": list(inner)}

    def _held(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The double's own copy of a message, which an answer may change."""
        kept = self.world.message(shown["channel_id"], shown["id"])
        alone = (m for e in self.world.exchanges for m in e.answers if m["id"] == shown["id"])
        found = kept or next(alone, None)
        if found is None:
            raise NotFound("That message is gone.")
        return found

    def _mark(self, shown: Mapping[str, Any], emoji: str, user: str, *, added: bool) -> None:
        """Note the reaction on the message itself, where there is one."""
        message = self.world.message(shown["channel_id"], shown["id"])
        if message is None:
            return
        people = message.setdefault("marks", {}).setdefault(emoji, [])
        if added and user not in people:
            people.append(user)
        if not added and user in people:
            people.remove(user)


async def _until(exchange: Exchange, patience_s: float, done: Any) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            while not done():
                exchange.came.clear()
                await exchange.came.wait()


def _option(name: str, value: Any, *, focused: bool) -> dict[str, Any]:
    made = {"name": name, "type": _KINDS[type(value)], "value": value}
    return made | {"focused": True} if focused else made


def _filled(part: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a form as it is submitted."""
    made: dict[str, Any] = {"type": part["type"], "id": part.get("id", 1)}
    field = part.get("component")
    if not field:
        return made
    name = field["custom_id"]
    told = {"type": field["type"], "id": 2, "custom_id": name}
    if "options" in field:
        chosen = [o["value"] for o in field["options"] if o.get("default")]
        return made | {"component": told | {"values": values.get(name, chosen)}}
    return made | {"component": told | {"value": values.get(name, field.get("value", ""))}}


def _public(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A message as an app sees it: without what only the double knows."""
    told = {name: value for name, value in shown.items() if name not in {"marks", "user_shown"}}
    copied: dict[str, Any] = json.loads(json.dumps(told))
    return copied
