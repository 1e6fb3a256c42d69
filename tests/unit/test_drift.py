"""The drawing of a panel's drift: a whole, safe SVG that says itself in words too."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from paperlark import resources
from paperlark.render import drift
from paperlark.render.drift import Band, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2026, 10, 1)


def drawn(points: Sequence[Point], profile: str = "foundations") -> etree._Element:
    return etree.fromstring(drift.chart(points, profile, 24).encode())


def point(day: int, mean: float = 0.0, half: float | None = 0.2, changed: str = "") -> Point:
    band = Band(mean) if half is None else Band(mean, mean - half, mean + half)
    return Point(FIRST + timedelta(day), band, band, 0.9, changed)


def words(svg: etree._Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


bands = st.none() | st.builds(
    lambda mean, half: Band(mean, mean - half, mean + half),
    st.floats(-9, 9),
    st.floats(0, 9),
)
series = st.lists(
    st.tuples(st.integers(1, 300), bands, bands, st.none() | st.floats(0, 1), st.text(max_size=9)),
    min_size=1,
    max_size=30,
)


@given(series, st.text(max_size=40))
def test_any_series_is_drawn_inside_its_frame(
    rows: list[tuple[int, Band | None, Band | None, float | None, str]], profile: str
):
    at, points = FIRST, []
    for step, relevance, novelty, within_1, changed in rows:
        at += timedelta(step)
        points.append(Point(at, relevance, novelty, within_1, changed))
    svg = drawn(points, profile)
    for shape in svg.iter(f"{SVG}circle", f"{SVG}polyline", f"{SVG}polygon"):
        spots = [shape.get("cx"), shape.get("cy")] if shape.get("cx") else []
        numbers = [float(each) for each in spots if each is not None]
        numbers += [float(each) for each in re.findall(r"-?[\d.]+", shape.get("points", ""))]
        assert all(0 <= x <= drift.WIDTH for x in numbers[::2])
        assert all(0 <= y <= drift.HEIGHT for y in numbers[1::2])
    assert not list(svg.iter(f"{SVG}script"))


def test_it_says_itself_in_words():
    svg = drawn([point(0, half=None), point(1, 0.4), point(9, -0.25)])
    assert svg.get("role") == "img"
    labels = (svg.get("aria-labelledby") or "").split()
    found = {each.get("id"): each.text for each in svg.iter() if each.get("id")}
    assert list(found) == labels
    title, said = found.values()
    assert title == "How steady the model’s grades are: foundations"
    assert said == (
        "24\u00a0past papers graded on 3 days, 1 Oct 2026 to 10 Oct 2026, compared with the first. "
        "Newest: relevance −0.2 (−0.5 to 0), novelty −0.2 (−0.5 to 0), 90\u00a0% of relevance "
        "within 1."
    )
    assert {"relevance −0.2", "novelty −0.2", "90\u00a0% now", "1 Oct", "10 Oct"} <= set(words(svg))


def test_one_scoring_is_drawn_too():
    said = drawn([point(0, half=None)]).find(f"{SVG}desc")
    assert said is not None
    assert "graded once, on Thursday 1 October 2026" in (said.text or "")


def test_names_at_the_end_do_not_touch():
    svg = drawn([point(0), point(1)])
    heights = [float(text.get("y") or 0) for text in svg.iter(f"{SVG}text")
               if (text.get("class") or "").startswith("named")]  # fmt: skip
    assert abs(heights[0] - heights[1]) >= 16


def test_a_change_is_named_where_it_happened():
    svg = drawn([point(0), point(5, 0.5, changed="now gpt-6"), point(6)])
    assert "now gpt-6" in words(svg)
    assert len([each for each in svg.iter(f"{SVG}path") if each.get("class") == "step"]) == 1


def test_both_palettes_are_those_of_the_pages():
    text = drift.chart([point(0)], "p", 4)
    light, dark = drift.palettes()
    css = resources.text("templates", "tokens.css")
    assert light["ink"] != dark["ink"]
    for name in light:
        assert f"--{name}: {light[name]}" in css
        assert f"--{name}: {dark[name]}" in css
    before, _, after = text.partition("@media (prefers-color-scheme:dark){")
    assert light["ink"] in before
    assert dark["ink"] in after


@pytest.mark.parametrize(
    ("value", "text"), [(0.25, "+0.2"), (-1.0, "−1"), (0.04, "0"), (-0.04, "0"), (2.5, "+2.5")]
)
def test_signs(value: float, text: str):
    assert drift.signed(value) == text


def test_text_from_outside_is_text():
    svg = drawn([point(0), point(1, changed="<script>\x07&")], 'a"<b>&\x00\u202e')
    assert "<script>\ufffd&" in words(svg)
