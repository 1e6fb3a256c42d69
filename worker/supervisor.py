"""One process for each queue, started again when it dies, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from worker import leash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

QUEUES = ("fetch", "score")
SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 60.0
"""A process that lived this long has its waits forgotten."""
PATIENCE_S = 30.0
"""How long processes may take to finish the job in hand before they are ended."""
_POLL_S = 0.2

Child = subprocess.Popen[bytes]


def start(
    queue: str, config: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> Child:
    """Start the worker process of one queue, in a process group of its own.

    On Linux, the death of this process asks it to finish the job in hand and leave.
    """
    return subprocess.Popen(  # noqa: S603  (our own program, no shell)
        leash.command(*config, "worker", "--queue", queue),
        env={
            **(os.environ if environ is None else environ),
            "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",  # see worker.app
        },
        stdin=subprocess.DEVNULL,
        process_group=0,
    )


def stop(children: Sequence[Child]) -> None:
    """Ask all to finish the job in hand, wait, then end what is left, children included.

    An interruption ends the wait: what is left is ended at once.
    """
    for child in children:
        child.terminate()
    end = time.monotonic() + PATIENCE_S
    try:
        for child in children:
            child.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        pass
    finally:
        for child in children:
            _kill(child)


def _kill(child: Child) -> None:
    """End the process and its group, where it has not ended by itself."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def running(queues: Sequence[str], environ: Mapping[str, str] | None = None) -> Iterator[None]:
    """Workers of these queues while the block runs; for work that ends by itself."""
    children: list[Child] = []
    try:
        for queue in queues:
            children.append(start(queue, environ=environ))  # noqa: PERF401  (a part is stopped too)
        yield
    finally:
        stop(children)


def supervise(queues: Sequence[str], config: Sequence[str] = ()) -> None:
    """Keep one worker per queue alive until SIGTERM or Ctrl-C.

    A worker that dies is started again at once, then after 1, 2, 4 … seconds, a minute at most.
    """
    log = structlog.get_logger()
    slots: list[_Slot] = []
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for queue in queues:
            slots.append(_Slot(queue, config))  # noqa: PERF401  (a part is stopped too)
        while True:
            for slot in slots:
                if slot.tend():
                    log.warning("worker started again", queue=slot.queue, wait_s=slot.wait_s)
            time.sleep(_POLL_S)
    except KeyboardInterrupt:
        log.info("stopping", queues=list(queues))
    finally:
        stop([slot.child for slot in slots])
        signal.signal(signal.SIGTERM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


class _Slot:
    """One queue's process, and when it may be started again."""

    def __init__(self, queue: str, config: Sequence[str]) -> None:
        self.queue, self.config = queue, config
        self.wait_s = 0.0
        self.child = start(queue, config)
        self.since = time.monotonic()

    def tend(self) -> bool:
        """Start the process again where it has died and its wait is over; whether it was."""
        if self.child.poll() is None:
            if time.monotonic() - self.since > STEADY_S:
                self.wait_s = 0.0
            return False
        if time.monotonic() - self.since < self.wait_s:
            return False
        self.wait_s = min(LONGEST_WAIT_S, max(SHORTEST_WAIT_S, 2 * self.wait_s))
        self.child = start(self.queue, self.config)
        self.since = time.monotonic()
        return True
