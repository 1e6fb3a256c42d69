"""Every single fault of a model, on every real day, and writes docs/reliability-model.md.

Run from the root: ``python -m benchmarks.model_faults [FOLDER]``; FOLDER, or PAPERLARK_REAL_DATA,
holds the real days, which are third-party data and no part of this repository. About 11 minutes of
CPU; two faults at a time. ``make proof`` holds the same walks to the same promises.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.real.model_days import RATE, WAYS, Walked, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability-model.md"
DATA = ROOT.parent / "shared" / "data"
HEADS = (
    "fault",
    "calls",
    "spoilt",
    "open after the first run",
    "open after the next",
    "days the local ranker stood in",
    "least share of papers read on a day",
    "lost",
    "wrong grades",
)
_PAGE = """\
# What a model's faults do to a digest

Written by `python -m benchmarks.model_faults`.

{made}

{days} real days of cs.LG and cs.AI, {papers:,} papers, go one after another through the whole
scorer: two whole days, then the local ranker's best half and a random 5 %, second looks, sentences.
In the place of the model stands one on loopback that answers with the recorded grades over the real
wire. One thing goes wrong all the time: {rate:.0%} of its answers, drawn by a seed, are spoilt in
that one way (each day's batch, for those of the Batch API). Then the fault is over, and each day is
scored once more.

| {heads} |
{rule}
{rows}

- *Open*: undecided, with a reason, in a strip of their own. *Lost*: papers of a day that are not on
  its digest exactly once, strangers on it, or sums that do not add up; each would end the walk.
- *Wrong grades*: grades kept for a paper that the model did not give it.
- After `quota` a run asks no more, so much of a day stays open until the next. A server that is
  silent three times in a row is not asked again in that run either: so with the faults that cost
  all tries of a call (`429-long` and the like).
- `injected`: every 25th paper gives orders, from the adversarial set, to a model that obeys; what
  it does to its own grade is its own, so of these papers only the fate counts.
- The local ranker is a pure function; what it said of a day is remembered from walk to walk.
- `batch: stuck` waits for no time at all. A run that is killed while it waits is in
  `tests/story/test_llm_batch.py`, on a day of its own.
"""


class _Timed(NamedTuple):
    walked: Walked
    cpu_s: float


def timed(data: Path, way: str) -> _Timed:
    began = time.process_time()
    return _Timed(walk(data, way), time.process_time() - began)


def row(told: Walked) -> str:
    cells = (
        f"`{told.way}`",
        f"{told.calls:,}",
        f"{told.spoilt:,}",
        f"{told.undecided:,}",
        f"{told.later:,}",
        f"{told.local}",
        f"{min(told.shares):.1%}",
        "0",
        f"{told.astray:,}",
    )
    return f"| {' | '.join(cells)} |"


def page(found: Iterable[_Timed]) -> str:
    all_of_them = list(found)
    first = all_of_them[0].walked
    cpu = sum(each.cpu_s for each in all_of_them)
    return _PAGE.format(
        made=f"{datetime.now(UTC):%Y-%m-%d}, commit {_commit()}, {cpu / 60:.0f} minutes of CPU.",
        days=len(first.shares),
        papers=first.papers,
        rate=RATE,
        heads=" | ".join(HEADS),
        rule="|---" * len(HEADS) + "|",
        rows="\n".join(row(each.walked) for each in all_of_them),
    )


def _commit() -> str:
    command = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "not committed yet"


def main(arguments: Sequence[str]) -> None:
    folder = Path(arguments[0] if arguments else os.environ.get("PAPERLARK_REAL_DATA", DATA))
    if not (folder / "dev").is_dir():
        sys.exit("No real days found: name their folder, or set PAPERLARK_REAL_DATA.")
    found = []
    with ProcessPoolExecutor(2) as pool:
        for each in pool.map(partial(timed, folder), WAYS):
            found.append(each)
            print(row(each.walked), flush=True)
    PAGE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
