"""Whom a Slack message would call: every way a text or an element can notify people.

Source: docs.slack.dev, messaging/formatting-message-text, "Mentioning" and "Special mentions".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MENTION: Final = re.compile(r"<(?:!(?:channel|here|everyone|group)\b|!subteam\^|@[UWBS])[^>]*>?")
_WORD: Final = re.compile(r"(?<!\w)@\w+")
"""A bare name calls somebody only where `parse` or `link_names` asks for it, or in markdown."""
_ELEMENTS: Final = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def pings(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What in a message or view would notify people, as it stands there; empty if nothing would.

    Text is looked at wherever Slack reads it as markup: the top-level text, mrkdwn objects,
    markdown blocks and attachments; plain_text and the texts of rich_text stay what they are.
    """
    eager = bool(payload.get("link_names")) or payload.get("parse") == "full"
    found = list(_text(payload.get("text"), words=eager))
    found += _inside(payload.get("blocks"), words=eager)
    found += (
        called
        for attachment in payload.get("attachments") or []
        for called in (*_strings(attachment), *_inside(attachment.get("blocks"), words=eager))
    )
    return tuple(dict.fromkeys(found))


def _text(value: Any, *, words: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield from (match[0] for match in _MENTION.finditer(value))
        if words:
            yield from (match[0] for match in _WORD.finditer(value))


def _strings(attachment: Mapping[str, Any]) -> Iterator[str]:
    for name, value in attachment.items():
        if name != "blocks":
            yield from _text(value, words=False)


def _inside(value: Any, *, words: bool) -> Iterator[str]:
    """Mentions in a block or in anything within one."""
    if isinstance(value, list):
        for inner in value:
            yield from _inside(inner, words=words)
    elif isinstance(value, dict):
        yield from _own(value, words=words)
        for inner in value.values():
            yield from _inside(inner, words=words)


def _own(value: Mapping[str, Any], *, words: bool) -> Iterator[str]:
    kind = str(value.get("type"))
    if kind in {"mrkdwn", "markdown"}:
        yield from _text(value.get("text"), words=words or kind == "markdown")
    name = _ELEMENTS.get(kind, "")
    if name and isinstance(value.get(name), str):
        yield f"{kind}:{value[name]}"
