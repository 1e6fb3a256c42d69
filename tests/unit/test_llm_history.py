"""What earlier days and runs say about a day: its share, its plan, what is not asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from paperlark.domain import AnnounceType, Candidate, Profile, Score, Scored, Usage
from tests.builders import paper
from tests.fakes import MemoryStore
from worker.llm import history, prefilter
from worker.llm.words import Grade

if TYPE_CHECKING:
    from paperlark.domain import PaperId
    from worker.llm.history import Share

DAY = date(2026, 11, 19)
PROFILE = Profile("p", ("cs.LG",), base_line=50.0, cap=2, revision="r1")


def read(store: MemoryStore, day: date, *, drawn: int, found: int, scorer: str = "llm") -> None:
    """A day of 100 papers as the store keeps it: 50 best, some drawn, the others held back."""
    scores: dict[PaperId, Score] = {}
    said: dict[PaperId, tuple[int, int, float]] = {}
    for number in range(100):
        key = f"{day:%y%m}.{day.day:02}{number:03}"
        if number >= 50 + drawn:
            scores[key] = Score(number / 10)
            continue
        sampled = number >= 50
        over = number < 10 or 50 <= number < 50 + found
        scores[key] = Score(70.0 if over else 30.0, 9 if over else 3, 6)
        said[key] = (scores[key].relevance or 0, 6, 5.0 if sampled else 1.0)
    store.save_scores("p", "r1", day, "llm", Scored(scores, {}, Usage(scorer)))
    store.save_grades("p", "r1", day, "m", said)


def share(store: MemoryStore, profile: Profile = PROFILE, day: date = DAY) -> Share:
    return history.share(store, profile, day, 0.5, store.grades(profile.name))


def days(count: int) -> list[date]:
    return [DAY - timedelta(days=back) for back in range(count, 0, -1)]


def test_without_a_past_the_configured_share_is_kept():
    assert share(MemoryStore()).keep == 0.5


def test_finds_in_the_sample_widen_the_next_day():
    store = MemoryStore()
    for day in days(3):
        read(store, day, drawn=5, found=1)
    assert share(store, day=days(3)[1]).keep == 0.5
    assert share(store).keep == 0.6


def test_what_says_nothing_about_this_profile_is_left_out():
    store = MemoryStore()
    for day in days(4):
        read(store, day, drawn=5, found=2, scorer="local" if day == days(4)[0] else "llm")
    assert len(share(store).past) == 3
    assert share(store, replace(PROFILE, revision="r2")).past == ()
    assert share(store, day=DAY + timedelta(days=60)).past == ()


def test_the_day_itself_is_no_part_of_its_past_but_of_what_is_said():
    store = MemoryStore()
    for day in [*days(1), DAY]:
        read(store, day, drawn=5, found=1)
    before = share(store)
    assert (len(before.past), before.keep) == (1, 0.5)
    scored = store.scores("p", "r1", DAY, "llm")
    assert scored is not None
    drawn = {key for key, each in store.grades("p").items() if each.weight > 1}
    estimate, moved = before.with_day(history.outcome(scored, drawn, 50.0))
    assert (estimate.sampled, estimate.found, estimate.days) == (10, 2, 2)
    assert "60" in moved
    assert share(store, day=DAY + timedelta(days=1)).keep == 0.6


@given(st.lists(st.integers(0, 3), max_size=13))
@settings(max_examples=25)
def test_what_a_day_says_about_the_next_is_what_the_next_does(found: list[int]):
    store = MemoryStore()
    for day, number in zip(days(len(found)), found, strict=True):
        before = share(store, day=day)
        read(store, day, drawn=5, found=number)
        scored = store.scores("p", "r1", day, "llm")
        assert scored is not None
        drawn = {key for key, each in store.grades("p").items() if each.weight > 1}
        _, moved = before.with_day(history.outcome(scored, drawn, 50.0))
        after = share(store, day=day + timedelta(days=1))
        assert bool(moved) == (round(after.keep, 6) != round(before.keep, 6))


def test_an_outcome_counts_undecided_papers_as_sent():
    scores = {"a": Score(70, 9, 6), "b": Score(20, 3, 6), "c": Score(60, 8, 7), "d": Score(5)}
    scored = Scored(scores, {"e": "cut off"}, Usage("llm"))
    found = history.outcome(scored, {"c", "x"}, 50.0)
    assert found == prefilter.Outcome(keep=3 / 5, chosen=1, sampled=1, found=1, dropped=1)


def test_a_profile_is_warm_after_full_days_with_enough_chosen():
    store = MemoryStore()
    whole = {f"2611.{n:05}": (9, 8, 1.0) for n in range(40)}
    for day in days(2):
        assert history.warming(store.grades("p"), PROFILE, day, 2)
        store.save_grades("p", "r1", day, "m", {f"{day.day}-{k}": v for k, v in whole.items()})
    assert not history.warming(store.grades("p"), PROFILE, DAY, 2)
    store.save_grades("p", "r1", DAY, "m", {"2611.99999": (1, 1, 1.0)})
    assert not history.warming(store.grades("p"), PROFILE, DAY, 2)
    assert history.warming(store.grades("p"), PROFILE, days(2)[1], 2)


def candidates(*kinds: AnnounceType) -> list[Candidate]:
    return [Candidate(paper(f"2611.0000{n}"), kind) for n, kind in enumerate(kinds)]


def earlier(store: MemoryStore, profile: Profile = PROFILE) -> history.Earlier:
    kinds = (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)
    papers = candidates(*kinds)
    return history.earlier(store, profile, DAY, papers, store.grades("p"))


def test_what_was_read_of_a_paper_counts_until_profile_or_paper_change():
    store = MemoryStore()
    said = {f"2611.0000{n}": (8, 6, 1.0) for n in range(4)}
    store.save_grades("p", "r1", days(1)[0], "m", said)
    assert set(earlier(store).grades) == {"2611.00000", "2611.00001"}
    store.save_grades("p", "r1", DAY, "m", said)
    assert set(earlier(store).grades) == {"2611.00000", "2611.00001", "2611.00002"}
    assert earlier(store, replace(PROFILE, revision="r2")).grades == {}


def test_second_looks_are_kept_apart_and_for_their_day():
    store = MemoryStore()
    history.save_again(store, PROFILE, DAY, "m", {"2611.00000": Grade(7, 5)})
    assert earlier(store).again == {"2611.00000": Grade(7, 5)}
    assert earlier(store).grades == {}
    assert store.labels("p") == {}
    assert earlier(store, replace(PROFILE, revision="r2")).again == {}


def test_the_local_rankers_stand_in_is_no_earlier_answer():
    store = MemoryStore()
    store.save_scores("p", "r1", DAY, "llm", Scored({"a": Score(1)}, {}, Usage("local")))
    assert earlier(store).scored is None


def planned(scored: Scored | None, *read: str) -> prefilter.Plan:
    found = history.Earlier(dict.fromkeys(read, Grade(5, 5)), {}, scored)
    plan = prefilter.plan(tuple("abcdefgh"), keep=0.5, explore=0.125, full=False, seed="s")
    again = found.planned(plan)
    assert sorted([*again.sent, *again.dropped]) == sorted("abcdefgh")
    assert again.sampled <= set(again.sent)
    return again


def test_a_plan_stands_when_a_day_is_scored_again():
    plan = planned(None)
    read = {key: Score(1, 5, 5) for key in "aceg"}
    held = {key: Score(1) for key in "bdh"}
    again = planned(Scored(read | held, {"f": "cut off"}, Usage("llm")), *read)
    assert set(again.sent) == set("acefg")
    assert set(planned(None, *plan.dropped).sent) == set("abcdefgh")


def test_a_run_that_graded_nothing_says_nothing_about_the_plan():
    undecided = dict.fromkeys("abcdefgh", "unreadable")
    assert planned(Scored({}, undecided, Usage("llm"))) == planned(None)


def test_sentences_are_known_for_the_last_cards_only():
    store = MemoryStore()
    scores = {
        "a": Score(90, 9, 9, "Why a."),
        "b": Score(80, 9, 8, "Why b."),
        "c": Score(70, 9, 7, "Over the cap."),
        "d": Score(20, None, None, "Held back."),
    }
    store.save_scores("p", "r1", DAY, "llm", Scored(scores, {}, Usage("llm")))
    assert earlier(store).comments(PROFILE) == {"a": "Why a.", "b": "Why b."}
