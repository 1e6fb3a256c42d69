"""Ids, outcomes and refusals of the queues, on a real server without a worker."""

from __future__ import annotations

import json
import pickle
import re
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq.exceptions import NoSuchJobError
from rq.executions import Execution
from rq.job import Job, JobStatus

from paperlark import queues
from paperlark.errors import StoreError
from paperlark.queues import JobFailed, Outcome, State, enqueue, job_id
from paperlark.safejob import JOBS, SERIALIZER, JobRefused, SafeJob

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-21"
PARTS = st.lists(st.text(min_size=1) | st.text("_-.a2e", min_size=1), max_size=4)


def _parts_of(identifier: str) -> list[str]:
    """The inverse of `job_id`, written from its docstring."""
    parts, rest = [""], identifier
    while rest:
        if escape := re.match(r"__([0-9a-f]+)_", rest):
            parts[-1] += chr(int(escape[1], 16))
            rest = rest[escape.end() :]
        elif rest[0] == "_":
            parts.append("")
            rest = rest[1:]
        else:
            parts[-1] += rest[0]
            rest = rest[1:]
    return parts


def _job(store: redis.Redis, *args: str) -> Job:
    return SafeJob.fetch(job_id(*args), store, SERIALIZER)


@given(PARTS)
def test_an_id_can_be_read_back_so_different_jobs_have_different_ids(parts: list[str]) -> None:
    identifier = job_id("score", *parts)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", identifier)
    assert _parts_of(identifier) == ["score", *parts]


def test_plain_names_stay_readable() -> None:
    assert job_id("fetch", "arxiv", DAY) == "fetch_arxiv_2026-11-21"
    assert job_id("score", "é.x", DAY) == "score___e9___2e_x_2026-11-21"


def test_empty_parts_have_no_id() -> None:
    with pytest.raises(ValueError, match="empty"):
        job_id("score", "")


def test_every_job_has_a_queue_with_limits() -> None:
    assert set(JOBS) == set(queues.QUEUE_OF)
    assert set(queues.QUEUE_OF.values()) == set(queues.LIMITS)


def test_a_job_carries_the_limits_of_its_queue(store: redis.Redis) -> None:
    assert enqueue(store, "publish", "my.group", DAY) is Outcome.QUEUED
    job = _job(store, "publish", "my.group", DAY)
    assert (job.origin, job.func_name, job.args) == (
        "score",
        "worker.jobs.publish",
        ["my.group", DAY],
    )
    assert (job.timeout, job.result_ttl, job.failure_ttl) == (1_800, 3_600, 86_400)
    assert job.retry_intervals == [0, 60, 300, 900]
    assert 0 < store.ttl(job.key) <= 172_800
    assert json.loads(job.data) == ["worker.jobs.publish", None, ["my.group", DAY], {}]


def test_the_same_job_is_queued_once(store: redis.Redis) -> None:
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.QUEUED
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING
    assert queues.open_queue(store, "fetch").count == 1


@pytest.mark.parametrize("ended", ["finished", "failed", "stopped", "canceled"])
def test_an_ended_job_makes_room_for_the_next(store: redis.Redis, ended: str) -> None:
    enqueue(store, "fetch", "arxiv", DAY)
    store.delete("rq:queue:fetch")
    _job(store, "fetch", "arxiv", DAY).set_status(JobStatus(ended))
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.REPAIRED
    assert _job(store, "fetch", "arxiv", DAY).get_status() == "queued"
    assert queues.open_queue(store, "fetch").job_ids == [job_id("fetch", "arxiv", DAY)]


def _age(store: redis.Redis, seconds: float, status: str = "queued") -> Job:
    """A job that was enqueued that long ago."""
    enqueue(store, "fetch", "arxiv", DAY)
    job = _job(store, "fetch", "arxiv", DAY)
    then = datetime.now(UTC) - timedelta(seconds=seconds)
    job.created_at = job.enqueued_at = then
    job.set_status(JobStatus(status))
    job.save()
    return job


@pytest.mark.parametrize("status", ["queued", "started"])
def test_a_lost_job_is_enqueued_again(store: redis.Redis, status: str) -> None:
    _age(store, 130, status)
    store.delete("rq:queue:fetch")
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.REPAIRED
    assert queues.open_queue(store, "fetch").count == 1


