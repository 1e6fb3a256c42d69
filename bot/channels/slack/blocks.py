"""Block Kit's shapes as small functions: each cuts its text to the limit of its place.

Plain text never turns ``:words:`` into emoji: it is somebody's. Buttons are ours, and may.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bot.channels.slack import limits, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ADDRESS: Final = re.compile(r"https?://[!-~]+")
Block: TypeAlias = "dict[str, Any]"
Element: TypeAlias = "dict[str, Any]"


def plain(said: str, most: int = limits.TEXT, *, emoji: bool = False) -> Element:
    """A plain_text object: one line."""
    return {"type": "plain_text", "text": text.line(said, most) or "–", "emoji": emoji}


def paragraphs(said: str, most: int = limits.TEXT) -> Element:
    """A plain_text object that keeps its lines."""
    return {"type": "plain_text", "text": text.block(said, most) or "–", "emoji": False}


def mrkdwn(ready: str) -> Element:
    """An mrkdwn object of text that `text.marked` and its like made safe; nothing is linked."""
    return {"type": "mrkdwn", "text": ready, "verbatim": True}


def header(said: str, block_id: str) -> Block:
    """A large line."""
    return {"type": "header", "block_id": block_id, "text": plain(said, limits.HEADER)}


def divider(block_id: str) -> Block:
    """A rule."""
    return {"type": "divider", "block_id": block_id}


def context(block_id: str, *elements: Element) -> Block:
    """Small grey text; ten elements at most."""
    held = list(elements[: limits.CONTEXT_ELEMENTS])
    return {"type": "context", "block_id": block_id, "elements": held}


def section(block_id: str, said: Element, accessory: Element | None = None) -> Block:
    """A paragraph, maybe with a button beside it."""
    made: Block = {"type": "section", "block_id": block_id, "text": said}
    return made | {"accessory": accessory} if accessory else made


def rich(block_id: str, elements: Iterable[Element], *, pre: bool = False) -> Block:
    """A paragraph of parts that parse nothing; `pre` keeps a table's columns."""
    kind = "rich_text_preformatted" if pre else "rich_text_section"
    inner = [part for part in elements if part["text"]]
    return {
        "type": "rich_text",
        "block_id": identifier(block_id),
        "elements": [{"type": kind, "elements": inner or [words("–")]}],
    }


def words(ready: str, **style: bool) -> Element:
    """A part of a rich paragraph; `ready` is tame and short enough already."""
    part: Element = {"type": "text", "text": ready}
    return part | {"style": style} if style else part


def link(url: str, said: str, most: int = limits.TITLE, **style: bool) -> Element:
    """A link in a rich paragraph; one whose address Slack would refuse is text alone."""
    shown = text.line(said, most) or "untitled"
    if not address(url):
        return words(shown, **style)
    part: Element = {"type": "link", "url": url, "text": shown}
    return part | {"style": style} if style else part


def coded(said: str) -> list[Element]:
    """Our own sentence as parts: what stands between backticks is set as code."""
    pieces = said.split("`")
    if len(pieces) % 2 == 0:  # a backtick alone is only a sign
        return [words(said)]
    made = [words(piece, **({"code": True} if at % 2 else {})) for at, piece in enumerate(pieces)]
    return [part for part in made if part["text"]]


def actions(block_id: str, *elements: Element | None) -> Block:
    """A row of buttons; those that are None are left out."""
    held = [element for element in elements if element][: limits.ACTIONS]
    return {"type": "actions", "block_id": identifier(block_id), "elements": held}


def button(action_id: str, said: str, value: str = "", **more: Any) -> Element:
    """A button: what it is called in events, its words, and what it is about."""
    made: Element = {
        "type": "button",
        "action_id": identifier(action_id),
        "text": plain(said, limits.BUTTON, emoji=True),
    }
    if value:
        made["value"] = text.line(value, limits.VALUE)
    return made | more


def link_button(action_id: str, said: str, url: str) -> Element | None:
    """A button that opens a page; None without an address that Slack takes."""
    return button(action_id, said, url=url) if address(url) else None


def address(url: str) -> bool:
    """Whether Slack takes it as an address."""
    return bool(_ADDRESS.fullmatch(url)) and text.size(url) <= limits.URL


def option(said: str, value: str, description: str = "") -> Element:
    """A choice: its words, and what it is called in events."""
    made: Element = {
        "text": plain(said, limits.OPTION),
        "value": text.line(value, limits.OPTION_VALUE),
    }
    if description:
        made["description"] = plain(description, limits.DESCRIPTION)
    return made


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    """The button ``…`` with two to five choices."""
    return {"type": "overflow", "action_id": identifier(action_id), "options": list(options)}


def identifier(said: str) -> str:
    """A name for a block or an action: tame, and short enough."""
    return text.line(said, limits.IDENTIFIER)


def total(blocks: Iterable[Block]) -> int:
    """What the blocks count together against `limits.TOTAL`."""
    return sum(limits.BLOCK_COST + weight(block) for block in blocks)


def weight(value: Any) -> int:
    """The size of every text in a JSON value."""
    if isinstance(value, dict):
        own = text.size(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(map(weight, value.values()))
    return sum(map(weight, value)) if isinstance(value, list) else 0


def fitting(blocks: Sequence[Block], most: int = limits.TOTAL) -> int:
    """How many of the blocks, from the first, count at most `most` together."""
    for at, block in enumerate(blocks):
        most -= limits.BLOCK_COST + weight(block)
        if most < 0:
            return at
    return len(blocks)
