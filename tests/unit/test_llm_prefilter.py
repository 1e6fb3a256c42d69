"""Which papers a model reads, what that may miss, and when the share widens."""

from __future__ import annotations

import random
from datetime import date
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.llm.prefilter import (
    HEAVIEST,
    LEAST,
    LONGEST_WARM_UP,
    MOST,
    POSITIVES,
    WINDOW,
    Estimate,
    Outcome,
    Plan,
    missed,
    moved,
    plan,
    said,
    seed,
    warming,
    widen,
)

IDS = st.lists(st.integers(0, 9999).map("2509.{:05}".format), unique=True, max_size=60)
SHARES = st.floats(0.0, 1.0)
SEED = seed(date(2025, 9, 25), "foundations", "ab12")


def papers(n: int) -> list[str]:
    return [f"2509.{number:05}" for number in range(n)]


def outcome(keep: float = 0.5, *, found: int = 0, chosen: int = 20, sampled: int = 15) -> Outcome:
    return Outcome(keep, chosen, sampled, found, 135)


@given(ids=IDS, keep=SHARES, explore=SHARES, full=st.booleans())
def test_every_paper_is_sent_or_dropped_and_the_best_are_sent(
    *, ids: list[str], keep: float, explore: float, full: bool
) -> None:
    made = plan(ids, keep=keep, explore=explore, full=full, seed=SEED)
    assert sorted(made.sent + made.dropped) == sorted(ids)
    assert made.sampled <= set(made.sent)
    top = [paper for paper in made.sent if paper not in made.sampled]
    assert top == ids[: len(top)]
    assert [p for p in ids if p in made.sampled] == list(made.sent[len(top) :])
    assert [p for p in ids if p in set(made.dropped)] == list(made.dropped)
    assert 0.0 <= made.rate <= 1.0
    assert not (full and made.dropped)


@given(n=st.integers(1, 900), keep=st.sampled_from([0.3, 0.4, 0.5, 0.7]))
def test_shares_are_rounded_up_once_so_that_small_days_stay_within_them(
    n: int, keep: float
) -> None:
    made = plan(papers(n), keep=keep, explore=0.05, full=False, seed=SEED)
    top = ceil(round(keep * n, 9))
    together = ceil(round((keep + 0.05) * n, 9))
    assert len(made.sent) - len(made.sampled) == top
    assert len(made.sent) == min(n, max(together, top + 1))


def test_a_day_of_304_papers_sends_168_and_weighs_the_sample() -> None:
    made = plan(papers(304), keep=0.5, explore=0.05, full=False, seed=SEED)
    assert (len(made.sent), len(made.sampled), len(made.dropped)) == (168, 16, 136)
    assert made.rate == pytest.approx(16 / 152)
    drawn = min(made.sampled)
    assert made.weight("2509.00000") == 1.0
    assert made.weight(drawn) == HEAVIEST
    gentle = plan(papers(100), keep=0.5, explore=0.25, full=False, seed=SEED)
    assert gentle.weight(min(gentle.sampled)) == pytest.approx(2.0)


def test_without_exploring_nothing_is_drawn_and_an_empty_day_is_no_error() -> None:
    made = plan(papers(10), keep=0.5, explore=0.0, full=False, seed=SEED)
    assert (len(made.sent), made.sampled, made.rate) == (5, frozenset(), 0.0)
    assert made.weight(made.sent[0]) == 1.0
    assert plan([], keep=0.5, explore=0.05, full=False, seed=SEED) == Plan((), frozenset(), (), 1.0)


