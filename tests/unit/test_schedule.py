"""What is owed when, and in which words: the rules one by one. `test_clock_year` runs them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark import dues, schedule
from paperlark.domain import Verdict, VerdictState
from paperlark.owed import NOTICED, POSTED, QUIET, SKIPPED, begins
from paperlark.post import PostKind, Setting
from paperlark.render import absences
from paperlark.schedule import Decision, Due, Patience
from paperlark.settings import DeliverySettings
from paperlark.subscription import Quiet, State, Subscription, Wait
from paperlark.target import Target
from tests.builders import card, digest, paper

if TYPE_CHECKING:
    from paperlark.domain import Digest

BERLIN = Subscription(Target("console"), "p", zone="Europe/Berlin", since=date(2026, 11, 16))
MON, TUE, WED, THU, FRI = (date(2026, 11, day) for day in range(16, 21))
NEXT = date(2026, 11, 23)
THANKSGIVING = date(2026, 11, 27)
PATIENCE = Patience()


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in Berlin, in winter."""
    return datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=1)


def made(day: date, state: VerdictState = VerdictState.COMPLETE, detail: str = "") -> Digest:
    filled = state in {VerdictState.COMPLETE, VerdictState.PARTIAL}
    cards = (card(paper(f"2611.{day.day:02}001")),) if filled else ()
    return replace(digest(cards), date=day, verdict=Verdict(state, detail))


class Desk:
    """A subscription, what became of its dates, and the digests there are."""

    def __init__(self, subscription: Subscription = BERLIN, *digests: Digest) -> None:
        self.subscription = subscription
        self.digests = {each.date: each for each in digests}
        self.settled: dict[date, str] = {}

    def due(self, now: datetime, day: date | None = None) -> Due | None:
        look = self.digests.get
        return schedule.due(self.subscription, self.settled, look, now, PATIENCE, day=day)

    def decide(self, now: datetime, day: date | None = None) -> Decision:
        look = self.digests.get
        found = schedule.decide(
            self.subscription, self.settled, look, now, PATIENCE, cap=12, day=day
        )
        assert found is not None
        assert found.due == self.due(now, day)
        return found


def test_a_whole_day_goes_out_at_its_hour():
    desk = Desk(BERLIN, made(MON))
    assert desk.due(at(MON, 7, 59)) is None
    due = desk.due(at(MON, 8))
    assert due == Due(MON, at(MON, 8), PostKind.DIGEST, (MON,), (MON,))
    desk.settled[MON] = POSTED
    assert desk.due(at(MON, 8)) is None


def test_a_job_for_another_date_does_nothing():
    desk = Desk(BERLIN, made(MON), made(TUE))
    assert desk.due(at(MON, 8), MON) is not None
    assert desk.due(at(TUE, 8), MON) is None


def test_an_unfinished_day_is_waited_for_until_the_patience_ends():
    desk = Desk(BERLIN, made(MON, VerdictState.PARTIAL))
    assert desk.due(at(MON, 13, 59)) is None
    due = desk.due(at(MON, 14))
    assert due is not None
    assert (due.kind, due.parts, due.forced) == (PostKind.DIGEST, (MON,), True)


def test_a_day_nobody_looked_at_is_waited_for_longer():
    desk = Desk(BERLIN)
    assert desk.due(at(MON, 18, 59)) is None
    due = desk.due(at(MON, 19))
    assert due is not None
    assert (due.kind, due.covers, due.late_s) == (PostKind.NOTICE, (MON,), 0)


def test_the_first_papers_are_enough_for_those_in_a_hurry():
    desk = Desk(replace(BERLIN, wait=Wait.ASAP), made(MON, VerdictState.PARTIAL))
    assert desk.due(at(MON, 8)) is not None
    desk.digests[MON] = replace(desk.digests[MON], cards=())
    assert desk.due(at(MON, 8)) is None
    desk.digests[MON] = made(MON, VerdictState.FAILED)
    assert desk.due(at(MON, 8)) is None


@pytest.mark.parametrize(("minute", "late"), [(15, 0), (16, 960)])
def test_a_post_is_late_after_a_quarter_of_an_hour(minute: int, late: float):
    due = Desk(BERLIN, made(MON)).due(at(MON, 8, minute))
    assert due is not None
    assert due.late_s == late


def test_after_the_window_it_waits_for_the_next_hour_and_comes_as_one():
    desk = Desk(BERLIN, made(MON), made(TUE))
    assert desk.due(at(MON, 20)) is not None
    assert desk.due(at(MON, 20, 1)) is None
    assert desk.due(at(TUE, 7, 59)) is None
    due = desk.due(at(TUE, 8))
    assert due is not None
    assert (due.day, due.covers, due.parts) == (TUE, (MON, TUE), (MON, TUE))