def test_a_job_that_is_being_handed_over_is_left_alone(store: redis.Redis) -> None:
    _age(store, 60)
    store.delete("rq:queue:fetch")
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING


def test_a_job_that_has_waited_long_in_its_queue_is_left_alone(store: redis.Redis) -> None:
    _age(store, 9_000)
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING
    assert queues.open_queue(store, "fetch").count == 1


def test_an_old_job_in_the_intermediate_queue_is_left_to_rq(store: redis.Redis) -> None:
    _age(store, 9_000)
    store.lmove("rq:queue:fetch", "rq:queue:fetch:intermediate")
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING


def test_what_a_killed_worker_left_in_the_registry_is_no_sign_of_life(store: redis.Redis) -> None:
    job = _age(store, 130, "started")
    store.delete("rq:queue:fetch")
    with store.pipeline() as claim:
        Execution.create(job, 30, claim, worker_name="somebody")
        claim.execute()
    registry = queues.open_queue(store, "fetch").started_job_registry.key
    left: Any = store.zrange(registry, 0, -1)
    store.zadd(registry, dict.fromkeys(left, 1.0))
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.REPAIRED
    assert queues.open_queue(store, "fetch").count == 1


def test_a_job_that_runs_for_long_is_left_alone(store: redis.Redis) -> None:
    job = _age(store, 9_000, "started")
    store.delete("rq:queue:fetch")
    with store.pipeline() as claim:
        Execution.create(job, 30, claim, worker_name="somebody")
        claim.execute()
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING


def test_a_job_that_waits_for_its_retry_is_left_alone(store: redis.Redis) -> None:
    job = _age(store, 9_000, "scheduled")
    store.delete("rq:queue:fetch")
    registry = queues.open_queue(store, "fetch").scheduled_job_registry
    registry.schedule(job, datetime.now(UTC) + timedelta(hours=1))
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING
    assert queues.state(store, job.id) is State.WAITING


@pytest.mark.parametrize("record", [{}, {"last_heartbeat": 1.0}])
def test_a_job_whose_worker_was_killed_is_removed_whatever_is_left_of_its_run(
    store: redis.Redis, record: dict[Any, float]
) -> None:
    job = _age(store, 9_000, "failed")
    run = Execution("run", job.id, store)
    store.zadd(job.execution_registry.key, {run.id: time.time() + 60})
    if record:
        store.hset(run.key, mapping=record)
    store.delete("rq:queue:fetch")
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.REPAIRED
    assert not store.exists(run.key, job.execution_registry.key)


def test_rubbish_in_the_place_of_a_job_is_replaced(store: redis.Redis) -> None:
    store.hset("rq:job:fetch_arxiv_2026-11-21", mapping={"data": "x", "status": "no such status"})
    assert queues.state(store, job_id("fetch", "arxiv", DAY)) is State.ABSENT
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.REPAIRED


def test_two_repairs_at_once_leave_one_job(store: redis.Redis) -> None:
    enqueue(store, "fetch", "arxiv", DAY)
    _job(store, "fetch", "arxiv", DAY).set_status(JobStatus.FAILED)
    store.set("ad:lock:repair:fetch_arxiv_2026-11-21", "another clock")
    assert enqueue(store, "fetch", "arxiv", DAY) is Outcome.PENDING


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", State.QUEUED),
        ("deferred", State.QUEUED),
        ("scheduled", State.WAITING),
        ("started", State.STARTED),
        ("finished", State.FINISHED),
        ("failed", State.FAILED),
        ("stopped", State.FAILED),
        ("canceled", State.FAILED),
    ],
)
def test_a_job_is_in_one_of_our_states(store: redis.Redis, status: str, state: State) -> None:
    assert _age(store, 0, status).id == job_id("fetch", "arxiv", DAY)
    assert queues.state(store, job_id("fetch", "arxiv", DAY)) is state


def test_waiting_ends_with_the_last_job(store: redis.Redis) -> None:
    _age(store, 0, "finished")
    queues.wait_for(store, [job_id("fetch", "arxiv", DAY)], 5)


def test_waiting_raises_the_jobs_own_sentence(store: redis.Redis) -> None:
    job = _age(store, 0, "failed")
    job.meta["error"] = "arXiv asks us to come back in an hour."
    job.save()
    with pytest.raises(JobFailed, match="come back in an hour"):
        queues.wait_for(store, [job.id], 5)


