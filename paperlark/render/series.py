"""A month's figures as small drawings: a bar or a step a day, with the sentence that says them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from paperlark.render import dates, figures
from paperlark.render.weeks import cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Digest
    from paperlark.render.weeks import Month

WIDTH, HEIGHT = 520, 150
LEFT, TOP, BOTTOM = 50, 10, 128
_RIGHT = WIDTH - 4
_FILLED = 0.68
_TICKS = 4
_NOTHING = 1e-9
_STEPS = (1.0, 2.0, 5.0, 10.0)
_LETTERS = {"stale": "s", "quiet": "q", "holiday": "h", "failed": "f", "none": "–"}


class Bar(NamedTuple):
    """A rectangle, in the drawing's units, and what it stands for."""

    x: float
    y: float
    width: float
    height: float
    said: str


class Mark(NamedTuple):
    """A text at a place of an axis, or of the ground where a bar would stand."""

    at: float
    text: str


class Figure(NamedTuple):
    """One drawing.

    Attributes:
        name, caption: bold, and what follows it.
        said: the whole in a sentence, for those who do not see it.
        bars: one a day with a value; `path`: or steps, as an SVG path, with `end` at its right.
        ticks: of the value axis; `days` of the other; `gaps`: why a day has no bar.
    """

    name: str
    caption: str
    said: str
    ticks: tuple[Mark, ...]
    days: tuple[Mark, ...]
    gaps: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    path: str = ""
    end: Mark | None = None


def drawings(month: Month) -> tuple[Figure, ...]:
    """What is worth drawing of a month: nothing before two of its days were read."""
    if len(month.read) < 2:  # noqa: PLR2004  (one bar compares with nothing)
        return ()
    papers = _bars(month, "Papers a day", "scanned", lambda each: each.counts.scanned)
    shown = _bars(month, "Shown a day", "cards", lambda each: each.counts.shown)
    drawn = [papers, shown, _line(month)]
    if any(each.usage.cost_usd for each in month.read):
        drawn.append(_bars(month, "Cost", "a day", _cost, figures.money))
    return tuple(drawn)


def legend(month: Month) -> tuple[tuple[str, str], ...]:
    """The letters that stand for days without papers, and what each means."""
    said = {"stale": "stale", "quiet": "no announcement", "holiday": "holiday",
            "failed": "failed", "none": "no digest"}  # fmt: skip
    found = {_state(month, day) for day in month.days}
    return tuple((_LETTERS[state], said[state]) for state in said if state in found)


def _state(month: Month, day: date) -> str:
    at = cell(month, day)
    return "holiday" if at.word == "holiday" else at.state


def _cost(digest: Digest) -> float:
    return digest.usage.cost_usd or 0.0


def _bars(
    month: Month,
    name: str,
    noun: str,
    value: Callable[[Digest], float],
    say: Callable[[float], str] = lambda number: figures.count(round(number)),
) -> Figure:
    values = {digest.date: value(digest) for digest in month.read}
    step, top = _scale(max(values.values()), whole=say is not figures.money)
    unit = (BOTTOM - TOP) / top
    sign = "$" if say is figures.money else ""
    steps = range(round(top / step) + 1)
    ticks = (Mark(_round(BOTTOM - n * step * unit), f"{sign}{n * step:,.6g}") for n in steps)
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    said = (
        f"{name}, {noun}: from {say(values[low])} on {dates.short(low, year=low.year)} to "
        f"{say(values[high])} on {dates.short(high, year=high.year)}."
    )
    return Figure(
        name=name,
        caption=f"{say(values[low])} to {say(values[high])} {noun}",
        said=said,
        ticks=tuple(ticks),
        days=_axis(month),
        gaps=tuple(_gaps(month, values)),
        bars=tuple(_drawn(month, values, unit, say)),
    )


def _drawn(
    month: Month, values: dict[date, float], unit: float, say: Callable[[float], str]
) -> Iterator[Bar]:
    slot = _slot(month)
    for place, day in enumerate(month.days):
        if values.get(day):
            height = max(values[day] * unit, 1.0)
            x, width = LEFT + (place + (1 - _FILLED) / 2) * slot, slot * _FILLED
            said = f"{dates.short(day, year=day.year)}: {say(values[day])}"
            yield Bar(_round(x), _round(BOTTOM - height), _round(width), _round(height), said)


def _line(month: Month) -> Figure:
    """The line as steps: it holds from a day's digest to the next one's."""
    values = {digest.date: digest.line.value for digest in month.read}
    first, last = values[min(values)], values[max(values)]
    low, high = math.floor(min(values.values()) - 0.5), math.ceil(max(values.values()) + 0.5)
    unit = (BOTTOM - TOP) / (high - low)
    step, _ = _scale(high - low, whole=True)
    marks = range(low, high + 1, max(1, int(step)))
    moves = sum(a != b for a, b in zip(_ordered(values), _ordered(values)[1:], strict=False))
    times = f"in {figures.many(moves, 'step')}" if moves else "unmoved"
    return Figure(
        name="The line",
        caption=f"{figures.line(first)} → {figures.line(last)}, {times}",
        said=f"The line went from {figures.line(first)} to {figures.line(last)}, {times}.",
        ticks=tuple(Mark(_round(BOTTOM - (at - low) * unit), str(at)) for at in marks),
        days=_axis(month),
        path=_path(month, values, low, unit),
        end=Mark(_round(BOTTOM - (last - low) * unit - 6), figures.line(last)),
    )


def _ordered(values: dict[date, float]) -> list[float]:
    return [values[day] for day in sorted(values)]


def _path(month: Month, values: dict[date, float], low: float, unit: float) -> str:
    slot, parts = _slot(month), list[str]()
    for place, day in enumerate(month.days):
        if day in values:
            x, y = _round(LEFT + place * slot), _round(BOTTOM - (values[day] - low) * unit)
            parts.append(f"H{x}V{y}" if parts else f"M{x} {y}")
    end = max(place for place, day in enumerate(month.days) if day in values) + 1
    return f"{''.join(parts)}H{_round(LEFT + end * slot)}"


def _axis(month: Month) -> tuple[Mark, ...]:
    """The number of each Monday, and of the first day."""
    days, slot = month.days, _slot(month)
    return tuple(
        Mark(_round(LEFT + (place + 0.5) * slot), str(day.day))
        for place, day in enumerate(days)
        if day.weekday() == 0 or (place == 0 and day.weekday() < 3)  # noqa: PLR2004  (room)
    )


def _gaps(month: Month, values: Mapping[date, float]) -> Iterator[Mark]:
    """Why a day has no bar: a letter of `legend`, or 0."""
    slot = _slot(month)
    for place, day in enumerate(month.days):
        letter = (
            "" if values.get(day) else "0" if day in values else _LETTERS.get(_state(month, day))
        )
        if letter:
            yield Mark(_round(LEFT + (place + 0.5) * slot), letter)


def _slot(month: Month) -> float:
    return (_RIGHT - LEFT) / len(month.days)


def _scale(highest: float, *, whole: bool) -> tuple[float, float]:
    """A step of 1, 2 or 5 times a power of ten, and the least multiple that is not below."""
    if highest < _NOTHING:
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(highest / _TICKS))
    sizes: Sequence[float] = [power * each for each in _STEPS]
    step = next((size for size in sizes if size * _TICKS >= highest), sizes[-1])
    step = max(step, 1.0) if whole else step
    return step, step * max(1, math.ceil(round(highest / step, 9)))


def _round(number: float) -> float:
    return round(number, 1)
