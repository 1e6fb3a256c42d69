"""The sentences about a line. One fact a sentence; the last one has no full stop of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from paperlark.feedback.tuning import Tuning

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNCHANGED = "unchanged"


def why(ups: int, downs: int, share: float, target: float) -> str:
    """``11 of the last 14 votes were up (79 %, target 70 %)``.

    Where what the votes count for gives another share than their number, that is told too.
    """
    every = ups + downs
    plain, counted = _percent(ups / every if every else target), _percent(share)
    told = plain if plain == counted else f"{plain}; as counted {counted}"
    return f"{ups} of the last {every} votes were up ({told}, target {_percent(target)})"


def moved(step: float, reason: str) -> str:
    """``down 0.5: …, so a little more is shown``."""
    way, amount = ("down", "more") if step < 0 else ("up", "less")
    return f"{way} {abs(step):.1f}: {reason}, so a little {amount} is shown"


def waiting(votes: int, tuning: Tuning) -> str:
    """``5 votes so far; it starts to move at 8, from 3 days``; nothing where there is no vote."""
    if not votes:
        return ""
    noun = "vote" if votes == 1 else "votes"
    return f"{votes} {noun} so far; it starts to move at {tuning.votes}, from {tuning.days} days"


def frozen(who: str, since: date) -> str:
    """``frozen by Mira on 12 Nov. Votes are kept``."""
    return f"frozen by {who} on {since.day} {_MONTHS[since.month - 1]}. Votes are kept"


def undone(who: str, after: float) -> str:
    """``Mira took back the move to 61.5``."""
    return f"{who} took back the move to {after:.1f}"


def accepted(who: str, value: float) -> str:
    """``Mira accepted 58.0``."""
    return f"{who} accepted {value:.1f}"


def reset(who: str) -> str:
    """``Mira set it back to its base``."""
    return f"{who} set it back to its base"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
