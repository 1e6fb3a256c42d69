"""Events as a homeserver tells of them: what they relate to, what they say, when."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping

THUMBS: Final[Mapping[str, Thumb]] = {"👍": Thumb.UP, "👎": Thumb.DOWN}
_DRESS: Final = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
"""Skin tones, and the sign that asks for a coloured drawing."""
_LONGEST: Final = 8
"""Signs of a dressed thumb at most: what means one is kept, and anybody may put thousands there."""
_QUOTED: Final = re.compile(r"\A(?:>[^\n]*\n)+\n?")
"""The message that is replied to, as older clients put it before the answer."""


class Relation(NamedTuple):
    """What an event relates to; empty parts where it does not."""

    kind: str = ""
    event: str = ""
    key: str = ""


def relation(event: Mapping[str, Any]) -> Relation:
    """What the event relates to."""
    told = table(table(event, "content"), "m.relates_to")
    return Relation(word(told, "rel_type"), word(told, "event_id"), word(told, "key"))


def thumb(key: str) -> Thumb | None:
    """What a reaction means, in any skin tone; None for any other emoji."""
    return THUMBS.get(_DRESS.sub("", key)) if len(key) <= _LONGEST else None


def redacted(event: Mapping[str, Any]) -> str:
    """The event that a redaction takes back; room versions put its name in either place."""
    return word(event, "redacts") or word(table(event, "content"), "redacts")


def said(event: Mapping[str, Any]) -> str:
    """What a person typed; empty for a program's notice, a changed message, a picture."""
    content = table(event, "content")
    if content.get("msgtype") != "m.text" or relation(event).kind == "m.replace":
        return ""
    return _QUOTED.sub("", word(content, "body")).strip()


def moment(event: Mapping[str, Any]) -> datetime | None:
    """When it happened, by the clock of its author's homeserver, in UTC; None where it is none."""
    try:
        return datetime.fromtimestamp(float(event["origin_server_ts"]) / 1000, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def age_s(event: Mapping[str, Any]) -> float:
    """Seconds since then, by our homeserver's own reckoning; 0 where it does not say."""
    told = table(event, "unsigned").get("age")
    return told / 1000 if isinstance(told, int | float) else 0.0


def word(of: Mapping[str, Any], name: str) -> str:
    """A text in a table; empty for anything else."""
    value = of.get(name)
    return value if isinstance(value, str) else ""


def table(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A table in a table; empty for anything else."""
    value = of.get(name)
    return value if isinstance(value, dict) else {}