def test_a_missed_friday_comes_on_a_saturday_that_is_a_day_of_posting():
    desk = Desk(replace(BERLIN, days=tuple(range(7)), since=FRI), made(FRI))
    saturday = FRI + timedelta(days=1)
    assert desk.due(at(saturday, 7)) is None
    due = desk.due(at(saturday, 8))
    assert due is not None
    assert (due.day, due.late_s) == (FRI, 86_400)


def test_of_a_long_stretch_three_missed_days_are_kept_and_the_rest_is_named():
    desk = Desk(BERLIN, *(made(day) for day in (MON, TUE, WED, THU, FRI, NEXT)))
    decision = desk.decide(at(NEXT, 8))
    assert decision.due.parts == (WED, THU, FRI, NEXT)
    assert decision.due.skipped == (MON, TUE)
    said = "Left out: 2 earlier days, Mon 16 Nov and Tue 17 Nov; each can be asked for by its date."
    assert decision.digest.notes[-1] == said.replace("2 earlier", "2\u00a0earlier")


def test_what_is_older_than_five_weeks_is_owed_no_more():
    desk = Desk(replace(BERLIN, since=date(1991, 8, 14)), *map(made, (TUE, WED, THU, FRI)))
    due = desk.due(at(FRI, 8))
    assert due is not None
    assert due.parts == (TUE, WED, THU, FRI)
    assert min(due.skipped) == FRI - timedelta(days=35)


def test_a_week_comes_as_one_post():
    week = [made(day) for day in (TUE, WED, THU, FRI, NEXT)]
    desk = Desk(replace(BERLIN, days=(0,), since=TUE), *week)
    assert desk.due(at(FRI, 23)) is None
    decision = desk.decide(at(NEXT, 8))
    assert decision.due.parts == (TUE, WED, THU, FRI, NEXT)
    assert decision.due.late_s == 0
    assert len(decision.digest.cards) == 5
    setting = decision.setting(desk.subscription, "https://lark.example")
    assert setting == Setting("Europe/Berlin", decision.due.parts, 0, "https://lark.example")


def test_a_holiday_is_one_line_or_none():
    desk = Desk(replace(BERLIN, since=THANKSGIVING))
    decision = desk.decide(at(THANKSGIVING, 8))
    assert decision.due == Due(THANKSGIVING, at(THANKSGIVING, 8), PostKind.NOTICE, (THANKSGIVING,))
    assert decision.notice == "No announcement on Fri 27 Nov (Thanksgiving). Next: Mon 30 Nov."
    assert decision.digest.verdict == Verdict(VerdictState.QUIET, "Thanksgiving")
    desk.subscription = replace(desk.subscription, quiet=Quiet.SILENT)
    due = desk.due(at(THANKSGIVING, 8))
    assert due is not None
    assert (due.kind, due.outcome, due.covers) == (None, QUIET, (THANKSGIVING,))


def test_papers_on_a_holiday_are_posted_all_the_same():
    desk = Desk(replace(BERLIN, since=THANKSGIVING), made(THANKSGIVING))
    due = desk.due(at(THANKSGIVING, 8))
    assert due is not None
    assert due.kind is PostKind.DIGEST


def test_a_day_that_turned_out_empty_says_why():
    quiet = made(MON, VerdictState.QUIET, "a Monday without papers")
    decision = Desk(BERLIN, quiet).decide(at(MON, 8))
    said = "No announcement on Mon 16 Nov (a Monday without papers). Next: Tue 17 Nov."
    assert decision.notice == said
    assert decision.digest is quiet


def test_a_quiet_day_within_a_catch_up_is_told_in_it():
    friday, thursday = THANKSGIVING, date(2026, 11, 26)
    desk = Desk(replace(BERLIN, since=thursday), made(thursday))
    decision = desk.decide(at(friday, 8))
    assert decision.due.covers == (thursday, friday)
    assert decision.due.day == friday
    assert decision.digest.date == thursday
    assert decision.digest.notes == ("No announcement on Fri 27 Nov (Thanksgiving).",)
    assert decision.setting(desk.subscription).covers == ()


