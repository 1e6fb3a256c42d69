"""The program as people run it: real processes, an embedded store, a loopback arXiv."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from paperlark import queues
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from paperlark.store import RedisStore
from paperlark.store.connection import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

THURSDAY = "2026-11-19"


class Program:
    """paperlark in an environment of its own."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.folder, self.environ = folder, dict(environ)

    def __call__(self, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperlark", *args],
            env=self.environ | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "paperlark", *args],
            env=self.environ,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            stdin=subprocess.DEVNULL,
        )


@contextmanager
def program(double: ArxivDouble) -> Iterator[Program]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder:
        environ = clean | {
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "PAPERLARK_DATA_DIR": f"{folder}/d",
            "PAPERLARK_CLOCK__PRETEND": f"{THURSDAY}T12:00:00+00:00",
            "PAPERLARK_SOURCES__ARXIV__RSS_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__SITE_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__API_URL": f"{double.url}/api/query",
            "PAPERLARK_SOURCES__ARXIV__INTERVAL_S": "0",
            "PAPERLARK_SOURCES__ARXIV__PATIENCE_S": "1",
        }
        yield Program(Path(folder), environ)


@pytest.fixture
def double() -> Iterator[ArxivDouble]:
    with ArxivDouble(days()) as running:
        yield running


@pytest.fixture
def run(double: ArxivDouble) -> Iterator[Program]:
    with program(double) as ready:
        yield ready


def digest(run: Program, *args: str, profile: str = "foundations") -> dict[str, Any]:
    done = run("digest", *args, "--profile", profile, "--format", "json")
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert isinstance(loaded, dict)
    return loaded


def test_the_main_job_and_again(run: Program):
    first = digest(run)
    counts = first["counts"]
    assert first["date"] == THURSDAY
    assert first["verdict"]["state"] == "complete"
    assert counts["scanned"] > 20
    fates = ("shown", "below", "filtered", "undecided")
    assert sum(counts[fate] for fate in fates) == counts["scanned"]
    assert len(first["cards"]) + len(first["not_shown"]) == counts["scanned"]
    assert digest(run, THURSDAY) == first


def test_each_day_leaves_out_what_an_earlier_one_showed(run: Program):
    text = re.sub(
        r"base_line\s*=.*", "base_line = 15", run("profiles", "show", "foundations").stdout
    )
    (run.folder / "low.md").write_text(text, encoding="utf-8")
    assert run("profiles", "add", "low", "--file", "low.md", "--learn", "0").returncode == 0
    shown = [
        {card["id"] for card in digest(run, day, profile="low")["cards"]}
        for day in ("2026-11-17", "2026-11-18", THURSDAY)
    ]
    assert all(shown)
    assert not shown[0] & shown[1]
    assert not shown[1] & shown[2]


def test_a_paper_can_be_asked_about(run: Program):
    card = digest(run)["cards"][0]
    told = run("why", f"https://arxiv.org/abs/{card['id']}v1", "--profile", "foundations")
    assert told.returncode == 0, told.stderr
    assert card["id"] in told.stdout
    assert "shown, number 1" in told.stdout
    unknown = run("why", "2401.00001", "--profile", "foundations")
    assert unknown.returncode == 1
    assert "2401.00001 is not among the papers" in unknown.stderr


def test_a_profile_of_ones_own(run: Program):
    text = run("profiles", "show", "foundations").stdout
    (run.folder / "mine.md").write_text(text, encoding="utf-8")
    assert "cs.LG" in run("profiles", "check", "mine.md").stdout
    added = run("profiles", "add", "mine", "--file", "mine.md", "--learn", "2")
    assert added.returncode == 0, added.stderr
    assert "abstracts to learn" in added.stdout
    listed = json.loads(run("profiles", "list", "--format", "json").stdout)
    assert [row["name"] for row in listed if row["from"] == "yours"] == ["mine"]
    assert json.loads(run("digest", "--format", "json").stdout)["profile"] == "mine"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("digest", "--profile", "nobody"), 1, "There is no profile “nobody”"),
        (("digest",), 1, "There is no profile yet"),
        (("digest", "25.9.2025", "--profile", "foundations"), 2, "is no date"),
        (("digest", "2026-11-14", "--profile", "foundations"), 1, "is a weekend"),
        (("digest", "2026-12-24", "--profile", "foundations"), 1, "is in the future"),
        (("digest", "--feed", "none.xml", "--profile", "foundations"), 1, "none.xml"),
        (("digest", "--scorer", "best"), 2, "best"),
        (("why", "2611.9041"), 2, "is not an arXiv id"),
        (("digst",), 2, "Did you mean `paperlark digest`?"),
        (("profiles", "check", "none.md"), 2, "cannot be read"),
        (("evaluate", "none.jsonl", "--profile", "foundations"), 1, "none.jsonl"),
    ],
)
def test_bad_input_is_one_sentence(run: Program, args: tuple[str, ...], code: int, said: str):
    done = run(*args)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert said in done.stderr


