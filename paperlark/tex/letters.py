"""Accents and alphabets: what TeX builds from a letter and a command."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ABOVE = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "H": "\u030b", "r": "\u030a", "u": "\u0306", "v": "\u030c",
    "hat": "\u0302", "widehat": "\u0302", "Hat": "\u0302", "tilde": "\u0303",
    "widetilde": "\u0303", "Tilde": "\u0303", "bar": "\u0304", "Bar": "\u0304", "dot": "\u0307",
    "ddot": "\u0308", "acute": "\u0301", "grave": "\u0300", "check": "\u030c", "breve": "\u0306",
    "mathring": "\u030a", "vec": "\u20d7", "overline": "\u0304",
}  # fmt: skip
"""Commands that put a mark above the letter that follows."""
BELOW = {"c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331"}
"""Commands that put a mark below it."""
LETTERS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ",
    "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð",
    "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
"""Commands that are letters of a word, so that the space after them ends the command only."""
ALPHABETS = {
    "mathbb": "DOUBLE-STRUCK", "mathbbm": "DOUBLE-STRUCK", "mathds": "DOUBLE-STRUCK",
    "Bbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathscr": "SCRIPT", "cal": "SCRIPT",
    "mathfrak": "FRAKTUR", "frak": "FRAKTUR",
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j"}
_DIAERESIS = frozenset("aeiouywxAEIOUYWXıаеиоуыэАЕИОУЫЭ")
_DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
_SYMBOL = re.compile(r"[A-Za-z0-9]")


def accented(command: str, text: str) -> str | None:
    """The text with the command's mark on its first letter; None where that cannot be meant."""
    base, rest = text[:1], text[1:]
    if not base.isalpha() or (command == '"' and base not in _DIAERESIS):
        return None
    if command in BELOW:
        return unicodedata.normalize("NFC", base + BELOW[command]) + rest
    return unicodedata.normalize("NFC", _DOTLESS.get(base, base) + ABOVE[command]) + rest


def _named(style: str, text: str) -> str:
    """Unicode's name for one letter or digit of an alphabet."""
    if text.isdigit():
        return f"{style} DIGIT {_DIGITS[int(text)]}"
    return f"{style} {'CAPITAL' if text.isupper() else 'SMALL'} {text.upper()}"


@lru_cache(256)
def alphabet(command: str, text: str) -> str:
    """One letter in the command's alphabet, ``ℝ`` or ``𝒪``; longer text stays readable as it is."""
    if not _SYMBOL.fullmatch(text):
        return text
    style = ALPHABETS[command]
    older = "BLACK-LETTER" if style == "FRAKTUR" else style
    for name in (_named(f"MATHEMATICAL {style}", text), _named(older, text)):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return text
