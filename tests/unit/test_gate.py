"""The gate in one process, by the store's clock and a wait that does not sleep."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from paperlark.errors import SourceError, StoreError
from paperlark.store.gate import DAY_S, KEY, Blocked, Gate, Throttled

if TYPE_CHECKING:
    from collections.abc import Callable


class Naps:
    """A wait that only counts, and moves the gate's past so that time seems to go by."""

    def __init__(self, store: redis.Redis) -> None:
        self.store, self.slept = store, list[float]()

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        for field in ("last", "lease", "until"):
            value = self.store.hget(KEY, field)
            if value is not None:
                self.store.hset(KEY, field, f"{float(value) - seconds * 1e6:.0f}")


@pytest.fixture
def naps(store: redis.Redis) -> Naps:
    return Naps(store)


@pytest.fixture
def gate(store: redis.Redis, naps: Naps) -> Gate:
    return Gate(store, interval_s=3.0, wait=naps)


def test_the_first_turn_is_free_and_the_second_waits_out_the_interval(gate: Gate, naps: Naps):
    with gate.turn() as first:
        assert gate.status().busy
    assert not gate.status().busy
    assert naps.slept == []
    with gate.turn() as second:
        pass
    assert second.granted_us - first.granted_us + sum(naps.slept) * 1e6 >= 3_000_000
    assert sum(naps.slept) <= 3.0


def test_an_interval_longer_than_the_patience_is_waited_out(store: redis.Redis, naps: Naps):
    gate = Gate(store, interval_s=600, wait=naps)
    for _ in range(2):
        with gate.turn(patience_s=1):
            pass
    assert sum(naps.slept) > 60


def test_without_an_interval_nobody_waits(store: redis.Redis, naps: Naps):
    gate = Gate(store, interval_s=0, wait=naps)
    for _ in range(5):
        with gate.turn():
            pass
    assert naps.slept == []


def test_a_wait_tells_how_long_and_why(gate: Gate):
    said: list[tuple[float, str]] = []
    with gate.turn():
        pass
    with gate.turn(progress=lambda left, why: said.append((left, why))):
        pass
    assert [why for _, why in said] == ["arXiv asks for a pause between requests"] * len(said)
    assert [left for left, _ in said] == sorted((left for left, _ in said), reverse=True)


def test_a_wait_can_be_stopped_from_its_progress(gate: Gate):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with gate.turn():
        pass
    with pytest.raises(KeyboardInterrupt), gate.turn(progress=stop):
        pass


def test_a_held_connection_is_waited_for_no_longer_than_the_patience(gate: Gate, naps: Naps):
    with gate.turn(), pytest.raises(Throttled, match="another process is asking arXiv"):  # noqa: SIM117
        with gate.turn(patience_s=1.0):
            pass
    assert sum(naps.slept) == pytest.approx(1.0, abs=0.11)


def test_the_turn_ends_when_its_body_raises(gate: Gate):
    with pytest.raises(ZeroDivisionError), gate.turn():
        1 / 0  # noqa: B018
    assert not gate.status().busy


def test_a_dead_holders_lease_runs_out(store: redis.Redis, naps: Naps):
    gate = Gate(store, interval_s=0, lease_s=5.0, wait=naps)
    holder = gate.turn()
    dead = holder.__enter__()
    with gate.turn() as turn:
        assert turn.granted_us - dead.granted_us + sum(naps.slept) * 1e6 >= 5_000_000


def test_a_lost_turn_cannot_be_renewed_and_its_end_frees_nobody_else(
    store: redis.Redis, naps: Naps
):
    gate = Gate(store, interval_s=0, lease_s=500.0, wait=naps)
    with gate.turn() as slow:
        naps(501.0)
        with gate.turn() as quick:
            with pytest.raises(SourceError, match="lost its turn"):
                slow.renew()
            slow.leave()
            assert gate.status().busy
            quick.renew()


def test_renewing_keeps_the_turn_past_its_lease(store: redis.Redis, naps: Naps):
    gate = Gate(store, interval_s=0, lease_s=500.0, wait=naps)
    with gate.turn() as turn:
        for _ in range(3):
            naps(400.0)
            turn.renew()
        assert gate.status().busy


