"""Processes of our own, each started again when it dies, all ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from paperlark.queues import LIMITS
from worker import leash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 60.0
"""A process that lived this long has its waits forgotten."""
PATIENCE_S = 30.0
"""How long processes may take to finish the job in hand before they are ended."""
_POLL_S = 0.2

Child = subprocess.Popen[bytes]


@dataclass(frozen=True, slots=True)
class Role:
    """A process to keep: a name for the log, and paperlark's command with its arguments."""

    name: str
    command: tuple[str, ...]


CLOCK: Final = Role("clock", ("clock",))
BOT: Final = Role("bot", ("bot",))


def workers(queues: Sequence[str] = tuple(LIMITS)) -> tuple[Role, ...]:
    """A worker for each of these queues: one process, one queue."""
    return tuple(Role(f"worker {each}", ("worker", "--queue", each)) for each in queues)


def start(
    role: Role, config: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> Child:
    """Start a process in a process group of its own.

    On Linux, the death of this process asks it to finish what it has in hand and leave.

    Args:
        role: which one.
        config: options that come before the command: ``--config FILE``.
        environ: its environment; None for ours.
    """
    return subprocess.Popen(  # noqa: S603  (our own program, no shell)
        leash.command(*config, *role.command),
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
def running(roles: Sequence[Role], environ: Mapping[str, str] | None = None) -> Iterator[None]:
    """These processes while the block runs; for work that ends by itself."""
    children: list[Child] = []
    try:
        for role in roles:
            children.append(start(role, environ=environ))  # noqa: PERF401  (a part is stopped too)
        yield
    finally:
        stop(children)


def supervise(roles: Sequence[Role], config: Sequence[str] = ()) -> None:
    """Keep one process for each role alive until SIGTERM or Ctrl-C.

    One that dies is started again at once, then after 1, 2, 4 … seconds, a minute at most.
    """
    log = structlog.get_logger()
    slots: list[_Slot] = []
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        for role in roles:
            slots.append(_Slot(role, config))
            log.info("started", role=role.name, pid=slots[-1].child.pid)
        while True:
            for slot in slots:
                if slot.tend():
                    log.warning("started again", role=slot.role.name, wait_s=slot.wait_s)
            time.sleep(_POLL_S)
    except KeyboardInterrupt:
        log.info("stopping", roles=[role.name for role in roles])
    finally:
        stop([slot.child for slot in slots])
        signal.signal(signal.SIGTERM, previous)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


class _Slot:
    """One role's process, and when it may be started again."""

    def __init__(self, role: Role, config: Sequence[str]) -> None:
        self.role, self.config = role, config
        self.wait_s = 0.0
        self.child = start(role, config)
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
        self.child = start(self.role, self.config)
        self.since = time.monotonic()
        return True
