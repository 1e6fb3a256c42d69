"""The ledger of money and tokens, the grades and the rungs: on a real server, and in memory."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from paperlark.domain import Label
from paperlark.errors import StoreError
from paperlark.store import RedisStore, keys
from paperlark.store.grades import Graded, target
from paperlark.store.spending import Spending
from paperlark.store.usage import Took, total
from tests.fakes import MemorySpending, MemoryStore
from worker.llm.words import Spent

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.ports import LabelStore

Store: TypeAlias = RedisStore | MemoryStore
Ledger: TypeAlias = Spending | MemorySpending

DAY = date(2026, 11, 19)
NEXT = DAY + timedelta(days=1)


@pytest.fixture(params=["redis", "memory"])
def kept(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return RedisStore(request.getfixturevalue("store"))


@pytest.fixture
def ledger(kept: Store) -> Ledger:
    return kept.spending


def lapse(store: redis.Redis, token: str) -> None:
    """Let a lease have ended long ago."""
    held = store.hget(keys.HELD, token)
    assert isinstance(held, bytes)
    day, amount, _ = held.decode().split()
    store.hset(keys.HELD, token, f"{day} {amount} 1000000")


def test_money_is_held_then_settled(ledger: Ledger):
    assert ledger.reserve("a", 0.5, DAY, (1.0, 5.0))
    standing = ledger.standing(DAY)
    assert (standing.day, standing.held_day, standing.held_month) == (0, 0.5, 0.5)
    assert standing.left((1.0, 5.0)) == 0.5
    assert standing.left((None, 5.0)) == 4.5
    assert standing.left((None, None)) is None
    ledger.settle("a", 0.2, DAY)
    assert ledger.standing(DAY).held_day == 0
    assert (ledger.spent(DAY), ledger.spent(NEXT), ledger.spent_month(NEXT)) == (0.2, 0, 0.2)
    assert ledger.standing(DAY).left((0.1, None)) == 0


def test_nothing_is_held_that_could_pass_a_cap(ledger: Ledger):
    assert ledger.reserve("a", 0.6, DAY, (1.0, None))
    assert not ledger.reserve("b", 0.5, DAY, (1.0, None))
    assert ledger.reserve("c", 0.4, DAY, (1.0, None))
    assert not ledger.reserve("d", 1e-9, DAY, (1.0, None))
    assert ledger.reserve("e", 0.5, NEXT, (1.0, None))
    assert not ledger.reserve("f", 0.5, NEXT, (1.0, 1.9))
    assert ledger.reserve("g", 9.0, DAY.replace(month=12), (None, 9.0))


def test_without_caps_anything_goes(ledger: Ledger):
    assert ledger.reserve("a", 1e6, DAY)
    ledger.settle("b", 3.0, DAY)
    assert ledger.spent(DAY) == 3


def test_a_cap_of_nothing_lets_only_what_is_free_pass(ledger: Ledger):
    assert ledger.reserve("a", 0.0, DAY, (0.0, 0.0))
    assert not ledger.reserve("b", 1e-9, DAY, (0.0, None))


def test_what_arrives_twice_counts_once(ledger: Ledger):
    """A client that lost the answer says it again."""
    for _ in range(2):
        assert ledger.reserve("a", 0.6, DAY, (1.0, None))
    for _ in range(2):
        ledger.settle("a", 0.3, DAY)
    assert ledger.spent(DAY) == 0.3
    ledger.settle("a", 0.1, DAY)
    assert ledger.spent(DAY) == 0.1


def test_a_call_that_is_settled_cannot_be_made_again(ledger: Ledger):
    ledger.settle("a", 0.3, DAY)
    assert not ledger.reserve("a", 0.1, DAY)


@pytest.mark.parametrize("usd", [-0.1, float("nan"), float("inf")])
def test_only_amounts_are_money(store: redis.Redis, usd: float):
    spending = Spending(store)
    for call in (lambda: spending.reserve("a", usd, DAY), lambda: spending.settle("a", usd, DAY)):
        with pytest.raises(ValueError, match="no amount"):
            call()


CAP = 1.0
AMOUNTS = st.integers(0, 700).map(lambda thousandths: thousandths / 1000)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 9), AMOUNTS),
        st.tuples(st.just("settle"), st.integers(0, 9), st.floats(0, 1)),
        st.tuples(st.just("lapse"), st.integers(0, 9), st.just(0.0)),
        st.tuples(st.just("again"), st.integers(0, 9), st.just(0.0)),
    ),
    max_size=25,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES)
def test_settled_and_held_never_pass_the_cap(
    store: redis.Redis, moves: list[tuple[str, int, float]]
):
    """In any order of holding, settling at most that much, dying, and saying it again."""
    store.flushall()
    spending = Spending(store)
    held: dict[str, float] = {}
    facts: dict[str, float] = {}
    names: dict[int, str] = {}
    for count, (move, slot, number) in enumerate(moves):
        name = names.get(slot, "")
        if move == "reserve" and name not in held:
            names[slot] = name = f"{slot}-{count}"
            if spending.reserve(name, number, DAY, (CAP, CAP)):
                held[name] = number
        elif move == "settle" and name in held:
            facts[name] = held.pop(name) * number
            spending.settle(name, facts[name], DAY)
        elif move == "lapse" and name in held:
            lapse(store, name)
            del held[name]
        elif move == "again" and name in facts:
            spending.settle(name, facts[name], DAY)
        standing = spending.standing(DAY)
        assert standing.day + standing.held_day <= CAP + 1e-9
        assert standing.day == pytest.approx(sum(facts.values()), abs=1e-7)
        assert standing.held_day == pytest.approx(sum(held.values()), abs=1e-7)
        assert (standing.month, standing.held_month) == (standing.day, standing.held_day)


def test_what_a_dead_process_held_counts_until_its_lease_ends(store: redis.Redis):
    spending = Spending(store)
    assert spending.reserve("dead", 0.9, DAY, (1.0, None))
    assert not spending.reserve("b", 0.5, DAY, (1.0, None))
    ends = int(store.hget(keys.HELD, "dead").split()[2])  # type: ignore[union-attr]
    seconds, micro = store.time()
    assert 590e6 < ends - (seconds * 1_000_000 + micro) <= 600e6
    lapse(store, "dead")
    assert spending.standing(DAY).held_day == 0
    assert spending.reserve("b", 0.5, DAY, (1.0, None))
    assert store.hkeys(keys.HELD) == [b"b"]


def test_a_call_that_comes_back_late_is_counted_all_the_same(store: redis.Redis):
    spending = Spending(store)
    spending.reserve("late", 0.9, DAY, (1.0, None))
    lapse(store, "late")
    assert spending.reserve("b", 0.5, DAY, (1.0, None))
    spending.settle("late", 0.9, DAY)
    assert spending.spent(DAY) == 0.9
    assert not spending.reserve("c", 0.1, DAY, (1.0, None))


def test_a_clock_put_back_holds_nothing_for_ever(store: redis.Redis):
    store.hset(keys.HELD, "x", f"{DAY} 900000000 4000000000000000")
    assert Spending(store).reserve("a", 0.9, DAY, (1.0, None))


def test_sums_are_kept_400_days_and_calls_two(store: redis.Redis):
    spending = Spending(store)
    spending.settle("a", 0.1, DAY)
    spending.record("p", DAY, "m", Spent(1, 2, 0, 3), run="r")
    for key, most in [
        (keys.spent(DAY), keys.SPENT_S),
        (keys.usage(DAY), keys.SPENT_S),
        (keys.settled(DAY), keys.SETTLED_S),
    ]:
        assert most - 60 <= int(store.ttl(key)) <= most
    assert keys.SPENT_S == 400 * keys.DAY_S


def test_a_full_store_lets_no_call_begin_and_still_takes_the_bill(store: redis.Redis):
    spending = Spending(store)
    assert spending.reserve("a", 0.5, DAY)
    store.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreError, match="memory"):
            spending.reserve("b", 0.5, DAY)
        spending.settle("a", 0.25, DAY)
    finally:
        store.config_set("maxmemory", "0")
    standing = spending.standing(DAY)
    assert (standing.day, standing.held_day) == (0.25, 0)


PROGRAM = """
import json, sys
from datetime import date
import redis
from paperlark.store.spending import Spending
spending = Spending(redis.from_url(sys.argv[1]))
day, done = date(2026, 11, 19), 0
for number in range(60):
    token = f"{sys.argv[2]}-{number}"
    if spending.reserve(token, 0.01, day, (1.0, 5.0)):
        done += 1
        if number % 3:
            spending.settle(token, 0.008, day)
