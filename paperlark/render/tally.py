"""A line's moves and the votes behind them as text of equal letters: a table and small bars."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from paperlark.render import clip, dates, figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from paperlark.feedback import Heard, Move

ROWS = 6
"""Moves that are shown, the last ones."""
DAYS = 28
"""Days that have a bar."""
_BARS = "▁▂▃▄▅▆▇█"
_WHY = 30
_HEAD = "Moves             to   votes before"


class Count(NamedTuple):
    """Votes for and against."""

    ups: int
    downs: int


def count(votes: Iterable[Heard]) -> Count:
    """How many of the votes are for, and against."""
    known = [vote.up for vote in votes]
    return Count(sum(known), len(known) - sum(known))


def chart(moves: Sequence[Move], votes: Sequence[Heard], until: date) -> str:
    """The last moves with the votes before each, and a bar a day; empty without any vote or move.

    Args:
        moves: oldest first.
        votes: all that stand, today's too.
        until: the last day that gets a bar.
    """
    parts = [table(moves, votes, until), bars(votes, until)]
    return "\n\n".join(part for part in parts if part)


def table(moves: Sequence[Move], votes: Sequence[Heard], until: date) -> str:
    """``Tue 10 Nov   62.0     5 up  2 down``: the line from that date, and the votes it came of.

    A vote counts from the first mailing date after its day. A move that people decided says so.
    The last row counts votes since the last move. Empty where nothing has moved.
    """
    if not moves:
        return ""
    first = max(0, len(moves) - ROWS)
    starts = [moves[at - 1].date if at else None for at in range(first, len(moves))]
    rows = [
        _row(_date(move.date, until), figures.line(move.after), _between(votes, start, move.date))
        + ("" if voted(move) else f"  {clip.clip(plain(move.why), _WHY)}")
        for move, start in zip(moves[first:], starts, strict=True)
    ]
    since = _between(votes, moves[-1].date, until + timedelta(days=1))
    last = [_row("since then", "", since)] if sum(since) else []
    return "\n".join([_HEAD, *rows, *last])


def voted(move: Move) -> bool:
    """Whether votes made that move: a decision's reason names who took it."""
    return move.why.startswith(f"{move.ups} of the last {move.ups + move.downs} votes ")


def bars(votes: Sequence[Heard], until: date) -> str:
    """Votes for and against on each of the last days; empty where there was none."""
    span = [until - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    counts = [count(vote for vote in votes if vote.day == day) for day in span]
    most = max(max(each) for each in counts)
    if not most:
        return ""
    first, last = _date(span[0], until), _date(span[-1], until)
    return "\n".join(
        [
            f"Votes a day, at most {figures.count(most)}",
            f"up   {''.join(_bar(each.ups, most) for each in counts)}",
            f"down {''.join(_bar(each.downs, most) for each in counts)}",
            f"     {first}{last:>{DAYS - len(first)}}",
        ]
    )


def _bar(number: int, most: int) -> str:
    return _BARS[-(-number * len(_BARS) // most) - 1] if number else "·"


def _between(votes: Iterable[Heard], start: date | None, end: date) -> Count:
    return count(vote for vote in votes if (start is None or vote.day >= start) and vote.day < end)


def _row(when: str, to: str, votes: Count) -> str:
    return f"{when:<15}{to:>5}   {votes.ups:>3} up {votes.downs:>2} down"


def _date(day: date, now: date) -> str:
    """``Wed  4 Nov``: as elsewhere, its number set right."""
    weekday, number, *rest = dates.short(day, year=now.year).split(" ")
    return " ".join((weekday, f"{number:>2}", *rest))
