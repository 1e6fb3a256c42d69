"""What a worker survives: planted jobs, killed children, killed workers, an emptied store."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rq import Worker

from paperlark import queues, safejob
from paperlark.errors import ConfigError, SourceError
from paperlark.queues import JobFailed, Outcome, State, enqueue, job_id, wait_for
from paperlark.store.connection import connect
from worker.app import DigestWorker, keep_sentence, modules, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300

JOBS = """
import os, time
from pathlib import Path
from paperlark.errors import SourceError

def note(folder, word):
    with (Path(folder) / "diary").open("a") as diary:
        diary.write(f"{word} {os.getpid()} {os.getppid()}\\n")

def quick(folder):
    note(folder, "done")

def slow_once(folder):
    first = not (Path(folder) / "diary").exists()
    note(folder, "start")
    if first:
        time.sleep(60)
    note(folder, "done")

def steady(folder):
    note(folder, "start")
    time.sleep(2)
    note(folder, "done")

def unlucky(folder):
    raise SourceError("arXiv did not answer: try again in an hour.\\nMore for the log.")
"""

WORK = """
import sys
import redis
sys.path.insert(0, sys.argv[2])
from paperlark import safejob
from paperlark.store.connection import connect
from worker.app import DigestWorker, bind_children
safejob.JOBS.update({"fetch": sys.argv[3]})
class Doomed(DigestWorker):
    def prepare_execution(self, job):
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
kind = Doomed if "doomed" in sys.argv else DigestWorker
bind_children()
worker = kind("fetch", redis.from_url(sys.argv[1]), heartbeat_ttl_s=4, worker_ttl=16,
              maintenance_interval=1, job_monitoring_interval=1)
worker.work(with_scheduler=True, burst="burst" in sys.argv, logging_level="WARNING")
sys.exit(0 if worker.asked_to_stop or "burst" in sys.argv else 3)
"""


class Bench:
    """A folder with jobs, the session's server, and the workers of one test."""

    def __init__(self, folder: Path, store: redis.Redis, url: str) -> None:
        self.folder, self.store, self.url = folder, store, url
        self.workers: list[subprocess.Popen[bytes]] = []
        (folder / "benchjobs.py").write_text(textwrap.dedent(JOBS))

    def start(self, job: str, *flags: str) -> subprocess.Popen[bytes]:
        """A worker process whose ``fetch`` is that job."""
        arguments = [self.url, str(self.folder), f"benchjobs.{job}", *flags]
        with (self.folder / "log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-c", WORK, *arguments], cwd=ROOT, stdout=log, stderr=log
            )
        self.workers.append(worker)
        return worker

    def burst(self, job: str) -> None:
        """Work until the queue is empty; the worker must live to its end."""
        assert self.start(job, "burst").wait(PATIENCE_S) == 0, self.log

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def diary(self, word: str) -> list[tuple[int, int]]:
        """The child's and the worker's process ids, for each time the job wrote this word."""
        diary = self.folder / "diary"
        lines = diary.read_text().splitlines() if diary.exists() else []
        rows = [line.split() for line in lines]
        return [(int(row[1]), int(row[2])) for row in rows if row[0] == word]


