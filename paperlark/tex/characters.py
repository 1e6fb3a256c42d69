"""Which characters may reach a reader: none that hide, reorder or break what stands beside them.

Two joiners are letters' business: Persian and several Indic scripts spell words with U+200C and
U+200D, and emoji are sequences held together by U+200D. They stay where they stand between two
such characters and go everywhere else. Variation selectors are marks, not controls, and stay.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ODD = re.compile(r"[^\x20-\x7e]")
_NEEDS_JOINER = (
    "\u0600-\u1cff\u2600-\u27bf\ua800-\uabff\ufe0f\U00010a00-\U0001e7ff\U0001f000-\U0001faff"
)
_KEPT_JOINER = re.compile(f"(?<=[{_NEEDS_JOINER}])([\u200c\u200d])(?=[{_NEEDS_JOINER}])")
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0")
"""Zero-width or blank characters that Unicode files under letters and marks."""
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
_NONCHARACTERS = range(0xFDD0, 0xFDF0)


@lru_cache(2048)
def _replacement(character: str) -> str:
    """What stands for one character of the source: itself, a space, or nothing."""
    if character.isspace():
        return " "
    if unicodedata.category(character) in _DROPPED or character in _INVISIBLE:
        return ""
    code = ord(character)
    return "" if code in _NONCHARACTERS or code & 0xFFFE == 0xFFFE else character  # noqa: PLR2004  (Unicode's own rule for the last two of each plane)


def visible(text: str) -> str:
    """The text without controls, zero-width, bidirectional, private and broken characters.

    Every kind of white space becomes one plain space; nothing is trimmed.
    """
    if text.isascii() and text.isprintable():
        return text
    table = {ord(odd): _replacement(odd) for odd in set(_ODD.findall(text))}
    if _JOINERS.isdisjoint(text):
        return text.translate(table)
    parts = _KEPT_JOINER.split(text)
    return "".join(part if i % 2 else part.translate(table) for i, part in enumerate(parts))


def one_line(text: str) -> str:
    """The text in NFC on one line: runs of spaces are one space, none at either end."""
    return " ".join(unicodedata.normalize("NFC", text).split())