def test_a_living_holder_keeps_its_turn_past_its_lease(store: redis.Redis):
    gate = Gate(store, interval_s=0, lease_s=0.4)
    with gate.turn() as turn:
        first = float(store.hget(KEY, "lease") or 0)
        while float(store.hget(KEY, "lease") or 0) < first + 800_000:
            time.sleep(0.01)
        turn.renew()
    assert not gate.status().busy


def test_an_interruption_at_the_grant_leaves_no_turn_behind(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
):
    enter = gate._enter

    def interrupted(*args: Any) -> int:
        enter(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(gate, "_enter", interrupted)
    with pytest.raises(KeyboardInterrupt), gate.turn():
        pass
    assert not gate.status().busy


def test_retry_after_is_honoured_as_given(gate: Gate, naps: Naps):
    before = gate.status().now.timestamp()
    assert gate.throttled(7.0) == pytest.approx(7.0)
    with gate.turn() as turn:
        pass
    assert turn.granted_us / 1e6 + sum(naps.slept) >= before + 7.0
    assert sum(naps.slept) <= 7.0


def test_without_retry_after_the_pause_doubles_up_to_an_hour(gate: Gate, store: redis.Redis):
    pauses = []
    for _ in range(9):
        store.hdel(KEY, "until")
        pauses.append(gate.throttled())
    for n, pause in enumerate(pauses):
        least = min(60 * 2**n, 3600)
        assert least <= pause <= min(least * 1.25, 3600)
    assert pauses[-1] == 3600


def test_a_proper_answer_starts_the_pauses_small_again(gate: Gate, store: redis.Redis):
    gate.throttled()
    gate.throttled()
    gate.answered()
    store.hdel(KEY, "until")
    assert gate.throttled() <= 75


def test_an_end_set_before_is_never_brought_forward(gate: Gate):
    gate.throttled(500.0)
    assert gate.throttled(10.0) == pytest.approx(500.0, abs=100)


def test_not_before_survives_a_restart(gate: Gate, store: redis.Redis):
    gate.throttled(6000.0, "503")
    again = Gate(store, wait=Naps(store))
    status = again.status()
    assert status.state == "throttled"
    assert status.not_before is not None
    assert 5000 < (status.not_before - status.now).total_seconds() <= 6000
    with pytest.raises(Throttled, match=r"left alone \(503\)") as caught, again.turn():
        pass
    assert 5000 < (caught.value.retry_after or 0) <= 6000


def test_a_wait_beyond_the_patience_is_refused_at_once(gate: Gate, naps: Naps):
    gate.throttled(1210.0)
    with pytest.raises(Throttled), gate.turn():
        pass
    assert naps.slept == []


def test_a_block_lasts_a_day_and_tells_the_operator(gate: Gate):
    assert gate.blocked() == DAY_S
    gate.throttled(5.0)
    with pytest.raises(Blocked, match=r"sources\.arxiv\.contact"), gate.turn():
        pass
    assert gate.status().state == "blocked"
    assert "refused this address" in gate.status().sentence


def test_the_operator_can_open_it(gate: Gate, naps: Naps):
    gate.blocked()
    gate.reopen()
    with gate.turn():
        pass
    assert naps.slept == []
    assert gate.status().state == "open"


def test_a_clock_put_back_shuts_nobody_out(gate: Gate, store: redis.Redis, naps: Naps):
    far = f"{4e15:.0f}"  # the year 2096
    store.hset(KEY, mapping={"last": far, "until": far, "lease": far, "holder": "x"})
    with gate.turn():
        pass
    assert naps.slept == []


@pytest.mark.parametrize(
    "call", [Gate.status, Gate.answered, Gate.blocked, lambda gate: gate.turn().__enter__()]
)
def test_a_store_that_is_gone_is_a_store_error(call: Callable[[Gate], object]):
    client = redis.Redis(unix_socket_path="/nowhere/s", retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError):
        call(Gate(client))
    client.close()