def test_the_sample_depends_on_day_profile_and_revision_and_not_on_the_order() -> None:
    half = papers(200)
    one = plan(half, keep=0.5, explore=0.05, full=False, seed=SEED)
    assert one == plan(half, keep=0.5, explore=0.05, full=False, seed=SEED)
    turned = [*half[:100], *reversed(half[100:])]
    assert plan(turned, keep=0.5, explore=0.05, full=False, seed=SEED).sampled == one.sampled
    others = [
        seed(date(2025, 9, 26), "foundations", "ab12"),
        seed(date(2025, 9, 25), "optimisers", "ab12"),
        seed(date(2025, 9, 25), "foundations", "cd34"),
    ]
    drawn = {plan(half, keep=0.5, explore=0.05, full=False, seed=s).sampled for s in others}
    assert len(drawn | {one.sampled}) == 4


def test_over_many_days_every_dropped_place_is_drawn_about_equally_often() -> None:
    drawn = [0] * 100
    for day in range(1000):
        made = plan(papers(100), keep=0.5, explore=0.05, full=False, seed=f"day {day}")
        for paper in made.sampled:
            drawn[int(paper[5:])] += 1
    assert drawn[:50] == [0] * 50
    assert all(60 < times < 145 for times in drawn[50:])


@pytest.mark.parametrize(
    ("days", "positives", "whole"),
    [
        (0, 0, True),
        (1, 500, True),
        (2, POSITIVES - 1, True),
        (2, POSITIVES, False),
        (LONGEST_WARM_UP - 1, 3, True),
        (LONGEST_WARM_UP, 3, False),
    ],
)
def test_warm_up_is_two_days_or_thirty_picks_whichever_is_later(
    days: int, positives: int, *, whole: bool
) -> None:
    assert warming(days, positives) is whole
    assert warming(days, positives, full_days=20)


def test_what_is_missed_is_what_was_found_scaled_up_to_what_was_dropped() -> None:
    estimate = missed([outcome(found=0), outcome(found=1)])
    assert estimate.share == pytest.approx(9 / (41 + 9))
    assert (estimate.sampled, estimate.found, estimate.days) == (30, 1, 2)
    # 1 of 30 found, 270 not looked at: 0 missed is likely enough, and 48 is the most
    assert estimate.low == 0.0
    assert estimate.high == pytest.approx(48 / (41 + 48))


def test_the_bounds_hold_the_truth_in_at_least_95_of_100_draws() -> None:
    held, chance = 0, random.Random(1)  # noqa: S311  (draws to repeat)
    for _ in range(400):
        wanted = chance.randint(0, 12)
        lot = [True] * wanted + [False] * (200 - wanted)
        found = sum(chance.sample(lot, 20))
        estimate = missed([Outcome(0.5, 40, 20, found, 180)])
        truth = (wanted - found) / (40 + wanted)
        held += estimate.low <= truth + 1e-12 and truth <= estimate.high + 1e-12
    assert held >= 380


def test_nothing_is_said_without_a_sample_or_without_any_pick() -> None:
    nothing = Estimate(None, 0.0, 1.0, 0, 0, 0)
    assert missed([]) == nothing
    assert missed([Outcome(1.0, 20, 0, 0, 0), outcome(sampled=0)]) == nothing
    assert missed([outcome(chosen=0)]).share is None


def test_only_the_last_days_count_and_only_those_that_kept_as_much() -> None:
    old = [outcome(found=9)] * 5
    assert missed([*old, *[outcome()] * WINDOW]).found == 0
    assert missed([outcome(0.5, found=3), outcome(0.6)], 0.6).found == 0
    assert missed([outcome(0.5, found=3), outcome(0.6)], 0.5).found == 3


@given(
    st.lists(
        st.builds(
            lambda chosen, sampled, found, dropped: Outcome(
                0.5, chosen, sampled, min(found, sampled), dropped
            ),
            st.integers(0, 100),
            st.integers(0, 40),
            st.integers(0, 40),
            st.integers(0, 400),
        ),
        max_size=15,
    )
)
def test_the_estimate_lies_within_its_bounds(history: list[Outcome]) -> None:
    estimate = missed(history)
    assert 0.0 <= estimate.low <= estimate.high <= 1.0
    if estimate.share is not None:
        assert estimate.low <= estimate.share + 1e-12
        assert estimate.share <= estimate.high + 1e-12


