"""Titles and abstracts on a page: formulas as MathML where the TeX is known."""

from __future__ import annotations

from markupsafe import Markup
from markupsafe import escape as escaped

from paperlark.render import escape


def typeset(source: str, readable: str) -> Markup:
    """TeX as MathML where the source is known, else the readable text, escaped."""
    if "$" not in source and "\\" not in source:
        return escaped(escape.plain(readable))
    from paperlark.render import mathml  # noqa: PLC0415  (latex2mathml is slow to load)

    return Markup(mathml.html(escape.plain(source)))  # noqa: S704  (safe by its contract)
