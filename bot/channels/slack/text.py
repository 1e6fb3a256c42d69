"""Text for Slack: escaped where it reads mark-up, measured as Slack keeps it, cut to fit.

Slack's mark-up (mrkdwn) is for our own words alone; papers' text goes into plain_text and
rich_text, which parse nothing. What stands in mrkdwn is escaped and disarmed all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from paperlark.render import clip as cut
from paperlark.render import escape

if TYPE_CHECKING:
    from paperlark.render.headline import Phrase

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JOINER: Final = "\u2060"  # invisible, no width: a sign beside it formats nothing
_MARKS: Final = re.compile(r"[*_~`]")
_ENTITY: Final = re.compile("[&<>]")


def cost(char: str) -> int:
    """What a character counts once escaped, in UTF-16 units: the strictest reading of a limit."""
    return len(_ENTITIES[char]) if char in _ENTITIES else cut.units(char)


def size(text: str) -> int:
    """What a text counts against a limit: the sum of `cost`, in one go."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + sum((len(said) - 1) * text.count(sign) for sign, said in _ENTITIES.items())


def entities(text: str) -> str:
    """The text with ``&``, ``<`` and ``>`` escaped, so that no mention and no link is in it."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def line(text: str, most: int) -> str:
    """One line of somebody's text for plain_text or rich_text: tame, and cut to `most`."""
    return _clip(escape.plain(text), most)


def inline(text: str, most: int) -> str:
    """The same for a piece of a line, whose spaces at the ends count."""
    return _clip(escape.inline(text), most)


def block(text: str, most: int) -> str:
    """Somebody's text with its lines, tame, and cut to `most`."""
    return _clip(escape.block(text), most)


def fallback(text: str, most: int) -> str:
    """One line for a message's top-level text, where Slack reads mark-up."""
    return entities(line(text, most))


def marked(text: str, most: int) -> str:
    """One line for mrkdwn: escaped, and without a sign that formats."""
    disarmed = _MARKS.sub(rf"{_JOINER}\g<0>{_JOINER}", escape.inline(text))
    return entities(_clip(disarmed, most))


def _clip(text: str, most: int) -> str:
    """What fits is not read letter by letter: nearly everything does."""
    return text if size(text) <= most else cut.clip(text, most, cost)


def bold(text: str, most: int = 300) -> str:
    """The same set bold; nothing for nothing."""
    said = marked(text, most).strip()
    return f"*{said}*" if said else ""


def phrase(said: Phrase, most: int, *, glue: str = " ") -> str:
    """A sentence for mrkdwn, its first words bold."""
    head, rest = bold(said.bold), marked(said.clause, most)
    return f"{head}{glue}{rest}".strip() if head and rest else head or rest
