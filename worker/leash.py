"""Processes that end with the one that started them: Linux only, elsewhere nothing happens.

``python -m worker.leash PARENT ARGUMENT …`` is ``python -m paperlark ARGUMENT …`` that gets SIGTERM
when the process PARENT, which started it, has died: so nothing of it has to run in PARENT, which
may have threads, between fork and exec.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def tie(parent: int, number: int) -> bool:
    """Have this process sent the signal at its parent's death; whether the parent still lives.

    Args:
        parent: the process id the parent must have.
        number: the signal.
    """
    if _LIBC is None:
        return True
    _LIBC.prctl(_PR_SET_PDEATHSIG, number)
    return os.getppid() == parent


def command(*arguments: str) -> list[str]:
    """The command that starts paperlark with these arguments, ending with this process."""
    if _LIBC is None:
        return [sys.executable, "-m", "paperlark", *arguments]
    return [sys.executable, "-m", "worker.leash", str(os.getpid()), *arguments]


def main() -> None:
    """Tie this process to its parent, then be paperlark."""
    parent = int(sys.argv.pop(1))
    if not tie(parent, signal.SIGTERM):
        sys.exit(1)
    runpy.run_module("paperlark", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
