"""The line between shown and not shown: a pure function of its base and the votes."""

from __future__ import annotations

from paperlark.domain import Line


def base_line(base: float) -> Line:
    """The line before any vote has moved it.

    Args:
        base: the profile's own, a score from 0 to 100.
    """
    return Line(value=base, base=base)
