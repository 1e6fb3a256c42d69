"""Modals and the Home tab: opened, pushed, updated, published."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from bot.doubles.slack.limits import view_problems
from bot.doubles.slack.posting import name_blocks
from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.world import APP, BOT, TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.slack.world import Exchange, World


def open_view(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``views.open``."""
    judged(world, "views.open", args.get("view"), "modal")
    exchange = _exchange(world, args)
    view = _kept(world, args["view"], exchange.user)
    exchange.add("views", view)
    return {"view": view}


def push_view(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``views.push``: over the view that is open."""
    return open_view(world, args)


def update_view(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``views.update``, by ``view_id`` or ``external_id``."""
    view = _found(world, args)
    if args.get("hash") not in {None, view["hash"]}:
        raise Refused("hash_conflict")
    judged(world, "views.update", args.get("view"), view["type"])
    fresh = update(world, view, args["view"])
    if exchange := world.latest(view["user_shown"]):
        exchange.add("views", fresh)
    return {"view": fresh}


def publish(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    """``views.publish``: a person's Home tab."""
    user = str(args.get("user_id", ""))
    if user not in world.people:
        raise Refused("user_not_found")
    before = world.homes.get(user)
    if before and args.get("hash") not in {None, before["hash"]}:
        raise Refused("hash_conflict")
    judged(world, "views.publish", args.get("view"), "home")
    view = _kept(world, args["view"], user)
    world.homes[user] = view
    if exchange := world.latest(user):
        exchange.add("views", view)
    return {"view": view}


def judged(world: World, method: str, view: Any, kind: str) -> None:
    """Hold a view against every limit.

    Raises:
        Refused: with every problem.
    """
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ("missing required field: view",))
    found = view_problems(view)
    if not found and view["type"] != kind:
        found = (f"the view must be of type {kind} [json-pointer:/type]",)
    if found:
        world.refused.append((method, "invalid_arguments", found))
        raise Refused("invalid_arguments", found)


def update(world: World, view: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Put new content in place of a view's; it keeps its name."""
    fresh = _made(world, content, view["user_shown"]) | {"id": view["id"]}
    world.views[view["id"]] = fresh
    world.note(fresh)
    world.journal.write("view", fresh)
    return fresh


def _exchange(world: World, args: Mapping[str, Any]) -> Exchange:
    trigger = world.triggers.get(str(args.get("trigger_id", "")))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if world.now() > trigger.ends:
        raise Refused("expired_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    trigger.used = True
    return trigger.exchange


def _found(world: World, args: Mapping[str, Any]) -> dict[str, Any]:
    if view := world.views.get(str(args.get("view_id", ""))):
        return view
    name = args.get("external_id")
    for view in world.views.values():
        if name and view.get("external_id") == name:
            return view
    raise Refused("not_found")


def _kept(world: World, content: Mapping[str, Any], user: str) -> dict[str, Any]:
    view = _made(world, content, user)
    world.views[view["id"]] = view
    world.note(view)
    world.journal.write("view", view)
    return view


def _made(world: World, content: Mapping[str, Any], user: str) -> dict[str, Any]:
    defaults = {"private_metadata": "", "callback_id": "", "external_id": ""}
    view = defaults | copy.deepcopy(dict(content))
    name_blocks(world, view["blocks"])
    identifier = world.name("V")
    return view | {
        "id": identifier,
        "team_id": TEAM,
        "app_id": APP,
        "bot_id": BOT,
        "root_view_id": identifier,
        "previous_view_id": None,
        "hash": world.stamp(),
        "state": {"values": {}},
        "user_shown": user,
    }
