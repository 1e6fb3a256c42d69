r"""Text for Discord: escaped where it reads Markdown, measured as it counts, cut to fit.

Every text of a component or an embed's description is Markdown to Discord, so papers' text is
escaped everywhere: a backslash before each sign that formats, links or mentions, and an invisible
joiner in ``@everyone``, ``@here`` and ``://``, where no backslash is heeded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.channels.discord import limits
from paperlark.render import clip as cut
from paperlark.render import escape

if TYPE_CHECKING:
    from paperlark.render.headline import Phrase

_JOINER: Final = "\u2060"
_PARTED: Final = rf"\g<0>{_JOINER}"
_SIGNS: Final = r"\`*_~|<>[]"
_FORMATS: Final = re.compile(r"[\\`*_~|<>\[\]]")
_FENCED: Final = re.compile(r"`(?=`)|<(?=[#@:/]|[at]:)")
_CALLS: Final = re.compile(r"@(?=everyone|here)|:(?=//)")
_LISTS: Final = re.compile(r"^([-+=#])|^(\d{1,9})([.)])(?=\s|$)")
_BARE: Final = re.compile(r"https?://[!-~]+")
_WIDE: Final = {"[": "\uff3b", "]": "\uff3d"}


def cost(char: str) -> int:
    """What a character may count once escaped, in UTF-16 units: the strictest reading."""
    return cut.units(char) + (char in _SIGNS or char in "@:.)-+=#")


def size(text: str) -> int:
    """What a finished text counts against a limit."""
    return cut.size(text)


def line(text: str, most: int) -> str:
    """One line of somebody's text where nothing is parsed: a button, an author, a footer."""
    return cut.clip(escape.plain(text), most)


def block(text: str, most: int) -> str:
    """The same with its lines: what a field of a form holds."""
    return cut.clip(escape.block(text), most)


def marked(text: str, most: int) -> str:
    """One line for Markdown: escaped, of `most` characters at most, and calling nobody."""
    return _escaped(cut.clip(escape.plain(text), most, cost))


def piece(text: str, most: int) -> str:
    """The same for a part of a line, whose spaces at the ends count."""
    return _escaped(cut.clip(escape.inline(text), most, cost))


def bold(text: str, most: int = limits.TITLE) -> str:
    """The same set bold; nothing for nothing."""
    said = marked(text, most)
    return f"**{said}**" if said else ""


def phrase(said: Phrase, most: int, *, glue: str = " ") -> str:
    """A sentence whose first words are bold."""
    head, rest = bold(said.bold), marked(said.clause, most)
    return f"{head}{glue}{rest}" if head and rest else head or rest


def link(url: str, said: str, most: int, lead: str = "") -> str:
    """A link; `lead` is ours, and stands before its words.

    One whose address Discord would refuse is text alone. Discord pairs square brackets before it
    heeds a backslash: those that do not pair are set in their wide forms, or the link would end
    there.
    """
    shown = lead + (marked(_paired(said), most) or "untitled")
    return f"[{shown}]({url})" if address(url) else shown


def address(url: str) -> bool:
    """Whether a link or a button may lead there."""
    plain = not set(url) & set("()[]<>\\ ")
    return bool(_BARE.fullmatch(url)) and plain and size(url) <= limits.URL


def coded(said: str, most: int) -> str:
    """Our own sentences with their lines: what stands between backticks is set as code."""
    pieces = cut.clip(escape.block(said), most, cost).split("`")
    if len(pieces) % 2 == 0:  # a backtick alone is only a sign
        return _lines("`".join(pieces))
    return "".join(_code(p) if at % 2 else _lines(p) for at, p in enumerate(pieces))


def fenced(said: str, most: int) -> str:
    """Text whose columns matter, as it is; runs of backticks and mentions in it are parted."""
    parted = _CALLS.sub(_PARTED, _FENCED.sub(_PARTED, escape.block(said)))
    return f"```\n{cut.clip(parted, most)}\n```"


def custom_id(said: str) -> str:
    """A button's own name: tame, and short enough."""
    return line(said, limits.CUSTOM_ID)


def _code(said: str) -> str:
    return f"`{_CALLS.sub(_PARTED, said)}`" if said else ""


def _lines(said: str) -> str:
    return "\n".join(_escaped(each) for each in said.split("\n"))


def _escaped(said: str) -> str:
    formatted = _FORMATS.sub(r"\\\g<0>", said)
    listed = _LISTS.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", formatted)
    return _CALLS.sub(_PARTED, listed)


def _paired(said: str) -> str:
    """The text, its square brackets made wide unless each pair closes before the next opens."""
    if re.fullmatch(r"(?:[^\[\]]|\[[^\[\]]*\])*", said):
        return said
    return "".join(_WIDE.get(char, char) for char in said)
