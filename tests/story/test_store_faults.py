"""What the embedded store survives: several processes, killed ones, broken logs, bad folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from paperlark.errors import StoreError
from paperlark.store import embedded
from paperlark.store.connection import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534

USER = """
import sys
from pathlib import Path
from paperlark.store.connection import connect
with connect(None, Path(sys.argv[1]), fsync="no") as store:
    print(store.client.info("server")["process_id"], flush=True)
    for line in sys.stdin:
        print(store.client.incr("count"), flush=True)
"""

STARTER = """
import sys, time
from pathlib import Path
from paperlark.store import embedded
def waiting(address):
    if (address.parent / embedded.LOG).exists():
        print("started", flush=True)
        time.sleep(60)
    return False
embedded.answers = waiting
embedded.attach(Path(sys.argv[1]), "no")
"""

FORKING = """
import os, sys
from pathlib import Path
from paperlark.store.connection import connect
store = connect(None, Path(sys.argv[1]), fsync="no")
print(store.client.info("server")["process_id"], flush=True)
there, here = os.pipe()
child = os.fork()
if child == 0:
    os.close(here)
    os.read(there, 1)
    store.client.incr("count")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), 9)
    os._exit(0) if sys.argv[2] == "cut off" else sys.exit()
os.close(there)
sys.stdin.readline()
store.close()
print("left", flush=True)
sys.stdin.readline()
os.write(here, b".")
os.waitpid(child, 0)
print("ended", flush=True)
"""

VISITOR = """
import os, select, sys, time
from pathlib import Path
from random import Random
from paperlark.store.connection import connect
rng = Random(int(sys.argv[2]))
with connect(None, Path(sys.argv[1]), fsync="no") as store:
    def look():
        return store.client.info("server")["run_id"]
    first = look()
    child = os.fork() if rng.random() < 0.3 else None
    if child == 0:
        os.close(0)
        for _ in range(rng.randrange(60)):
            time.sleep(0.01)
            look() == first or print("another", flush=True)
        os._exit(0) if rng.random() < 0.5 else sys.exit()
    while look() == first:
        store.client.incr("count")
        if select.select([sys.stdin], [], [], 0.02)[0]:
            break
    else:
        print("another", flush=True)
"""

WRITER = """
import sys
from pathlib import Path
from paperlark.store.connection import connect
with connect(None, Path(sys.argv[1]), fsync="no") as store:
    print(store.client.info("server")["process_id"], flush=True)
    for number in range(int(sys.argv[2])):
        store.client.set(f"k{number}", number)
        print(number, flush=True)
"""

STRANGER = """
import os, sys
from pathlib import Path
from paperlark.errors import StoreError
from paperlark.store.connection import connect
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    connect(None, Path(sys.argv[1]), fsync="no").close()
except StoreError as error:
    print(error)
else:
    print("connected")
"""

CRAMPED = """
import resource, sys
from pathlib import Path
from paperlark.errors import StoreError
from paperlark.store.connection import connect
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    connect(None, Path(sys.argv[1])).close()
except StoreError as error:
    print(error)
"""


class Process:
    """A Python process that answers lines with lines."""

    def __init__(self, script: str, *args: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, *args],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.read()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def leave(self) -> int:
        """End in good order."""
        self._process.communicate()
        return self._process.returncode


class Visitor:
    """A process that uses a folder's store until it is ended, and speaks of trouble only."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", VISITOR, str(folder), str(seed)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self, by: int) -> None:
        """By that signal, or in good order."""
        assert self._process.stdin is not None
        if by:
            self._process.send_signal(by)
        self._process.stdin.close()
        self._process.stdin = None

    def said(self) -> str:
        """What it and its children said, once all of them have ended."""
        return self._process.communicate()[0]


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be fetched does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # it ended just now, or this system has no /proc
        return sys.platform != "linux"


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited a minute in vain"
        time.sleep(0.02)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))
    yield path / "data"
    shutil.rmtree(path)


@pytest.fixture
def user(folder: Path) -> Iterator[Callable[[], Process]]:
    """Starts one more process that uses the folder's store; all are ended with the test."""
    users: list[Process] = []

    def start() -> Process:
        users.append(Process(USER, str(folder)))
        return users[-1]

    yield start
    for one in users:
        one.kill()
    connect(None, folder, fsync="no").close()  # the last one out stops what the killed ones left


def test_six_processes_at_once_share_one_server(user: Callable[[], Process]) -> None:
    users = [user() for _ in range(6)]
    servers = {one.read() for one in users}
    assert len(servers) == 1
    assert {one.ask() for one in users} == {"1", "2", "3", "4", "5", "6"}
    assert [one.leave() for one in users] == [0] * 6
    server = int(servers.pop())
    _until(lambda: not _alive(server))


