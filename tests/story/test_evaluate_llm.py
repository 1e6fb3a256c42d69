"""``paperlark evaluate`` with a model, as people run it: real processes, a model on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.demo.model import ModelDouble
from paperlark.domain import Announcement, AnnounceType, Batch, BatchState, Listing
from paperlark.store import RedisStore
from tests import scoring

if TYPE_CHECKING:
    from collections.abc import Iterator

    import redis

ROOT = Path(__file__).resolve().parents[2]
PAPERS = scoring.papers(40)
PROFILE = "foundations"


class Program:
    """paperlark evaluate over the tests' own store."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder, self.environ = folder, environ

    def __call__(self, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperlark", "evaluate", *args, "--profile", PROFILE],
            env=self.environ | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )

    def found(self, *args: str, **more: str) -> dict[str, Any]:
        done = self(*args, "--format", "json", **more)
        assert done.returncode == 0, done.stderr
        loaded = json.loads(done.stdout)
        assert isinstance(loaded, dict)
        return loaded


@pytest.fixture
def double() -> Iterator[ModelDouble]:
    with ModelDouble(scoring.grades) as running:
        yield running


@pytest.fixture
def run(double: ModelDouble, store_url: str, store: redis.Redis) -> Iterator[Program]:
    del store  # an empty one
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PAPERLARK_", "REDIS_", "OPENAI_"))
    }
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder:
        lines = []
        for number, paper in enumerate(PAPERS):
            relevance, novelty = scoring.grades(paper.title)
            day = date(2026, 11, 2) + timedelta(number // 10)
            row = {"date": day.isoformat(), "id": paper.id, "title": paper.title, "authors": [],
                   "abstract": paper.abstract, "categories": ["cs.LG"], "selected": relevance > 7,
                   "relevance": relevance, "novelty": novelty}  # fmt: skip
            lines.append(json.dumps(row))
        (Path(folder) / "days.jsonl").write_text("\n".join(lines), encoding="utf-8")
        yield Program(
            Path(folder),
            clean
            | {
                "PYTHONPATH": str(ROOT),
                "REDIS_URL": store_url,
                "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
                "PAPERLARK_SCORING__LLM__BASE_URL": double.url,
                "PAPERLARK_SCORING__LLM__API_KEY": "loopback",
            },
        )


def test_labelled_days_by_a_model(run: Program, double: ModelDouble, store: redis.Redis):
    found = run.found("days.jsonl", "--scorer", "llm", "--train", "past", "--keep", "0.5")
    overall = found["overall"]
    assert (found["scorer"], found["train"], found["model"]) == ("llm", "past", "gpt-5-mini")
    assert [day["sent"] for day in found["days"]] == [10, 10, 6, 6]
    assert overall["coverage"] == 1
    assert overall["auc"] > 0.8
    assert overall["prompt_tokens"] > 1000
    assert overall["completion_tokens"] > 0
    assert 0 < overall["cost_usd"] < 0.01
    assert found["intervals"]["auc"][0] <= overall["auc"] <= found["intervals"]["auc"][1]
    assert len(double.chats) == found["calls"] == 4
    assert set(store.keys("ad:*")) <= {b"ad:schema"}


def test_a_fault_is_asked_again_and_costs_no_paper(run: Program, double: ModelDouble):
    for fault in ("500", "fences", "drop", "200-page"):
        double.faults.add(fault)
    found = run.found("days.jsonl", "--scorer", "llm")
    assert found["overall"]["coverage"] == 1
    assert found["undecided"] == {}


def test_a_budget_ends_it_and_is_the_stores_own(
    run: Program, double: ModelDouble, store: redis.Redis
):
    found = run.found(
        "days.jsonl", "--scorer", "llm",
        PAPERLARK_SCORING__BUDGET__USD_PER_DAY="0.004", PAPERLARK_SCORING__LLM__CONCURRENCY="1",
    )  # fmt: skip
    assert 0 < found["overall"]["coverage"] < 1
    assert found["undecided"]["the budget was spent"] == 40 * (1 - found["overall"]["coverage"])
    assert "the day's budget" in found["notes"][0]
    spent = RedisStore(store).spending.spent(datetime(2026, 11, 19, tzinfo=UTC).date())
    assert spent == pytest.approx(found["overall"]["cost_usd"], abs=1e-6)
    assert 0 < spent <= 0.004
    assert len(double.chats) == found["calls"]


def test_batch_sizes_are_compared(run: Program, double: ModelDouble):
    done = run("days.jsonl", "--scorer", "llm", "--vary", "batch_size=4,8", "--sample", "16")
    assert done.returncode == 0, done.stderr
    assert "About $0.00" in done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[3:5]] == [
        ["4", "1.000"],
        ["8", "1.000"],
    ]
    assert len(double.chats) == 6


def test_a_panel_is_graded_again_and_drawn(run: Program, double: ModelDouble, store: redis.Redis):
    kept = RedisStore(store)
    rows = tuple(Listing(paper.id, 1, AnnounceType.NEW) for paper in PAPERS)
    batch = Batch(scoring.DAY, "cs.LG", BatchState.COMPLETE, rows)
    kept.save(Announcement(scoring.DAY, (batch,), {paper.id: paper for paper in PAPERS}))
    said = {paper.id: (*scoring.grades(paper.title), 1.0) for paper in PAPERS}
    kept.save_grades(PROFILE, "r", scoring.DAY, "m", said)
    first = run.found("--panel", "8")
    assert len(first["panel"]["papers"]) == first["scorings"][0]["graded"] == 8
    double.grades = lambda title, _: (max(1, scoring.grades(title)[0] - 2), 6)
    again = run("--panel", "8", "--chart", "drift.svg",
                PAPERLARK_CLOCK__PRETEND="2026-11-20T12:00:00+00:00")  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert "-2.00 (-2.00 to -2.00)" in again.stdout
    svg = (run.folder / "drift.svg").read_text(encoding="utf-8")
    assert "relevance −2" in svg
    calls = len(double.chats)
    only = run.found("--chart", "again.svg")
    assert (run.folder / "again.svg").read_text(encoding="utf-8") == svg
    assert [one["within_1"] for one in only["scorings"]] == [1, 0]
    assert len(double.chats) == calls == 2
    assert set(kept.grades(PROFILE)) == set(said)


@pytest.mark.parametrize(
    ("args", "environ", "code", "said"),
    [
        (("days.jsonl", "--scorer", "llm"), {"PAPERLARK_SCORING__LLM__BASE_URL": "",
         "PAPERLARK_SCORING__LLM__API_KEY": ""}, 2, "OPENAI_API_KEY"),
        (("--panel", "8"), {}, 1, "Make a digest with --scorer llm first"),
        (("days.jsonl", "--scorer", "llm", "--vary", "size=1"), {}, 2, "nothing to vary"),
        (("days.jsonl", "--vary", "order=1,2"), {}, 2, "add --scorer llm"),
        ((), {}, 2, "at least one FILE"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_sentence(
    run: Program, args: tuple[str, ...], environ: dict[str, str], code: int, said: str
):
    done = run(*args, **environ)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert said in done.stderr
