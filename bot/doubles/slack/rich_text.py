"""Slack's rich text: its elements and their shapes.

Source: docs.slack.dev, reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.doubles.schema import array, boolean, kinds, one_of, record, string, whole
from bot.doubles.slack.elements import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.schema import Check

_MANY: Final = 1_000
"""No documented limit; more than any message of ours can hold."""
_STYLE: Final = record(
    None, dict.fromkeys(("bold", "italic", "strike", "underline", "code"), boolean)
)
_MARKED: Final = record(
    None,
    dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight"), boolean)
    | {"unlink": boolean},
)
TEXT: Final = record({"text": string()}, {"style": _STYLE})
LINK: Final = record({"url": URL}, {"text": string(), "unsafe": boolean, "style": _STYLE})
INLINE: Final[Mapping[str, Check]] = {
    "text": TEXT,
    "link": LINK,
    "emoji": record(
        {"name": string()},
        {"unicode": string(), "skin_tone": whole(1, 6), "url": URL, "style": _STYLE},
    ),
    "user": record({"user_id": string()}, {"style": _MARKED}),
    "usergroup": record({"usergroup_id": string()}, {"style": _MARKED}),
    "channel": record({"channel_id": string()}, {"style": _MARKED}),
    "team": record({"team_id": string()}, {"style": _MARKED}),
    "broadcast": record({"range": one_of("here", "channel", "everyone")}, {"style": _STYLE}),
    "color": record({"value": string(7, form="#[0-9A-Fa-f]{6}")}, {"style": _STYLE}),
    "date": record(
        {"timestamp": whole(0, 9_999_999_999), "format": string()},
        {"url": URL, "fallback": string(), "style": _STYLE},
    ),
}
"""What stands in a line of rich text, by type."""
_INLINE: Final = array(kinds(INLINE), 1, _MANY)
_PLAIN: Final = array(kinds({"text": TEXT, "link": LINK}), 1, _MANY)
_SECTION: Final = record({"elements": _INLINE})
_BORDER: Final = {"border": whole(0, 1)}
_LIST: Final = record(
    {
        "style": one_of("bullet", "ordered"),
        "elements": array(kinds({"rich_text_section": _SECTION}), 1, _MANY),
    },
    {"indent": whole(0, 8), "offset": whole(0, 1_000_000), **_BORDER},
)
PARTS: Final[Mapping[str, Check]] = {
    "rich_text_section": _SECTION,
    "rich_text_list": _LIST,
    "rich_text_preformatted": record({"elements": _PLAIN}, {**_BORDER, "language": string()}),
    "rich_text_quote": record({"elements": _INLINE}, _BORDER),
}
"""What a rich_text block is made of."""
RICH_TEXT: Final = array(kinds(PARTS), 1, _MANY)
