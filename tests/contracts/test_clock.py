"""One tick of the clock on a real server: what it puts on its way, once, whoever else ticks."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import redis as redis_py
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from paperlark import queues
from paperlark.chosen import built_in
from paperlark.domain import Provenance, Verdict, VerdictState
from paperlark.owed import NOTICED, POSTED, QUIET, SKIPPED, in_part
from paperlark.queues import Outcome
from paperlark.safejob import SERIALIZER, SafeJob
from paperlark.settings import ClockSettings, Settings
from paperlark.store import RedisStore, keys
from paperlark.store.locks import alone
from paperlark.subscription import Quiet, State, Subscription
from paperlark.target import Target
from tests.builders import card, digest
from worker import clock
from worker.clock import Diary, Event, tick

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

MON, TUE = date(2026, 11, 16), date(2026, 11, 17)
EIGHT = datetime(2026, 11, 16, 8, tzinfo=UTC)
SETTINGS = Settings()
PROFILE = built_in("foundations")
SUB = Subscription(Target("slack", "C1"), PROFILE.name, since=MON)
MINUTE = timedelta(minutes=1)


class Place:
    """A store with one subscription, and what waits in its queues."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        self.store.subscriptions.save_subscription(SUB)

    def tick(self, now: datetime, settings: Settings = SETTINGS) -> list[Event]:
        events = tick(self.store, self.client, settings, now)
        assert events is not None
        return list(events)

    def keep(
        self, day: date, state: VerdictState = VerdictState.COMPLETE, revision: str = ""
    ) -> None:
        cards = (card(),) if state is VerdictState.COMPLETE else ()
        made = digest(cards, profile=PROFILE.name)
        by = Provenance("", "", revision or PROFILE.revision, "0")
        self.store.save_digest(replace(made, date=day, verdict=Verdict(state), provenance=by))

    def settled(self, subscription: Subscription = SUB) -> dict[date, str]:
        return dict(self.store.subscriptions.settled(subscription.id))

    def waiting(self, name: str) -> list[str]:
        return queues.open_queue(self.client, name).get_job_ids()


@pytest.fixture
def place(store: redis.Redis) -> Place:
    return Place(store)


FETCH = Event("fetch", PROFILE.name, "2026-11-16")
DELIVER = Event("deliver", SUB.id, "2026-11-16")


def test_a_day_is_fetched_from_midnight_eastern_and_posted_at_its_hour(place: Place):
    assert place.tick(datetime(2026, 11, 16, 4, 59, tzinfo=UTC)) == []
    assert place.tick(datetime(2026, 11, 16, 5, tzinfo=UTC)) == [FETCH]
    place.keep(MON)
    assert place.tick(EIGHT - MINUTE) == []
    assert place.tick(EIGHT) == [DELIVER]
    assert place.tick(EIGHT + MINUTE) == []
    assert place.waiting("deliver") == [queues.job_id("deliver", SUB.id, "2026-11-16")]


def test_a_day_that_is_not_whole_is_asked_for_again(place: Place):
    five = datetime(2026, 11, 16, 5, tzinfo=UTC)
    assert place.tick(five) == [FETCH]
    place.keep(MON, VerdictState.STALE)
    place.client.delete(f"rq:job:{place.waiting('fetch')[0]}")  # it ended, long ago
    assert place.tick(five + 9 * MINUTE) == []
    assert place.tick(five + 10 * MINUTE) == [FETCH]


def test_a_day_that_is_out_in_part_is_asked_for_with_the_next(place: Place):
    place.keep(MON, VerdictState.PARTIAL)
    place.store.subscriptions.settle(SUB.id, [MON], in_part(["2611.00001"]))
    assert place.tick(EIGHT) == []
    monday = Event("fetch", PROFILE.name, MON.isoformat())
    assert monday in place.tick(EIGHT + timedelta(days=1))
    place.keep(MON)
    assert monday not in place.tick(EIGHT + timedelta(days=1, hours=1))


def test_a_clock_put_back_asks_again_without_waiting_for_the_lost_hours(place: Place):
    place.store.subscriptions.ask(PROFILE.name, MON, EIGHT + timedelta(days=1))
    assert FETCH in place.tick(EIGHT)


def test_a_changed_profile_makes_a_day_anew_until_it_is_posted(place: Place):
    place.keep(MON, revision="older")
    assert place.tick(EIGHT - 3 * MINUTE) == [FETCH]
    place.store.subscriptions.settle(SUB.id, [MON], POSTED)
    assert place.tick(EIGHT + 20 * MINUTE) == []


