"""Who gets what, and what became of it: on a real server, and in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paperlark.errors import StoreError
from paperlark.owed import NOTICED, POSTED, QUIET, SKIPPED, begins, begun
from paperlark.store import keys
from paperlark.store.subscriptions import Subscriptions
from paperlark.subscription import Form, Quiet, State, Subscription, Wait
from paperlark.target import Target
from tests.fakes import MemorySubscriptions

if TYPE_CHECKING:
    import redis

    from paperlark.ports import SubscriptionStore

DAY = date(2026, 11, 19)
NEXT = DAY + timedelta(days=1)
NOW = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
NAME = "slack:C1/foundations"

FULL = Subscription(
    Target("mail", "ada@example.org"),
    "Ωmega / 1",
    at=time(7, 45),
    zone="Asia/Kathmandu",
    days=(0, 2, 5),
    wait=Wait.ASAP,
    quiet=Quiet.SILENT,
    form=Form.INLINE,
    since=DAY,
    state=State.DISABLED,
    owner="slack:U1",
    until=NEXT,
    reason="the channel is gone",
    made_at=NOW,
)


@pytest.fixture(params=["redis", "memory"])
def kept(request: pytest.FixtureRequest) -> SubscriptionStore:
    if request.param == "memory":
        return MemorySubscriptions()
    return Subscriptions(request.getfixturevalue("store"))


def test_a_subscription_comes_back_whole(kept: SubscriptionStore):
    plain = Subscription(Target("console"), "foundations")
    for each in (FULL, plain):
        kept.save_subscription(each)
    assert kept.subscriptions() == (plain, FULL)
    assert kept.subscription(FULL.id) == FULL
    assert kept.subscription("slack:C1/other") is None


def test_the_last_word_on_a_subscription_is_kept(kept: SubscriptionStore):
    kept.save_subscription(Subscription(Target("console"), "a"))
    later = Subscription(Target("console"), "a", zone="Asia/Tokyo")
    kept.save_subscription(later)
    assert kept.subscriptions() == (later,)


@pytest.mark.parametrize("document", [b"", b"{", b"x\x9c", b'{"schema":1,"body":{"profile":7}}'])
def test_a_damaged_one_stands_in_no_other_ones_way(store: redis.Redis, document: bytes):
    kept = Subscriptions(store)
    kept.save_subscription(FULL)
    store.hset(keys.SUBSCRIPTIONS, NAME, document)
    assert (kept.subscriptions(), kept.damaged()) == ((FULL,), (NAME,))
    with pytest.raises(StoreError, match=f"forget it with `paperlark subs remove '{NAME}'`"):
        kept.subscription(NAME)
    assert kept.remove_subscription(NAME)
    assert kept.damaged() == ()


def test_what_it_was_given_outlives_a_subscription(kept: SubscriptionStore):
    kept.save_subscription(FULL)
    kept.settle(FULL.id, [DAY], POSTED)
    assert kept.remove_subscription(FULL.id)
    assert not kept.remove_subscription(FULL.id)
    assert kept.subscriptions() == ()
    assert kept.settled(FULL.id) == {DAY: POSTED}


def test_only_what_still_stands_as_it_was_seen_is_disabled(kept: SubscriptionStore):
    seen = Subscription(Target("slack", "C1"), "foundations")
    assert kept.disable(seen, "gone") is None
    assert kept.subscriptions() == ()
    edited = replace(seen, zone="Asia/Tokyo", owner="slack:U2")
    kept.save_subscription(edited)
    off = replace(edited, state=State.DISABLED, reason="gone")
    assert kept.disable(seen, "gone") == off
    assert kept.subscription(seen.id) == off
    assert kept.disable(seen, "gone again") is None, "only one of two is the first"
    for now in (replace(seen, state=State.PAUSED), replace(seen, state=State.PENDING)):
        kept.save_subscription(now)
        assert kept.disable(seen, "gone") is None
        assert kept.subscription(seen.id) == now


def test_dates_are_settled_each_by_itself(kept: SubscriptionStore):
    kept.settle(NAME, [NEXT], NOTICED)
    kept.settle(NAME, [DAY, NEXT], POSTED)
    kept.settle(NAME, [], SKIPPED)
    assert list(kept.settled(NAME).items()) == [(DAY, POSTED), (NEXT, POSTED)]
    assert kept.settled("slack:C1/other") == {}


def test_a_post_takes_all_of_its_dates_or_none(kept: SubscriptionStore):
    assert kept.begin(NAME, [DAY], DAY)
    assert not kept.begin(NAME, [NEXT, DAY], NEXT)
    assert kept.settled(NAME) == {DAY: begins(DAY)}
    assert kept.begin(NAME, [DAY], DAY), "the same post may begin again"
    assert begun(kept.settled(NAME)) == (DAY,)


@pytest.mark.parametrize(
    ("word", "free"), [(POSTED, False), (SKIPPED, False), (NOTICED, True), (QUIET, True)]
)
def test_only_dates_whose_papers_are_owed_can_be_taken(
    kept: SubscriptionStore, word: str, *, free: bool
):
    kept.settle(NAME, [DAY], word)
    assert kept.begin(NAME, [DAY, NEXT], NEXT) is free


def test_of_many_posts_one_gets_a_date(kept: SubscriptionStore):
    days = [DAY + timedelta(days=n) for n in range(20)]
    assert [kept.begin(NAME, [DAY, day], day) for day in days].count(True) == 1


def test_when_a_day_was_asked_for(kept: SubscriptionStore):
    assert kept.asked("p") == {}
    kept.ask("p", DAY, NOW)
    kept.ask("p", NEXT, NOW)
    kept.ask("p", DAY, NOW + timedelta(minutes=1))
    assert kept.asked("p") == {DAY: NOW + timedelta(minutes=1), NEXT: NOW}
    assert kept.asked("q") == {}


def test_100_days_of_outcomes_and_40_of_looks_are_kept(store: redis.Redis):
    kept = Subscriptions(store)
    for ago in range(130, -1, -5):
        kept.settle(NAME, [DAY - timedelta(days=ago)], POSTED)
        kept.ask("p", DAY - timedelta(days=ago), NOW)
    assert min(kept.settled(NAME)) == DAY - timedelta(days=100)
    assert min(kept.asked("p")) == DAY - timedelta(days=40)
    assert set(store.keys("ad:*")) == {
        keys.done(NAME).encode(),
        keys.asked("p").encode(),
        keys.SCHEMA.encode(),
    }


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["begin", "settle"]),
        st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
        st.sampled_from([POSTED, NOTICED, SKIPPED, QUIET]),
    ),
    max_size=12,
)


def moved(twin: SubscriptionStore, move: str, days: list[date], word: str) -> bool | None:
    if move == "begin":
        return twin.begin(NAME, days, max(days))
    twin.settle(NAME, days, word)
    return None


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_twin_says_what_the_server_says(
    store: redis.Redis, moves: list[tuple[str, list[int], str]]
):
    store.flushall()
    twins: tuple[SubscriptionStore, ...] = (Subscriptions(store), MemorySubscriptions())
    for move, numbers, word in moves:
        days = [DAY + timedelta(days=n) for n in numbers]
        real, memory = (moved(twin, move, days, word) for twin in twins)
        assert real == memory
        assert twins[0].settled(NAME) == twins[1].settled(NAME)
