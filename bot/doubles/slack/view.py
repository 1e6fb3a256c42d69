"""What the double received, on one page: channels with their threads, forms and Home tabs.

One file without script or outside address; everything drawn is escaped.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.doubles.slack.drawing import blocks, joined, text
from bot.doubles.slack.mrkdwn import drawn, emoji

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from bot.doubles.slack.world import Place, World

_BIRD: Final = Markup(
    '<svg class="face" viewBox="0 0 48 48" aria-hidden="true">'
    '<rect width="48" height="48" rx="8" fill="#A9430B"/>'
    '<g fill="#fff" transform="translate(4 9) scale(.84)"><path d="M2 13 12 9l9 8z"/>'
    '<path d="M12 9l9 8L38 2z" opacity=".75"/><path d="M21 17 38 2l-6 20z" opacity=".55"/>'
    '<path d="M21 17l11 5-8 6-14 6z"/><path d="M32 22l14 8-22-2z" opacity=".65"/></g></svg>'
)
_LEAD: Final = (
    "A look-alike, not a screenshot: drawn block by block from what a loopback double of Slack "
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
    parts = [_channel(world, place, where) for place in world.places.values()]
    style = files(__package__).joinpath("slack.css").read_text(encoding="utf-8")
    return str(
        _PAGE.format(
            title="paperlark in Slack",
            style=Markup(style),  # noqa: S704  (our own file)
            lead=lead,
            body=joined([*filter(None, parts), *_views(world)]),
            foot=_foot(world),
        )
    )


def _channel(world: World, place: Place, zone: tzinfo) -> Markup:
    roots = [message for message in world.messages(place.id) if "thread_ts" not in message]
    alone = [shown for shown in world.ephemerals if shown["channel"] == place.id]
    if not roots and not alone:
        return Markup("")
    parts = [Markup("<h2>{}</h2>").format(f"@{place.name}" if place.user else f"# {place.name}")]
    for day, found in groupby(roots, key=lambda message: _moment(message, zone).date()):
        said = f"{day:%A}, {day.day} {day:%B %Y}"
        parts.append(Markup('<p class="day">{}</p>').format(said))
        parts += [_pair(world, root, zone) for root in found]
    if alone:
        one = Markup('<section class="panel">{}</section>')
        shown = joined(one.format(_message(message, zone, world=world)) for message in alone)
        parts.append(Markup('<p class="day">Answers one person sees</p>'))
        parts.append(Markup('<div class="views">{}</div>').format(shown))
    return joined(parts)


def _pair(world: World, root: Mapping[str, Any], zone: tzinfo) -> Markup:
    """A message of the channel, and its thread beside it."""
    thread = world.thread(root["channel"], root["ts"])
    left = Markup('<section class="panel root">{}</section>').format(
        _message(root, zone, thread=thread, world=world)
    )
    if not thread:
        return Markup('<div class="pair">{}</div>').format(left)
    replies = joined(_message(reply, zone, world=world) for reply in thread)
    right = Markup('<section class="panel"><h3>Thread</h3>{}</section>').format(replies)
    return Markup('<div class="pair">{}{}</div>').format(left, right)


def _message(
    message: Mapping[str, Any],
    zone: tzinfo,
    *,
    world: World,
    thread: Sequence[Mapping[str, Any]] = (),
) -> Markup:
    found = message.get("blocks")
    plain = Markup('<div class="text">{}</div>').format(drawn(message["text"]))
    body = blocks(found) if found else plain
    note = Markup("")
    if user := message.get("user_shown"):
        person = world.people.get(user)
        note = Markup('<p class="note">Only visible to @{}</p>').format(
            person.name if person else user
        )
    return Markup(
        '<article class="msg">{}<div>{}<p><b>paperlark</b> <span class="app">APP</span> '
        '<span class="when">{}</span></p>\n{}\n{}{}</div></article>'
    ).format(
        _BIRD,
        note,
        f"{_moment(message, zone):%H:%M}",
        body,
        _marks(message),
        _replies(thread, zone),
    )


def _marks(message: Mapping[str, Any]) -> Markup:
    marks = [(emoji(name), len(people)) for name, people in message.get("marks", {}).items()]
    spans = [Markup("<span>{} {}</span>").format(*mark) for mark in marks if mark[1]]
    return Markup('<p class="marks">{}</p>').format(joined(spans, " ")) if spans else Markup("")


def _replies(thread: Sequence[Mapping[str, Any]], zone: tzinfo) -> Markup:
    if not thread:
        return Markup("")
    count = "1 reply" if len(thread) == 1 else f"{len(thread)} replies"
    last = _moment(thread[-1], zone)
    return Markup('<p class="more"><b>{}</b> &nbsp;Last reply at {}</p>').format(
        count, f"{last:%H:%M}"
    )


def _views(world: World) -> list[Markup]:
    """The forms that were opened, and every Home tab."""
    forms = [view for view in world.views.values() if view["type"] == "modal"]
    drawn_ones = [_form(view) for view in forms] + [
        Markup('<section><h3>Home tab of @{}</h3><div class="panel">{}</div></section>').format(
            world.people[user].name, blocks(view["blocks"])
        )
        for user, view in world.homes.items()
    ]
    if not drawn_ones:
        return []
    row = Markup('<div class="views">{}</div>').format(joined(drawn_ones))
    return [Markup("<h2>Forms and Home tabs</h2>"), row]


def _form(view: Mapping[str, Any]) -> Markup:
    buttons = [("", view.get("close")), (" primary", view.get("submit"))]
    row = [
        Markup('<span class="btn{}">{}</span>').format(style, text(said))
        for style, said in buttons
        if said
    ]
    end = Markup('<div class="end">{}</div>').format(joined(row, " ")) if row else Markup("")
    return Markup(
        '<section><h3>A form</h3><div class="panel"><p class="bar">{} '
        '<span aria-hidden="true">×</span></p>{}{}</div></section>'
    ).format(text(view["title"]), blocks(view["blocks"]), end)


def _foot(world: World) -> str:
    """What the validator found, in a sentence."""
    taken = len(world.messages()) + len(world.ephemerals) + len(world.views)
    things = "1 message or view" if taken == 1 else f"{taken} messages and views"
    refused = "none was refused" if not world.refused else f"{len(world.refused)} were refused"
    called = "nobody was called" if not world.pinged else f"{len(world.pinged)} mentions would call"
    return f"{things}, checked against every limit of Slack: {refused}, {called}."


def _moment(message: Mapping[str, Any], zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(float(message["ts"]), UTC).astimezone(zone)
