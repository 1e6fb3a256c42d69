"""Taste and its order: the scorer's own without votes, bent by votes, the same on every host."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.domain import Score
from paperlark.feedback import (
    PLAIN,
    Knobs,
    Pick,
    Seen,
    Showing,
    Taste,
    Tuning,
    aim,
    pick,
    rerank,
    standardised,
    taste,
    tuned,
    wild_card,
)
from paperlark.feedback.solve import solve
from paperlark.feedback.taste import features, shift
from paperlark.vote import Thumb, Vote
from tests.thumbs import DAYS, SHOWN, day, seen, vote, votes

if TYPE_CHECKING:
    import random

TODAY = day(DAYS)
GIVEN = (Thumb.UP, Thumb.DOWN)
SCORES = st.dictionaries(
    st.integers(1, 99).map("2609.{:05}".format),
    st.builds(
        Score,
        st.floats(0, 100).map(lambda value: round(value, 4)),
        st.none() | st.integers(1, 10),
        st.none() | st.integers(1, 10),
    ),
    max_size=30,
)
TUNINGS = st.sampled_from(["llm", "local"]).map(tuned)
TASTES = st.builds(Taste, *[st.floats(-3, 3)] * 5, st.integers(0, 99))


def _order(scores: dict[str, Score]) -> list[str]:
    return sorted(scores, key=lambda paper: (-scores[paper].value, paper))


@given(SCORES, TUNINGS, st.data())
def test_without_votes_scores_and_order_stay(
    scores: dict[str, Score], tuning: Tuning, data: st.DataObject
):
    near = {paper: data.draw(st.floats(-4, 4)) for paper in scores}
    assert taste([], SHOWN, TODAY, tuning).votes == 0
    found = rerank(scores, taste([], SHOWN, TODAY, tuning), near, tuning=tuning)
    assert found == scores
    assert list(found) == _order(scores)
    assert rerank(scores, PLAIN, near) == scores


@given(votes(people=6), TUNINGS, st.randoms(use_true_random=False))
def test_arrival_order_and_repetition_do_not_matter(
    cast: list[Vote], tuning: Tuning, chance: random.Random
):
    again = cast + cast[: len(cast) // 2]
    chance.shuffle(again)
    assert taste(again, SHOWN, TODAY, tuning) == taste(cast, SHOWN, TODAY, tuning)


@given(votes(people=3, thumbs=GIVEN), TUNINGS, st.data())
def test_a_withdrawn_vote_leaves_no_trace(cast: list[Vote], tuning: Tuning, data: st.DataObject):
    keys = sorted({(each.voter, each.paper) for each in cast})
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    taken = [
        replace(each, verdict=Thumb.NONE) if (each.voter, each.paper) in gone else each
        for each in cast
    ]
    rest = [each for each in cast if (each.voter, each.paper) not in gone]
    assert taste(taken, SHOWN, TODAY, tuning) == taste(rest, SHOWN, TODAY, tuning)


@given(SCORES, TASTES, TUNINGS, st.data())
def test_taste_moves_papers_and_not_the_line(
    scores: dict[str, Score], of: Taste, tuning: Tuning, data: st.DataObject
):
    near = {paper: data.draw(st.floats(-4, 4)) for paper in scores}
    found = rerank(scores, of, near, near, tuning)
    assert list(found) == _order(found) or len({s.value for s in scores.values()}) < len(scores)
    assert sorted(s.value for s in found.values()) == sorted(s.value for s in scores.values())
    for paper, score in found.items():
        assert (score.relevance, score.novelty) == (scores[paper].relevance, scores[paper].novelty)


@given(TASTES, TUNINGS, st.integers(0, 20), st.integers(1, 6), st.floats(-9, 9))
def test_a_bend_is_bounded(of: Taste, tuning: Tuning, number: int, rank: int, words: float):
    card = features(seen(number, rank))._replace(words=words)
    assert abs(shift(of, card, tuning)) <= Tuning().bend + Tuning().word_bend


@given(votes(people=3, thumbs=GIVEN), TUNINGS, st.data())
def test_a_vote_turned_up_never_makes_papers_like_it_less_likely(
    cast: list[Vote], tuning: Tuning, data: st.DataObject
):
    if not cast:
        return
    at = data.draw(st.integers(0, len(cast) - 1))
    last = {(v.voter, v.paper): v for v in sorted(cast, key=lambda v: v.at)}
    turned = cast[at]
    alone = [v for v in cast if (v.voter, v.paper) != (turned.voter, turned.paper)]
    one = last[turned.voter, turned.paper]
    found = []
    for thumb in (Thumb.UP, Thumb.DOWN):
        now = Vote(one.at, one.voter, one.subscription, one.paper, thumb, one.door)
        of = taste([*alone, now], SHOWN, TODAY, tuning)
        card = next(c for s in SHOWN for c in s.cards if c.paper == one.paper)
        about = features(card)
        found.append(of.level + shift(of, about, Tuning(bend=99, word_bend=99)))
    assert found[0] >= found[1] - 0.002  # coefficients are rounded


def test_novelty_is_learnt():
    cast, cards = [], []
    for number in range(20):
        liked = number % 2 == 0
        key = f"2609.{20000 + number}"
        cards.append(Showing(day(number), (Seen(key, 1, 60.0, 8, 9 if liked else 5),)))
        base = vote(number, 1, Thumb.UP if liked else Thumb.DOWN)
        cast.append(Vote(base.at, base.voter, base.subscription, key, base.verdict, base.door))
    of = taste(cast, cards, day(20))
    assert of.novelty > 0.2
    scores = {"a": Score(60.0, 8, 5), "b": Score(58.0, 8, 9), "c": Score(2.0, 3, 9)}
    assert list(rerank(scores, of)) == ["b", "a", "c"]
    assert rerank(scores, of)["b"] == Score(60.0, 8, 9)


def test_few_votes_teach_no_taste():
    cast = [vote(number, 6) for number in range(7)]
    assert taste(cast, SHOWN, TODAY) == Taste(words=Tuning().word, votes=7)


def test_similarity_counts_before_votes_only_where_the_local_ranker_scores():
    cast = [vote(number, 1 + number % 5, GIVEN[number % 2]) for number in range(8)]
    blind = [replace(s, cards=tuple(replace(c, similarity=0.0) for c in s.cards)) for s in SHOWN]
    assert taste(cast, blind, TODAY, tuned("llm")).similarity == 0
    assert taste(cast, blind, TODAY, tuned("local")).similarity == 0.6
    assert taste(cast[:7], blind, TODAY, tuned("local")).similarity == 0
    assert tuned("llm") == Tuning() == replace(tuned("local"), similar=0.0)


def test_followed_words_count_at_once():
    scores = {"a": Score(55.0), "b": Score(45.0), "c": Score(2.0)}
    of = taste([], SHOWN, TODAY)
    assert list(rerank(scores, of, words={"b": 0.5})) == ["b", "a", "c"]
    assert list(rerank(scores, of, words={"a": -0.5})) == ["b", "a", "c"]


def test_similarity_in_deviations():
    assert standardised({"a": 1.0, "b": 3.0}) == {"a": -1.0, "b": 1.0}
    assert standardised({"a": 2.0, "b": 2.0}) == {"a": 0.0, "b": 0.0}
    assert standardised({}) == {}


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.lists(st.floats(-5, 5), min_size=9))
def test_small_systems_are_solved(x: list[float], factor: list[float]):
    rows = [factor[i : i + 3] for i in (0, 3, 6)]
    matrix = [[sum(a[k] * b[k] for k in range(3)) + (a is b) for b in rows] for a in rows]
    right = [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]
    assert solve(matrix, right) == pytest.approx(x, abs=1e-6)


@given(SCORES, st.floats(0, 100), st.integers(0, 15), st.integers(0, 6))
def test_every_scored_paper_is_picked_once(
    scores: dict[str, Score], at: float, cap: int, least: int
):
    found = pick(scores, at, cap, least=least, seed=("foundations", day(0)))
    wild = (found.wild,) if found.wild else ()
    every = [*found.over, *found.despite, *wild, *found.over_cap, *found.below]
    assert sorted(every) == sorted(scores)
    assert len(found.over) + len(found.despite) + len(wild) <= max(cap, 0)
    assert all(scores[paper].value >= at for paper in (*found.over, *found.over_cap))
    assert all(scores[paper].value < at for paper in (*found.despite, *wild, *found.below))
    assert not found.despite or len(found.over) + len(found.despite) <= least


def test_the_least_a_day_is_shown_despite_the_line():
    scores = {"a": Score(70.0), "b": Score(40.0), "c": Score(30.0)}
    assert pick(scores, 60.0, 12, least=2) == Pick(("a",), ("b",), None, (), ("c",))
    assert pick(scores, 60.0, 12) == Pick(("a",), (), None, (), ("b", "c"))
    assert pick(scores, 60.0, 1, least=3) == Pick(("a",), (), None, (), ("b", "c"))
    assert Knobs().least == 0


def test_the_wild_card_is_drawn_by_profile_and_date():
    below = [f"p{n}" for n in range(100)]
    assert wild_card(below, ("foundations", date(2026, 11, 19))) == "p13"
    drawn = {wild_card(below, ("foundations", day(n))) for n in range(DAYS)}
    assert drawn <= set(below[:40])
    assert len(drawn) > DAYS // 3
    assert wild_card([], ("foundations", day(0))) is None


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=50),
    st.floats(0.5, 0.95),
    st.floats(-2, 2),
    st.floats(0, 1),
)
def test_the_line_to_accept_is_higher_for_a_stricter_reader_and_target(
    scores: list[float], target: float, level: float, more: float
):
    found = aim(Taste(level, votes=8), scores, target)
    stricter = aim(Taste(level - more, votes=8), scores, target)
    surer = aim(Taste(level, votes=8), scores, min(1.0, target + more / 10))
    assert found is not None
    assert stricter is not None
    assert surer is not None
    assert found <= min(stricter, surer)
    assert min(scores) <= found <= 100


def test_there_is_no_line_to_accept_without_votes_or_papers():
    assert aim(Taste(votes=7), [50.0], 0.7) is None
    assert aim(Taste(votes=8), [], 0.7) is None
    assert aim(Taste(0.0, votes=8), [90.0, 80.0, 50.0, 10.0], 0.7) == 50.0
