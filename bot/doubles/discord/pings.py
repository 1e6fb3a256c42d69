"""Whom a Discord message would call: mentions in its texts that it does not forbid.

Source: discord.com/developers/docs/resources/message, "Allowed Mentions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MENTIONS: Final = {
    "everyone": re.compile(r"@(?:everyone|here)\b"),
    "users": re.compile(r"<@!?\d+>"),
    "roles": re.compile(r"<@&\d+>"),
}


def pings(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What in a message would notify people; empty if nothing would.

    Embeds call nobody; content and the texts of components do, unless ``allowed_mentions`` is
    there and leaves the kind out.
    """
    allowed = payload.get("allowed_mentions")
    kinds = _MENTIONS if allowed is None else (allowed.get("parse") or ())
    said = list(_texts(payload))
    found = [m[0] for kind in kinds for each in said for m in _MENTIONS[kind].finditer(each)]
    return tuple(dict.fromkeys(found))


def drawn(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Everything that looks like a mention, allowed or not, a backslash before it aside."""
    said = [re.sub(r"\\.", "", each) for each in _texts(payload)]
    patterns = (*_MENTIONS.values(), re.compile(r"<(?:#|/|t:|a?:)[^>\s]*>"))
    return tuple(m[0] for each in said for pattern in patterns for m in pattern.finditer(each))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "content" and isinstance(inner, str):
                yield inner
            elif name in {"components", "accessory", "component"}:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
