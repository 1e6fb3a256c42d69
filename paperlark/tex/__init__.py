"""TeX as people read it: `to_text` for chats, mail and names, `pieces` for pages.

Pure: text in, text out. ``math`` cuts formulas out, ``convert`` reads TeX, ``characters`` keeps
what hides or reorders text away.
"""

from paperlark.tex.residue import residue
from paperlark.tex.text import Piece, pieces, to_text

__all__ = ["Piece", "pieces", "residue", "to_text"]