@pytest.fixture
def bench(
    tmp_path: Path, store: redis.Redis, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    made = Bench(tmp_path, store, store_url)
    monkeypatch.setitem(safejob.JOBS, "fetch", "benchjobs.set-by-the-test")
    yield made
    for worker in made.workers:
        worker.terminate()
    for worker in made.workers:
        try:
            worker.wait(60)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _put(bench: Bench, monkeypatch: pytest.MonkeyPatch, job: str) -> str:
    monkeypatch.setitem(safejob.JOBS, "fetch", f"benchjobs.{job}")
    assert enqueue(bench.store, "fetch", str(bench.folder)) is Outcome.QUEUED
    return job_id("fetch", str(bench.folder))


def _until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be fetched does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # it ended just now, or this system has no /proc
        return sys.platform != "linux"


def test_a_job_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = _put(bench, monkeypatch, "quick")
    bench.burst("quick")
    wait_for(bench.store, [identifier], PATIENCE_S)
    assert len(bench.diary("done")) == 1


def test_a_failed_job_keeps_its_sentence(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = _put(bench, monkeypatch, "unlucky")
    bench.burst("unlucky")
    said = r"^arXiv did not answer: try again in an hour\.$"
    with pytest.raises(JobFailed, match=said):
        wait_for(bench.store, [identifier], PATIENCE_S)
    assert queues.state(bench.store, identifier) is State.WAITING


@pytest.mark.parametrize(
    "plant",
    [
        {"data": json.dumps(["os.system", None, ["touch {}"], {}])},
        {"data": json.dumps(["benchjobs.quick", None, [], {}]), "success_callback_name": "x.y"},
        {"data": json.dumps(["a.b", None, [], {}]), "failure_callback_name": "os.getpid"},
        {"data": "pickle"},
        {"data": "rubbish"},
        {"data": json.dumps(["benchjobs.quick", None, [], {}]), "status": "unheard of"},
        {"data": json.dumps(["benchjobs.quick", None, [], {}]), "timeout": "soon"},
    ],
    ids=["os.system", "callback", "failure-callback", "pickle", "rubbish", "status", "timeout"],
)
def test_a_planted_job_is_refused_and_the_worker_lives(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, plant: dict[str, str]
) -> None:
    trace = bench.folder / "trace"
    fields: dict[str, Any] = {"status": "queued", "origin": "fetch", "description": "x"} | plant
    if plant["data"] == "pickle":
        fields["data"] = pickle.dumps((os.system, None, (f"touch {trace}",), {}))
    else:
        fields["data"] = plant["data"].replace("{}", str(trace), 1)
    for field, value in fields.items():
        bench.store.hset("rq:job:planted", field, value)
    bench.store.rpush("rq:queue:fetch", "planted")
    _put(bench, monkeypatch, "quick")
    bench.burst("quick")
    assert len(bench.diary("done")) == 1
    assert not trace.exists()
    assert queues.state(bench.store, "planted") is not State.FINISHED
    assert bench.store.llen("rq:queue:fetch") == 0


def test_a_killed_worker_takes_its_child_along_and_another_redoes_the_job(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = _put(bench, monkeypatch, "slow_once")
    bench.start("slow_once"), bench.start("slow_once")
    _until(lambda: bench.diary("start"))
    child, worker = bench.diary("start")[0]
    os.kill(worker, signal.SIGKILL)
    _until(lambda: not _alive(child))
    wait_for(bench.store, [identifier], PATIENCE_S, patient=True)
    starts = bench.diary("start")
    assert len(starts) == 2
    assert starts[1][1] != worker


def test_a_killed_child_is_replaced_by_its_worker(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = _put(bench, monkeypatch, "slow_once")
    bench.start("slow_once")
    _until(lambda: bench.diary("start"))
    os.kill(bench.diary("start")[0][0], signal.SIGKILL)
    wait_for(bench.store, [identifier], PATIENCE_S, patient=True)
    assert len({worker for _, worker in bench.diary("start")}) == 1


def test_a_killed_worker_leaves_no_scheduler_behind(bench: Bench) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux binds children to their parents")
    worker = bench.start("quick")
    listing = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    _until(lambda: listing.read_text().split())
    scheduler = int(listing.read_text().split()[0])
    worker.kill()
    _until(lambda: not _alive(scheduler))


def test_a_job_lost_while_handed_over_can_be_enqueued_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RQ itself takes it up after a minute; the clock needs no more than the job's absence."""
    identifier = _put(bench, monkeypatch, "quick")
    assert bench.start("quick", "doomed").wait(PATIENCE_S) == -signal.SIGKILL
    assert queues.state(bench.store, identifier) is State.QUEUED
    assert bench.store.lrange("rq:queue:fetch:intermediate", 0, -1) == [identifier.encode()]
    bench.store.delete("rq:queue:fetch:intermediate")
    bench.store.hset(f"rq:job:{identifier}", "enqueued_at", "2026-01-01T00:00:00.000000Z")
    assert enqueue(bench.store, "fetch", str(bench.folder)) is Outcome.REPAIRED
    bench.burst("quick")
    assert len(bench.diary("done")) == 1


def test_a_signal_lets_the_job_finish(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = _put(bench, monkeypatch, "steady")
    worker = bench.start("steady")
    _until(lambda: bench.diary("start"))
    worker.terminate()
    assert worker.wait(PATIENCE_S) == 0
    assert len(bench.diary("done")) == 1
    assert queues.state(bench.store, identifier) is State.FINISHED


def test_a_worker_registers_again_when_the_store_was_emptied(bench: Bench) -> None:
    bench.start("quick")
    _until(lambda: Worker.all(bench.store))
    (before,) = [one.name for one in Worker.all(bench.store)]
    bench.store.flushall()
    _until(lambda: Worker.all(bench.store))
    (after,) = [one for one in Worker.all(bench.store) if one.birth_date]
    assert after.name == before
    assert after.queue_names() == ["fetch"]


RIGHTS = ["+info", "+client|list", "+client|setname", "+client|setinfo", "+client|id"]


def test_an_account_with_few_rights_is_enough(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rights the guide to shared servers lists: two prefixes, nothing dangerous."""
    bench.store.acl_setuser(
        "lark",
        enabled=True,
        passwords=["+pw"],
        keys=["rq:*", "ad:*"],
        channels=["rq:*"],
        categories=["+@all", "-@admin", "-@dangerous"],
        commands=RIGHTS,
    )
    bench.url = bench.url.replace("unix://", "unix://lark:pw@")
    try:
        with connect(bench.url, bench.folder) as connection:
            identifier = _put(bench, monkeypatch, "quick")
            bench.burst("quick")
            wait_for(connection.queue, [identifier], PATIENCE_S)
            again = enqueue(connection.queue, "fetch", str(bench.folder))
            assert again is Outcome.REPAIRED
    finally:
        bench.store.acl_deluser("lark")
    assert len(bench.diary("done")) == 1


def test_the_measured_times_are_the_default(store: redis.Redis) -> None:
    worker = DigestWorker("score", store)
    job = safejob.SafeJob("x", store, safejob.SERIALIZER)
    assert worker.get_heartbeat_ttl(job) == 30
    assert (worker.worker_ttl, worker.maintenance_interval) == (20, 10)
    assert worker.job_monitoring_interval == 5
    assert worker.queue_names() == ["score"]


def test_one_worker_serves_one_queue_that_exists(store: redis.Redis) -> None:
    with pytest.raises(ConfigError, match="no queue 'fetch,score': name one of fetch, score"):
        run("fetch,score", store)


def test_the_modules_of_a_queue_are_known_before_its_jobs() -> None:
    assert modules("score") == ("worker.jobs",)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (SourceError("No answer: try later.\nTrace"), "No answer: try later."),
        (KeyError("x"), "KeyError: 'x'"),
        (ValueError(), "ValueError"),
    ],
)
def test_the_sentence_of_an_error_is_one_line(
    store: redis.Redis, error: Exception, sentence: str
) -> None:
    assert enqueue(store, "publish", "x") is Outcome.QUEUED
    job = safejob.SafeJob.fetch("publish_x", store, safejob.SERIALIZER)
    assert keep_sentence(job, type(error), error, None)
    assert queues.failure(store, "publish_x") == sentence
