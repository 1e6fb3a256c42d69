"""Answers at a response_url: five of them, for thirty minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.doubles.slack.posting import judged, made, replace_content, show
from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.world import HOOK_USES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.slack.world import Hook, World

_ASKED: Final = ("response_type", "replace_original", "delete_original")


def answer(world: World, token: str, payload: Mapping[str, Any]) -> None:
    """Take one answer.

    Raises:
        Refused: ``expired_url``, ``used_url``, or what is wrong with the message.
    """
    hook = world.hooks.get(token)
    if hook is None or world.now() > hook.ends:
        raise Refused("expired_url")
    if hook.uses >= HOOK_USES:
        raise Refused("used_url")
    judged(world, "response_url", payload)
    hook.uses += 1
    world.journal.write("answer", {"user": hook.exchange.user, "payload": dict(payload)})
    shown = _take(world, hook, payload)
    asked = {name: payload[name] for name in _ASKED if name in payload}
    hook.exchange.add("posts", shown | asked)


def _take(world: World, hook: Hook, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Do what the answer asks for; what is shown then."""
    original = _live(world, hook)
    if payload.get("delete_original"):
        _delete(world, original)
        return dict(payload)
    if payload.get("replace_original") and original:
        replace_content(world, original, payload)
        return original
    message = made(world, hook.channel, payload)
    if payload.get("response_type") == "in_channel":
        return world.keep(message)
    message["user_shown"] = hook.exchange.user
    show(world, message)
    return message


def _live(world: World, hook: Hook) -> dict[str, Any] | None:
    """The message that was acted on, as it is now."""
    for shown in world.ephemerals:
        if hook.original and shown["ts"] == hook.original:
            return shown
    return world.message(hook.channel, hook.original)


def _delete(world: World, original: dict[str, Any] | None) -> None:
    if original is None:
        return
    if "user_shown" in original:
        world.ephemerals.remove(original)
    else:
        world.drop(original["channel"], original["ts"])