def test_missed_days_are_fetched_up_to_three_and_posted_as_one(place: Place):
    thursday = datetime(2026, 11, 26, 8, tzinfo=UTC)
    events = place.tick(thursday)
    assert [event.said[-2:] for event in events] == ["26", "25", "24", "23"]
    for day in range(23, 27):
        place.keep(date(2026, 11, day))
    assert [event for event in place.tick(thursday) if event.what == "deliver"] == [
        Event("deliver", SUB.id, "2026-11-26")
    ]


def test_a_silent_holiday_is_settled_without_a_post(place: Place):
    friday = date(2026, 11, 27)
    silent = replace(SUB, quiet=Quiet.SILENT, since=friday)
    place.store.subscriptions.save_subscription(silent)
    events = place.tick(datetime(2026, 11, 27, 8, tzinfo=UTC))
    assert Event(QUIET, SUB.id, "2026-11-27") in events
    assert place.settled() == {friday: QUIET}
    assert place.waiting("deliver") == []


def test_a_failure_is_told_only_after_a_last_look(place: Place):
    """After downtime the store holds what was known before it."""
    place.keep(MON, VerdictState.FAILED)
    late = EIGHT + timedelta(hours=7)
    assert place.tick(late) == [FETCH]
    assert place.tick(late + 4 * MINUTE) == []
    assert place.tick(late + 5 * MINUTE) == [DELIVER]


def test_a_failed_job_and_a_lost_one_are_put_right(place: Place):
    place.keep(MON)
    place.tick(EIGHT)
    (job,) = place.waiting("deliver")
    place.client.lrem("rq:queue:deliver", 0, job)
    place.client.hset(f"rq:job:{job}", "enqueued_at", "2026-01-01T00:00:00.000000Z")
    assert place.tick(EIGHT + MINUTE) == [DELIVER]
    place.client.hset(f"rq:job:{job}", "status", "failed")
    place.client.delete("rq:queue:deliver")
    assert place.tick(EIGHT + 2 * MINUTE) == [DELIVER]
    assert place.waiting("deliver") == [job]


def test_a_post_that_has_begun_is_looked_after_for_three_days(place: Place):
    assert place.store.subscriptions.begin(SUB.id, [MON], MON)
    place.store.subscriptions.settle(SUB.id, [TUE, date(2026, 11, 18)], POSTED)
    assert place.tick(EIGHT + timedelta(days=2)) == [DELIVER]
    place.client.flushall()
    place.store.subscriptions.save_subscription(SUB)
    assert place.store.subscriptions.begin(SUB.id, [MON, TUE], TUE)
    events = place.tick(EIGHT + timedelta(days=4))
    assert Event(SKIPPED, SUB.id, "2026-11-16") in events
    assert place.settled() == {MON: SKIPPED, TUE: SKIPPED}


@pytest.mark.parametrize("state", [State.DISABLED, State.PAUSED, State.PENDING])
def test_who_is_not_served_costs_nothing(place: Place, state: State):
    place.store.subscriptions.save_subscription(replace(SUB, state=state))
    assert place.tick(EIGHT) == []


def test_one_subscription_in_trouble_keeps_no_other_from_its_post(place: Place):
    nowhere = Subscription(Target("slack", "C0"), PROFILE.name, zone="Mars/Olympus", since=MON)
    nobody = Subscription(Target("slack", "C0"), "nobody", since=MON)
    for each in (nowhere, nobody):
        place.store.subscriptions.save_subscription(each)
    place.keep(MON)
    events = place.tick(EIGHT)
    assert DELIVER in events
    problems = [event for event in events if event.what == clock.PROBLEM]
    assert [event.about for event in problems] == [nowhere.id, "nobody"]
    assert "no time zone" in problems[0].said
    assert "no profile “nobody”" in problems[1].said


def test_a_damaged_subscription_is_told_once_and_the_others_are_served(place: Place):
    place.client.hset(keys.SUBSCRIPTIONS, "slack:C0/x", b"{")
    place.keep(MON)
    with structlog.testing.capture_logs() as lines:
        diary = Diary()
        assert DELIVER in diary.tick(place.store, place.client, SETTINGS, EIGHT)
        diary.tick(place.store, place.client, SETTINGS, EIGHT + MINUTE)
    (told,) = [line for line in lines if line["event"] == clock.PROBLEM]
    assert told["about"] == "slack:C0/x"
    assert "paperlark subs remove 'slack:C0/x'" in told["why"]


