"""What is said of days without papers: nothing was announced, nothing came, nothing was looked at.

Nothing here is escaped: a renderer does that for its own dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import calendar
from paperlark.domain import Counts, Digest, Line, Provenance, Usage, Verdict, VerdictState
from paperlark.render import dates, figures, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


def quiet(days: Mapping[date, Digest | None], *, following: bool = True) -> str:
    """``No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov.``; empty without a day.

    Args:
        days: oldest first, each with its digest, where there is one.
        following: name the next mailing date too.
    """
    if not days:
        return ""
    newest = max(days)
    reasons = dict.fromkeys(why for each, held in days.items() if (why := _why(each, held)))
    said = f"No announcement on {joined(days)}"
    said += f" ({', '.join(reasons)})." if reasons else "."
    if following:
        said += f" Next: {dates.short(calendar.next_after(newest), year=newest.year)}."
    return said


def _why(day: date, held: Digest | None) -> str:
    detail = held.verdict.detail if held and held.verdict.state is VerdictState.QUIET else ""
    return detail.strip().rstrip(".") or calendar.quiet_reason(day) or ""


def failed(days: Sequence[date], newest: Digest | None) -> str:
    """``Failed. arXiv has not answered. The next digest …``: the end of the patience.

    Args:
        days: the dates without papers, oldest first.
        newest: the digest of the last of them, which says why; None where nobody looked.
    """
    held = "both days" if len(days) == 1 else "these days too"
    if newest is None:
        word = words.VERDICTS[VerdictState.FAILED]
        return f"{word}. Nothing has come for {joined(days)}. The next digest will hold {held}."
    said = words.verdict(newest)
    return f"{said.bold} {said.clause} The next digest will hold {held}."


def waiting(days: Mapping[date, Digest | None]) -> str:
    """What a digest of several days says of those whose papers have not come; may be empty."""
    if not days:
        return ""
    details = (held.verdict.detail.strip().rstrip(".") for held in days.values() if held)
    why = "; ".join(dict.fromkeys(detail for detail in details if detail))
    because = f" ({why})" if why else ""
    return f"Not here yet: {joined(days)}{because}. The next digest will hold it, once it comes."


def late(papers: Mapping[date, int]) -> str:
    """``Late from Thu 19 Nov: 3 papers.``: what earlier posts did not have yet; may be empty.

    Args:
        papers: how many of each date, oldest first.
    """
    if not papers:
        return ""
    year = max(papers).year
    each = [
        f"from {dates.short(day, year=year)}: {figures.many(count, 'paper')}"
        for day, count in papers.items()
    ]
    return f"Late {'; '.join(each)}."


def left_out(days: Sequence[date]) -> str:
    """What a catch-up says of mailing dates that are too old for it; may be empty."""
    if not days:
        return ""
    some = joined(days) if len(days) <= 3 else _span(days)  # noqa: PLR2004  (a line holds three)
    number = figures.many(len(days), "earlier day")
    return f"Left out: {number}, {some}; each can be asked for by its date."


def _span(days: Sequence[date]) -> str:
    year = days[-1].year
    return f"from {dates.short(days[0], year=year)} to {dates.short(days[-1], year=year)}"


def joined(days: Mapping[date, object] | Sequence[date]) -> str:
    """``Thu 31 Dec 2026 and Fri 1 Jan``: the year where it is not the newest one's."""
    each = [dates.short(day, year=max(days).year) for day in days]
    *rest, last = each
    return f"{', '.join(rest)} and {last}" if rest else last


def empty(day: date, profile: str) -> Digest:
    """A digest of a day of which nothing is known, for a notice to stand on."""
    reason = calendar.quiet_reason(day)
    state = VerdictState.QUIET if reason else VerdictState.FAILED
    return Digest(
        date=day,
        profile=profile,
        verdict=Verdict(state, reason or ""),
        counts=Counts(),
        usage=Usage(""),
        line=Line(0.0, 0.0),
        cards=(),
        not_shown=(),
        provenance=Provenance("", "", "", ""),
    )
