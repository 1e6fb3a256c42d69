"""Text cut to a size: on a word's end where one is near, never inside what people see as a letter.

Chats count in UTF-16 units and some count escaped text, so the size of a character is given.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS: Final = "…"
_WORD: Final = 0.7
"""A word's end is worth up to this much of the room; a longer word is cut."""
_JOINER: Final = "\u200d"
_EXTENDS: Final = "\u200c\u200d"
_VIRAMA: Final = 9
"""The combining class of signs that join the next consonant to theirs (UAX 44)."""


def units(char: str) -> int:
    """What a character counts in UTF-16."""
    return 2 if char > "\uffff" else 1


def size(text: str, cost: Callable[[str], int] = units) -> int:
    """What a text counts, character by character."""
    return sum(map(cost, text))


def clip(text: str, most: int, cost: Callable[[str], int] = units) -> str:
    """The text, or its beginning with ``…``, of a size of at most `most`, which is 1 or more."""
    if len(text) <= most and size(text, cost) <= most:
        return text
    end = _letter(text, _fitting(text, most - size(ELLIPSIS, cost), cost))
    word = text.rfind(" ", 0, end + 1)
    kept = text[: word if word >= end * _WORD else end].rstrip(" ,;:([–—-")
    return kept + ELLIPSIS


def _fitting(text: str, room: int, cost: Callable[[str], int]) -> int:
    """How many characters fit into the room."""
    for at, char in enumerate(text):
        room -= cost(char)
        if room < 0:
            return at
    return len(text)


def _letter(text: str, end: int) -> int:
    """The last place at or before `end` that is between two letters (after UAX 29)."""
    while 0 < end < len(text) and _inside(text, end):
        end -= 1
    return end


def _inside(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    return (
        _extends(after)
        or before == _JOINER
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
        or (_flag(before) and _flag(after) and _flags(text, at) % 2 == 1)
        or ("\u1100" <= before <= "\ud7a3" and "\u1160" <= after <= "\u11ff")
    )


def _extends(char: str) -> bool:
    """Whether a character belongs to the one before it: accents, selectors, skin tones, tags."""
    if char in _EXTENDS or unicodedata.category(char).startswith("M"):
        return True
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def _flag(char: str) -> bool:
    """Whether it is half of a flag (a regional indicator)."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags(text: str, end: int) -> int:
    """How many halves of flags end there in a row."""
    start = end
    while start and _flag(text[start - 1]):
        start -= 1
    return end - start
