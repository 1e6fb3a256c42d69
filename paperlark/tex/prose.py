"""What prose holds that looks like TeX and what TeX makes of prose: sets, quotes, dashes, ties."""

from __future__ import annotations

import re

from paperlark.tex import scripts

_LIGATURES = (
    (re.compile(r"``"), "“"),
    (re.compile(r"(?<=\d)''"), "″"),
    (re.compile(r"''(?!\w)"), "”"),
    (re.compile(r"(?<![\w`])`(?=[^\s`])([^`\n]{0,80}?[^\s`])'(?![\w'])"), r"‘\1’"),
    (re.compile(r"---"), "—"),
    (re.compile(r"--"), "–"),
)
_RELATION = re.compile(f"[{re.escape(scripts.CHARACTERS)}∈∉|=<>≤≥≠×∞…]")
_ENGLISH = re.compile(r"[A-Za-z]{4}")
_ITEM = re.compile(r"\s*[^\s,]{1,16}(?: [^\s,]{1,16})?\s*")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}$")
_LONGEST_SET = 80
"""Characters: between longer braces stands a sentence."""


def is_set(group: str) -> bool:
    """Whether braces in prose are mathematics: ``{0, 1}``, ``{x₁, …, xₙ}``, no TeX group."""
    if not group or len(group) > _LONGEST_SET or "\\" in group or ". " in group:
        return False
    if _RELATION.search(group) and not _ENGLISH.search(group):
        return True
    items = group.split(",")
    return len(items) > 1 and all(_ITEM.fullmatch(item) for item in items)


def ligatures(prose: str) -> str:
    """TeX's quotes and dashes as the characters they stand for."""
    if "`" in prose or "''" in prose or "--" in prose:
        for pattern, character in _LIGATURES:
            prose = pattern.sub(character, prose)
    return prose


def tie(before: str, last: str, after: str) -> str:
    """What ``~`` is in prose: a space, but ``~15%`` and ``z~6`` say "about" and keep their sign.

    Args:
        before: the source just before it, a dozen characters.
        last: the character written last; empty at the start.
        after: the source's next character; empty at the end.
    """
    if not after.strip() or not last.strip() or last in "([<=/":
        return "~"
    about = after.isdigit() and last != "." and not _LONG_WORD.search(before)
    return "~" if about else " "
