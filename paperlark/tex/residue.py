"""Whether a reader still sees TeX."""

from __future__ import annotations

import re

from paperlark.tex.math import spans

_SHOWS = re.compile(r"\\[A-Za-z]+|\\[^\w\s]|\{[^{}]*\}|[\^_]\{")


def residue(text: str) -> bool:
    """Whether the text shows a command, a group, a script's brace or a pair of formula dollars.

    Prices are no TeX. Braces are counted even where they are mathematics' own, so a text with a
    set in it counts as residue though nothing is wrong with it.
    """
    return bool(_SHOWS.search(text)) or any(span.math for span in spans(text))
