"""The warden's one look, at a process that stands in for the server."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from paperlark.store import warden

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[subprocess.Popen[bytes]]:
    """Ends by a signal only."""
    made = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with made:
        yield made
        made.kill()


@pytest.fixture
def locks(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The gate and the users' lock, open."""
    flags = os.O_RDWR | os.O_CREAT
    held = os.open(tmp_path / "gate", flags), os.open(tmp_path / "users", flags)
    yield held
    for each in held:
        os.close(each)


def test_a_server_with_a_user_is_left_alone(
    server: subprocess.Popen[bytes], locks: tuple[int, int], tmp_path: Path
):
    with (tmp_path / "users").open() as user:
        fcntl.flock(user, fcntl.LOCK_SH)
        warden._look(server.pid, *locks)
    warden._follow(server.pid)
    assert server.poll() is None


@pytest.mark.parametrize("deleted", [False, True])
def test_a_server_without_a_user_is_ended(
    server: subprocess.Popen[bytes],
    locks: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    deleted: bool,
):
    monkeypatch.setattr(warden, "FAREWELL_S", 0)
    if deleted:
        (tmp_path / "users").unlink()
    warden._look(server.pid, *locks)
    assert server.wait() == -(signal.SIGKILL if deleted else signal.SIGTERM)
    with (tmp_path / "gate").open() as gate:
        fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a server that lingers bars nobody


def test_the_warden_ends_with_its_server(server: subprocess.Popen[bytes]):
    server.kill()
    os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(SystemExit):
        warden._follow(server.pid)
