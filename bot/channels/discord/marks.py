"""What a message of ours is known by: a nonce for minutes, and numbers in it for good.

Discord drops a message whose nonce it had within the last few minutes, and tells nobody the nonce
afterwards. Every component has a number, though, which people do not see, which the sender may
choose, and which is told with the message ever after (components/reference, "Anatomy of a
component"): the first two are drawn from the message's key.
"""

from __future__ import annotations

import base64
import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.channels.discord import limits, parts

if TYPE_CHECKING:
    from collections.abc import Mapping

_BITS = 0x7FFF_FFFF


def nonce(key: str) -> str:
    """24 characters that no other key has."""
    return base64.b32encode(_digest(key)[:15]).decode("ascii").lower()[: limits.NONCE]


def numbers(key: str) -> tuple[int, int]:
    """The numbers of the first two components: 31 bits each, never 0, never equal."""
    held = _digest(key)
    first = (int.from_bytes(held[16:20]) & _BITS) or 1
    second = (int.from_bytes(held[20:24]) & _BITS) or 1
    return (first, second) if first != second else (first, (second % _BITS) + 1)


def marked(payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The payload with the key's nonce and numbers; what was handed in stays as it is."""
    made = _copied(dict(payload))
    for part, number in zip(parts.walk(made.get("components") or []), numbers(key), strict=False):
        part["id"] = number
    return {**made, "nonce": nonce(key), "enforce_nonce": True}


def bears(message: Mapping[str, Any], key: str) -> bool:
    """Whether a message that Discord tells of carries the key's numbers."""
    first = [part.get("id") for part in islice(parts.walk(message.get("components") or []), 2)]
    return bool(first) and tuple(first) == numbers(key)[: len(first)]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(inner) for name, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list | tuple) else value


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