@pytest.mark.parametrize(
    ("state", "detail", "said"),
    [
        (VerdictState.FAILED, "arXiv has not answered", "Failed. arXiv has not answered."),
        (
            VerdictState.STALE,
            "the feed still holds an earlier day's papers",
            "Stale. The feed still holds an earlier day's papers.",
        ),
        (None, "", "Failed. Nothing has come for Mon 16 Nov."),
    ],
)
def test_the_end_of_the_patience_says_what_is_known(
    state: VerdictState | None, detail: str, said: str
):
    desk = Desk(BERLIN, *([made(MON, state, detail)] if state else []))
    decision = desk.decide(at(MON, 19))
    assert decision.notice == f"{said} The next digest will hold both days."
    assert decision.due.outcome == NOTICED


def test_papers_that_come_after_a_notice_are_in_the_next_digest():
    desk = Desk(BERLIN, made(MON), made(TUE))
    desk.settled[MON] = NOTICED
    assert desk.due(at(MON, 20)) is None, "a late day by itself is no reason to post"
    due = desk.due(at(TUE, 8))
    assert due is not None
    assert due.parts == (MON, TUE)


def test_a_notice_is_not_followed_by_the_same_emptiness():
    desk = Desk(BERLIN, made(MON, VerdictState.FAILED), made(TUE))
    desk.settled[MON] = NOTICED
    due = desk.due(at(TUE, 8))
    assert due is not None
    assert (due.covers, due.told) == ((TUE,), ())


def test_a_day_of_the_week_that_is_missing_is_told_of_and_comes_later():
    failed = made(WED, VerdictState.FAILED, "arXiv has not answered")
    desk = Desk(replace(BERLIN, days=(4,), since=WED), failed, made(THU), made(FRI))
    assert desk.due(at(FRI, 13)) is None
    decision = desk.decide(at(FRI, 14))
    assert (decision.due.covers, decision.due.told) == ((THU, FRI), (WED,))
    said = "Not here yet: Wed 18 Nov (arXiv has not answered). "
    assert decision.digest.notes[-1] == said + "The next digest will hold it, once it comes."


def test_a_paper_is_not_shown_again_by_a_day_that_came_late():
    late = replace(digest((card(paper("2611.16001")), card(paper("2611.99001")))), date=MON)
    tuesday = replace(digest((card(paper("2611.99001")),)), date=TUE)
    desk = Desk(BERLIN, late, tuesday, made(WED))
    desk.settled |= {MON: NOTICED, TUE: POSTED}
    decision = desk.decide(at(WED, 8))
    assert {each.paper.id for each in decision.digest.cards} == {"2611.16001", "2611.18001"}
    assert decision.digest.counts.repeats == 1


def some(day: date, *numbers: int, whole: bool = False) -> Digest:
    """A digest of the day with the papers of those numbers."""
    state = VerdictState.COMPLETE if whole else VerdictState.PARTIAL
    cards = tuple(card(paper(f"2611.0000{each}"), score=90.0 - each) for each in numbers)
    return replace(digest(cards), date=day, verdict=Verdict(state, ""))


def out(desk: Desk, now: datetime) -> list[str]:
    """Post what is due and settle it; the numbers of its papers."""
    decision = desk.decide(now)
    desk.settled |= dict.fromkeys(decision.due.covers, decision.due.outcome)
    desk.settled |= decision.words
    return [each.paper.id[-1] for each in decision.digest.cards]


def test_what_came_after_its_post_is_in_the_next_digest_and_is_named():
    desk = Desk(BERLIN, some(MON, 1))
    assert out(desk, at(MON, 14)) == ["1"]
    assert desk.settled == {MON: "partial 2611.00001"}
    desk.digests |= {MON: some(MON, 1, 2, 5, whole=True), TUE: some(TUE, 3, whole=True)}
    assert desk.due(at(MON, 20)) is None, "late papers by themselves are no reason to post"
    decision = desk.decide(at(TUE, 8))
    assert [each.paper.id[-1] for each in decision.digest.cards] == ["2", "3", "5"]
    assert [each.rank for each in decision.digest.cards] == [1, 2, 3]
    assert decision.digest.notes[-1] == "Late from Mon 16 Nov: 2\u00a0papers."
    assert (decision.due.covers, decision.due.parts) == ((TUE,), (TUE,))
    assert decision.digest.date == TUE
    counts = decision.digest.counts
    assert (counts.announced, counts.scanned, counts.shown) == (3, 3, 3)
    out(desk, at(TUE, 8))
    assert desk.settled == {MON: POSTED, TUE: POSTED}


def test_what_comes_bit_by_bit_comes_with_several_posts():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    desk.digests |= {MON: some(MON, 1, 2), TUE: some(TUE, 3, whole=True)}
    assert out(desk, at(TUE, 8)) == ["2", "3"]
    assert desk.settled[MON] == "partial 2611.00001 2611.00002"
    desk.digests |= {MON: some(MON, 1, 2, 4, whole=True), WED: some(WED, 5)}
    assert out(desk, at(WED, 14)) == ["4", "5"]
    assert desk.settled == {MON: POSTED, TUE: POSTED, WED: "partial 2611.00005"}