def test_the_starter_may_be_killed(user: Callable[[], Process]) -> None:
    starter = user()
    server = starter.read()
    other = user()
    assert other.read() == server
    starter.kill()
    assert other.ask() == "1"
    assert other.leave() == 0
    _until(lambda: not _alive(int(server)))


def test_the_only_user_may_be_killed(user: Callable[[], Process]) -> None:
    first = user()
    server = first.read()
    first.ask()
    first.kill()
    _until(lambda: not _alive(int(server)))
    second = user()
    assert second.read() != server
    assert second.ask() == "2"


def test_the_last_user_may_be_killed_though_its_folder_is_gone(folder: Path) -> None:
    user = Process(USER, str(folder))
    server = int(user.read())
    shutil.rmtree(folder)
    with connect(None, folder, fsync="no") as anew:  # another server, at the same address
        user.kill()
        _until(lambda: not _alive(server))
        assert anew.client.incr("count") == 1
    user.kill()


def test_a_starter_may_be_killed_before_its_server_answers(folder: Path) -> None:
    starter = Process(STARTER, str(folder))
    starter.read()
    starter.kill()
    _until(lambda: embedded._ended(folder))
    assert (folder / embedded.LOG).exists()


@pytest.mark.parametrize("end", ["killed", "cut off", "in good order"])
def test_a_forked_child_keeps_the_store_for_as_long_as_it_lives(folder: Path, end: str) -> None:
    parent = Process(FORKING, str(folder), end)
    server = int(parent.read())
    assert parent.ask() == "left"
    connect(None, folder, fsync="no").close()  # leaves in good order, and not as the last
    assert _alive(server)
    assert parent.ask() == "ended"
    _until(lambda: not _alive(server))
    parent.leave()
    with connect(None, folder, fsync="no") as store:
        assert store.client.get("count") == b"1"


@pytest.mark.parametrize("seed", range(2))
def test_users_that_come_and_go_and_are_killed_never_lose_their_server(
    folder: Path, seed: int
) -> None:
    coming_and_going(folder, seed, moments=12)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_users_never_lose_their_server(folder: Path, seed: int) -> None:
    coming_and_going(folder, 100 + seed, moments=100)


def coming_and_going(folder: Path, seed: int, moments: int) -> None:
    """Users come, leave, and are ended by signals at moments drawn from the seed.

    Each says whether one server served it all its life, and forks a child that outlives it now and
    then. When all are gone, so is the server.
    """
    rng = Random(seed)  # noqa: S311  (a seed to go by, not a secret)
    here: list[Visitor] = []
    gone: list[Visitor] = []
    try:
        for _ in range(moments):
            if len(here) < 2 or rng.random() < 0.5:
                here.append(Visitor(folder, rng.randrange(1 << 30)))
            else:
                gone.append(here.pop(rng.randrange(len(here))))
                gone[-1].end(rng.choice([0, 0, signal.SIGTERM, signal.SIGKILL]))
            time.sleep(rng.random() * 0.3)
    finally:
        for one in here:
            one.end(0)
        said = [one.said() for one in (*gone, *here)]
    assert [words for words in said if words] == []
    _until(lambda: embedded._ended(folder))


def test_the_server_may_be_killed_under_its_users(user: Callable[[], Process]) -> None:
    users = [user() for _ in range(2)]
    server = {one.read() for one in users}.pop()
    users[0].ask()
    os.kill(int(server), signal.SIGKILL)
    assert users[0].ask() == "2"
    assert users[1].ask() == "3"
    third = user()
    assert third.read() != server
    assert third.ask() == "4"


def test_what_was_acknowledged_is_there_after_the_server_was_killed(folder: Path) -> None:
    writer = Process(WRITER, str(folder), "400")
    try:
        server = writer.read()
        while writer.read() != "200":
            pass
        os.kill(int(server), signal.SIGKILL)
        while writer.read() != "399":
            pass
        assert writer.leave() == 0
    finally:
        writer.kill()
    with connect(None, folder, fsync="no") as store:
        kept = store.client.mget([f"k{number}" for number in range(400)])
    assert kept == [str(number).encode() for number in range(400)]


def _log_of(folder: Path, words: int = 100) -> Path:
    """The append-only log of a store that was closed in good order."""
    with connect(None, folder, fsync="no") as store:
        for number in range(words):
            store.client.set(f"k{number}", "word" * 10)
    return next((folder / "appendonlydir").glob("*.incr.aof"))