def test_two_ticks_at_one_instant_are_one(place: Place):
    place.keep(MON)
    with alone(place.client, keys.TICK_LOCK, 60) as mine:
        assert mine
        assert tick(place.store, place.client, SETTINGS, EIGHT) is None
    assert place.tick(EIGHT) == [DELIVER]
    assert place.client.get(keys.TICK_LOCK) is None


def test_a_lock_is_given_back_only_by_who_holds_it(store: redis.Redis):
    with alone(store, "ad:lock:x", 60) as mine:
        assert mine
        store.set("ad:lock:x", "another's", px=60_000)  # the lease had run out
    assert store.get("ad:lock:x") == b"another's"


def together(work: list[Callable[[], object]]) -> None:
    """Run all of it at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(work))

    def one(each: Callable[[], object]) -> None:
        gate.wait()
        each()

    threads = [threading.Thread(target=one, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "without the lock"])
def test_three_hosts_one_of_them_five_minutes_wrong_make_one_job(
    place: Place, store_url: str, *, locked: bool
):
    place.keep(MON)
    place.keep(TUE)
    place.store.subscriptions.settle(SUB.id, [MON], POSTED)
    hosts = [redis_py.from_url(store_url) for _ in range(3)]
    wrong = [timedelta(), timedelta(), 5 * MINUTE]
    tuesday = EIGHT + timedelta(days=1)

    def host(client: redis.Redis, by: timedelta) -> Callable[[], object]:
        def ticks() -> None:
            for n in range(-12, 13):  # half a minute apart, through the hour of the post
                now = tuesday + by + n * MINUTE / 2
                if locked:
                    tick(RedisStore(client), client, SETTINGS, now)
                else:
                    list(clock._Tick(RedisStore(client), client, SETTINGS, now).events())

        return ticks

    together([host(client, by) for client, by in zip(hosts, wrong, strict=True)])
    for client in hosts:
        client.close()
    assert place.waiting("deliver") == [queues.job_id("deliver", SUB.id, "2026-11-17")]
    assert len(SafeJob.fetch(place.waiting("deliver")[0], place.client, SERIALIZER).args) == 2


def test_a_notice_that_is_overtaken_by_papers_is_not_lost(place: Place):
    place.keep(MON)
    place.keep(TUE)
    place.store.subscriptions.settle(SUB.id, [MON], NOTICED)
    assert place.tick(EIGHT + 12 * timedelta(hours=1)) == []
    events = place.tick(EIGHT + timedelta(days=1))
    assert events == [Event("deliver", SUB.id, "2026-11-17")]


def test_a_store_that_is_away_is_written_down_once_and_outlived(place: Place):
    gone = redis_py.Redis(port=1, retry=Retry(NoBackoff(), 0))
    place.keep(MON)
    with structlog.testing.capture_logs() as lines:
        diary = Diary()
        for _ in range(3):
            assert diary.tick(RedisStore(gone), gone, SETTINGS, EIGHT) == ()
        assert diary.tick(place.store, place.client, SETTINGS, EIGHT) == (DELIVER,)
    assert [line["event"] for line in lines] == [
        "the clock waits for its store",
        "the store is back",
        "deliver",
    ]


def test_a_problem_is_written_down_once_while_it_lasts(place: Place):
    nobody = Subscription(Target("slack", "C0"), "nobody", since=MON)
    place.store.subscriptions.save_subscription(nobody)
    with structlog.testing.capture_logs() as lines:
        diary = Diary()
        for n in range(3):
            diary.tick(place.store, place.client, SETTINGS, EIGHT + n * MINUTE)
        place.store.subscriptions.remove_subscription(nobody.id)
        diary.tick(place.store, place.client, SETTINGS, EIGHT + 4 * MINUTE)
        place.store.subscriptions.save_subscription(nobody)
        diary.tick(place.store, place.client, SETTINGS, EIGHT + 5 * MINUTE)
    assert [line["event"] for line in lines].count(clock.PROBLEM) == 2


def test_the_times_of_looking_are_settings(place: Place):
    often = Settings(clock=ClockSettings(look_again_s=60, tick_s=1))
    assert place.tick(EIGHT, often) == [FETCH]
    assert queues.enqueue(place.client, "fetch", PROFILE.name, "2026-11-16") is Outcome.PENDING
    place.client.flushdb()
    place.store = RedisStore(place.client)
    place.store.subscriptions.save_subscription(SUB)
    assert place.tick(EIGHT + MINUTE, often) == [FETCH]
