"""The drift of a model's grades over days as one SVG: light and dark, no script, no font to load.

Above, how far the panel's mean relevance and novelty are from its first scoring, with a band each;
below, the share of its papers whose relevance is within 1 of the first.
"""

from __future__ import annotations

import math
import re
from html import escape as quoted
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from paperlark import resources
from paperlark.render import dates, figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

WIDTH, HEIGHT = 760, 470
_LEFT, _RIGHT = 58, 610  # what is right of it holds the lines' names
_TOP, _MIDDLE = 106, 294  # of the drawing of drift, and its foot
_SECOND, _FOOT = 344, 424  # of the drawing of shares
_DATES = 6
_NEAR = 17.0  # two names closer than this would touch
_COLOURS = ("card", "edge", "rule", "ink", "ink-2", "ink-3", "link", "dawn", "up", "warn")
_STYLE = """\
text{{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}}
text{{fill:{ink-2}}}
.ground{{fill:{card};stroke:{rule}}} .head{{font-size:17px;font-weight:600;fill:{ink}}}
.axis{{fill:{ink-3}}} .grid{{stroke:{rule}}} .zero{{stroke:{edge}}} .end{{text-anchor:end}}
.mid{{text-anchor:middle}} .line{{fill:none;stroke-width:2;stroke-linejoin:round}}
.band{{fill-opacity:.16}} .named{{font-weight:600}} .line.novelty{{stroke-dasharray:6 4}}
.line.relevance{{stroke:{link}}} .band.relevance,.dot.relevance,.named.relevance{{fill:{link}}}
.line.novelty{{stroke:{dawn}}} .band.novelty,.dot.novelty,.named.novelty{{fill:{dawn}}}
.line.share{{stroke:{up}}} .dot.share,.named.share{{fill:{up}}}
.step{{stroke:{warn};stroke-dasharray:2 3}} .said{{fill:{warn}}}"""
_HEX = re.compile(r"--([\w-]+):\s*(#[0-9A-Fa-f]{3,8})")


class Band(NamedTuple):
    """A mean in points of grade, with its 95 % bounds; None where they are not known."""

    mean: float
    low: float | None = None
    high: float | None = None


class Point(NamedTuple):
    """One scoring beside the first.

    Attributes:
        within_1: the share of papers whose relevance is at most 1 from the first, 0 to 1.
        changed: what changed since the scoring before, for people; empty for nothing.
    """

    day: date
    relevance: Band | None
    novelty: Band | None
    within_1: float | None
    changed: str = ""


def chart(points: Sequence[Point], profile: str, papers: int) -> str:
    """The drawing, a whole SVG file.

    Args:
        points: at least one, oldest first, each day once; the first is what others are held to.
        profile: its name.
        papers: how many the panel has.
    """
    across, top = _Across(points), _reach(points)
    parts = [
        *_frame(top),
        *_dates(points, across),
        *_steps(points, across),
        *_drifts(points, across, top),
        *_shares(points, across),
    ]
    return _whole(_title(profile), _said(points, papers), "\n".join(parts))


