"""The program as people run it: real processes, an embedded store, a loopback arXiv."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
            timeout=60,
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
            _, said = started.communicate(timeout=30)
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
