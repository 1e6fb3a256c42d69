"""Twenty-five real days, served in arXiv's exact form, through ``paperlark digest``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from paperlark.demo.double import ArxivDouble
from paperlark.tex import residue
from tests.real.days import CATEGORIES, days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

pytestmark = pytest.mark.real

PROFILE = f"""+++
categories = {json.dumps(CATEGORIES)}
keywords = ["quantization", "pruning", "mixture-of-experts", "representation learning"]
exclusions = ["federated learning", {{term = "medical imaging", weight = 1.0}}]
+++

## What we want
Architecture, compression, efficiency and training of neural networks.
"""
LEAST_TEX = 0.0025
"""The share of titles and abstracts that may keep some TeX."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as name:
        yield Path(name)


def paperlark(folder: Path, double: ArxivDouble, *args: str) -> str:
    """Run the program on the double's current day; its standard output."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
    environ = clean | {
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PAPERLARK_DATA_DIR": str(folder / "d"),
        "PAPERLARK_CLOCK__PRETEND": f"{double.now}T12:00:00+00:00",
        "PAPERLARK_SOURCES__ARXIV__RSS_URL": double.url,
        "PAPERLARK_SOURCES__ARXIV__SITE_URL": double.url,
        "PAPERLARK_SOURCES__ARXIV__API_URL": f"{double.url}/api/query",
        "PAPERLARK_SOURCES__ARXIV__INTERVAL_S": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "paperlark", *args],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(day: date, digest: dict[str, Any], unique: int) -> None:
    counts = digest["counts"]
    fates = ("shown", "below", "filtered", "undecided")
    assert digest["date"] == day.isoformat()
    assert digest["verdict"]["state"] == "complete"
    assert counts["scanned"] + counts["repeats"] == unique
    assert sum(counts[fate] for fate in fates) == counts["scanned"]
    assert len(digest["cards"]) == counts["shown"]
    assert len(digest["cards"]) + len(digest["not_shown"]) == counts["scanned"]


@pytest.mark.parametrize("most", [6, pytest.param(25, marks=pytest.mark.proof)])
def test_every_day_adds_up_and_nothing_is_shown_twice(real_data: Path, folder: Path, most: int):
    real = dict(sorted(days(real_data).items())[:most])
    (folder / "group.md").write_text(PROFILE, encoding="utf-8")
    shown: list[str] = []
    with ArxivDouble(real, now=min(real)) as double:
        paperlark(folder, double, "profiles", "add", "group", "--file", "group.md", "--learn", "0")
        for day, papers in real.items():
            double.now = day
            digest = json.loads(paperlark(folder, double, "digest", "--format", "json"))
            check(day, digest, len({paper.id for paper in papers}))
            shown += [card["id"] for card in digest["cards"]]
            for card in digest["cards"]:
                assert not [name for name in card["authors"] if residue(name)]
    assert len(real) == most
    assert len(shown) == len(set(shown)) > 4 * most
