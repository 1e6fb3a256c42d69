"""The worker process: one queue, a child process for each job, and a way back from any death.

The times here were measured (docs/adr/0002): a job whose worker and child were both killed is
run again by another worker within 45 seconds, and nothing that is alive is run twice.

On macOS, Objective-C libraries end a forked child unless the process was started with
``OBJC_DISABLE_INITIALIZE_FORK_SAFETY=YES`` in its environment: whoever starts a worker sets it.
"""

from __future__ import annotations

import logging
import os
import signal
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rq import Worker
from rq.worker_registration import register

from paperlark.errors import ConfigError, PaperlarkError, StoreError
from paperlark.queues import LIMITS, QUEUE_OF, RESULT_TTL_S, open_queue
from paperlark.safejob import JOBS, SERIALIZER, SafeJob
from paperlark.store.connection import guarded
from worker.leash import tie

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from redis import Redis
    from rq.job import Job

HEARTBEAT_TTL_S = 30
"""Six heartbeats missed. A store that is away for longer makes another worker start a copy."""
HEARTBEAT_S = 5
MAINTENANCE_S = 10
WORKER_TTL_S = 20


class DigestWorker(Worker):
    """A worker of one queue that notices deaths soon, and leaves nothing running behind its own.

    Args:
        queue: the queue's name.
        connection: a client for RQ alone; the worker changes its pool.
        heartbeat_ttl_s: how long a job is believed to run without a sign of life.
        **times: RQ's own times, where a test wants shorter ones.
    """

    def __init__(
        self,
        queue: str,
        connection: Redis,
        *,
        heartbeat_ttl_s: int = HEARTBEAT_TTL_S,
        **times: Any,
    ) -> None:
        defaults = {
            "worker_ttl": WORKER_TTL_S,
            "maintenance_interval": MAINTENANCE_S,
            "job_monitoring_interval": HEARTBEAT_S,
        }
        super().__init__(
            [open_queue(connection, queue)],
            connection=connection,
            serializer=SERIALIZER,
            job_class=SafeJob,
            default_result_ttl=RESULT_TTL_S,
            exception_handlers=[keep_sentence],
            **(defaults | times),
        )
        self._heartbeat_ttl_s = heartbeat_ttl_s

    @property
    def asked_to_stop(self) -> bool:
        """Whether a signal asked this worker to end."""
        return self._shutdown_requested_date is not None

    def _install_signal_handlers(self) -> None:
        """As RQ's own; a closed terminal asks to stop as well."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ's
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self.request_stop)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002  (RQ's)
        """Seconds without a heartbeat after which the job counts as abandoned."""
        return self._heartbeat_ttl_s

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell that the worker lives; after the store was emptied, who it is as well."""
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            self.connection.hset(self.key, mapping=self.serialize())
            register(self)
        super().heartbeat(timeout, pipeline)


def run(queue: str, connection: Redis, *, burst: bool = False, preload: Sequence[str] = ()) -> None:
    """Work on one queue until a signal asks to stop, or until it is empty.

    The modules of the queue's jobs are imported first, so that children share them. The first
    SIGTERM or SIGINT lets the running job finish; a second one ends it, to be run again later.
    Logging is the caller's: RQ's records go to the loggers below ``rq``.

    Args:
        queue: one of `LIMITS`.
        connection: a client for RQ alone: `Connection.queue`.
        burst: end when the queue is empty.
        preload: more modules to import before the first job.

    Raises:
        ConfigError: there is no such queue.
        StoreError: the store cannot be worked with, or the worker ended without being asked to.
    """
    if queue not in LIMITS:
        raise ConfigError(f"There is no queue {queue!r}: name one of {', '.join(LIMITS)}.")
    for module in (*modules(queue), *preload):
        import_module(module)
    bind_children()
    worker = DigestWorker(queue, connection)
    level = logging.getLevelName(logging.getLogger().getEffectiveLevel())  # else RQ sets its own
    with guarded():
        worker.work(burst=burst, with_scheduler=True, logging_level=level)
    if not burst and not worker.asked_to_stop:
        raise StoreError(f"The worker of the {queue} queue lost its store: start it again.")


def modules(queue: str) -> tuple[str, ...]:
    """The modules that hold the queue's jobs, each once."""
    dotted = (JOBS[job] for job, home in QUEUE_OF.items() if home == queue)
    return tuple(dict.fromkeys(name.rpartition(".")[0] for name in dotted))


def keep_sentence(
    job: Job, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> bool:
    """Keep a failed job's sentence for people with the job, under ``error`` in its meta.

    RQ calls this for every failure; True lets its own handling go on.
    """
    del trace
    said = str(error).strip().partition("\n")[0]
    expected = isinstance(error, PaperlarkError)
    job.meta["error"] = said if expected else f"{kind.__name__}: {said}".removesuffix(": ")
    job.save_meta()  # type: ignore[no-untyped-call]  # RQ leaves it untyped
    return True


def bind_children() -> None:
    """Have every child forked from here on die with this process, and theirs with them.

    On Linux only, by the kernel. Else a job would go on after its worker's death, next to the
    copy that another worker starts, and a scheduler would stay behind for ever.
    """
    os.register_at_fork(after_in_child=_Leash())


class _Leash:
    """Called in each fresh child: ends it with its parent, at once where that is dead already."""

    def __init__(self) -> None:
        self._parent = os.getpid()

    def __call__(self) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a closed terminal is the worker's affair
        if not tie(self._parent, signal.SIGKILL):
            os._exit(1)
        self._parent = os.getpid()
