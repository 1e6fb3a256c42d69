"""Components, embeds and forms as HTML, drawn as Discord lays them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from bot.doubles.discord.markdown import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Part = Mapping[str, Any]


def joined(parts: Iterable[Markup], between: str = "\n") -> Markup:
    """Parts one after another."""
    return Markup(between).join(parts)  # noqa: S704  (our own white space)


def message(found: Part) -> Markup:
    """Everything in a message."""
    content = [_text({"content": found["content"]})] if found.get("content") else []
    made = [*content, *map(_embed, found.get("embeds") or ()), *map(part, found["components"])]
    return joined(made)


def part(found: Part) -> Markup:
    """A component, and what is in it; one that the page does not know is told by its number."""
    draw = _DRAWN.get(found["type"])
    return draw(found) if draw else Markup("<p>({})</p>").format(found["type"])


def form(found: Part) -> Markup:
    """A form that was opened."""
    return Markup(
        '<div class="modal"><p class="bar">{}</p>{}<p class="bot"><span class="btn">Cancel</span>'
        '<span class="btn pri">Submit</span></p></div>'
    ).format(found["title"], joined(map(part, found["components"])))


def _text(found: Part) -> Markup:
    return Markup('<div class="td">{}</div>').format(drawn(found["content"]))


def _button(found: Part) -> Markup:
    said = found.get("label") or (found.get("emoji") or {}).get("name", "")
    style = " pri" if found.get("style") == 1 else ""
    arrow = " ↗" if "url" in found else ""
    return Markup('<span class="btn{}">{}{}</span>').format(style, said, arrow)


def _row(found: Part) -> Markup:
    return Markup('<div class="row">{}</div>').format(joined(map(part, found["components"]), " "))


def _section(found: Part) -> Markup:
    said = joined(map(part, found["components"]))
    return Markup('<div class="sect"><div>{}</div>{}</div>').format(said, part(found["accessory"]))


def _container(found: Part) -> Markup:
    return Markup('<div class="cont">{}</div>').format(joined(map(part, found["components"])))


def _file(found: Part) -> Markup:
    name = found["file"]["url"].removeprefix("attachment://")
    return Markup('<p class="in">📄 {}</p>').format(name)


def _label(found: Part) -> Markup:
    hint = Markup("<small>{}</small>").format(found.get("description", ""))
    body = Markup('<div class="lab"><b>{}</b>{}{}</div>')
    return body.format(found["label"], hint, part(found["component"]))


def _input(found: Part) -> Markup:
    return Markup('<span class="in">{}</span>').format(found.get("value", ""))


def _select(found: Part) -> Markup:
    chosen = [each["label"] for each in found["options"] if each.get("default")]
    return Markup('<span class="in">{} ▾</span>').format(", ".join(chosen) or "Choose")


def _embed(found: Part) -> Markup:
    title = Markup('<div class="et">{}</div>').format(drawn(found.get("title", "")))
    if "url" in found:
        title = Markup('<a href="{}">{}</a>').format(found["url"], title)
    author = Markup('<p class="sm">{}</p>').format((found.get("author") or {}).get("name", ""))
    foot = Markup('<p class="sm">{}</p>').format((found.get("footer") or {}).get("text", ""))
    said = Markup('<div class="td">{}</div>').format(drawn(found.get("description", "")))
    body = Markup('<div class="cont embed">{}{}{}{}</div>')
    return body.format(author, title, said, foot)


_DRAWN: Final[Mapping[int, Callable[[Part], Markup]]] = {
    1: _row,
    2: _button,
    3: _select,
    4: _input,
    9: _section,
    10: _text,
    13: _file,
    14: lambda _found: Markup("<hr>"),
    17: _container,
    18: _label,
}