print(json.dumps(done))
"""


def test_eight_processes_racing_never_pass_the_cap(store: redis.Redis, store_url: str):
    command = [sys.executable, "-c", PROGRAM, store_url]
    processes = [
        subprocess.Popen([*command, str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(8)
    ]
    try:
        done = [int(process.communicate(timeout=120)[0]) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    standing = Spending(store).standing(DAY)
    spent, held = round(standing.day / 0.008), round(standing.held_day / 0.01)
    assert sum(done) == spent + held
    assert 0.95 < standing.day + standing.held_day <= 1.0


def test_usage_adds_up_by_digest_profile_and_month(ledger: Ledger):
    ledger.record("p", DAY, "mini", Spent(3, 100, 40, 20, 5, 0.5), run="r1")
    ledger.record("p", DAY, "nano", Spent(1, 10, 0, 2, 0, 0.01), run="r1")
    ledger.record("a b:c", NEXT, "x", Spent(2, 7, 0, 1, 0, None), run="r 2")
    ledger.record("p", DAY.replace(month=10), "mini", Spent(1, 1), run="r0")
    uses = ledger.usage(NEXT)
    assert [(use.profile, use.day, use.model, use.run) for use in uses] == [
        ("p", DAY, "mini", "r1"),
        ("p", DAY, "nano", "r1"),
        ("a b:c", NEXT, "x", "r 2"),
    ]
    assert total(uses) == Took(6, 117, 40, 23, 5, 0.51, 2)
    assert total(ledger.usage(DAY, "p")).tokens == 132
    assert ledger.usage(DAY, "q") == ()


def test_a_store_keeps_usage_as_its_ledger_does(kept: Store):
    kept.record("p", DAY, "m", Spent(1, 10, 0, 1, 0, 0.1), run="r")
    assert kept.usage(DAY) == kept.spending.usage(DAY)
    assert len(kept.usage(DAY, "p")) == 1


def test_a_run_is_counted_once_and_a_second_run_too(ledger: Ledger):
    for _ in range(2):
        ledger.record("p", DAY, "m", Spent(1, 10, 0, 1, 0, 0.1), run="r1")
    assert total(ledger.usage(DAY)).calls == 1
    ledger.record("p", DAY, "m", Spent(1, 10, 0, 1, 0, 0.1), run="r2")
    assert total(ledger.usage(DAY)).cost_usd == pytest.approx(0.2)


def test_grades_are_kept_by_paper_the_newest_day_first_asked(kept: Store):
    kept.save_grades("p", "r1", DAY, "mini", {"a": (9, 7, 1.0), "b": (2, 5, 1.0)})
    kept.save_grades("p", "r2", NEXT, "nano", {"b": (8, 6, 5.0), "c": (1, 1, 1.0)})
    kept.save_grades("q", "r1", DAY, "mini", {"a": (1, 1, 1.0)})
    assert kept.grades("p") == {
        "a": Graded(DAY, 9, 7, 1.0, "mini", "r1"),
        "b": Graded(NEXT, 8, 6, 5.0, "nano", "r2"),
        "c": Graded(NEXT, 1, 1, 1.0, "nano", "r2"),
    }
    assert set(kept.grades("p", NEXT)) == {"b", "c"}
    assert kept.grades("z") == {}


def test_a_second_run_adds_to_the_day(kept: Store):
    kept.save_grades("p", "r", DAY, "m", {"a": (9, 7, 1.0), "b": (5, 5, 1.0)})
    kept.save_grades("p", "r", DAY, "m", {"b": (6, 5, 1.0), "c": (1, 5, 1.0)})
    found = kept.grades("p")
    assert {paper: each.relevance for paper, each in found.items()} == {"a": 9, "b": 6, "c": 1}


def test_labels_are_the_grades_targets_with_their_weights(kept: Store):
    labels: LabelStore = kept
    assert labels.labels("p") == {}
    kept.save_grades("p", "r", DAY, "m", {"a": (9, 7, 1.0), "b": (6, 5, 5.0), "c": (3, 9, 1.0)})
    assert labels.labels("p") == {"a": Label(1.0), "b": Label(0.5, 5.0), "c": Label(0.0)}


def test_full_days_are_those_without_a_draw(kept: Store):
    assert kept.days_graded("p") == 0
    kept.save_grades("p", "r", DAY, "m", {"a": (9, 7, 1.0)})
    kept.save_grades("p", "r", NEXT, "m", {"b": (9, 7, 1.0), "c": (1, 7, 4.5)})
    assert kept.days_graded("p") == 1


GRADE = st.integers(1, 10)


@given(GRADE, GRADE, GRADE, GRADE)
def test_a_target_never_falls_when_a_grade_rises(r1: int, n1: int, r2: int, n2: int):
    low = target(min(r1, r2), min(n1, n2))
    assert 0 <= low <= target(max(r1, r2), max(n1, n2)) <= 1


@pytest.mark.parametrize(
    ("relevance", "novelty", "expected"),
    [
        (8, 5, 1.0),
        (10, 10, 1.0),
        (7, 7, 0.75),
        (6, 5, 0.5),
        (5, 9, 0.25),
        (4, 10, 0),
        (9, 1, 1 / 3),
    ],
)
def test_targets(relevance: int, novelty: int, expected: float):
    assert target(relevance, novelty) == pytest.approx(expected)


def test_grades_are_forgotten_after_a_hundred_days(store: redis.Redis):
    kept = RedisStore(store)
    old = DAY - keys.GRADES_KEPT
    for day in (old - timedelta(days=1), old, DAY):
        kept.save_grades("p", "r", day, "m", {f"x{day}": (1, 1, 1.0)})
    assert {graded.day for graded in kept.grades("p").values()} == {old, DAY}


def test_a_days_grades_are_small(store: redis.Redis):
    """A thousand profiles with a hundred days of five hundred papers must fit a small server."""
    said = {f"2611.{n:05}": (n % 10 + 1, n % 4 + 4, 1.0) for n in range(500)}
    RedisStore(store).save_grades("p", "0123456789ab", DAY, "gpt-5-mini-2025-08-07", said)
    assert len(store.hget(keys.grades("p"), DAY.isoformat()) or b"") < 8_000


def test_two_runs_at_once_lose_nothing(store: redis.Redis, store_url: str):
    program = (
        "import sys, redis\n"
        "from datetime import date\n"
        "from paperlark.store import RedisStore\n"
        "kept = RedisStore(redis.from_url(sys.argv[1]))\n"
        "for n in range(30):\n"
        "    said = {f'{sys.argv[2]}{n}': (5, 5, 1.0)}\n"
        "    kept.save_grades('p', 'r', date(2026, 11, 19), 'm', said)\n"
    )
    command = [sys.executable, "-c", program, store_url]
    processes = [subprocess.Popen([*command, name]) for name in "ab"]
    try:
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert len(RedisStore(store).grades("p")) == 60


def test_a_rung_is_remembered_by_server(kept: Store):
    assert kept.rungs.get("https://a/v1") is None
    kept.rungs.set("https://a/v1", 2)
    kept.rungs.set("https://b/v1", 0)
    assert (kept.rungs.get("https://a/v1"), kept.rungs.get("https://b/v1")) == (2, 0)


def test_a_rung_is_forgotten_after_a_month(store: redis.Redis):
    RedisStore(store).rungs.set("s", 1)
    assert keys.RUNG_S - 60 <= int(store.ttl(keys.rung("s"))) <= keys.RUNG_S


CALLS: list[Callable[[RedisStore], object]] = [
    lambda kept: kept.spending.reserve("a", 1, DAY),
    lambda kept: kept.spending.settle("a", 1, DAY),
    lambda kept: kept.spending.record("p", DAY, "m", Spent(), run="r"),
    lambda kept: kept.spending.usage(DAY),
    lambda kept: kept.save_grades("p", "r", DAY, "m", {}),
    lambda kept: kept.rungs.get("s"),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_store_that_is_gone_is_a_store_error(call: Callable[[RedisStore], object]):
    client = redis.Redis(unix_socket_path="/nowhere/s", retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError):
        call(RedisStore(client))
    client.close()
