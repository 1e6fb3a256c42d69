"""Text from outside, made harmless: one function per dialect that has no escaping of its own."""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u2060"  # invisible, no width, no line break: parts "@" from a name without a trace
_KEPT_FORMATS = frozenset("\u00ad\u200c\u200d")  # soft hyphen, joiners: letters need them
_SPACE = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")
_ODD = re.compile(r"[^\x20-\x7e\u00a0-\u02ff\u0370-\u052f\u1e00-\u1fff]")
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&|~$#]|:(?=//)|(?<=[wW]{3})\.|^[-+=]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_PING = re.compile(r"([@#])(?=\w)")
_TICKS = re.compile(r"`+")
_SLUG = re.compile(r"[^\w\- ]")


def plain(text: str) -> str:
    """One line of readable text: white space runs become one space, nothing steers a device.

    Control characters (so every escape sequence) and lone surrogates become U+FFFD: what was
    tried stays visible, and does nothing. Invisible marks that no letter needs, direction
    overrides among them, are dropped.
    """
    return inline(text).strip()


def inline(text: str) -> str:
    """The same for a piece of a line: the space at its ends is part of the sentence."""
    return _SPACE.sub(" ", _tame(_SPACE.sub(" ", text)))


def block(text: str) -> str:
    """The same for text whose lines and indents matter: a prompt, a profile's source."""
    lines = text.expandtabs(4).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_tame(line).rstrip() for line in lines).strip("\n")


def _tame(text: str) -> str:
    return _ODD.sub(_tamed, text)


def _tamed(found: re.Match[str]) -> str:
    char = found[0]
    category = unicodedata.category(char)
    if category == "Cf":
        return char if char in _KEPT_FORMATS else ""
    return "\ufffd" if category in {"Cc", "Cs", "Zl", "Zp"} or _nothing(char) else char


def _nothing(char: str) -> bool:
    """Whether Unicode says this code point is no character and never will be (section 23.7)."""
    point = ord(char)
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # noqa: PLR2004  (its bounds)


def markdown(text: str) -> str:
    """One line of text that Markdown shows as it is, wherever in a line it stands.

    No mark-up, no raw HTML, no link made of a bare address, no maths, and on a forge no mention
    of a person or an issue.
    """
    escaped = _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", plain(text)))
    return _PING.sub(rf"\1{_JOINER}", escaped)


def fence(text: str) -> str:
    """A fenced block around the text, with more ticks than any run of them within it."""
    tamed = block(text)
    longest = max((len(run) for run in _TICKS.findall(tamed)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}text\n{tamed}\n{ticks}"


def slug(heading: str) -> str:
    """The anchor forges give a heading with this text (before they number repeated ones)."""
    return _SLUG.sub("", plain(heading).lower()).replace(" ", "-")


def anchor(paper_id: str) -> str:
    """A page's fragment for a paper: letters, digits, dots and hyphens only."""
    return "p" + re.sub(r"[^A-Za-z0-9.]", "-", paper_id)
