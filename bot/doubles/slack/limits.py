"""Slack's limits as a validator: what the service would refuse, and whom a message would call.

Documented: docs.slack.dev, reference/block-kit (blocks, views). Stricter than the service where
it is silent: plain text counts escaped, every text in UTF-16 units, control characters are
refused, and an `action_id` is unique in the whole message.
The total over all blocks stands on no page. Measured by others (bolt-js issue 2509): one markdown
block passes with 13,297 characters, and each further block takes about 125 away. Hence
`TOTAL_REFUSED`, with every block counted as `BLOCK_COST` characters.
"""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.schema import array, at, boolean, kinds, one_of, record, size, string
from bot.doubles.slack import elements, rich_text
from bot.doubles.slack.elements import IDENTIFIER, URL, either, mrkdwn, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.doubles.schema import Check

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
TEXT: Final = 40_000
"""Top-level text: more is refused; from 4,000 on it is a caution."""
TEXT_ADVISED: Final = 4_000
MARKDOWN: Final = 12_000
"""Characters of all markdown blocks of one message."""
TOTAL_ADVISED: Final = 12_000
TOTAL_REFUSED: Final = 13_200
BLOCK_COST: Final = 125
METADATA: Final = 8_000
"""Bytes of message metadata. No page gives the service's own limit: this one is ours."""
VIEW_BYTES: Final = 250_000

_ID: Final = {"block_id": IDENTIFIER}