def test_late_papers_do_not_take_the_place_of_the_days_own():
    desk = Desk(BERLIN, some(MON))
    out(desk, at(MON, 14))
    desk.digests |= {MON: some(MON, *range(1, 6), whole=True)}
    desk.digests[TUE] = some(TUE, 6, whole=True)
    look = desk.digests.get
    decision = schedule.decide(BERLIN, desk.settled, look, at(TUE, 8), PATIENCE, cap=1)
    assert decision is not None
    assert len(decision.digest.cards) == 6
    assert decision.digest.verdict.state is VerdictState.COMPLETE


def test_a_catch_up_has_late_papers_too():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    desk.digests |= {MON: some(MON, 1, 2, whole=True)}
    desk.digests |= {TUE: some(TUE, 3, whole=True), WED: some(WED, 4, whole=True)}
    decision = desk.decide(at(WED, 8))
    assert (decision.due.missed, decision.due.parts) == (True, (TUE, WED))
    assert decision.digest.notes == ("Late from Mon 16 Nov: 1\u00a0paper.",)
    assert out(desk, at(WED, 8)) == ["2", "3", "4"]


def test_a_day_that_is_whole_and_has_nothing_more_is_not_spoken_of():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    desk.digests |= {MON: some(MON, 1, whole=True), TUE: some(TUE, 3, whole=True)}
    decision = desk.decide(at(TUE, 8))
    assert (decision.digest, decision.words) == (desk.digests[TUE], {})


def test_what_another_day_shows_is_not_late():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    desk.digests |= {TUE: some(TUE, 2, whole=True)}
    out(desk, at(TUE, 8))
    desk.digests |= {MON: some(MON, 1, 2, 3, whole=True), WED: some(WED, 3, whole=True)}
    decision = desk.decide(at(WED, 8))
    assert decision.due.late == {}


def test_late_papers_wait_for_a_digest_and_for_posts_that_are_under_way():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    desk.digests[MON] = some(MON, 1, 2, whole=True)
    desk.digests[TUE] = made(TUE, VerdictState.FAILED)
    notice = desk.decide(at(TUE, 19))
    assert (notice.due.kind, notice.due.late) == (PostKind.NOTICE, {})
    desk.settled[TUE] = begins(TUE)
    desk.digests[WED] = some(WED, 3, whole=True)
    assert desk.decide(at(WED, 8)).due.late == {}
    desk.settled[TUE] = NOTICED
    assert desk.decide(at(WED, 8)).due.late == {MON: frozenset({"2611.00002"})}


def test_a_day_that_is_out_in_part_is_fetched_until_it_is_whole():
    desk = Desk(BERLIN, some(MON, 1))
    out(desk, at(MON, 14))
    assert dues.coming(BERLIN, desk.settled, desk.digests.get, at(TUE, 7)) == (MON, TUE)
    desk.digests[MON] = some(MON, 1, whole=True)
    assert dues.coming(BERLIN, desk.settled, desk.digests.get, at(TUE, 7)) == (TUE,)


def test_late_papers_of_several_days_are_one_sentence():
    said = absences.late({MON: 2, TUE: 1})
    assert said == "Late from Mon 16 Nov: 2\u00a0papers; from Tue 17 Nov: 1\u00a0paper."
    assert absences.late({}) == ""


TURNS = st.lists(
    st.tuples(st.sets(st.integers(0, 8), max_size=4), st.integers(0, 4)), min_size=5, max_size=5
)
"""For each day its papers, and how many posts late the last of them come."""


@given(TURNS, st.integers(1, 9))
def test_every_paper_of_the_final_digests_is_posted_exactly_once(
    turns: list[tuple[set[int], int]], cut: int
):
    days = [MON, TUE, WED, THU, FRI]
    desk, sent = Desk(replace(BERLIN, since=MON)), list[str]()
    extra = [NEXT + timedelta(days=n) for n in range(4)]
    for now in (*days, *extra):
        for day, (numbers, delay) in zip(days, turns, strict=True):
            if day <= now:
                slots_since = [*days, *extra].index(now) - days.index(day)
                whole = slots_since >= delay
                here = numbers if whole else {each for each in numbers if each < cut}
                before = desk.digests.get(day)
                if before is None or before.verdict.state is VerdictState.PARTIAL:
                    desk.digests[day] = some(day, *sorted(here), whole=whole)
        if now in extra:
            desk.digests[now] = some(now, whole=True)
        sent += out(desk, at(now, 14))
    final = {each.paper.id[-1] for day in days for each in desk.digests[day].cards}
    assert sorted(sent) == sorted(final)