def test_bad_feed_files_lose_nothing(run: Program):
    before = digest(run)
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aa">]><rss>&a;</rss>'
    spoilt = {"empty.xml": "", "cut.xml": "<rss><channel><item>", "bomb.xml": bomb}
    for name, text in spoilt.items():
        (run.folder / name).write_text(text, encoding="utf-8")
        done = run("digest", "--feed", name, "--profile", "foundations")
        assert done.returncode == 1
        assert name in done.stderr
        assert "Traceback" not in done.stderr
    assert digest(run, THURSDAY) == before


def test_a_digest_is_written_whole_or_not_at_all(run: Program):
    assert run("digest", "--profile", "foundations", "--out", "day.txt").returncode == 0
    kept = (run.folder / "day.txt").read_text(encoding="utf-8")
    assert "foundations" in kept
    missing = run("digest", "--profile", "foundations", "--out", "no/such/day.txt")
    assert missing.returncode == 1
    assert "cannot be written" in missing.stderr


def test_interrupted_at_any_moment_then_the_same(run: Program):
    whole = digest(run)
    with ArxivDouble(days()) as other, program(other) as again:
        for wait_s in (0.1, 0.3, 0.6, 0.9):
            started = again.start("digest", "--profile", "foundations")
            try:
                started.wait(wait_s)
            except subprocess.TimeoutExpired:
                started.send_signal(signal.SIGINT)
            _, said = started.communicate(timeout=120)
            assert started.returncode in {0, 130, -2, 1}, said
        assert digest(again) == whole


def test_doctor_says_what_is_well_and_what_is_not(run: Program):
    well = run("doctor")
    assert well.returncode == 0, well.stdout + well.stderr
    assert "✓ store" in well.stdout
    assert "✓ arXiv" in well.stdout
    assert run("doctor", "--strict").returncode == 1
    lost = run("doctor", "--offline", REDIS_URL="redis://127.0.0.1:1")
    assert lost.returncode == 1
    assert "✗ store" in lost.stdout
    wrong = run("doctor", PAPERLARK_LOG__LEVEL="loud")
    assert wrong.returncode == 2
    spent = run("doctor", "--offline", PAPERLARK_SCORING__BUDGET__USD_PER_DYA="1")
    assert "Did you mean `scoring.budget.usd_per_day`" in spent.stdout + spent.stderr


def test_the_chosen_settings_file_reaches_the_workers_jobs(run: Program):
    other = run.folder / "other"
    (run.folder / "site.toml").write_text(f'[store]\ndata_dir = "{other}"\n', encoding="utf-8")
    del run.environ["PAPERLARK_DATA_DIR"]
    run.environ |= {"HOME": str(run.folder), "XDG_DATA_HOME": str(run.folder / "wrong")}
    with connect(None, other) as connection:
        queues.enqueue(connection.queue, "fetch", "foundations", THURSDAY)
        done = run("--config", "site.toml", "worker", "--burst")
        assert done.returncode == 0, done.stderr
        made = RedisStore(connection.client).digest("foundations", date.fromisoformat(THURSDAY))
    assert made is not None, done.stderr
    assert not (run.folder / "wrong").exists()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def left(run: Program) -> Iterator[Callable[[], list[int]]]:
    """The processes that the program started, itself included, as far as they still live."""
    if sys.platform != "linux":
        pytest.skip("only Linux has /proc")
    name = str(uuid.uuid4())
    run.environ["LARK_TEST"] = name
    mark = f"LARK_TEST={name}"

    def find() -> list[int]:
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark.encode() in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
        return found

    yield find
    for pid in find():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


