"""What the double received, on one page: channels with their threads, answers and forms.

One file without script or outside address; everything drawn is escaped.
"""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.doubles.discord.drawing import form, joined, message
from bot.doubles.discord.world import THREAD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from bot.doubles.discord.world import Place, World

_BIRD: Final = Markup(
    '<svg class="av" viewBox="0 0 48 48" aria-hidden="true">'
    '<rect width="48" height="48" rx="24" fill="#A9430B"/>'
    '<g fill="#fff" transform="translate(8 12) scale(.68)"><path d="M2 13 12 9l9 8z"/>'
    '<path d="M12 9l9 8L38 2z" opacity=".75"/><path d="M21 17 38 2l-6 20z" opacity=".55"/>'
    '<path d="M21 17l11 5-8 6-14 6z"/><path d="M32 22l14 8-22-2z" opacity=".65"/></g></svg>'
)
_LEAD: Final = (
    "A look-alike, not a screenshot: drawn part by part from what a loopback double of Discord "
    "received. Buttons do nothing here."
)
_PAGE: Final = Markup(
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="color-scheme" content="light dark">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
    '<h1>{title}</h1>\n<p class="lead">{lead}</p>\n{body}\n'
    '<p class="foot">{foot}</p>\n</main>\n</body>\n</html>\n'
)


def page(world: World, *, zone: str = "UTC", lead: str = _LEAD) -> str:
    """The page.

    Args:
        world: what was received.
        zone: where its hours are told.
        lead: the sentence under the title.
    """
    where = ZoneInfo(zone)
    places = [place for place in world.places.values() if place.kind != THREAD]
    parts = [_channel(world, place, where) for place in places]
    style = files(__package__).joinpath("discord.css").read_text(encoding="utf-8")
    return str(
        _PAGE.format(
            title="paperlark in Discord",
            style=Markup(style),  # noqa: S704  (our own file)
            lead=lead,
            body=joined([*filter(None, parts), *_answers(world, where)]),
            foot=_foot(world),
        )
    )


def _channel(world: World, place: Place, zone: tzinfo) -> Markup:
    roots = world.messages(place.id)
    if not roots:
        return Markup("")
    sign = "@" if place.user else "#"
    head = Markup("<h3>{} {}</h3>").format(sign, place.name)
    return joined([head, *(_pair(world, root, zone) for root in roots)])


def _pair(world: World, root: Mapping[str, Any], zone: tzinfo) -> Markup:
    """A message of the channel, and its thread beside it."""
    thread = world.messages(str(root["id"]))
    left = Markup("<div>{}</div>").format(_message(root, zone))
    if not thread:
        return Markup('<div class="pair">{}</div>').format(left)
    name = world.places[str(root["id"])].name
    replies = joined(_message(reply, zone) for reply in thread)
    right = Markup("<div><h2>Thread: {}</h2>{}</div>").format(name, replies)
    return Markup('<div class="pair">{}{}</div>').format(left, right)


def _message(found: Mapping[str, Any], zone: tzinfo, note: str = "") -> Markup:
    at = datetime.fromisoformat(found["timestamp"]).astimezone(zone)
    return Markup(
        '<div class="msg">{}<div class="body"><p class="who"><b>paperlark</b> '
        '<span class="app">APP</span> <span class="tm">{}</span></p>\n{}{}{}</div></div>'
    ).format(_BIRD, f"{at:%H:%M}", message(found), _marks(found), _noted(note))


def _noted(note: str) -> Markup:
    return Markup('<p class="eph">{}</p>').format(note) if note else Markup("")


def _marks(found: Mapping[str, Any]) -> Markup:
    marks = [(sign, len(people)) for sign, people in found.get("marks", {}).items() if people]
    spans = [Markup("<span>{} {}</span>").format(*mark) for mark in marks]
    return Markup('<p class="marks">{}</p>').format(joined(spans, " ")) if spans else Markup("")


def _answers(world: World, zone: tzinfo) -> list[Markup]:
    """What one person saw, and the forms that were opened."""
    shown = []
    for did in world.exchanges:
        alone = [answer for answer in did.answers if answer.get("user_shown")]
        name = world.people[did.user].name if did.user in world.people else did.user
        for answer in alone:
            drawn = _message(answer, zone, f"Only @{name} can see this")
            shown.append(Markup("<div><h2>{}</h2>{}</div>").format(did.name, drawn))
        if did.modal:
            shown.append(Markup("<div><h2>{}</h2>{}</div>").format(did.name, form(did.modal)))
    if not shown:
        return []
    row = Markup('<div class="pair">{}</div>').format(joined(shown))
    return [Markup("<h3>Answers one person sees, and forms</h3>"), row]


def _foot(world: World) -> str:
    """What the validator found, in a sentence."""
    taken = len(world.messages()) + sum(len(did.answers) for did in world.exchanges)
    things = "1 message or answer" if taken == 1 else f"{taken} messages and answers"
    refused = "none was refused" if not world.refused else f"{len(world.refused)} were refused"
    called = "nobody was called" if not world.pinged else f"{len(world.pinged)} mentions would call"
    return f"{things}, checked against every limit of Discord: {refused}, {called}."
