"""Numbers as people read them: counts, money, scores, and how far a score is from the line."""

from __future__ import annotations

import math
import re

NBSP = "\u00a0"
_CLOSE = 1.0
_PERCENT = re.compile(r"(?<=\d) %")


def count(number: int) -> str:
    """``11,000``: a comma from 1,000 on."""
    return f"{number:,}"


def many(number: int, noun: str) -> str:
    """``1 paper``, ``2 papers``; the number never parts from its noun."""
    return f"{count(number)}{NBSP}{noun}" + ("" if number == 1 else "s")


def money(usd: float) -> str:
    """``$0.024``: to a tenth of a cent, and never a charge rounded down to nothing."""
    if usd == 0:
        return "$0"
    return "under $0.001" if usd < 0.0005 else f"${usd:,.3f}"  # noqa: PLR2004  (half of $0.001)


def tight(text: str) -> str:
    """The text with its percent signs tied to their numbers."""
    return _PERCENT.sub(f"{NBSP}%", text)


def line(value: float) -> str:
    """``61.5``: the line always has one decimal."""
    return f"{value:.1f}"


def score(value: float, at: float) -> str:
    """A score as shown beside a line at `at`: whole, with one decimal within 1 point of it.

    What is under the line never rounds up to it: 61.46 under 61.5 is shown as 61.4.
    """
    return line(_tenth(value, at)) if abs(value - at) <= _CLOSE else str(round(value))


def gap(value: float, at: float) -> str:
    """``0.3 below``, ``2 below``, ``0.4 above`` or ``on``; adds up with the scores as shown."""
    if abs(value - at) <= _CLOSE:
        apart = line(abs(_tenth(value, at) - round(at, 1)))
    else:
        apart = str(max(1, round(abs(value - at))))
    if float(apart) == 0:
        return "on"
    return f"{apart} {'above' if value > at else 'below'}"


def close(value: float, at: float) -> bool:
    """Whether a score is within 1 point of the line, where the decimal decides."""
    return abs(value - at) <= _CLOSE


def _tenth(value: float, at: float) -> float:
    nearest = round(value, 1)
    if value < at and nearest >= round(at, 1):
        return min(math.floor(value * 10) / 10, round(at, 1) - 0.1)
    return nearest
