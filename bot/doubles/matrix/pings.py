"""Whom a message calls: by its own word, by the old rules, and by what clients make of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.matrix import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NAMED: Final = re.compile(
    r"@room\b|[@#!](?!\u2060)[^\s:<>@#!]+:[\w.-]+|matrix:(?:u|r|roomid)/|matrix\.to/#/"
)
"""What clients turn into a person, a room, or a call of everybody."""


def pings(content: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Everything in a message that calls somebody, or looks as if it did.

    Args:
        content: of the message.
        names: what the people of the room are called, by which old rules call them.
    """
    said = content.get("m.mentions")
    if isinstance(said, dict):
        yield from (str(user) for user in said.get("user_ids") or ())
        if said.get("room"):
            yield "@room"
    else:
        body = str(content.get("body", ""))
        yield from (
            name for name in names if re.search(rf"\b{re.escape(name)}\b", body, re.IGNORECASE)
        )
    html = str(content.get("formatted_body", ""))
    for text in (str(content.get("body", "")), *limits.texts(html)):
        yield from (found.replace("\n", " ") for found in _NAMED.findall(_unlinked(text)))
    yield from re.findall(r'href="(https?://matrix\.to/[^"]*)"', html)


def _unlinked(text: str) -> str:
    """The text without the addresses of papers, which lead nowhere within Matrix."""
    return re.sub(r"\(https?://[^\s)]+\)", "", text)
