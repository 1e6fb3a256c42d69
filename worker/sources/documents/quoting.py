"""Foreign text inside our own sentences: errors reach a terminal, so nothing may act there."""

from __future__ import annotations

from typing import Final

MOST: Final = 60
"""Characters of foreign text in a sentence, unless it is known to need more."""


def quoted(text: str | None, most: int = MOST) -> str:
    """The text on one line, of printable characters only, cut with ``…`` to `most` of them."""
    line = " ".join((text or "").split())
    if not line.isprintable():
        line = " ".join("".join(filter(str.isprintable, line)).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