class _Across:
    """Where a day stands."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._first = points[0].day.toordinal()
        self._span = points[-1].day.toordinal() - self._first

    def __call__(self, day: date) -> float:
        share = (day.toordinal() - self._first) / self._span if self._span else 0.5
        return _LEFT + 8 + share * (_RIGHT - _LEFT - 16)


def _reach(points: Iterable[Point]) -> float:
    """How many points of grade the upper drawing goes up and down: whole ones, at least 1."""
    bands = [band for point in points for band in (point.relevance, point.novelty) if band]
    ends = [abs(end) for band in bands for end in band if end is not None]
    return float(math.ceil(max([1.0, *ends]) - 1e-9))


def _up(value: float, top: float) -> float:
    return (_TOP + _MIDDLE) / 2 - value / top * (_MIDDLE - _TOP) / 2


def _share_up(share: float) -> float:
    return _FOOT - share * (_FOOT - _SECOND)


def _frame(top: float) -> Iterator[str]:
    yield _text(
        20, _TOP - 16, "axis", "Mean less that of the first, in points; bands: 95\u00a0% bounds"
    )
    step = 0.5 if top <= 1 else 1.0 if top <= 4 else 2.0  # noqa: PLR2004  (four lines or so)
    half = math.floor(top / step)
    for number in range(-half, half + 1):
        y = _up(number * step, top)
        yield _rule("grid" if number else "zero", y)
        yield _text(_LEFT - 8, y + 4, "axis end", signed(number * step))
    yield _text(20, _SECOND - 14, "axis", "Papers with a relevance within 1 of the first")
    for share in (0.0, 0.5, 1.0):
        y = _share_up(share)
        yield _rule("grid" if share else "zero", y)
        yield _text(_LEFT - 8, y + 4, "axis end", f"{share * 100:.0f}{figures.NBSP}%")


def _dates(points: Sequence[Point], across: _Across) -> Iterator[str]:
    """Names of at most `_DATES` days, evenly chosen, none over another."""
    last = len(points) - 1
    chosen = sorted({round(last * part / (_DATES - 1)) for part in range(_DATES)})
    taken = -math.inf
    for at in chosen:
        x = across(points[at].day)
        if x - taken >= 60:  # noqa: PLR2004  (a name's width)
            taken = x
            yield _text(x, _FOOT + 22, "axis mid", _brief(points[at].day))


def _steps(points: Sequence[Point], across: _Across) -> Iterator[str]:
    """A line down where the model or the prompt changed."""
    for point in points:
        if point.changed:
            x = across(point.day)
            yield f'<path class="step" d="M{x:.1f} {_TOP}V{_MIDDLE}M{x:.1f} {_SECOND}V{_FOOT}"/>'
            side = "end" if x > (_LEFT + _RIGHT) / 2 else ""
            yield _text(x + (-5 if side else 5), _TOP + 12, f"said {side}", point.changed)


def _drifts(points: Sequence[Point], across: _Across, top: float) -> Iterator[str]:
    ends: list[tuple[float, str, str]] = []
    for name in ("novelty", "relevance"):
        found = [(across(point.day), band) for point in points if (band := getattr(point, name))]
        yield from _banded(name, found, top)
        yield from _lined(name, [(x, _up(band.mean, top)) for x, band in found])
        if found:
            mean = found[-1][1].mean
            ends.append((_up(mean, top), name, f"{name} {signed(mean)}"))
    yield from _ends(ends)


def _banded(name: str, found: Sequence[tuple[float, Band]], top: float) -> Iterator[str]:
    """The bands, one for each run of days that have bounds; a day alone gets a bar."""
    for known, run in groupby(found, key=lambda each: each[1].low is not None):
        if known:
            ends = [(x, _up(b.low or 0.0, top), _up(b.high or 0.0, top)) for x, b in run]
            if len(ends) == 1:
                x, low, high = ends[0]
                ends = [(x - 3, low, high), (x + 3, low, high)]
            there = " ".join(f"{x:.1f},{high:.1f}" for x, _, high in ends)
            back = " ".join(f"{x:.1f},{low:.1f}" for x, low, _ in reversed(ends))
            yield f'<polygon class="band {name}" points="{there} {back}"/>'


def _shares(points: Sequence[Point], across: _Across) -> Iterator[str]:
    found = [(point.day, point.within_1) for point in points if point.within_1 is not None]
    yield from _lined("share", [(across(day), _share_up(share)) for day, share in found])
    if found:
        share = found[-1][1]
        yield from _ends([(_share_up(share), "share", f"{share * 100:.0f}{figures.NBSP}% now")])


def _lined(name: str, spots: Sequence[tuple[float, float]]) -> Iterator[str]:
    """A line with a mark a scoring: round for relevance, square for novelty."""
    if len(spots) > 1:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        yield f'<polyline class="line {name}" points="{path}"/>'
    for x, y in spots:
        if name == "novelty":
            yield f'<path class="dot novelty" d="M{x - 3:.1f} {y - 3:.1f}h6v6h-6z"/>'
        else:
            yield f'<circle class="dot {name}" cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>'


def _ends(ends: Sequence[tuple[float, str, str]]) -> Iterator[str]:
    """The lines' names at their right ends, moved apart where they would touch."""
    placed = sorted(ends)
    heights = [y for y, _, _ in placed]
    for (at, one), (below, two) in pairwise(enumerate(heights)):
        short = _NEAR - (two - one)
        if short > 0:
            heights[at], heights[below] = one - short / 2, two + short / 2
    for y, (_, name, text) in zip(heights, placed, strict=True):
        yield _text(_RIGHT + 8, y + 4, f"named {name}", text)


