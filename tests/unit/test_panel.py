"""A few papers graded again and again: how they are drawn, kept and compared."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.cli import tables
from paperlark.demo.model import ModelDouble
from paperlark.domain import Announcement, AnnounceType, Batch, BatchState, Listing
from paperlark.errors import NotFound, ScorerError
from paperlark.store import RedisStore, keys
from paperlark.store.grades import Graded
from paperlark.store.panel import Panel, Scoring
from tests import scoring
from tests.scoring import DAY, PROFILE, Group
from worker import panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis as redis_py

PAPERS = {paper.id: paper for paper in scoring.papers(40)}
GRADED = {
    key: Graded(DAY, *scoring.grades(paper.title), model="m", revision="r")
    for key, paper in PAPERS.items()
}


@pytest.fixture
def kept(store: redis_py.Redis) -> RedisStore:
    return RedisStore(store)


@pytest.fixture
def double() -> Iterator[ModelDouble]:
    with ModelDouble(scoring.grades) as running:
        yield running


def known(store: RedisStore, count: int = 40) -> None:
    """Papers of a day, graded by a model."""
    some = dict(list(PAPERS.items())[:count])
    rows = tuple(Listing(paper, 1, AnnounceType.NEW) for paper in some)
    batch = Batch(DAY, "cs.LG", BatchState.COMPLETE, rows)
    store.save(Announcement(DAY, (batch,), some))
    said = {key: (GRADED[key].relevance, GRADED[key].novelty, 1.0) for key in some}
    store.save_grades(PROFILE.name, "r", DAY, "m", said)


def scoring_of(day: int, *relevance: int, **more: str) -> Scoring:
    grades = {f"p{n}": (each, 5) for n, each in enumerate(relevance)}
    named = {"model": "m", "prompt": "v1"} | more
    return Scoring(DAY + timedelta(day), named["model"], named["prompt"], grades)


def test_a_panel_has_all_grades_alike_and_is_the_same_again():
    drawn = panel.draw(GRADED, PAPERS, 12)
    found = [GRADED[paper.id].relevance for paper in drawn]
    assert found == sorted(found, reverse=True)
    assert {grade: found.count(grade) for grade in found} == {10: 2, 9: 2, 8: 2, 5: 2, 4: 2, 3: 2}
    assert drawn == panel.draw(dict(reversed(GRADED.items())), PAPERS, 12)


@given(st.integers(0, 60), st.sets(st.sampled_from(sorted(PAPERS))))
def test_a_panel_holds_only_papers_there_are_each_once(number: int, there: set[str]):
    drawn = panel.draw(GRADED, {key: PAPERS[key] for key in there}, number)
    assert len({paper.id for paper in drawn}) == len(drawn) == min(number, len(there))
    assert {paper.id for paper in drawn} <= there


def test_a_panel_is_drawn_once_and_outlives_its_papers(kept: RedisStore, store: redis_py.Redis):
    known(kept)
    first = panel.kept(kept, PROFILE, 8, DAY)
    assert len(first.papers) == 8
    store.delete(*(keys.paper(paper.id) for paper in first.papers))
    assert panel.kept(kept, PROFILE, 20, DAY + timedelta(9)) == first
    assert kept.panels.save_panel(PROFILE.name, Panel(DAY, ())) == first
    assert store.ttl(keys.panel(PROFILE.name)) == -1
    assert kept.panels.panel("another") is None


def test_too_few_graded_papers_are_no_panel(kept: RedisStore):
    known(kept, 3)
    with pytest.raises(NotFound, match=r"there are 3\. Make a digest with --scorer llm first"):
        panel.kept(kept, PROFILE, 8, DAY)
    assert kept.panels.panel(PROFILE.name) is None


def test_scorings_are_kept_by_day_and_leave_the_history_alone(
    kept: RedisStore, double: ModelDouble
):
    known(kept)
    before = kept.grades(PROFILE.name)
    account = Group().account(double)
    drawn = panel.kept(kept, PROFILE, 8, DAY)
    for day in (1, 0, 1):
        found = panel.score(drawn, PROFILE, account, DAY + timedelta(day))
        kept.panels.save_scoring(PROFILE.name, found)
    scorings = kept.panels.scorings(PROFILE.name)
    assert [one.day for one in scorings] == [DAY, DAY + timedelta(1)]
    assert scorings[1] == found
    assert found.grades == {one.id: scoring.grades(one.title) for one in drawn.papers}
    assert found.model == "gpt-5-mini"
    assert (found.cost_usd or 0) > 0
    assert kept.grades(PROFILE.name) == before
    asked = scoring.asked(double.chats)
    assert asked[0] == asked[1] == asked[2]


def test_a_panel_that_nobody_grades_is_not_recorded(double: ModelDouble):
    drawn = Panel(DAY, scoring.papers(4))
    double.faults.add("refusal", times=30)
    with pytest.raises(ScorerError, match="could not be graded: the model declined to answer"):
        panel.score(drawn, PROFILE, Group().account(double), DAY)


def test_scorings_are_compared_with_the_first():
    found = panel.compared(
        [scoring_of(0, 3, 5, 8, 9), scoring_of(1, 3, 6, 8, 9), scoring_of(2, 5, 7, 8, prompt="v2")]
    )
    assert [(each.same, each.within_1) for each in found] == [(1, 1), (0.75, 1), (1 / 3, 1 / 3)]
    assert [each.papers for each in found] == [4, 4, 3]
    assert [each.changed for each in found] == [(), (), ("prompt",)]
    second = found[1].relevance
    assert second is not None
    # sd .5 over 4 papers, t of 3 degrees 3.18
    assert tuple(second) == pytest.approx((0.25, 0.25 - 3.18 / 4, 0.25 + 3.18 / 4), abs=0.01)
    assert tuple(found[0].novelty or ()) == (0, 0, 0)
    text = tables.panel(panel.table(Panel(DAY, scoring.papers(4)), found))
    assert "+0.25 (-0.54 to +1.04)" in text
    assert text.splitlines()[-1].endswith("m (another prompt)")
    assert panel.points(found)[2].changed == "another prompt"


def test_nothing_in_common_is_nothing_to_compare():
    other = Scoring(date(2027, 1, 1), "n", "v1", {"q": (5, 5)})
    found = panel.compared([scoring_of(0, 3), other])[1]
    assert (found.papers, found.relevance, found.same, found.changed) == (0, None, None, ("model",))
    assert panel.compared([]) == ()
    alone = panel.compared([scoring_of(0, 3)])[0].relevance
    assert tuple(alone or ()) == (0, None, None)


@given(st.lists(st.lists(st.integers(1, 10), min_size=5, max_size=5), min_size=1, max_size=6))
def test_the_bounds_hold_the_mean(days: list[list[int]]):
    scorings = [scoring_of(number, *grades) for number, grades in enumerate(days)]
    for each in panel.compared(scorings):
        drift = each.relevance
        assert drift is not None
        assert (drift.low or 0.0) <= drift.mean <= (drift.high or 0.0)
        assert 0 <= (each.same or 0) <= (each.within_1 or 0) <= 1
