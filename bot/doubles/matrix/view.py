"""What the double received, on one page: each room's messages, their threads beside them.

One file without script or outside address. A message's own HTML is drawn only where every tag of
it is one that clients show; else its plain text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from bot.doubles.matrix.limits import html_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.doubles.matrix.world import Room, World

_PAGE: Final = Markup(
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<title>paperlark in Matrix</title>\n<style>\n"
    "body{{font:15px/22px system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}}"
    ".pair{{display:grid;grid-template-columns:1fr 1fr;gap:2rem}}"
    ".m{{border-top:1px solid #8884;padding:.5rem 0}}.m p{{margin:.3rem 0}}.who{{color:#777}}"
    "code{{background:#8882;padding:0 .2em}}pre{{overflow:auto}}\n"
    "</style>\n</head>\n<body>\n<h1>paperlark in Matrix</h1>\n"
    "<p>A look-alike, not a screenshot: drawn from what a loopback double of a homeserver "
    "received.</p>\n{}\n<p>{}</p>\n</body>\n</html>\n"
)


def page(world: World) -> str:
    """The page."""
    drawn = _joined(_room(world, room) for room in world.rooms.values())
    return str(_PAGE.format(drawn, _foot(world)))


def _room(world: World, room: Room) -> Markup:
    found = world.messages(room.id)
    roots = [event for event in found if not _root(event)]
    if not found:
        return Markup("")
    pairs = _joined(
        _pair(root, [e for e in found if _root(e) == root["event_id"]]) for root in roots
    )
    return Markup("<h2>{}</h2>\n{}").format(room.name, pairs)


def _pair(root: Mapping[str, Any], replies: Iterable[Mapping[str, Any]]) -> Markup:
    thread = _joined(_message(reply) for reply in replies)
    return Markup('<div class="pair"><div>{}</div><div>{}</div></div>').format(
        _message(root), thread
    )


def _message(event: Mapping[str, Any]) -> Markup:
    content = event["content"]
    at = datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
    html = str(content.get("formatted_body", ""))
    safe = html and not html_problems(html)
    body = Markup(html) if safe else Markup("<p>{}</p>").format(content.get("body", ""))  # noqa: S704  (every tag was looked at)
    return Markup('<div class="m"><span class="who"><b>paperlark</b> {}</span>{}</div>').format(
        f"{at:%H:%M}", body
    )


def _root(event: Mapping[str, Any]) -> str:
    """The event in whose thread this one is; empty in none."""
    relation = event["content"].get("m.relates_to") or {}
    return str(relation.get("event_id", "")) if relation.get("rel_type") == "m.thread" else ""


def _foot(world: World) -> str:
    """What was found, in a sentence."""
    taken = len(world.messages())
    things = "1 message" if taken == 1 else f"{taken} messages"
    refused = "nothing was wrong" if not world.refused else f"{len(world.refused)} were wrong"
    called = "nobody was called" if not world.pinged else f"{len(world.pinged)} calls"
    return f"{things}, checked against Matrix's limits: {refused}, {called}."


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("\n").join(parts)
