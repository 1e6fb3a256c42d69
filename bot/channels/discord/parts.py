"""Discord's components as small functions: each cuts its text to the limit of its place.

Texts that are handed in as ready are Markdown that `text` made safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.channels.discord import limits, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part: TypeAlias = "dict[str, Any]"
ROW, BUTTON, SELECT, INPUT = 1, 2, 3, 4
SECTION, TEXT, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 13, 14, 17, 18
"""The numbers of the kinds of components."""
PRIMARY, SECONDARY, LINK = 1, 2, 5
"""The numbers of the styles of buttons."""
NEW: Final = "\n"


def said(*ready: str) -> Part:
    """A text of one or more lines; empty ones are left out."""
    return {"type": TEXT, "content": NEW.join(filter(None, ready)) or "–"}


def small(ready: str) -> str:
    """A line of small print; nothing for nothing."""
    return f"-# {ready}" if ready else ""


def rule() -> Part:
    """A line across."""
    return {"type": SEPARATOR, "divider": True, "spacing": 1}


def container(*parts: Part | None) -> Part:
    """A framed message; parts that are None are left out."""
    held = [part for part in parts if part]
    return {"type": CONTAINER, "accent_color": limits.COLOUR, "components": held}


def beside(ready: Part, button: Part) -> Part:
    """A text with a button beside it."""
    return {"type": SECTION, "components": [ready], "accessory": button}


def row(*buttons: Part | None) -> Part | None:
    """A row of five buttons at most; None for no button."""
    held = [button for button in buttons if button][: limits.ROW]
    return {"type": ROW, "components": held} if held else None


def button(name: str, label: str, *, style: int = SECONDARY) -> Part:
    """A button: what it is called in events, and its words."""
    shown = text.line(label, limits.LABEL) or "–"
    return {"type": BUTTON, "style": style, "label": shown, "custom_id": text.custom_id(name)}


def sign(name: str, emoji: str, *, style: int = SECONDARY) -> Part:
    """A button that shows one emoji."""
    held = {"name": emoji}
    return {"type": BUTTON, "style": style, "emoji": held, "custom_id": text.custom_id(name)}


def link_button(label: str, url: str) -> Part | None:
    """A button that opens a page; None without an address that Discord takes."""
    if not text.address(url):
        return None
    return {"type": BUTTON, "style": LINK, "label": text.line(label, limits.LABEL), "url": url}


def file(name: str) -> Part:
    """An attached file, shown."""
    return {"type": FILE, "file": {"url": f"attachment://{name}"}}


def message(*parts: Part | None, flags: int = 0) -> dict[str, Any]:
    """A message of components; it calls nobody."""
    held = [part for part in parts if part]
    return {"flags": limits.V2 | flags, "allowed_mentions": limits.NOBODY, "components": held}


def walk(parts: Iterable[Part]) -> Iterator[Part]:
    """Every component, those within others too, outermost first."""
    for part in parts:
        yield part
        inner = [part.get("accessory"), part.get("component"), *(part.get("components") or ())]
        yield from walk(each for each in inner if each)


def weight(parts: Iterable[Part]) -> int:
    """What the texts count together against `limits.TOTAL`."""
    return sum(text.size(part.get("content", "")) for part in walk(parts))


def count(parts: Iterable[Part]) -> int:
    """How many components there are, those within others counted."""
    return sum(1 for _ in walk(parts))


def fits(parts: list[Part]) -> bool:
    """Whether Discord takes them as one message."""
    return count(parts) <= limits.COMPONENTS and weight(parts) <= limits.TOTAL
