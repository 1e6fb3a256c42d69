"""Commands with arguments: what each makes of them.

A handler gets the converter, which reads arguments, and the command's name; it returns the text.
`commands` says which command has which.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from paperlark.tex import letters, scripts
from paperlark.tex.characters import visible
from paperlark.tex.math import spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.tex.convert import Converter

    Handler: TypeAlias = Callable[[Converter, str], str]

_BRACES = str.maketrans("", "", "\\{}$")
_ATOM = re.compile(r"[\w.√⊙⊕′°]+")
_ROMAN = re.compile(r"[ivx]+")
_CODE = re.compile(r"x([0-9A-Fa-f]{1,6})|(\d{1,7})")
_ADDRESS_ESCAPE = re.compile(r"\\([_%#&~$])")


def atom(text: str) -> str:
    """The text in parentheses unless it is one word or number."""
    text = text.strip()
    return text if _ATOM.fullmatch(text) else f"({text})"


def styled(tex: Converter, _name: str) -> str:
    """A change of type face for its argument."""
    return tex.argument()


def nothing(_tex: Converter, _name: str) -> str:
    """A command with nothing to see."""
    return ""


def space(_tex: Converter, _name: str) -> str:
    """A gap or a line break."""
    return " "


def switch(tex: Converter, _name: str) -> str:
    """A change of type face or size, in force to the end of its group: nothing to see."""
    tex.skip_spaces()
    return ""


def prose(tex: Converter, _name: str) -> str:
    """Words, wherever they stand: in a formula they may hold formulas of their own."""
    tex.skip_spaces()
    if tex.next == "\\":
        return tex.argument()
    return "".join(tex.text(span.source, math=span.math) for span in spans(tex.raw()))


def formula(tex: Converter, _name: str) -> str:
    """An argument that is a formula wherever it stands."""
    return tex.text(tex.raw(), math=True)


def small_caps(tex: Converter, name: str) -> str:
    r"""Small capitals: ``[O\textsc{iii}]`` is how ions are written, ``[O III]``."""
    tex.skip_spaces()
    text = tex.argument() if name == "textsc" else tex.rest()
    if not _ROMAN.fullmatch(text.strip()):
        return text
    return f"{' ' if tex.last.isalpha() else ''}{text.strip().upper()}"


def ion(tex: Converter, _name: str) -> str:
    r"""``\ion{He}{2}`` is He II."""
    element, stage = tex.argument(), tex.argument().strip()
    if stage.isdigit() and int(stage) in range(1, 31):
        tens, ones = divmod(int(stage), 10)
        roman = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
        stage = "X" * tens + roman[ones]
    return f"{element} {stage.upper() if _ROMAN.fullmatch(stage) else stage}"


def fraction(tex: Converter, _name: str) -> str:
    """``a/b``, with parentheses where it needs them."""
    return f"{atom(tex.argument())}/{atom(tex.argument())}"


def binomial(tex: Converter, _name: str) -> str:
    """``(n choose k)``."""
    return f"({tex.argument()} choose {tex.argument()})"


def root(tex: Converter, _name: str) -> str:
    """``√x``, ``³√(x + 1)``."""
    tex.skip_spaces()
    index = tex.option()
    body = tex.argument().strip()
    order = scripts.script("^", tex.text(index)) if index else ""
    return f"{order}√{body if len(body) == 1 or body.isalnum() else f'({body})'}"


def alphabet(tex: Converter, name: str) -> str:
    """One letter of an alphabet, as `letters.alphabet` draws it."""
    return letters.alphabet(name, tex.argument().strip())


def over(tex: Converter, name: str) -> str:
    """A line or a brace over text: a mark on one letter, nothing on more."""
    text = tex.argument()
    marked = letters.accented("overline", text) if name == "overline" and len(text) == 1 else None
    return marked or text


def stacked(tex: Converter, name: str) -> str:
    """Small text over or under a sign."""
    small, base = tex.argument(), tex.argument()
    return base + scripts.script("_" if name == "underset" else "^", small)


def raised(tex: Converter, name: str) -> str:
    """Raised or lowered words."""
    return scripts.script("_" if name == "textsubscript" else "^", tex.argument())


def address(tex: Converter, _name: str) -> str:
    """An address as it is, without TeX's escapes."""
    return _ADDRESS_ESCAPE.sub(r"\1", tex.raw()).strip()


