"""What a message bears so that a repeat of it is none: its transaction, and the same inside it.

A homeserver drops a repeat under the same transaction, for as long as it remembers; the mark in
the message itself is found as long as the message is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final = "paperlark.key"
"""The field of our own in a message."""
_LETTERS: Final = 32


def transaction(key: str) -> str:
    """The transaction of a message of that key: the same on every attempt, in every process."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()[:_LETTERS]


def marked(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The content with its mark."""
    return {**content, MARK: transaction(key)}


def bears(event: Mapping[str, Any], key: str) -> bool:
    """Whether the event is the message of that key."""
    content = event.get("content")
    return isinstance(content, dict) and content.get(MARK) == transaction(key)


def threaded(content: Mapping[str, Any], root: str, reply_to: str = "") -> dict[str, Any]:
    """The content as a reply in the thread of the event `root`.

    Args:
        content: of a message.
        root: the thread's first event.
        reply_to: the event that clients without threads show it as an answer to.
    """
    return {
        **content,
        "m.relates_to": {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": reply_to or root},
        },
    }
