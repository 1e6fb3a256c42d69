"""Real workers, two clocks, and a server, each killed at seeded moments while posts go out."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from paperlark.store import RedisStore
from paperlark.store.embedded import binary
from tests import couriers
from tests.builders import DAY
from tests.processes import PROCESSES, ChatProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from paperlark.subscription import Subscription

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_S: Final = 1_200.0
"""A worker that is killed while it tidies up after others keeps them from it for 15 minutes."""
BATCH: Final = 4
WORKERS: Final = 3
VICTIMS: Final = ("horse", "worker", "clock", "server")
"""A horse is what RQ calls the child that runs a job."""
WEIGHTS: Final = (12, 2, 1, 1)

WORK = """
import os
from paperlark import log, settings
from paperlark.store.connection import connect
from pathlib import Path
from worker.app import DigestWorker, bind_children
import bot.jobs
log.configure("warning", "json")
bind_children()
connection = connect(os.environ["REDIS_URL"], Path("unused"))
worker = DigestWorker("deliver", connection.queue, heartbeat_ttl_s=4, worker_ttl=16,
                      maintenance_interval=1, job_monitoring_interval=1)
worker.work(with_scheduler=True, logging_level="WARNING")
"""


class Host:
    """A server, two clocks and some workers, which can be killed; killed ones are started anew."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder, self.url = folder, f"unix://{folder}/s"
        self.environ = dict(environ) | {"REDIS_URL": self.url}
        self.client = redis.from_url(self.url, retry=Retry(ConstantBackoff(0.2), 100))
        self.killed: Counter[str] = Counter()
        self.server = self._serve()
        self.clocks: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start all but the server, which runs."""
        self.client.ping()
        for _ in range(2):
            self.clocks.append(self._clock())
        for _ in range(WORKERS):
            self.workers.append(self._worker())

    def kill(self, what: str, draw: random.Random) -> None:
        """End one process of that kind by force; start another in its place."""
        if what == "server":
            _end(self.server)
            self.server = self._serve()
        elif what == "clock":
            self.clocks[0] = self._replaced(self.clocks[0], self._clock)
            self.clocks.reverse()
        elif what == "worker":
            place = draw.randrange(WORKERS)
            self.workers[place] = self._replaced(self.workers[place], self._worker)
        elif children := [child for each in self.workers for child in _children(each.pid)]:
            try:
                os.kill(draw.choice(children), signal.SIGKILL)
            except ProcessLookupError:
                return
        else:
            return
        self.killed[what] += 1

    def close(self) -> None:
        """End everything."""
        for process in (*self.clocks, *self.workers, self.server):
            _end(process)
        self.client.close()

    def _replaced(self, process: subprocess.Popen[bytes], start: Any) -> Any:
        _end(process)
        return start()

    def _serve(self) -> subprocess.Popen[bytes]:
        # fmt: off
        return self._start([
            str(binary()), "--port", "0", "--unixsocket", f"{self.folder}/s",
            "--dir", str(self.folder), "--save", "", "--appendonly", "yes",
            "--appendfsync", "always", "--maxmemory-policy", "noeviction",
        ])
        # fmt: on

    def _clock(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-m", "paperlark", "clock"])

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, "-c", WORK])

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.environ,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _children(parent: int) -> list[int]:
    try:
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(each) for each in listed.split()]


@pytest.fixture(params=["slack", pytest.param("discord", marks=pytest.mark.proof)])
def chat(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChatProcess]:
    kind = str(request.param)
    with PROCESSES[kind](tmp_path / f"{kind}.jsonl") as running:
        yield ChatProcess(kind, running)


@pytest.fixture
def host(chat: ChatProcess) -> Iterator[Host]:
    if sys.platform != "linux":
        pytest.skip("only Linux tells which children a process has")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
    environ = clean | chat.environ() | {
        "PAPERLARK_DELIVERY__LEASE_S": "5",
        "PAPERLARK_CLOCK__PRETEND": couriers.NOW.isoformat(),
        "PAPERLARK_CLOCK__TICK_S": "0.5",
        "PAPERLARK_LOG__LEVEL": "warning",
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder:  # sun_path is short
        made = Host(Path(folder), environ)
        try:
            made.start()
            yield made
        finally:
            made.close()


def _more(host: Host, chat: ChatProcess, begun: list[Subscription]) -> None:
    """A batch of new targets, so that there is always work."""
    names = chat.places(5, BATCH, first=len(begun))
    begun += couriers.subscribe(RedisStore(host.client), chat.kind, names)


def _until_begun(chat: ChatProcess) -> None:
    end = time.monotonic() + PATIENCE_S
    while not chat.running.messages():
        assert time.monotonic() < end, "nothing was sent"
        time.sleep(0.05)


def _open(host: Host, begun: list[Subscription]) -> list[str]:
    """The subscriptions whose post is not out."""
    shelf = RedisStore(host.client).subscriptions
    return [each.id for each in begun if shelf.settled(each.id).get(DAY) != "posted"]


@pytest.mark.parametrize("kills", [3, pytest.param(200, marks=pytest.mark.proof)])
def test_whatever_is_killed_every_post_arrives_once(host: Host, chat: ChatProcess, kills: int):
    chat.fail(["reset-before", "reset-after", "429"], share=0.02, seed=kills)
    draw = random.Random(kills)  # noqa: S311  (a seed is the point)
    begun: list[Subscription] = []
    _more(host, chat, begun)
    _until_begun(chat)
    while host.killed.total() < kills:
        if len(_open(host, begun)) < BATCH:
            _more(host, chat, begun)
        time.sleep(draw.uniform(0.1, 1.2))
        host.kill(draw.choices(VICTIMS, WEIGHTS)[0], draw)
    end = time.monotonic() + PATIENCE_S
    while left := _open(host, begun):
        assert time.monotonic() < end, (left, (host.folder / "log").read_text()[-4_000:])
        time.sleep(0.2)
    wanted = {key for each in begun for key in couriers.expected(each.id)}
    keys = Counter(chat.keys_of(wanted))
    sys.stdout.write(
        f"\n| {chat.kind}: {len(begun)} posts, {dict(host.killed)} killed "
        f"| {len(wanted)} messages |"
    )
    assert set(keys) == wanted
    assert [key for key, count in keys.items() if count > 1] == []