ESTIMATES = st.builds(
    Estimate,
    st.none() | SHARES,
    st.just(0.0),
    st.just(1.0),
    st.integers(0, 500),
    st.integers(0, 20),
    st.integers(0, WINDOW),
)


@given(keep=SHARES, estimate=ESTIMATES, base=SHARES)
def test_the_share_stays_in_its_bounds_and_over_the_configured_one(
    keep: float, estimate: Estimate, base: float
) -> None:
    share = widen(keep, estimate, base=base)
    assert LEAST <= share <= MOST
    assert share >= round(base, 6)


def test_it_widens_on_two_finds_past_the_limit_and_then_waits_for_new_ones() -> None:
    history = [outcome(found=1), outcome(found=1)]
    assert widen(0.5, missed(history[:1], 0.5), base=0.5) == 0.5
    wider = widen(0.5, missed(history, 0.5), base=0.5)
    assert wider == 0.6
    assert widen(wider, missed(history, wider), base=0.5) == wider


def test_it_comes_back_a_point_a_day_after_ten_good_days_and_no_further_than_configured() -> None:
    good = [outcome(0.6)] * WINDOW
    assert widen(0.6, missed(good[1:], 0.6), base=0.5) == 0.6
    assert widen(0.6, missed(good, 0.6), base=0.5) == 0.59
    assert widen(0.5, missed(good, 0.5), base=0.5) == 0.5


def test_a_share_that_reached_all_comes_back_though_nothing_is_sampled() -> None:
    keep = MOST
    for _ in range(30):
        keep = widen(keep, missed([], keep), base=0.5)
    assert keep == 0.99
    good = [Outcome(0.99, 20, 3, 0, 0)] * WINDOW
    assert widen(keep, missed(good, keep), base=0.5) == 0.98


def test_the_run_facts_say_how_much_was_read_and_what_may_be_missed() -> None:
    made = plan(papers(304), keep=0.5, explore=0.05, full=False, seed=SEED)
    assert said(made, Estimate(0.012, 0.003, 0.046, 150, 1, 10)) == (
        "168 of 304 papers were read by the model; about 1.2 % (0.3 % to 4.6 %) of those it would "
        "choose may be missed, by a sample of 150 over 10 days."
    )
    assert "about 1.2 % (at most 4.6 %) of" in said(made, Estimate(0.012, 0.0, 0.046, 150, 1, 10))
    assert said(made, Estimate(0.0, 0.0, 0.21, 15, 0, 1)) == (
        "168 of 304 papers were read by the model; at most 21 % of those it would choose are "
        "missed, by a sample of 15 on one day that held none."
    )
    assert said(made, Estimate(None, 0.0, 1.0, 0, 0, 0)) == (
        "168 of 304 papers were read by the model; how many of those it would choose are missed "
        "is not known."
    )


def test_a_whole_day_says_so_and_an_empty_one_says_nothing() -> None:
    nothing = Estimate(None, 0.0, 1.0, 0, 0, 0)
    whole = plan(papers(1200), keep=0.5, explore=0.05, full=True, seed=SEED)
    assert said(whole, nothing) == "All 1,200 papers were read by the model."
    one = plan(papers(1), keep=0.5, explore=0.05, full=True, seed=SEED)
    assert said(one, nothing) == "The only paper was read by the model."
    assert not said(plan([], keep=0.5, explore=0.05, full=False, seed=SEED), nothing)


def test_a_share_that_moves_by_itself_says_so() -> None:
    assert moved(0.5, 0.6) == (
        "From the next day on the model reads the best 60 % of the papers instead of 50 %: by the "
        "sample, too much was missed."
    )
    assert moved(0.6, 0.59).endswith("instead of 60 %: by the sample, little was missed.")
    assert not moved(0.5, 0.5)
