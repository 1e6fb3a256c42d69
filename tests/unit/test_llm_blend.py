"""One score out of relevance, novelty and the ranker: its order, its scale, no ties."""

from __future__ import annotations

import re
from itertools import pairwise, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.llm.blend import LINE, UNSENT, blend, score, unsent

GRADES = st.integers(1, 10)
LOOKS = st.integers(2, 20).map(lambda doubled: doubled / 2)
RANKER = st.floats(0.0, 100.0)
WHOLE = list(product(range(1, 11), repeat=2))


@given(LOOKS, LOOKS, RANKER)
def test_a_score_is_over_nothing_and_at_most_100(r: float, n: float, ranker: float) -> None:
    assert 0.0 < score(r, n, ranker) <= 100.0


def test_the_scale_ends_at_100() -> None:
    assert score(10, 10, 100) == 100.0


@given(st.tuples(LOOKS, LOOKS, RANKER), st.tuples(LOOKS, LOOKS, RANKER))
def test_more_of_any_and_less_of_none_scores_higher(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    low = tuple(map(min, one, other))
    high = tuple(map(max, one, other))
    assert score(*low) <= score(*high)
    if low[:2] != high[:2] or high[2] - low[2] > 1e-9:
        assert score(*low) < score(*high)


@given(GRADES, GRADES, RANKER, RANKER)
def test_the_ranker_never_outweighs_a_step_of_novelty_nor_of_relevance(
    r: int, n: int, low: float, high: float
) -> None:
    if n < 10:
        assert score(r, n + 1, low) > score(r, n, high)
    if r < 10:
        assert score(r + 1, n, low) > score(r, n, high)


@given(RANKER)
def test_where_papers_are_shown_a_step_of_relevance_outweighs_two_of_novelty(
    ranker: float,
) -> None:
    for r, n in product(range(6, 10), range(5, 9)):
        assert score(r + 1, n, ranker) > score(r, n + 2, ranker)


@given(RANKER)
def test_the_base_line_is_relevance_8_and_novelty_7(ranker: float) -> None:
    over = {(r, n) for r, n in WHOLE if score(r, n, ranker) >= LINE}
    least = {8: 7, 9: 5, 10: 3}
    plain = {(r, n) for r, n in WHOLE if n >= least.get(r, 11)}
    assert over - {(9, 4)} == plain


@given(RANKER, RANKER)
def test_a_paper_held_back_outranks_none_that_could_be_shown(held: float, ranker: float) -> None:
    assert 0.0 <= unsent(held) <= UNSENT < LINE
    assert all(score(r, n, ranker) > unsent(held) for r, n in WHOLE if r >= 6 and n >= 4)


@given(st.lists(st.tuples(st.booleans(), GRADES, GRADES, RANKER), max_size=60))
def test_no_two_papers_of_a_day_tie_and_the_order_is_that_of_the_scores(
    drawn: list[tuple[bool, int, int, float]],
) -> None:
    day = {f"2509.{i:05}": row for i, row in enumerate(drawn)}
    ranker = {key: row[3] for key, row in day.items()}
    graded = {key: (row[1], row[2]) for key, row in day.items() if row[0]}
    made = blend(graded, ranker)
    assert set(made) == set(day)
    assert all(one > two for one, two in pairwise(made.values()))
    exact = {k: score(*graded[k], ranker[k]) if k in graded else unsent(ranker[k]) for k in day}
    assert list(made) == sorted(day, key=lambda key: (-exact[key], key))
    assert all(abs(made[key] - exact[key]) < 1e-4 * (len(day) + 1) for key in day)
    assert blend(dict(reversed(graded.items())), dict(reversed(ranker.items()))) == made


def test_equal_grades_go_by_the_ranker_and_then_by_id() -> None:
    graded = dict.fromkeys(["2509.00003", "2509.00002", "2509.00001"], (9.0, 8.0))
    made = blend(graded, {"2509.00001": 10.0, "2509.00002": 10.0, "2509.00003": 60.0})
    assert list(made) == ["2509.00003", "2509.00001", "2509.00002"]
    assert made["2509.00001"] - made["2509.00002"] == pytest.approx(1e-4)


def test_a_graded_paper_without_a_ranker_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        blend({"2509.00001": (9.0, 8.0)}, {})


def test_the_table_in_the_docs_is_right() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\**\d.*) \|$", text, re.MULTILINE)
    assert [int(r) for r, _ in rows] == [6, 7, 8, 9, 10]
    for r, cells in rows:
        for n, cell in enumerate(cells.split(" | "), 4):
            value = score(int(r), n, 50)
            shown = f"{value:.1f}"
            assert cell == (f"**{shown}**" if value >= LINE else shown)
