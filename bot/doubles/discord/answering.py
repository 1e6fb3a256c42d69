"""Answers to interactions: the first within three seconds, the others within fifteen minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord import limits, posting
from bot.doubles.discord.refusal import Refused, invalid, unknown
from bot.doubles.discord.world import ACK_S, ANSWERS_S, GUILD, LOADING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.doubles.discord.world import Exchange, World

EPHEMERAL: Final = 1 << 6
MESSAGE, THINKING, STAYING, CHANGED, SUGGESTING, FORM = 4, 5, 6, 7, 8, 9
"""The types of first answers."""


def callback(
    world: World, identifier: str, token: str, body: Mapping[str, Any], files: Sequence[str] = ()
) -> dict[str, Any]:
    """The first answer to an interaction; what it made, as ``with_response`` tells it."""
    exchange = world.exchange(token)
    if exchange is None or exchange.id != identifier:
        raise unknown("interaction", 10062)
    if exchange.kind:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    if world.now() - exchange.began > ACK_S:
        raise unknown("interaction", 10062)
    kind, data = int(body.get("type", 0)), dict(body.get("data") or {})
    _judged(world, kind, data)
    exchange.kind, exchange.acked = kind, True
    exchange.seconds = world.now() - exchange.began
    made = _taken(world, exchange, kind, data, files)
    exchange.came.set()
    told: dict[str, Any] = {"interaction": {"id": identifier, "type": 2, "response_message_id": ""}}
    if made:
        told["interaction"]["response_message_id"] = made["id"]
        told["resource"] = {"type": kind, "message": made}
    return told


def follow(
    world: World, token: str, body: Mapping[str, Any], files: Sequence[str] = ()
) -> dict[str, Any]:
    """Another message after the first answer."""
    exchange = _open(world, token)
    posting.judged(world, "followup", body)
    if exchange.answers and exchange.answers[0]["flags"] & LOADING:  # the first one fills that
        return _filled(world, exchange, exchange.answers[0], body, files)
    return _shown(world, exchange, body, files)


def change(
    world: World, token: str, which: str, body: Mapping[str, Any], files: Sequence[str] = ()
) -> dict[str, Any]:
    """New content for an answer: ``@original`` or its number."""
    exchange = _open(world, token)
    message = _answer(exchange, which)
    posting.judged(world, "edit_original", {"flags": message["flags"] & limits.V2, **body})
    return _filled(world, exchange, message, body, files)


def read(world: World, token: str, which: str) -> dict[str, Any]:
    """An answer as it is."""
    return _answer(_open(world, token), which)


def remove(world: World, token: str, which: str) -> None:
    """Take an answer away."""
    exchange = _open(world, token)
    message = _answer(exchange, which)
    exchange.answers.remove(message)
    if world.message(message["channel_id"], message["id"]):
        world.drop(message["channel_id"], message["id"])


def _judged(world: World, kind: int, data: Mapping[str, Any]) -> None:
    if kind not in {MESSAGE, THINKING, STAYING, CHANGED, SUGGESTING, FORM}:
        raise invalid("Value is not a valid choice. [json-pointer:/type]")
    if kind in {MESSAGE, CHANGED}:
        posting.judged(world, "callback", data)
    problems = limits.modal_problems(data) if kind == FORM else ()
    if kind == SUGGESTING and len(data.get("choices", ())) > 25:  # noqa: PLR2004  (Discord's limit)
        problems = ("no more than 25 choices allowed [json-pointer:/data/choices]",)
    if problems:
        world.refused.append(("callback", 50035, problems))
        raise invalid(*problems)


def _taken(
    world: World, exchange: Exchange, kind: int, data: dict[str, Any], files: Sequence[str]
) -> dict[str, Any] | None:
    if kind == SUGGESTING:
        exchange.choices = list(data.get("choices") or ())
    elif kind == FORM:
        exchange.modal = data
    elif kind == THINKING:
        flags = int(data.get("flags", 0)) | LOADING
        return _shown(world, exchange, {"flags": flags}, files)
    elif kind == MESSAGE:
        return _shown(world, exchange, data, files)
    elif kind == CHANGED and exchange.pressed is not None:
        return _filled(world, exchange, exchange.pressed, data, files)
    return None


def _open(world: World, token: str) -> Exchange:
    exchange = world.exchange(token)
    if exchange is None or not exchange.kind:
        raise unknown("Webhook", 10015)
    if world.now() - exchange.began > ANSWERS_S:
        raise Refused(401, 50027, "Invalid Webhook Token")
    return exchange


def _answer(exchange: Exchange, which: str) -> dict[str, Any]:
    held = exchange.answers
    first = held[0] if held else None
    original = exchange.pressed if exchange.kind in {STAYING, CHANGED} else first
    found = original if which == "@original" else next((m for m in held if m["id"] == which), None)
    if found is None:
        raise unknown("Message", 10008)
    return found


def _shown(
    world: World, exchange: Exchange, body: Mapping[str, Any], files: Sequence[str]
) -> dict[str, Any]:
    """A new message of the answer: for one person, or for everyone in the channel."""
    message = posting.made(world, exchange.channel, body)
    message["attachments"] = _attached(world, files)
    message["interaction_metadata"] = {
        "id": exchange.id,
        "type": 2,
        "user": world.people[exchange.user].json,
        "authorizing_integration_owners": {"0": GUILD},
    }
    message["user_shown"] = exchange.user if message["flags"] & EPHEMERAL else ""
    exchange.answers.append(message)
    if message["flags"] & EPHEMERAL:
        world.note(message)
        world.journal.write("ephemeral", message)
    else:
        world.keep(message)
    exchange.came.set()
    return message


def _filled(
    world: World,
    exchange: Exchange,
    message: dict[str, Any],
    body: Mapping[str, Any],
    files: Sequence[str],
) -> dict[str, Any]:
    posting.renew(message, body)
    if files:
        message["attachments"] = _attached(world, files)
    world.note(message)
    if message not in exchange.answers:
        exchange.answers.append(message)
    exchange.came.set()
    return message


def _attached(world: World, files: Sequence[str]) -> list[dict[str, Any]]:
    return [{"id": world.number(), "filename": name, "size": 1, "url": ""} for name in files]
