"""Embeds: their fields, and the limit on all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.doubles.schema import array, at, boolean, record, size, string, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TOTAL: Final = 6_000
_URL: Final = string(2_048, form=r"https?://\S+")
_FIELD: Final = record({"name": string(256), "value": string(1_024)}, {"inline": boolean})
EMBED: Final = record(
    {},
    {
        "title": string(256),
        "description": string(4_096),
        "url": _URL,
        "timestamp": string(40),
        "color": whole(0, 0xFFFFFF),
        "footer": record({"text": string(2_048)}, {"icon_url": _URL}),
        "author": record({"name": string(256)}, {"url": _URL, "icon_url": _URL}),
        "fields": array(_FIELD, 0, 25),
    },
)


def total(embeds: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The rule over all embeds of a message."""
    if sum(map(_size, embeds)) > TOTAL:
        yield at(f"all embeds must be less than {TOTAL + 1} characters", "/embeds")


def _size(embed: Mapping[str, Any]) -> int:
    held = [embed.get("title"), embed.get("description")]
    held += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        held += [field.get("name"), field.get("value")]
    return sum(size(text) for text in held if isinstance(text, str))
