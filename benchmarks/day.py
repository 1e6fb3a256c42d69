"""The whole main job on the largest real day: fresh process, embedded store, files to files.

Reads the 855 papers of 2025-09-30 as arXiv's feeds, written once as RSS files, and runs
``paperlark digest --feed …`` with a new store; then once more with ``--format html``. Prints wall
time, CPU time and peak memory of the process, beside the same for an interpreter that does
nothing, and where the time goes. Usage: ``python -m benchmarks.day [ROUNDS]``.
"""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from paperlark.demo.feeds import feed
from tests.real.days import CATEGORIES, days

if TYPE_CHECKING:
    from paperlark.demo.wire import Announced

DAY = date(2025, 9, 30)
PROFILE = """+++
categories = ["cs.LG", "cs.AI"]
keywords = ["quantization", "pruning", "mixture-of-experts", "representation learning"]
exclusions = ["federated learning", {term = "medical imaging", weight = 1.0}]
+++

## What we want
Architecture, compression, efficiency and training of neural networks.
"""


def main() -> int:
    """Measure, and print a table."""
    data = os.environ.get("PAPERLARK_REAL_DATA", "")
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(data) if data else default
    if not (folder / "dev").is_dir():
        print(f"no real days in {folder}: set PAPERLARK_REAL_DATA to read some")
        return 0
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="pl-") as name:
        files = _feeds(Path(name), days(folder)[DAY])
        idle = min(_run(["-c", "pass"], Path(name), {})[0] for _ in range(rounds))
        print(f"{'what':<34} {'wall s':>7} {'CPU s':>7} {'peak MB':>8}")
        print(f"{'an interpreter that does nothing':<34} {idle:7.2f}")
        _row("paperlark --help", [_run(["-m", "paperlark", "--help"], Path(name), {})] * 1)
        for form in ("json", "html"):
            runs = [_digest(Path(name), files, form, number) for number in range(rounds)]
            _row(f"855 papers, feeds to {form}", runs)
        _where(Path(name), files)
    return 0


def _feeds(folder: Path, papers: tuple[Announced, ...]) -> list[Path]:
    paths = []
    for category in CATEGORIES:
        path = folder / f"{category}.xml"
        path.write_bytes(feed(category, DAY, papers))
        paths.append(path)
    return paths


def _arguments(files: list[Path], form: str, out: Path) -> list[str]:
    named = [part for path in files for part in ("--feed", str(path))]
    return ["digest", *named, "--profile", "bench", "--format", form, "--out", str(out)]


def _digest(folder: Path, files: list[Path], form: str, number: int) -> tuple[float, float, float]:
    out = folder / f"{form}{number}"
    environ = {"PAPERLARK_DATA_DIR": str(folder / f"store-{form}{number}")}
    _add(folder, environ)
    measured = _run(["-m", "paperlark", *_arguments(files, form, out)], folder, environ)
    if form == "json":
        assert json.loads(out.read_text(encoding="utf-8"))["counts"]["scanned"] > 800
    return measured


def _add(folder: Path, environ: dict[str, str]) -> None:
    """Keep the profile in a store of its own; not measured."""
    path = folder / "bench.md"
    path.write_text(PROFILE, encoding="utf-8")
    adding = ["profiles", "add", "bench", "--file", str(path), "--learn", "0"]
    _run(["-m", "paperlark", *adding], folder, environ)


def _run(args: list[str], folder: Path, environ: dict[str, str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak resident megabytes of one process."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
    root = str(Path(__file__).resolve().parents[1])
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, *args],
        cwd=folder,
        env=clean | {"PYTHONPATH": root} | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    assert child.stderr is not None
    said = child.stderr.read().decode()
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, said
    scale = 1024 if sys.platform == "linux" else 1024 * 1024
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / scale


def _row(name: str, runs: list[tuple[float, float, float]]) -> None:
    wall, cpu, peak = (min(run[at] for run in runs) for at in range(3))
    print(f"{name:<34} {wall:7.2f} {cpu:7.2f} {peak:8.0f}")


def _where(folder: Path, files: list[Path]) -> None:
    """The dearest functions of one run in this process, by the time below them."""
    environ = {"PAPERLARK_DATA_DIR": str(folder / "store-profiled")}
    _add(folder, environ)
    os.environ.update(environ)
    from paperlark.cli import cli  # noqa: PLC0415  (its import is measured above)

    profile = cProfile.Profile()
    profile.enable()
    cli.main(_arguments(files, "json", folder / "p.json"), standalone_mode=False)
    profile.disable()
    print("\nwhere it goes (under the profiler, which about doubles it):")
    table = pstats.Stats(profile)
    wanted = {
        "from_files": "reading the feeds",
        "save": "keeping papers and batches",
        "score": "ranking",
        "publish": "assembling and keeping the digest",
        "render": "rendering",
        "connect": "starting the store",
    }
    for key, row in table.stats.items():  # type: ignore[attr-defined]  # pstats has no types for it
        if key[2] in wanted and "paperlark" in key[0] + "paperlark" and row[3] > 0.02:
            print(f"  {wanted[key[2]]:<36} {row[3]:6.2f} s   {Path(key[0]).name}:{key[1]}")


if __name__ == "__main__":
    sys.exit(main())
