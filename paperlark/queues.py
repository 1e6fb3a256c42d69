"""The queues: which jobs there are, how long they may take, and how one is put on its way.

A job is a name from `JOBS` with ids and dates as its arguments. It travels as JSON and is found
by its name at the other end, so neither side imports the other. The queue is a hint: a job may
run twice, or never, and whoever enqueues it looks at the store, not here, for what is done.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from redis import RedisError
from redis.exceptions import LockError
from rq import Queue, Retry
from rq.exceptions import (
    DeserializationError,
    DuplicateJobError,
    InvalidJobOperation,
    NoSuchJobError,
)
from rq.job import JobStatus
from rq.results import get_key

from paperlark.errors import PaperlarkError, StoreError
from paperlark.safejob import JOBS, SERIALIZER, SafeJob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redis import Redis
    from rq.job import Job

QUEUE_OF: Final[dict[str, str]] = {
    "fetch": "fetch",
    "score": "score",
    "publish": "score",
    "setup": "fetch",
    "deliver": "deliver",
}
"""The queue each job waits in."""

QUEUED_TTL_S: Final = 172_800
"""A job nobody took for two days is about a day nobody waits for."""
RESULT_TTL_S: Final = 3_600
FAILURE_TTL_S: Final = 86_400
LOST_AFTER_S: Final = 120.0
"""Twice what RQ allows for handing a job over."""
_REPAIR_S = 30
_POLL_S = 0.05
_PLAIN = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one queue allows its jobs, in seconds: the time of a run, and the waits before retries.

    The time is the point where a run is ended; whatever it waits for must give up earlier. The
    first wait is 0, because a worker's death counts as a failure too.
    """

    timeout_s: int
    retry_after_s: tuple[int, ...]


LIMITS: Final[Mapping[str, Limits]] = MappingProxyType(
    {
        "fetch": Limits(900, (0, 60, 300, 900)),
        "score": Limits(1_800, (0, 60, 300, 900)),
        "deliver": Limits(900, (0, 30, 60, 120, 300)),
    }
)
"""The queues there are, each served by worker processes of its own."""


class Outcome(StrEnum):
    """What `enqueue` did."""

    QUEUED = "queued"
    REPAIRED = "repaired"
    """An ended or lost job stood in the way; it was removed, and the new one is queued."""
    PENDING = "pending"
    """The same job is on its way already; nothing was done."""


class State(StrEnum):
    """Where a job is."""

    ABSENT = "absent"
    """Never enqueued, or ended so long ago that nothing is known of it."""
    QUEUED = "queued"
    WAITING = "waiting"
    """It failed, and waits to be run again."""
    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"
    """It failed for good, or was stopped."""


_STATES: Final[Mapping[JobStatus, State]] = MappingProxyType(
    {
        JobStatus.FINISHED: State.FINISHED,
        JobStatus.FAILED: State.FAILED,
        JobStatus.STOPPED: State.FAILED,
        JobStatus.CANCELED: State.FAILED,
        JobStatus.STARTED: State.STARTED,
        JobStatus.SCHEDULED: State.WAITING,
    }
)


class JobFailed(PaperlarkError):
    """A job that was waited for did not finish; the sentence is the job's own."""


def job_id(job: str, *args: str) -> str:
    """The id of a job with these arguments: letters, digits, ``-`` and ``_`` only.

    Parts are joined by ``_``; any other character is written ``__<hex>_``. No part is empty, so
    different jobs have different ids: see the test that reads them back.

    Raises:
        ValueError: a part is empty.
    """
    if not all((job, *args)):
        raise ValueError("a job's name and arguments must not be empty")
    return "_".join(_PLAIN.sub(_escaped, part) for part in (job, *args))


def open_queue(connection: Redis, name: str) -> Queue:
    """The queue of that name, reading and writing JSON and safe jobs.

    Args:
        connection: a client that answers in bytes: `Connection.queue`.
        name: one of `LIMITS`.
    """
    timeout = LIMITS[name].timeout_s
    return Queue(
        name, connection, default_timeout=timeout, job_class=SafeJob, serializer=SERIALIZER
    )


def enqueue(connection: Redis, job: str, *args: str) -> Outcome:
    """Put a job on its way unless it is already.

    A job of the same id that has ended, or that was lost (waiting or running for two minutes, and
    in no list), is removed first: else it would stand in the way for as long as it is remembered.

    Args:
        connection: a client that answers in bytes: `Connection.queue`.
        job: a name in `JOBS`.
        *args: ids and dates, as text.

    Raises:
        StoreError: the store did not take it.
    """
    queue = open_queue(connection, QUEUE_OF[job])
    with _guarded():
        if _push(queue, job, args):
            return Outcome.QUEUED
        if _repair(queue, job_id(job, *args)) and _push(queue, job, args):
            return Outcome.REPAIRED
    return Outcome.PENDING


def state(connection: Redis, identifier: str) -> State:
    """Where the job of that id is.

    Raises:
        StoreError: the store did not answer.
    """
    with _guarded():
        try:
            status = SafeJob(identifier, connection, SERIALIZER).get_status()
        except (InvalidJobOperation, ValueError):  # no such job; a status RQ does not know
            return State.ABSENT
    return _STATES.get(status, State.QUEUED)


def waiting(connection: Redis, job: str, most: int = 2_000) -> tuple[tuple[str, ...], ...]:
    """The arguments of the jobs of that name which wait in its queue, first come first.

    Raises:
        StoreError: the store did not answer.
    """
    queue = open_queue(connection, QUEUE_OF[job])
    with _guarded():
        found = [_fetch(connection, name) for name in queue.get_job_ids(0, most)]
    return tuple(args for each in found if each and (args := _arguments(each, JOBS[job])))