def test_waiting_ends_with_the_first_failure_unless_patient(store: redis.Redis) -> None:
    job = _age(store, 0, "scheduled")
    with pytest.raises(JobFailed, match="ended without a result"):
        queues.wait_for(store, [job.id], 5)
    with pytest.raises(JobFailed, match=r"not done after 0\.1 seconds"):
        queues.wait_for(store, [job.id], 0.1, patient=True)


def test_waiting_for_nothing_known_says_so(store: redis.Redis) -> None:
    assert queues.failure(store, "fetch_never") == ""
    with pytest.raises(JobFailed, match="fetch_never ended without a result"):
        queues.wait_for(store, ["fetch_never"], 5)


def _planted(store: redis.Redis, data: bytes, **fields: str) -> Job:
    store.hset("rq:job:planted", mapping={"data": data, "status": "queued", "origin": "fetch"})
    for field, value in fields.items():
        store.hset("rq:job:planted", field, value)
    return SafeJob.fetch("planted", store, SERIALIZER)


OURS = json.dumps(["worker.jobs.fetch", None, [], {}]).encode()


@pytest.mark.parametrize("name", ["os.system", "worker.jobs", "worker.jobs.fetch.__call__", ""])
def test_other_functions_are_refused(store: redis.Redis, name: str) -> None:
    job = _planted(store, json.dumps([name, None, ["true"], {}]).encode())
    with pytest.raises(JobRefused, match="asks for"):
        _ = job.func


def test_methods_of_planted_objects_are_refused(store: redis.Redis) -> None:
    job = _planted(store, json.dumps(["worker.jobs.fetch", "text", [], {}]).encode())
    with pytest.raises(JobRefused, match="asks for"):
        _ = job.func


@pytest.mark.parametrize("kind", ["success", "failure", "stopped"])
def test_callbacks_are_refused_and_forgotten(store: redis.Redis, kind: str) -> None:
    job = _planted(store, OURS, **{f"{kind}_callback_name": "os.system"})
    assert getattr(job, f"{kind}_callback") is None
    with pytest.raises(JobRefused, match="callback"):
        _ = job.func


def test_webhooks_are_refused_and_forgotten(store: redis.Redis) -> None:
    hook = json.dumps([{"url": "http://127.0.0.1:1/", "job_status": "failed", "method": "POST"}])
    job = _planted(store, OURS, webhooks=hook)
    assert job.webhooks == []
    with pytest.raises(JobRefused, match="webhook"):
        _ = job.func


def test_a_pickle_is_never_loaded(store: redis.Redis, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (open, (str(tmp_path / "boom"), "w"))  # type: ignore[return-value]

    job = _planted(store, pickle.dumps(("os.system", None, [Bomb()], {})))
    with pytest.raises(Exception, match=r"^$"):  # RQ's DeserializationError says nothing
        _ = job.func
    assert not (tmp_path / "boom").exists()


def test_a_job_with_broken_fields_counts_as_absent(store: redis.Redis) -> None:
    with pytest.raises(NoSuchJobError, match="cannot be read"):
        _planted(store, OURS, timeout="soon")


def test_an_absent_server_is_a_store_error(tmp_path: Path) -> None:
    client = redis.Redis(unix_socket_path=str(tmp_path / "none"), retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreError, match="paperlark doctor"):
        enqueue(client, "fetch", "arxiv", DAY)
    with pytest.raises(StoreError, match="paperlark doctor"):
        queues.state(client, "fetch_arxiv")


def test_what_waits_is_told_in_order_and_rubbish_is_not(store: redis.Redis) -> None:
    assert queues.waiting(store, "deliver") == ()
    for name in "bac":
        enqueue(store, "deliver", name, DAY)
    store.rpush("rq:queue:deliver", "lost", "planted", "other")
    fields: dict[Any, Any] = {"status": "queued", "origin": "deliver"}
    for name, call in {"planted": ["bot.jobs.deliver", None, [7], {}], "other": ["x", 1]}.items():
        store.hset(f"rq:job:{name}", mapping=fields | {"data": json.dumps(call)})
    assert queues.waiting(store, "deliver") == (("b", DAY), ("a", DAY), ("c", DAY))
    assert queues.waiting(store, "fetch") == ()
