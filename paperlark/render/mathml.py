"""A title or an abstract for a page: prose escaped, formulas as MathML.

What latex2mathml returns is never put on a page. It is parsed, and only elements and attributes
on the lists below are written out again, by this module; anything else makes the formula show as
readable text with its source in the tooltip. No style attribute is ever written, so a page's
content security policy may forbid them, and no colour, link or wide gap comes through.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from paperlark import tex
from paperlark.tex.characters import visible

if TYPE_CHECKING:
    from lxml import etree

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
ELEMENTS = frozenset(
    {
        "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
        "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup",
        "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
    }
)  # fmt: skip
"""MathML elements that may be on a page: none of them loads, links, runs or holds HTML."""
_YES_NO = re.compile(r"true|false")
_LENGTH = re.compile(r"\d(?:\.\d{1,4})?(?:em|ex)|-0?\.\d{1,4}em|0")
"""Below ten em, and hardly below zero: a formula does not push or cover its neighbours."""
_ALIGNMENTS = re.compile(r"(?:left|center|right)(?: (?:left|center|right)){0,20}")
ATTRIBUTES = {
    "mathvariant": re.compile(r"[a-z]+(?:-[a-z]+){0,3}"),
    "form": re.compile(r"prefix|infix|postfix"),
    "columnalign": _ALIGNMENTS,
    "scriptlevel": re.compile(r"[+-]?[0-3]"),
    **dict.fromkeys(
        (
            "accent", "accentunder", "displaystyle", "fence", "largeop", "movablelimits",
            "separator", "stretchy", "symmetric",
        ),
        _YES_NO,
    ),
    **dict.fromkeys(
        ("depth", "height", "linethickness", "lspace", "mathsize", "maxsize", "minsize", "rspace",
         "width"),
        _LENGTH,
    ),
}  # fmt: skip
"""Attributes that may be on a MathML element, and the values they may have."""
_DEEPEST = 60
_LINKS = re.compile(r"\\(?:href|url)\b")


class _UnfitError(ValueError):
    """A formula that is shown as text instead."""


def _attributes(element: etree._Element) -> str:
    """The element's attributes that are allowed with their values; the rest is left out."""
    kept = (
        (str(name), str(value))
        for name, value in element.attrib.items()
        if str(name) in ATTRIBUTES and ATTRIBUTES[str(name)].fullmatch(str(value))
    )
    return "".join(f' {name}="{escape(value)}"' for name, value in kept)


def _text(text: str | None) -> str:
    """Character data, escaped; a command that is still in it was not understood."""
    if text and "\\" in text:
        raise _UnfitError
    return escape(visible(text or ""))


def _content(element: etree._Element, depth: int) -> str:
    inner = "".join(_written(child, depth + 1) + _text(child.tail) for child in element)
    return _text(element.text) + inner


def _written(element: etree._Element, depth: int) -> str:
    """One element below ``math``, written anew.

    Raises:
        _UnfitError: it or something in it is not on the list, or it is nested too deep.
    """
    tag = element.tag
    name = tag.removeprefix(_MATHML) if isinstance(tag, str) else ""
    if name not in ELEMENTS or name == "math" or depth > _DEEPEST:
        raise _UnfitError
    return f"<{name}{_attributes(element)}>{_content(element, depth)}</{name}>"


@cache
def _parser() -> etree.XMLParser:
    """A parser that opens nothing and expands nothing."""
    from lxml import etree  # noqa: PLC0415  (loaded with the first formula)

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def _typeset(formula: str, *, display: bool) -> str:
    """The formula as MathML.

    Raises:
        Exception: whatever latex2mathml or the parser makes of it; _UnfitError for the rest.
    """
    from latex2mathml.converter import convert  # noqa: PLC0415  (slow to load, most runs need none)
    from lxml import etree  # noqa: PLC0415

    if _LINKS.search(formula):
        raise _UnfitError
    root = etree.fromstring(convert(formula), _parser())
    kind = "block" if display else "inline"
    return f'<math display="{kind}" alttext="{escape(formula)}">{_content(root, 0)}</math>'


@lru_cache(4096)
def _formula(piece: tex.Piece) -> str:
    """A formula as MathML, or as readable text with its source in ``title``."""
    source = piece.formula or ""
    try:
        return _typeset(source, display=piece.display)
    except Exception:  # noqa: BLE001  (latex2mathml fails in a dozen ways; the text is always there)
        return f'<span class="tex" title="{escape(source)}">{escape(piece.text)}</span>'


@lru_cache(1024)
def html(source_tex: str) -> str:
    """The text as HTML that is safe to insert into a page, unescaped, outside of any tag.

    It holds character data, ``math`` with elements of `ELEMENTS`, and ``span`` with ``class`` and
    ``title``; every formula's TeX is in ``alttext`` or ``title``. Never raises.
    """
    parts = [
        escape(piece.text) if piece.formula is None else _formula(piece)
        for piece in tex.pieces(source_tex)
    ]
    return "".join(parts).strip()