def failure(connection: Redis, identifier: str) -> str:
    """The sentence the job's last failure left; empty where there is none.

    Raises:
        StoreError: the store did not answer.
    """
    with _guarded():
        job = _fetch(connection, identifier)
        if job is None:
            return ""
        if said := job.meta.get("error"):
            return str(said)
        result = job.latest_result()
    lines = map(str.strip, reversed((result.exc_string or "").split("\n") if result else []))
    return next(filter(None, lines), "")


def forget(connection: Redis, job: str, *args: str) -> int:
    """Remove the jobs of that name whose arguments begin with these, and all that is known of them.

    One that runs is left alone: it ends, and is remembered for an hour.

    Returns:
        How many were removed.

    Raises:
        StoreError: the store did not answer.
    """
    begins, gone = f"{SafeJob.key_for(job_id(job, *args))}_", 0
    with _guarded():
        for key in list(connection.scan_iter(match=f"{begins}*", count=500)):
            name = key.decode().removeprefix(SafeJob.redis_job_namespace_prefix)
            found = _fetch(connection, name)
            if found and found.get_status(refresh=False) is not JobStatus.STARTED:
                found.delete()
                results = get_key(name)  # type: ignore[no-untyped-call]  # RQ leaves it untyped
                connection.delete(results)
                gone += 1
    return gone


def wait_for(
    connection: Redis, identifiers: Sequence[str], timeout_s: float, *, patient: bool = False
) -> None:
    """Wait until all of these jobs have finished.

    Args:
        connection: a client that answers in bytes.
        identifiers: the jobs' ids.
        timeout_s: how long to wait for all of them.
        patient: wait for a failed job's later retries too, instead of ending where the next one
            would have to be waited for (the first follows at once).

    Raises:
        JobFailed: one failed (its own sentence), vanished, or was not ready in time.
        StoreError: the store did not answer.
    """
    end = time.monotonic() + timeout_s
    for identifier in identifiers:
        while (now := state(connection, identifier)) is not State.FINISHED:
            if now in {State.FAILED, State.ABSENT} or (now is State.WAITING and not patient):
                said = failure(connection, identifier)
                raise JobFailed(said or f"Job {identifier} ended without a result: run it again.")
            if time.monotonic() > end:
                raise JobFailed(
                    f"Job {identifier} is not done after {timeout_s:g} seconds: "
                    "see whether its worker runs."
                )
            time.sleep(_POLL_S)


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise StoreError(
            f"The queues cannot be reached or written ({error}): run paperlark doctor."
        ) from error


def _escaped(match: re.Match[str]) -> str:
    return f"__{ord(match[0]):x}_"


def _push(queue: Queue, job: str, args: Sequence[str]) -> bool:
    """Enqueue; False where a job of that id is known already."""
    limits = LIMITS[queue.name]
    waits = list(limits.retry_after_s)
    try:
        queue.enqueue_call(
            JOBS[job],
            args=tuple(args),
            timeout=limits.timeout_s,
            result_ttl=RESULT_TTL_S,
            failure_ttl=FAILURE_TTL_S,
            ttl=QUEUED_TTL_S,
            description=" ".join((job, *args)),
            job_id=job_id(job, *args),
            retry=Retry(max=len(waits), interval=waits) if waits else None,
            unique=True,
        )
    except DuplicateJobError:
        return False
    return True


def _repair(queue: Queue, identifier: str) -> bool:
    """Remove a job that stands in the way of its own repetition; whether it is gone.

    Two clocks may find the same dead job: only one repairs it, and looks again when it is alone,
    or it would remove the fresh job of the other.
    """
    lock = queue.connection.lock(f"ad:lock:repair:{identifier}", timeout=_REPAIR_S, blocking=False)
    try:
        with lock:
            return _remove_dead(queue, identifier)
    except LockError:
        return False


def _remove_dead(queue: Queue, identifier: str) -> bool:
    job = _fetch(queue.connection, identifier)
    if job is None:
        queue.connection.delete(SafeJob.key_for(identifier))
        return True
    where = _STATES.get(job.get_status(refresh=False), State.QUEUED)
    if where in {State.FINISHED, State.FAILED} or _is_lost(queue, job, where):
        job.delete()
        return True
    return False


def _is_lost(queue: Queue, job: Job, where: State) -> bool:
    """Whether a job that should be waiting or running has been in no list for a while."""
    since = job.started_at or job.enqueued_at or job.created_at
    if where is State.WAITING or datetime.now(UTC) - since < timedelta(seconds=LOST_AFTER_S):
        return False
    return (
        queue.get_job_position(job.id) is None
        and job.id not in queue.intermediate_queue.get_job_ids()
        and not _alive(queue, job)
    )


def _alive(queue: Queue, job: Job) -> bool:
    """Whether a worker gives signs of life for the job.

    What a killed one left stays in RQ's registry past its time: it goes when a worker tidies up,
    which RQ lets only one do in 15 minutes, and that one may have been the one killed.
    """
    key = queue.started_job_registry.key
    entries: Any = queue.connection.zrangebyscore(key, time.time(), "+inf")
    return any(entry.decode().partition(":")[0] == job.id for entry in entries)


def _arguments(job: Job, function: str) -> tuple[str, ...]:
    """The job's arguments where it is a proper one of that function; else nothing."""
    try:
        args = tuple(job.args) if job.func_name == function else ()
    except (DeserializationError, TypeError, ValueError):
        return ()
    return args if all(isinstance(each, str) for each in args) else ()


def _fetch(connection: Redis, identifier: str) -> Job | None:
    try:
        return SafeJob.fetch(identifier, connection, SERIALIZER)
    except NoSuchJobError:
        return None
