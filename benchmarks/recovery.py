"""How long until the queue has recovered: workers, their children and servers are killed for real.

Prints one row for each case, with seconds. Run all cases (about two minutes, side by side)::

    python benchmarks/recovery.py

or some of them by name. ``--json`` prints the rows as JSON instead.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rq

from paperlark import queues, safejob
from paperlark.store.connection import Connection, connect
from paperlark.store.embedded import answers, binary
from worker.app import DigestWorker, bind_children

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 200.0
OUTAGE_S = 20.0
safejob.JOBS["fetch"] = "recovery.nap"


def nap(diary: str, seconds: str, fail: str = "") -> None:
    """The job: writes when it began and who it is, sleeps, and writes when it ended."""
    path = Path(diary)
    first = not path.exists()
    _note(path, "start")
    time.sleep(float(seconds))
    if fail and first:
        raise RuntimeError("meant to fail once")
    _note(path, "end")


def _note(path: Path, word: str) -> None:
    with path.open("a") as diary:
        diary.write(f"{word} {time.time()} {os.getpid()} {os.getppid()}\n")


class _DiesBefore(DigestWorker):
    """Killed between taking a job and telling anybody."""

    def prepare_execution(self, job: Any) -> Any:
        del job
        os.kill(os.getpid(), signal.SIGKILL)


class _DiesAfter(DigestWorker):
    """Killed when it has told that it takes the job, before the child exists."""

    def fork_work_horse(self, job: Any, queue: Any) -> None:
        del job, queue
        os.kill(os.getpid(), signal.SIGKILL)


KINDS = {"sound": DigestWorker, "before": _DiesBefore, "after": _DiesAfter}


def work(kind: str, url: str, folder: str) -> None:
    """A worker process: the product's own settings, and for some kinds a meant death."""
    bind_children()
    with connect(url or None, Path(folder)) as connection:
        worker = KINDS[kind]("fetch", connection.queue)
        worker.work(with_scheduler=True, logging_level="WARNING")
        sys.exit(0 if worker.asked_to_stop else 1)


@dataclass(frozen=True)
class Mark:
    """One line of a job's diary."""

    word: str
    at: float
    pid: int
    worker: int


@dataclass
class Scene:
    """A store with its workers, all in one folder of its own."""

    url: str = ""
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pl-", dir="/tmp")))
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Run a shared server, or run it again."""
        sock = self.folder / "shared"
        self.url = f"unix://{sock}"
        # fmt: off
        command = [binary(), "--port", "0", "--unixsocket", str(sock), "--appendonly", "yes",
                   "--dir", str(self.folder), "--maxmemory-policy", "noeviction"]
        # fmt: on
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: answers(sock))

    def start(self, kind: str = "sound") -> subprocess.Popen[bytes]:
        """One more worker."""
        command = [sys.executable, __file__, "--worker", kind, self.url, str(self.folder)]
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(command, stdout=log, stderr=log)
        self.workers.append(worker)
        return worker

    def connection(self) -> Connection:
        """This process's own way to the store."""
        return connect(self.url or None, self.folder)

    def enqueue(self, connection: Connection, seconds: float, fail: str = "") -> Path:
        """Put a nap on its way; gives its diary."""
        diary = self.folder / f"diary{time.time_ns()}"
        queues.enqueue(connection.queue, "fetch", str(diary), str(seconds), *filter(None, [fail]))
        return diary

    def close(self) -> None:
        """End whatever is left, by its id."""
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(10)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        if self.server is not None:
            self.server.kill()
            self.server.wait()
        else:
            connect(None, self.folder).close()  # the last one out stops what killed users left
        shutil.rmtree(self.folder, ignore_errors=True)


def marks(diary: Path, word: str = "start") -> list[Mark]:
    lines = diary.read_text().splitlines() if diary.exists() else []
    rows = [line.split() for line in lines]
    return [Mark(row[0], float(row[1]), int(row[2]), int(row[3])) for row in rows if row[0] == word]


