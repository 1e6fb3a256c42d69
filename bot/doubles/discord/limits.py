"""Discord's limits as a validator: what the service would refuse.

Documented: discord.com/developers/docs, components/reference, resources/message. Stricter than the
service where it is silent: texts count in UTF-16 units, control characters are refused, and every
`custom_id` and `id` is unique in the whole message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.doubles.discord import embeds
from bot.doubles.schema import array, at, boolean, kinds, one_of, record, size, string, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.doubles.schema import Check

COMPONENTS: Final = 40
TOTAL: Final = 4_000
CONTENT: Final = 2_000
V2: Final = 1 << 15
_FLAGS: Final = V2 | 1 << 2 | 1 << 6 | 1 << 12
_CUSTOM: Final = string(100)
_URL: Final = string(512, form=r"(?:https?|discord)://\S+")


def _styled(value: Any, where: str) -> Iterator[str]:
    """A button's rules: an address or a name, and words or an emoji."""
    link = value["style"] == 5  # noqa: PLR2004  (Discord's number for a link)
    if link != ("url" in value) or link == ("custom_id" in value):
        yield at("a link has a url, any other button a custom_id", where)
    if not (value.get("label") or value.get("emoji")):
        yield at("a button has a label or an emoji", where)


_ID: Final = {"id": whole(0, 2**31 - 1)}
_EMOJI: Final = record({"name": string(32)}, {"id": string(32), "animated": boolean})
_BUTTON: Final = record(
    {"style": whole(1, 5)},
    {**_ID, "label": string(80), "emoji": _EMOJI, "custom_id": _CUSTOM, "url": _URL,
     "disabled": boolean},
    _styled,
)  # fmt: skip
_OPTION: Final = record(
    {"label": string(100), "value": string(100)},
    {"description": string(100), "default": boolean, "emoji": _EMOJI},
)
_SELECT: Final = record(
    {"custom_id": _CUSTOM, "options": array(_OPTION, 1, 25)},
    {**_ID, "placeholder": string(150), "min_values": whole(0, 25), "max_values": whole(1, 25),
     "required": boolean, "disabled": boolean},
)  # fmt: skip
_TEXT: Final = record({"content": string(TOTAL)}, _ID)
_ROW: Final = record({"components": array(kinds({2: _BUTTON, 3: _SELECT}), 1, 5)}, _ID)
_SECTION: Final = record(
    {"components": array(kinds({10: _TEXT}), 1, 3), "accessory": kinds({2: _BUTTON})}, _ID
)
_FILE: Final = record(
    {"file": record({"url": string(512, form=r"attachment://[\w.-]+")})},
    {**_ID, "spoiler": boolean},
)
_SEPARATOR: Final = record({}, {**_ID, "divider": boolean, "spacing": whole(1, 2)})
_INNER: Final = {1: _ROW, 9: _SECTION, 10: _TEXT, 13: _FILE, 14: _SEPARATOR}
_CONTAINER: Final = record(
    {"components": array(kinds(_INNER), 1, COMPONENTS)},
    {**_ID, "accent_color": whole(0, 0xFFFFFF), "spoiler": boolean},
)
_PARTS: Final = array(kinds({**_INNER, 17: _CONTAINER}), 0, COMPONENTS)
_ROWS: Final = array(kinds({1: _ROW}), 0, 5)
_ALLOWED: Final = record(
    {}, {"parse": array(one_of("roles", "users", "everyone"), 0, 3), "replied_user": boolean}
)


def _length(value: Any, where: str) -> Iterator[str]:
    if size(value.get("value", "")) > value.get("max_length", 4_000):
        yield at("value must be no longer than max_length", where)


def _nothing(value: Any, where: str) -> Iterator[str]:
    """A field's own words stand beside it nowadays."""
    if value is not None:
        yield at("a field in a label has no label of its own", where)


_INPUT: Final = record(
    {"custom_id": _CUSTOM, "style": whole(1, 2)},
    {**_ID, "min_length": whole(0, 4_000), "max_length": whole(1, 4_000), "required": boolean,
     "label": _nothing, "value": string(4_000), "placeholder": string(100)},
    _length,
)  # fmt: skip
_LABEL: Final = record(
    {"label": string(45), "component": kinds({3: _SELECT, 4: _INPUT})},
    {**_ID, "description": string(100)},
)
_MODAL: Final = record(
    {
        "custom_id": _CUSTOM,
        "title": string(45),
        "components": array(kinds({10: _TEXT, 18: _LABEL}), 1, 5),
    }
)


def problems(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """What Discord would refuse in a message; empty if it is taken."""
    return tuple(_message(payload))


def modal_problems(modal: Mapping[str, Any]) -> tuple[str, ...]:
    """The same for a modal."""
    return (*_MODAL(modal, ""), *_unique(modal))


def empty(payload: Mapping[str, Any]) -> bool:
    """Whether there is nothing in a message: Discord has a code of its own for that."""
    return not any(payload.get(name) for name in ("content", "embeds", "components"))


def walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every component in a JSON value, outermost first."""
    if isinstance(value, list):
        for inner in value:
            yield from walk(inner)
    elif isinstance(value, dict):
        if "type" in value:
            yield value
        for name in ("accessory", "component", "components"):
            yield from walk(value.get(name))


def _message(payload: Mapping[str, Any]) -> Iterator[str]:
    flags = payload.get("flags", 0)
    parts = _PARTS if flags & V2 else _ROWS
    fields: dict[str, Check] = {
        "content": _perhaps(string(CONTENT, least=0)),  # discord.py says null for none
        "embeds": array(embeds.EMBED, 0, 10),
        "components": parts,
        "allowed_mentions": _ALLOWED,
        "flags": _flags,
        "nonce": string(25),
        "enforce_nonce": boolean,
        "tts": boolean,
        "attachments": array(_any, 0, 10),
    }
    yield from record({}, fields)(dict(payload), "")
    yield from _unique(payload)
    yield from embeds.total(payload.get("embeds") or [])
    if flags & V2:
        if payload.get("content") or payload.get("embeds"):
            yield at("a message of components has neither content nor embeds", "/flags")
        yield from _whole(payload.get("components") or [])


def _whole(parts: Any) -> Iterator[str]:
    held = list(walk(parts))
    if len(held) > COMPONENTS:
        yield at(
            f"no more than {COMPONENTS} components allowed, nested ones counted", "/components"
        )
    if sum(size(part.get("content") or "") for part in held) > TOTAL:
        yield at(f"all texts must be less than {TOTAL + 1} characters", "/components")


def _unique(payload: Mapping[str, Any]) -> Iterator[str]:
    for name in ("custom_id", "id"):
        values = [part[name] for part in walk(payload.get("components")) if part.get(name)]
        for value in {value for value in values if values.count(value) > 1}:
            yield at(f"{name} already exists: {value}", "/components")


def _flags(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, int) or value & ~_FLAGS:
        yield at("flags that a bot cannot set", where)


def _perhaps(check: Check) -> Check:
    """The check, or null."""
    return lambda value, where: iter(()) if value is None else check(value, where)


def _any(value: Any, where: str) -> Iterator[str]:
    del value, where
    return iter(())