def signed(value: float) -> str:
    """``+0.3``, ``−0.1`` or ``0``: with the sign typographers use."""
    rounded = round(value, 1)
    if not rounded:
        return "0"
    digits = f"{abs(rounded):.1f}".removesuffix(".0")
    return f"{'+' if rounded > 0 else '−'}{digits}"


def _title(profile: str) -> str:
    return f"How steady the model’s grades are: {plain(profile)}"


def _said(points: Sequence[Point], papers: int) -> str:
    """The drawing in words."""
    first, last = points[0], points[-1]
    many = figures.many(papers, "past paper")
    if len(points) == 1:
        return f"{many} graded once, on {dates.full(first.day)}; drift shows from the next day on."
    span = f"{_brief(first.day)} {first.day.year} to {_brief(last.day)} {last.day.year}"
    said = [f"{many} graded on {len(points)} days, {span}, compared with the first"]
    for name, band in (("relevance", last.relevance), ("novelty", last.novelty)):
        if band:
            said.append(f"{name} {_with_bounds(band)}")
    if last.within_1 is not None:
        said.append(f"{last.within_1 * 100:.0f}{figures.NBSP}% of relevance within 1")
    return f"{said[0]}. Newest: {', '.join(said[1:])}." if said[1:] else f"{said[0]}."


def _with_bounds(band: Band) -> str:
    if band.low is None or band.high is None:
        return signed(band.mean)
    return f"{signed(band.mean)} ({signed(band.low)} to {signed(band.high)})"


def _brief(day: date) -> str:
    """``19 Nov``."""
    return dates.short(day, year=day.year).partition(" ")[2]


def _text(x: float, y: float, kind: str, text: str) -> str:
    return f'<text class="{kind.strip()}" x="{x:.1f}" y="{y:.1f}">{quoted(plain(text))}</text>'


def _rule(kind: str, y: float) -> str:
    return f'<path class="{kind}" d="M{_LEFT} {y:.1f}H{_RIGHT}"/>'


def _whole(title: str, said: str, body: str) -> str:
    light, dark = palettes()
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" \
height="{HEIGHT}" role="img" aria-labelledby="drift-title drift-said">
<title id="drift-title">{quoted(title)}</title>
<desc id="drift-said">{quoted(said)}</desc>
<style>
{_STYLE.format_map(light)}
@media (prefers-color-scheme:dark){{
{_STYLE.format_map(dark)}
}}
</style>
<rect class="ground" x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="6"/>
<text class="head" x="20" y="32">{quoted(title)}</text>
{_text(20, 53, "", said.partition(". Newest")[0].rstrip("."))}
{body}
</svg>
"""


def palettes() -> tuple[dict[str, str], dict[str, str]]:
    """The light and the dark colours by name, as templates/tokens.css has them."""
    _, light, dark, *_ = resources.text("templates", "tokens.css").split(":root {")
    found = dict(_HEX.findall(light))
    return _chosen(found), _chosen(found | dict(_HEX.findall(dark)))


def _chosen(found: dict[str, str]) -> dict[str, str]:
    return {name: found[name] for name in _COLOURS}