def link(tex: Converter, name: str) -> str:
    """A link's words with its address, or the address alone where it says the same."""
    tex.option()
    target = address(tex, name)
    words = tex.argument().strip()
    if not words or words.rstrip("/") in target:
        return target
    return f"{words} ({target})"


def second(tex: Converter, _name: str) -> str:
    """The second of two arguments: the first is a colour, a label or a bookmark."""
    tex.skip_spaces()
    tex.option()
    tex.raw()
    return tex.argument()


def dropped(tex: Converter, _name: str) -> str:
    """A setting with one argument nobody reads."""
    tex.skip_spaces()
    tex.option()
    tex.raw()
    return ""


def gap(tex: Converter, name: str) -> str:
    """A gap of a given width."""
    return dropped(tex, name) or " "


def reference(tex: Converter, _name: str) -> str:
    """A citation's or a label's key in brackets: the sentence may lean on it."""
    tex.skip_spaces()
    while tex.option() is not None:
        pass
    return f"[{tex.raw().translate(_BRACES)}]"


def note(tex: Converter, _name: str) -> str:
    """A footnote, in parentheses where it stands."""
    return f" ({tex.text(tex.raw(), math=False).strip()})"


def environment(tex: Converter, _name: str) -> str:
    """The begin or end of an environment: its name is nobody's word."""
    tex.raw()
    return " "


def fence(tex: Converter, _name: str) -> str:
    r"""``\left`` and its kin are about size; ``\left.`` is no fence at all."""
    tex.skip_spaces()
    if tex.next == ".":
        tex.at += 1
    return ""


def negated(tex: Converter, _name: str) -> str:
    """A struck-out relation, ``∉``."""
    return f"{tex.argument()}\u0338"


def verbatim(tex: Converter, _name: str) -> str:
    """What stands between two like signs."""
    fence = tex.next
    end = tex.source.find(fence, tex.at + 1) if fence else -1
    if end < 0:
        return ""
    text, tex.at = tex.source[tex.at + 1 : end], end + 1
    return text.translate(_BRACES)


def code(tex: Converter, _name: str) -> str:
    r"""MathJax's ``\unicode{x2014}``; a code that is no character is left as a word."""
    tex.option()
    source = tex.raw()
    match = _CODE.fullmatch(source.strip())
    value = (int(match[1], 16) if match[1] else int(match[2])) if match else 0
    known = 0 < value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF  # noqa: PLR2004  (Unicode's range)
    return visible(chr(value)) if known else source.translate(_BRACES)


def dingbat(tex: Converter, _name: str) -> str:
    """Zapf's dingbats by their number in the font, which Unicode's block follows."""
    source = tex.raw().strip()
    number = int(source) if source.isdecimal() and len(source) < 4 else 0  # noqa: PLR2004  (the font has 255)
    for first, last, start in ((33, 126, 0x2701), (172, 181, 0x2460), (161, 254, 0x2761)):
        if first <= number <= last:
            return chr(start + number - first)
    return source


def quantity(tex: Converter, name: str) -> str:
    """siunitx: a number, a unit, or both."""
    tex.option()
    number = tex.argument()
    unit = "" if name in {"num", "numprint"} else f" {tex.argument()}"
    return f"{number}{unit}"


def unit(tex: Converter, _name: str) -> str:
    """A unit of siunitx."""
    tex.option()
    return tex.text(tex.raw(), math=True)