def _text_or_fields(value: Any, where: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield at("must have text or fields", where)


_ACCESSORY: Final = {
    **{name: check for name, check in elements.SINGLE.items() if name != "rich_text_input"},
    **elements.MULTI,
    "image": elements.IMAGE,
}
_CONTEXT: Final = kinds(
    {
        "image": elements.IMAGE,
        "mrkdwn": mrkdwn(3000),
        "plain_text": plain(3000),
    }
)
_SHARED: Final[Mapping[str, Check]] = {
    "section": record(
        None,
        {
            **_ID,
            "text": either(3000),
            "fields": array(either(2000), 1, 10),
            "accessory": kinds(_ACCESSORY),
            "expand": boolean,
        },
        _text_or_fields,
    ),
    "header": record({"text": plain(150)}, _ID),
    "divider": record(None, _ID),
    "context": record({"elements": array(_CONTEXT, 1, 10)}, _ID),
    "actions": record({"elements": array(kinds(elements.SINGLE), 1, 25)}, _ID),
    "image": record({"image_url": URL, "alt_text": string(2000)}, {**_ID, "title": plain(2000)}),
    "rich_text": record({"elements": rich_text.RICH_TEXT}, _ID),
    "input": record(
        {"label": plain(2000), "element": kinds(elements.INPUTS)},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
}
_MESSAGE_BLOCKS: Final = array(
    kinds({**_SHARED, "markdown": record({"text": string(MARKDOWN)}, _ID)}), 0, MESSAGE_BLOCKS
)
_VIEW_BLOCKS: Final = array(kinds(_SHARED), 0, VIEW_BLOCKS)
_VIEW: Final = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255),
    "external_id": string(255, least=0),
}
_VIEWS: Final = kinds(
    {
        "home": record({"blocks": _VIEW_BLOCKS}, _VIEW),
        "modal": record(
            {"title": plain(24), "blocks": _VIEW_BLOCKS},
            {
                **_VIEW,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
    }
)
_METADATA: Final = record({"event_type": string(form=r"[a-z0-9_]+"), "event_payload": record()})
_ENVELOPE: Final[Mapping[str, Check]] = {
    "response_type": one_of("ephemeral", "in_channel"),
    "replace_original": boolean,
    "delete_original": boolean,
    "unfurl_links": boolean,
    "unfurl_media": boolean,
    "mrkdwn": boolean,
    "reply_broadcast": boolean,
}


def problems(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What Slack would refuse about a message, or an answer at a response_url; empty if nothing.

    Args:
        payload: the call's fields, as JSON values; ``blocks`` is a list.
    """
    return tuple(text for _code, text in refusals(payload))


def view_problems(view: Mapping[str, Any]) -> tuple[str, ...]:
    """What Slack would refuse about a modal or a Home tab; empty if nothing."""
    found = tuple(_VIEWS(view, ""))
    if found:
        return found
    rules = chain(_unique(view["blocks"]), _one_focus(view), _submit(view))
    return (*rules, *_view_size(view))


def refusals(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same as `problems`, each with the error code Slack would answer with."""
    blocks, text = payload.get("blocks"), payload.get("text")
    if not text and not blocks and not payload.get("delete_original"):
        yield "no_text", "no text and no blocks [json-pointer:/text]"
    if text:
        for said in string(TEXT)(text, "/text"):
            yield "msg_too_long", said
    for name, check in _ENVELOPE.items():
        if payload.get(name) is not None:
            yield from (("invalid_arguments", said) for said in check(payload[name], f"/{name}"))
    yield from _metadata(payload.get("metadata"))
    if blocks:
        yield from _blocks(blocks)


def cautions(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What Slack takes, and a careful sender avoids."""
    found = []
    blocks, text = payload.get("blocks") or [], payload.get("text") or ""
    if not text and blocks:
        found.append("no text for notifications and screen readers")
    if size(text) > TEXT_ADVISED:
        found.append(f"text is longer than {TEXT_ADVISED} characters")
    if (total := total_size(blocks)) > TOTAL_ADVISED:
        found.append(f"blocks hold {total} characters, more than {TOTAL_ADVISED}")
    return tuple(found)


def total_size(blocks: Iterable[Mapping[str, Any]]) -> int:
    """Characters of all texts, and `BLOCK_COST` for each block."""
    blocks = list(blocks)
    return sum(_text_size(block) for block in blocks) + BLOCK_COST * len(blocks)


def _text_size(value: Any) -> int:
    if isinstance(value, dict):
        own = size(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_text_size(inner) for inner in value.values())
    return sum(map(_text_size, value)) if isinstance(value, list) else 0


def _blocks(blocks: Any) -> Iterator[tuple[str, str]]:
    found = tuple(_MESSAGE_BLOCKS(blocks, "/blocks"))
    yield from (("invalid_blocks", said) for said in found)
    if found:
        return
    yield from (("invalid_blocks", said) for said in _unique(blocks))
    if sum(size(b["text"]) for b in blocks if b["type"] == "markdown") > MARKDOWN:
        yield "invalid_blocks", at(f"markdown must be less than {MARKDOWN + 1} in all", "/blocks")
    if (total := total_size(blocks)) > TOTAL_REFUSED:
        yield "msg_blocks_too_long", at(f"blocks hold {total} characters in all", "/blocks")


def _metadata(metadata: Any) -> Iterator[tuple[str, str]]:
    if metadata is None:
        return
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    if not isinstance(payload, dict):
        yield "invalid_metadata_format", at("must have an event_payload object", "/metadata")
        return
    for said in _METADATA({**metadata, "event_payload": {}}, "/metadata"):
        yield "invalid_metadata_format", said
    if len(json.dumps(payload).encode()) > METADATA:
        yield "metadata_too_large", at(f"must be less than {METADATA + 1} bytes", "/metadata")


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a JSON value, outermost first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _unique(blocks: Any) -> Iterator[str]:
    for name in ("block_id", "action_id"):
        values = [found[name] for found in _walk(blocks) if name in found]
        for value in {value for value in values if values.count(value) > 1}:
            yield at(f"{name} already exists: {value}", "/blocks")


def _one_focus(view: Mapping[str, Any]) -> Iterator[str]:
    if sum(bool(found.get("focus_on_load")) for found in _walk(view)) > 1:
        yield at("only one element may have focus_on_load", "/blocks")


def _submit(view: Mapping[str, Any]) -> Iterator[str]:
    inputs = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and inputs and "submit" not in view:
        yield at("submit is required where there is an input block", "")


def _view_size(view: Mapping[str, Any]) -> Iterator[str]:
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        yield at(f"a view must be less than {VIEW_BYTES + 1} bytes", "")
