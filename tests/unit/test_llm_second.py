"""The second look: which papers, in which calls, and the mean."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.llm.second import BAND, BATCH, MOST, Mean, average, averaged, batches, chosen, spread
from worker.llm.words import Grade

DAY = st.lists(st.floats(0.0, 100.0), max_size=80).map(
    lambda values: {f"2509.{number:05}": value for number, value in enumerate(values)}
)
GRADE = st.builds(Grade, st.integers(1, 10), st.integers(1, 10))


@given(scores=DAY, line=st.floats(20.0, 80.0), cap=st.integers(0, 20), most=st.integers(-1, 40))
def test_the_head_and_then_what_is_nearest_to_the_line_is_read_again(
    scores: dict[str, float], line: float, cap: int, most: int
) -> None:
    again = chosen(scores, line=line, cap=cap, most=most)
    assert len(again) == len(set(again)) <= max(0, most)
    values = [scores[paper] for paper in again]
    assert values == sorted(values, reverse=True)
    assert all(value >= line - BAND for value in values)
    ranked = sorted(scores, key=lambda paper: (-scores[paper], paper))
    head = [paper for paper in ranked[: cap + cap // 2] if scores[paper] >= line - BAND]
    assert set(head[: max(0, most)]) <= set(again)
    others = [paper for paper in again if paper not in head]
    left = [paper for paper in ranked if paper not in again and paper not in head]
    if others:
        furthest = max(abs(scores[paper] - line) for paper in others)
        assert furthest <= BAND + 1e-9
        assert all(abs(scores[paper] - line) >= furthest for paper in left)


def test_on_a_full_day_eighteen_are_the_head_and_six_are_round_the_line() -> None:
    scores = {f"2509.{n:05}": 100.0 - n for n in range(100)}
    again = chosen(scores, line=50.0, cap=12)
    assert len(again) == MOST
    assert [scores[paper] for paper in again] == [
        *(100.0 - n for n in range(18)),
        *(53.0, 52.0, 51.0, 50.0, 49.0, 48.0),
    ]


def test_on_a_thin_day_papers_far_under_the_line_are_left_alone() -> None:
    scores = {"a": 70.0, "b": 51.0, "c": 38.0, "d": 37.9, "e": 3.0}
    assert chosen(scores, line=50.0, cap=12) == ("a", "b", "c")
    assert chosen({"a": 5.0}, line=50.0, cap=12) == ()


@given(st.sets(st.integers(0, 999).map(str), max_size=60), st.integers(1, 20))
def test_every_paper_is_in_one_call_and_the_order_is_the_seeds(papers: set[str], size: int) -> None:
    calls = batches(papers, "2025-09-25 x", size)
    assert sorted(paper for call in calls for paper in call) == sorted(papers)
    assert all(0 < len(call) <= size for call in calls)
    assert max(map(len, calls), default=0) - min(map(len, calls), default=0) <= 1
    assert calls == batches(sorted(papers), "2025-09-25 x", size)


def test_twenty_four_papers_are_three_calls_in_another_order() -> None:
    papers = [f"2509.{number:05}" for number in range(24)]
    calls = batches(papers, "one")
    assert [len(call) for call in calls] == [BATCH] * 3
    assert [paper for call in calls for paper in call] != papers
    assert calls != batches(papers, "another")


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