def test_a_log_that_was_cut_off_loses_its_last_command_only(folder: Path) -> None:
    log = _log_of(folder)
    with log.open("r+b") as cut:
        cut.truncate(log.stat().st_size - 7)
    with connect(None, folder, fsync="no") as store:
        assert store.client.dbsize() == 99


def test_a_damaged_log_is_named_with_its_remedy(folder: Path) -> None:
    log = _log_of(folder)
    content = bytearray(log.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 40] = b"X" * 40
    log.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        connect(None, folder, fsync="no")
    said = str(caught.value)
    assert "is damaged (Bad file format reading the append only file" in said
    assert f"The store in {folder} is damaged" in said
    assert "move that folder aside and run again" in said
    folder.rename(folder.parent / "aside")
    with connect(None, folder, fsync="no") as store:
        assert store.client.dbsize() == 0


def test_a_path_of_two_hundred_bytes_will_do(folder: Path) -> None:
    deep = folder / ("a" * 90) / ("b" * 100)
    assert len(os.fsencode(deep)) > 200
    with connect(None, deep, fsync="no") as here:
        there = Process(USER, str(deep))
        try:
            assert there.read() == str(here.client.info("server")["process_id"])
            assert there.leave() == 0
        finally:
            there.kill()


def _as_stranger(folder: Path) -> str:
    """What a process of an ordinary user, not root, is told about the folder."""
    answer = subprocess.run(
        [sys.executable, "-c", STRANGER, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if "PermissionError" in answer.stderr:
        pytest.skip(f"no ordinary user can run here: {answer.stderr.splitlines()[-1]}")
    assert not answer.stderr
    return answer.stdout.strip()


def _root_only() -> None:
    if os.getuid() != 0:
        pytest.skip("only root can make a folder that belongs to another user")


def test_another_users_folder_is_refused(folder: Path) -> None:
    _root_only()
    folder.parent.chmod(0o755)
    folder.mkdir()
    folder.chmod(0o777)
    assert "belongs to another user (uid 0): set PAPERLARK_DATA_DIR" in _as_stranger(folder)


def test_a_folder_nobody_may_enter_is_refused(folder: Path) -> None:
    _root_only()
    folder.parent.chmod(0o700)
    assert "cannot be written (permission denied): make it writable" in _as_stranger(folder)


def test_a_read_only_folder_is_refused(folder: Path) -> None:
    folder.mkdir(0o500)
    if os.getuid() == 0:
        folder.parent.chmod(0o755)
        os.chown(folder, NOBODY, NOBODY)
    try:
        assert "cannot be written (permission denied): make it writable" in _as_stranger(folder)
    finally:
        folder.chmod(0o700)


def test_an_ordinary_user_needs_nothing_special(folder: Path) -> None:
    folder.mkdir(0o700)
    if os.getuid() == 0:
        folder.parent.chmod(0o755)
        os.chown(folder, NOBODY, NOBODY)
    said = _as_stranger(folder)
    if "There is no embedded store" in said:
        pytest.skip("the installed server cannot be read by an ordinary user here")
    assert said == "connected"


def test_a_full_disk_is_named_at_the_start(folder: Path) -> None:
    """A limit on the size of files stands in for a full disk: it ends writing the same way."""
    answer = subprocess.run(
        [sys.executable, "-c", CRAMPED, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is full: free some space" in answer.stdout


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of six megabytes, where this machine lets us have one."""
    mount = shutil.which("mount")
    if os.getuid() != 0 or sys.platform != "linux" or mount is None:
        pytest.skip("only root on Linux can mount a small disk")
    folder.mkdir()
    # fmt: off
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=6m", "none", str(folder)],
        capture_output=True, text=True, check=False,
    )
    # fmt: on
    if done.returncode:
        pytest.skip(f"no small disk to be had: {done.stderr.strip()}")
    yield folder
    _until(lambda: embedded._ended(folder))
    subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


def _fill(client: redis.Redis) -> Iterator[int]:
    """Writes until something breaks; gives the number of each acknowledged write."""
    for number in range(1_000):
        client.set(f"k{number}", os.urandom(20_000))
        yield number


def test_a_disk_that_fills_up_is_named_and_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    kept: list[int] = []
    full = pytest.raises(StoreError, match="is full: free some space")
    with connect(None, small_disk) as store, full:
        kept.extend(_fill(store.client))
    assert kept
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,size=64m", str(small_disk)], check=True)
    with connect(None, small_disk) as store:
        assert store.client.exists(*(f"k{number}" for number in kept)) == len(kept)
