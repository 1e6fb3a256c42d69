"""The last weeks before a day as a small drawing: cards shown a day, and the line above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from paperlark.render import dates, figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from paperlark.domain import Digest

WIDTH, HEIGHT = 300, 84
DAYS = 30
"""How far back it goes."""
_RIGHT = 262
"""The line's and the last day's figures stand to the right of it."""
_GROUND, _BAR, _TOP, _UNDER = 66, 34, 6, 24
_FEWEST = 3
_FILLED = 0.66


class Point(NamedTuple):
    """What a past digest showed, and the line it was cut at."""

    day: date
    shown: int
    line: float


class Bar(NamedTuple):
    """A day's cards; `now` is the page's own day."""

    x: float
    y: float
    width: float
    height: float
    now: bool


class Course(NamedTuple):
    """The drawing.

    Attributes:
        path: the line's steps, as an SVG path; `line_y` is where it ends.
        first, last: the dates below the ground; `shown`: the last day's cards.
    """

    bars: tuple[Bar, ...]
    path: str
    line: str
    line_y: float
    shown: str
    first: str
    last: str
    said: str


def point(digest: Digest) -> Point | None:
    """The digest as a point; None where nothing was scanned."""
    if not digest.counts.scanned:
        return None
    return Point(digest.date, digest.counts.shown, digest.line.value)


def course(points: Sequence[Point]) -> Course | None:
    """The points, oldest first, as a drawing; None where they are too few to show a course."""
    if len(points) < _FEWEST:
        return None
    year = points[-1].day.year
    lines = _heights([each.line for each in points])
    return Course(
        bars=tuple(_bars(points)),
        path=_path(lines),
        line=figures.line(points[-1].line),
        line_y=lines[-1],
        shown=figures.count(points[-1].shown),
        first=dates.short(points[0].day, year=year).partition(" ")[2],
        last=dates.short(points[-1].day, year=year).partition(" ")[2],
        said=_said(points, year),
    )


def _bars(points: Sequence[Point]) -> list[Bar]:
    slot, most = _RIGHT / len(points), max(1, *(each.shown for each in points))
    last, found = len(points) - 1, list[Bar]()
    for place, each in enumerate(points):
        height = max(1.0 if each.shown else 0.0, each.shown / most * _BAR)
        x, y = round(place * slot, 1), round(_GROUND - height, 1)
        found.append(Bar(x, y, round(slot * _FILLED, 1), round(height, 1), place == last))
    return found


def _heights(lines: Sequence[float]) -> list[float]:
    """Where each value of the line is drawn: above the bars, two points apart at the least."""
    low, high = min(lines), max(lines)
    span = max(high - low, 2.0)
    return [round(_UNDER - (value - low) / span * (_UNDER - _TOP), 1) for value in lines]


def _path(heights: Sequence[float]) -> str:
    slot = _RIGHT / len(heights)
    steps = [f"H{round(place * slot, 1)}V{y}" for place, y in enumerate(heights) if place]
    return f"M0 {heights[0]}{''.join(steps)}H{_RIGHT}"


def _said(points: Sequence[Point], year: int) -> str:
    shown, lines = [each.shown for each in points], [each.line for each in points]
    first, last = (dates.short(each.day, year=year) for each in (points[0], points[-1]))
    moved = (
        f"The line was {figures.line(lines[0])} at first, lay between {figures.line(min(lines))} "
        f"and {figures.line(max(lines))}, and is {figures.line(lines[-1])} at last."
    )
    return (
        f"From {first} to {last}, on {figures.many(len(points), 'mailing date')}, "
        f"{min(shown)} to {max(shown)} cards were shown a day. {moved}"
    )