def test_what_a_post_has_begun_belongs_to_it_whatever_the_hour():
    desk = Desk(BERLIN, made(MON), made(TUE), made(WED))
    desk.settled |= {MON: begins(TUE), TUE: begins(TUE)}
    other = desk.due(at(WED, 8))
    assert other is not None
    assert other.covers == (WED,)
    mine = desk.due(at(WED, 23), TUE)
    assert mine is not None
    assert (mine.day, mine.covers) == (TUE, (MON, TUE))


@pytest.mark.parametrize("state", [State.DISABLED, State.PENDING, State.PAUSED])
def test_nothing_is_owed_to_who_is_not_served(state: State):
    assert Desk(replace(BERLIN, state=state), made(MON)).due(at(MON, 8)) is None


def test_after_a_pause_comes_one_catch_up_at_the_next_hour():
    paused = replace(BERLIN, state=State.PAUSED, until=WED, at=time(20))
    desk = Desk(paused, *(made(day) for day in (MON, TUE, WED, THU)))
    assert desk.due(at(WED, 20)) is None
    assert desk.due(at(THU, 0, 1)) is None, "what the pause held does not come at midnight"
    due = desk.due(at(THU, 20))
    assert due is not None
    assert due.covers == (MON, TUE, WED, THU)


def test_another_zone_or_hour_never_posts_a_date_again():
    desk = Desk(BERLIN, made(MON))
    desk.settled[MON] = POSTED
    for zone in ("Pacific/Apia", "America/Los_Angeles", "Asia/Kolkata"):
        for hour in range(24):
            desk.subscription = replace(BERLIN, zone=zone, at=time(hour))
            assert desk.due(at(MON, 8, 1)) is None


def test_a_clock_put_back_posts_nothing():
    desk = Desk(BERLIN, made(MON), made(TUE))
    desk.settled |= {MON: POSTED, TUE: POSTED}
    for back in range(72):
        assert desk.due(at(TUE, 8) - timedelta(hours=back)) is None


def test_a_patience_longer_than_the_window_still_ends():
    patience = Patience.of(DeliverySettings(give_up_h=20, window_h=6))
    assert patience.longest == timedelta(hours=21)


def test_what_the_next_post_can_show_is_fetched():
    desk = Desk(BERLIN, made(MON), made(TUE))
    look = desk.digests.get

    def coming(now: datetime) -> tuple[date, ...]:
        return dues.coming(desk.subscription, desk.settled, look, now)

    assert coming(at(MON, 5, 59)) == ()
    assert coming(at(MON, 6)) == (MON,)
    assert coming(at(NEXT, 7)) == (WED, THU, FRI, NEXT)
    desk.settled = dict.fromkeys((MON, TUE, WED, THU, FRI), POSTED)
    desk.settled |= {WED: NOTICED, TUE: NOTICED, FRI: SKIPPED}
    assert coming(at(NEXT, 7)) == (WED, NEXT), "Tuesday's papers are there already"


def test_every_word_for_an_outcome():
    words = [schedule.outcome(kind) for kind in (PostKind.DIGEST, PostKind.NOTICE, None)]
    assert words == [POSTED, NOTICED, QUIET]


WEEKLY = replace(BERLIN, days=(3,), since=MON)


def test_a_week_of_one_slot_is_no_catch_up():
    desk = Desk(WEEKLY, *map(made, (MON, TUE, WED, THU)))
    decision = desk.decide(at(THU, 8))
    assert (decision.due.parts, decision.due.missed) == ((MON, TUE, WED, THU), False)
    assert decision.setting(WEEKLY) == Setting("Europe/Berlin", (MON, TUE, WED, THU))


def test_what_an_earlier_slot_should_have_brought_makes_a_catch_up():
    twice = replace(WEEKLY, days=(1, 3))
    desk = Desk(twice, *map(made, (MON, TUE, WED, THU)))
    assert desk.decide(at(THU, 8)).setting(twice).missed
    desk.settled = {MON: begins(THU), TUE: begins(THU), WED: begins(THU), THU: begins(THU)}
    assert desk.decide(at(FRI, 9), THU).setting(twice).missed, "begun, and finished by another"
    desk.settled = {MON: POSTED, TUE: POSTED}
    decision = desk.decide(at(THU, 8))
    assert (decision.due.parts, decision.due.missed) == ((WED, THU), False)