def until(condition: Callable[[], Any]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def again(diary: Path, since: float, count: int = 2) -> str:
    """Seconds from `since` to the job's start number `count`."""
    if not until(lambda: len(marks(diary)) >= count):
        return f"never (in {PATIENCE_S:.0f})"
    return f"{marks(diary)[count - 1].at - since:.1f}"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _killed(scene: Scene, *, worker: bool, horse: bool, seconds: float) -> str:
    scene.start(), scene.start()
    with scene.connection() as connection:
        until(lambda: connection.client.scard("rq:workers") == 2)
        diary = scene.enqueue(connection, seconds)
        until(lambda: marks(diary))
        time.sleep(3)
        first = marks(diary)[0]
        if worker:
            os.kill(first.worker, signal.SIGKILL)
        if horse:
            os.kill(first.pid, signal.SIGKILL)
        since = time.time()
        time.sleep(0.5)
        gone = "" if not alive(first.pid) else ", the child lives on"
        return again(diary, since) + gone


def worker_and_child(scene: Scene) -> str:
    return _killed(scene, worker=True, horse=True, seconds=8)


def worker_only(scene: Scene) -> str:
    return _killed(scene, worker=True, horse=False, seconds=150)


def child_only(scene: Scene) -> str:
    return _killed(scene, worker=False, horse=True, seconds=8)


def _handed_over(scene: Scene, kind: str) -> str:
    with scene.connection() as connection:
        doomed = scene.start(kind)
        diary = scene.enqueue(connection, 1)
        doomed.wait(60)
        since = time.time()
        scene.start()
        return again(diary, since, count=1)


def between_pop_and_claim(scene: Scene) -> str:
    return _handed_over(scene, "before")


def between_claim_and_start(scene: Scene) -> str:
    return _handed_over(scene, "after")


def _stopped(scene: Scene, signals: int) -> tuple[str, subprocess.Popen[bytes], Path]:
    worker = scene.start()
    with scene.connection() as connection:
        diary = scene.enqueue(connection, 8)
        until(lambda: marks(diary))
        time.sleep(2)
        since = time.time()
        for _ in range(signals):
            worker.send_signal(signal.SIGTERM)
            time.sleep(1.5)
        code = worker.wait(60)
        said = f"{time.time() - since:.1f} to exit {code}"
        if signals > 1:
            scene.start()
            said += f", run again after {again(diary, since)}"
        return said, worker, diary


def sigterm_once(scene: Scene) -> str:
    said, _, diary = _stopped(scene, 1)
    return f"{said}, {len(marks(diary, 'end'))} done"


def sigterm_twice(scene: Scene) -> str:
    return _stopped(scene, 2)[0]


def server_away_idle(scene: Scene) -> str:
    scene.serve()
    worker = scene.start()
    with scene.connection() as connection:
        _ready(connection)
    _outage(scene)
    since = time.time()
    with scene.connection() as connection:
        diary = scene.enqueue(connection, 0.1)
        said = again(diary, since, count=1)
        retry = scene.enqueue(connection, 0.1, "fail")
        said += f", a failed job again after {again(retry, time.time())}"
    return said + ("" if worker.poll() is None else ", the worker ended")


def server_away_in_job(scene: Scene) -> str:
    scene.serve()
    worker = scene.start()
    with scene.connection() as connection:
        diary = scene.enqueue(connection, 6)
        until(lambda: marks(diary))
    _outage(scene)
    since = time.time()
    with scene.connection() as connection:
        said = again(scene.enqueue(connection, 0.1), since, count=1)
    runs = f", first job run {len(marks(diary))} times"
    return said + runs + ("" if worker.poll() is None else ", the worker ended")


def _ready(connection: Connection) -> None:
    """Wait until the worker has introduced itself, and waits for jobs."""
    until(lambda: connection.client.scard("rq:workers"))
    time.sleep(1)


def _outage(scene: Scene) -> None:
    if scene.server is not None:
        scene.server.kill()
        scene.server.wait()
    time.sleep(OUTAGE_S)
    scene.serve()


def embedded_server_killed(scene: Scene) -> str:
    worker = scene.start()
    with scene.connection() as connection:
        _ready(connection)
        os.kill(connection.client.info("server")["process_id"], signal.SIGKILL)
        since = time.time()
        said = again(scene.enqueue(connection, 0.1), since, count=1)
    return said + ("" if worker.poll() is None else ", the worker ended")


def nothing_killed(scene: Scene) -> str:
    scene.start(), scene.start()
    with scene.connection() as connection:
        diary = scene.enqueue(connection, 70)
        until(lambda: marks(diary, "end"))
        return f"{len(marks(diary))} start"


CASES = (
    worker_and_child,
    worker_only,
    child_only,
    between_pop_and_claim,
    between_claim_and_start,
    sigterm_once,
    sigterm_twice,
    server_away_idle,
    server_away_in_job,
    embedded_server_killed,
    nothing_killed,
)


def play(case: Callable[[Scene], str]) -> tuple[str, str]:
    """One case on a store of its own."""
    scene = Scene()
    try:
        return case.__name__, case(scene)
    finally:
        scene.close()


def main(arguments: list[str]) -> None:
    names = [argument for argument in arguments if not argument.startswith("--")]
    chosen = [case for case in CASES if not names or case.__name__ in names]
    with ThreadPoolExecutor(len(chosen)) as pool:
        rows = dict(pool.map(play, chosen))
    if "--json" in arguments:
        print(json.dumps({"rq": rq.__version__, "rows": rows}, indent=1))
        return
    print(f"rq {rq.__version__}, seconds until the job runs (again)")
    for name, said in rows.items():
        print(f"{name.replace('_', ' '):26} {said}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
    else:
        main(sys.argv[1:])
