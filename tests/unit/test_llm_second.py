"""The second look: which papers, and the mean."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.llm.second import BAND, Mean, average, averaged, chosen, most, spread
from worker.llm.words import Grade

DAY = st.lists(st.floats(0.0, 100.0), max_size=80).map(
    lambda values: {f"2509.{number:05}": value for number, value in enumerate(values)}
)
GRADE = st.builds(Grade, st.integers(1, 10), st.integers(1, 10))


@given(scores=DAY, line=st.floats(20.0, 80.0), cap=st.integers(0, 20))
def test_would_be_cards_and_those_behind_them_are_read_again(
    scores: dict[str, float], line: float, cap: int
) -> None:
    again = chosen(scores, line=line, cap=cap)
    assert len(again) == len(set(again)) <= most(cap)
    values = [scores[paper] for paper in again]
    assert values == sorted(values, reverse=True)
    assert all(value >= line - BAND for value in values)
    left = [paper for paper in scores if paper not in again and scores[paper] >= line - BAND]
    assert not left or len(again) == most(cap)
    assert all(scores[paper] <= scores[again[-1]] for paper in left if again)


def test_for_twelve_cards_fourteen_papers_are_read_again() -> None:
    scores = {f"2509.{n:05}": 100.0 - n for n in range(100)}
    assert [most(cap) for cap in (0, 1, 6, 12, 40)] == [0, 2, 7, 14, 47]
    assert [scores[paper] for paper in chosen(scores, line=50.0, cap=12)] == [
        100.0 - n for n in range(14)
    ]


def test_on_a_thin_day_papers_far_under_the_line_are_left_alone() -> None:
    scores = {"a": 70.0, "b": 51.0, "c": 38.0, "d": 37.9, "e": 3.0}
    assert chosen(scores, line=50.0, cap=12) == ("a", "b", "c")
    assert chosen({"a": 5.0}, line=50.0, cap=12) == ()


@given(GRADE, GRADE)
def test_the_mean_lies_between_two_looks_in_halves(one: Grade, two: Grade) -> None:
    mean = average(one, two)
    assert mean == average(two, one)
    assert min(one.relevance, two.relevance) <= mean.relevance <= max(one.relevance, two.relevance)
    assert min(one.novelty, two.novelty) <= mean.novelty <= max(one.novelty, two.novelty)
    assert (mean.relevance * 2).is_integer()
    assert average(one, one) == Mean(one.relevance, one.novelty)
    assert average(one, one).shown() == one


def test_halves_are_shown_rounded_up() -> None:
    assert Mean(7.5, 8.5).shown() == Grade(8, 9)
    assert Mean(7.0, 8.0).shown() == Grade(7, 8)


def test_a_paper_without_a_second_look_keeps_its_first() -> None:
    first = {"a": Grade(8, 7), "b": Grade(9, 9)}
    second = {"b": Grade(8, 8), "c": Grade(1, 1)}
    assert averaged(first, second) == {"a": Mean(8.0, 7.0), "b": Mean(8.5, 8.5)}
    assert spread(first, second) == (1,)
