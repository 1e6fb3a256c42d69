from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.domain import Score
from paperlark.feedback import pick

if TYPE_CHECKING:
    from datetime import date

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCORES = st.dictionaries(
    st.text(st.characters(codec="ascii"), max_size=3), st.builds(Score, st.floats(allow_nan=True))
)
SEEDS = st.none() | st.tuples(st.text(max_size=3), st.dates())


def test_the_line_and_the_cap_cut():
    scores = {"a": Score(50.0), "b": Score(90.0), "c": Score(70.0), "d": Score(49.9)}
    chosen = pick(scores, 50.0, 2)
    assert chosen == (("b", "c"), (), None, ("a",), ("d",))


@CALM
@given(scores=SCORES, line=st.floats(0, 100), cap=st.integers(0, 5), seed=SEEDS)
def test_every_scored_paper_has_one_place(
    scores: dict[str, Score], line: float, cap: int, seed: tuple[str, date] | None
):
    chosen = pick(scores, line, cap, seed=seed)
    wild = () if chosen.wild is None else (chosen.wild,)
    assert sorted((*chosen.over, *wild, *chosen.over_cap, *chosen.below)) == sorted(scores)
    assert len(chosen.over) + len(wild) <= cap
    assert all(scores[each].value >= line for each in chosen.over + chosen.over_cap)
    assert not any(scores[each].value >= line for each in (*chosen.below, *wild))


@CALM
@given(st.dictionaries(st.integers(0, 9).map(str), st.builds(Score, st.floats(0, 100))))
def test_cards_come_best_first_whatever_the_order_given(scores: dict[str, Score]):
    chosen = pick(scores, 50, 3)
    values = [scores[each].value for each in chosen.over + chosen.over_cap + chosen.below]
    assert pick(dict(reversed(scores.items())), 50, 3) == chosen
    assert values == sorted(values, reverse=True)