# By `make proof`: it signals at moments that a loaded machine moves about.
@pytest.mark.proof
@pytest.mark.parametrize(("number", "wait_s"), [("SIGTERM", 0.6), ("SIGTERM", 1.5), ("SIGHUP", 1)])
def test_a_signal_ends_the_demo_and_all_it_started(
    run: Program, left: Callable[[], list[int]], number: str, wait_s: float
):
    started = run.start("demo")
    assert started.stdout is not None
    assert started.stdout.readline()  # the greeting: from here on signals are heeded
    with suppress(subprocess.TimeoutExpired):
        started.wait(wait_s)
    started.send_signal(getattr(signal, number))
    _, said = started.communicate(timeout=120)
    assert started.returncode in {0, 128 + getattr(signal, number)}, said
    assert "Traceback" not in said
    until(lambda: not left())


def test_a_killed_supervisor_leaves_nothing(run: Program, left: Callable[[], list[int]]):
    started = run.start("worker")
    until(lambda: len(left()) > 3)  # itself, its two workers, the store's server
    started.kill()
    started.communicate()
    until(lambda: not left())


def test_a_terminated_supervisor_ends_in_good_order(run: Program, left: Callable[[], list[int]]):
    started = run.start("worker")
    until(lambda: len(left()) > 3)
    started.terminate()
    _, said = started.communicate(timeout=120)
    assert started.returncode in {0, 143}, said
    assert "Traceback" not in said
    until(lambda: not left())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://user:S3C/RET@127.0.0.1:1/0"),
        ("REDIS_URL", "redis://user:99/S3CRET@127.0.0.1:1/0"),
        ("REDIS_URL", "redis://:S3C#RET@127.0.0.1:1"),
        ("REDIS_URL", "unix://:S3C/RET@/nowhere/s"),
        ("REDIS_URL", "redis://[::1"),
        ("REDIS_URL", "redis://127.0.0.1:1?foo=1"),
        ("REDIS_URL", "redis://127.0.0.1:1?retry=3"),
        ("PAPERLARK_DATA_DIR", "~nosuchuser/x"),
        ("PAPERLARK_CLOCK__PRETEND", "0001-01-01T00:00:00+00:00"),
        ("PAPERLARK_CLOCK__PRETEND", "9999-12-31T23:00:00-05:00"),
    ],
)
def test_a_bad_setting_is_a_sentence_without_a_secret(run: Program, name: str, value: str):
    done = run("digest", "--profile", "foundations", **{name: value})
    assert done.returncode in {1, 2}
    said = done.stdout + done.stderr
    assert not re.search("S3C|RET|Traceback|did not expect", said), said
    assert said.count("\n") == 1


def test_a_settings_file_of_brackets_is_a_sentence(run: Program):
    (run.folder / "paperlark.toml").write_text("x = " + "[" * 5000, encoding="utf-8")
    done = run("doctor")
    assert done.returncode == 2
    assert "nested too deeply" in done.stdout


def test_what_is_said_cannot_steer_a_terminal(run: Program):
    for args in (("digest", "--profile", "\x1b]0;x\x07"), ("\x1b[2J",), ("why", "\x1b[2J")):
        done = run(*args)
        assert done.returncode in {1, 2}
        assert "\x1b" not in done.stderr
        assert "\x07" not in done.stderr


def test_a_closed_stdout_is_a_sentence(run: Program):
    started = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "paperlark", "doctor"],
        env=run.environ, cwd=run.folder, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert started.returncode == 1
    assert "Standard output is closed" in started.stderr


def test_a_worker_on_a_read_only_replica_says_so(run: Program, store_url: str, store: Any):
    store.replicaof("127.0.0.1", "1")
    try:
        done = run("worker", "--queue", "fetch", REDIS_URL=store_url)
    finally:
        store.replicaof("NO", "ONE")
    assert done.returncode == 1
    assert "read-only replica: point REDIS_URL at the primary" in done.stderr
    assert "Traceback" not in done.stderr
