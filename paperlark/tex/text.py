"""Titles, abstracts and names as readable Unicode.

Formulas are cut out first and leave one private character each behind, so that a command may
enclose them; the prose is converted as one piece and the formulas are put back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from paperlark.tex.characters import one_line, visible
from paperlark.tex.convert import FORMULAS, Converter
from paperlark.tex.math import Span, spans

_TEX = re.compile(r"[\\{}$^~`]|--|''")
"""Where none of these is, there is no TeX."""
_SPACES = re.compile(r"\s+")
_MOST_FORMULAS = 60_000
_CUT = re.compile("([\U000f0000-\U000ffffd])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text for a page.

    Attributes:
        text: readable Unicode; spaces at its ends count.
        formula: the TeX it was, without delimiters; None for prose.
        display: whether the formula stood on a line of its own.
    """

    text: str
    formula: str | None = None
    display: bool = False


def _prose(text: str) -> Piece:
    return Piece(unicodedata.normalize("NFC", text))


def _formula(span: Span) -> Piece:
    text = _SPACES.sub(" ", Converter(span.source.strip(), math=True).run())
    return Piece(text, formula=span.source, display=span.display)


def _convert(source: str) -> list[Piece]:
    """The pieces of a source that has no character which is not `visible`."""
    cut = spans(source)
    formulas = [span for span in cut if span.math][:_MOST_FORMULAS]
    marks = (chr(ord(FORMULAS) + i) for i in range(len(formulas)))
    prose = "".join(next(marks, span.source) if span.math else span.source for span in cut)
    pieces: list[Piece] = []
    for part in _CUT.split(Converter(prose, math=False).run()):
        if _CUT.fullmatch(part):
            pieces.append(_formula(formulas[ord(part) - ord(FORMULAS)]))
        elif part:
            pieces.append(_prose(part))
    return pieces


@lru_cache(2048)
def pieces(source: str) -> tuple[Piece, ...]:
    """The text as prose and formulas in reading order; their texts together are `to_text`'s.

    Never raises: a source that cannot be read comes back as one piece of prose, as it is.
    """
    shown = visible(source)
    if not _TEX.search(shown):
        return (_prose(shown),)
    try:
        return tuple(_convert(shown))
    except Exception:  # noqa: BLE001  (a title is shown in whatever form rather than lost)
        return (_prose(shown),)


@lru_cache(8192)
def to_text(source: str) -> str:
    r"""TeX as one line of readable Unicode in NFC, with no control or hidden character.

    Keeps every word, never raises, and leaves its own answers alone. ``$\alpha$`` becomes ``α``,
    ``$x_i^2$`` ``xᵢ²``, ``$\mathbb{R}^{d\times d}$`` ``ℝ^(d × d)``, ``45\%`` ``45%``,
    ``M\"uller`` ``Müller``; dollars that are money stay.
    """
    shown = visible(source)
    if not _TEX.search(shown):
        return one_line(shown)
    return one_line(visible("".join(piece.text for piece in pieces(source))))
