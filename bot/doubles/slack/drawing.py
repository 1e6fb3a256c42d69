"""Block Kit as HTML: every block and element of ours, drawn as Slack lays it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from bot.doubles.slack.mrkdwn import drawn, emoji, link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Drawer = Callable[[Mapping[str, Any]], Markup]

_NOTHING: Final = Markup("")
_STYLES: Final = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "code": "code"}


def blocks(found: Iterable[Mapping[str, Any]]) -> Markup:
    """A row of blocks."""
    return joined(_block(block) for block in found)


def joined(parts: Iterable[Markup], between: str = "\n") -> Markup:
    """Parts one after another."""
    return escape(between).join(parts)


def text(value: Mapping[str, Any] | None) -> Markup:
    """A text object."""
    if not value:
        return _NOTHING
    if value["type"] == "mrkdwn":
        return drawn(value["text"])
    return lines(value["text"])


def lines(said: str) -> Markup:
    """Plain text, with its line breaks."""
    return escape(said).replace("\n", Markup("<br>"))


def _block(block: Mapping[str, Any]) -> Markup:
    return _BLOCKS.get(block["type"], _unknown)(block)


def _unknown(block: Mapping[str, Any]) -> Markup:
    return Markup('<p class="note">[{}]</p>').format(block["type"])


def _header(block: Mapping[str, Any]) -> Markup:
    return Markup('<p class="head">{}</p>').format(text(block["text"]))


def _divider(_block: Mapping[str, Any]) -> Markup:
    return Markup("<hr>")


def _context(block: Mapping[str, Any]) -> Markup:
    said = joined((_small(element) for element in block["elements"]), " ")
    return Markup('<p class="ctx">{}</p>').format(said)


def _small(element: Mapping[str, Any]) -> Markup:
    return escape(element["alt_text"]) if element["type"] == "image" else text(element)


def _section(block: Mapping[str, Any]) -> Markup:
    body = Markup('<div class="text">{}</div>').format(text(block.get("text")))
    if fields := block.get("fields"):
        cells = joined(Markup("<div>{}</div>").format(text(field)) for field in fields)
        body += Markup('<div class="two">{}</div>').format(cells)
    if accessory := block.get("accessory"):
        return Markup('<div class="side"><div>{}</div><div>{}</div></div>').format(
            body, element_of(accessory)
        )
    return body


def _actions(block: Mapping[str, Any]) -> Markup:
    row = joined((element_of(element) for element in block["elements"]), " ")
    return Markup('<div class="row">{}</div>').format(row)


def _markdown(block: Mapping[str, Any]) -> Markup:
    return Markup('<div class="text">{}</div>').format(lines(block["text"]))


def _image(block: Mapping[str, Any]) -> Markup:
    return Markup('<p class="note">[image: {}]</p>').format(block["alt_text"])


def _input(block: Mapping[str, Any]) -> Markup:
    optional = Markup(" <i>(optional)</i>") if block.get("optional") else _NOTHING
    hint = Markup("<small>{}</small>").format(text(block.get("hint"))) if block.get("hint") else ""
    return Markup('<div class="ask"><b>{}{}</b>{}{}</div>').format(
        text(block["label"]), optional, element_of(block["element"]), hint
    )


def element_of(element: Mapping[str, Any]) -> Markup:
    """One thing to press, choose or fill in."""
    kind = element["type"]
    if kind == "button":
        return _button(element)
    if kind == "overflow":
        return Markup('<span class="btn" role="img" aria-label="More">⋯</span>')
    if kind in {"radio_buttons", "checkboxes"}:
        return _choices(element)
    if kind.startswith("multi_"):
        return _chips(element)
    if kind.endswith("select"):
        return _menu(element)
    return _field(element)


def _button(element: Mapping[str, Any]) -> Markup:
    style = escape(element.get("style", ""))
    said = element.get("accessibility_label")
    aria = Markup(' role="img" aria-label="{}"').format(said) if said else _NOTHING
    return Markup('<span class="btn {}"{}>{}</span>').format(style, aria, text(element["text"]))


def _choices(element: Mapping[str, Any]) -> Markup:
    first = [element.get("initial_option"), *element.get("initial_options", [])]
    square = " square" if element["type"] == "checkboxes" else ""
    return joined(_pick(option, square, on=option in first) for option in element["options"])


def _pick(option: Mapping[str, Any], square: str, *, on: bool) -> Markup:
    about = option.get("description")
    small = Markup("<small>{}</small>").format(text(about)) if about else _NOTHING
    chosen = " on" if on else ""
    return Markup('<span class="pick{}{}">{}{}</span>').format(
        square, chosen, text(option["text"]), small
    )


def _chips(element: Mapping[str, Any]) -> Markup:
    chosen = [text(option["text"]) for option in element.get("initial_options", [])]
    for name in ("initial_users", "initial_channels", "initial_conversations"):
        chosen += map(escape, element.get(name, []))
    chips = joined((Markup('<span class="chip">{} ×</span>').format(one) for one in chosen), " ")
    return Markup('<span class="box">{}</span>').format(chips or _hint(element))


def _menu(element: Mapping[str, Any]) -> Markup:
    chosen = element.get("initial_option")
    said = text(chosen["text"]) if chosen else _hint(element)
    return Markup('<span class="box short">{} ▾</span>').format(said)


def _field(element: Mapping[str, Any]) -> Markup:
    names = ("initial_value", "initial_date", "initial_time")
    value = next((element[name] for name in names if element.get(name)), "")
    shape = "area" if element.get("multiline") else ""
    short = "" if element["type"] in {"plain_text_input", "url_text_input"} else "short"
    return Markup('<span class="box {} {}">{}</span>').format(
        shape, short, lines(value) if value else _hint(element)
    )


def _hint(element: Mapping[str, Any]) -> Markup:
    hint = element.get("placeholder")
    return Markup("<em>{}</em>").format(text(hint)) if hint else _NOTHING


def _rich_text(block: Mapping[str, Any]) -> Markup:
    return Markup('<div class="text">{}</div>').format(joined(map(_part, block["elements"])))


def _part(part: Mapping[str, Any]) -> Markup:
    kind = part["type"]
    if kind == "rich_text_list":
        tag = "ol" if part["style"] == "ordered" else "ul"
        items = joined(Markup("<li>{}</li>").format(_inline(item)) for item in part["elements"])
        indent = int(part.get("indent", 0)) * 1.5
        return Markup('<{0} style="margin-left:{1}rem">{2}</{0}>').format(
            Markup(tag), indent, items  # noqa: S704  (one of two words)
        )  # fmt: skip
    tags = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}
    tag = tags.get(kind, "p")
    return Markup("<{0}>{1}</{0}>").format(Markup(tag), _inline(part))  # noqa: S704  (likewise)


def _inline(part: Mapping[str, Any]) -> Markup:
    return joined(map(_piece, part["elements"]), "")


def _piece(piece: Mapping[str, Any]) -> Markup:
    kind = piece["type"]
    if kind == "text":
        said = lines(piece["text"])
    elif kind == "link":
        said = link(piece["url"], piece.get("text", ""))
    elif kind == "emoji":
        said = escape(emoji(piece["name"]))
    else:
        named = next((str(v) for k, v in piece.items() if k.endswith(("_id", "range"))), kind)
        sign = "#" if kind == "channel" else "@"
        said = Markup('<span class="tag">{}{}</span>').format(sign, named)
    for style, tag in _STYLES.items():
        if piece.get("style", {}).get(style):
            said = Markup("<{0}>{1}</{0}>").format(Markup(tag), said)  # noqa: S704  (likewise)
    return said


_BLOCKS: Final[Mapping[str, Drawer]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
}
