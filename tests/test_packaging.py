"""The wheel, built and installed into an empty environment, runs the demo from elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paperlark import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent


def call(command: Sequence[str | Path], cwd: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    call([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], ROOT)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_program_and_its_data(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert f"paperlark-{__version__}.dist-info/METADATA" in names
    for needed in (
        "paperlark/py.typed",
        "paperlark/_data/config/default.toml",
        "paperlark/_data/config/arxiv/categories.toml",
        "paperlark/_data/prompts/topics/foundations.md",
        "paperlark/_data/templates/day.html.j2",
        "paperlark/demo/samples/2026-11-19.toml",
        "paperlark/store/lua/gate_enter.lua",
        "worker/jobs.py",
        "bot/__init__.py",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith("tests") or "__pycache__" in name]


def test_installed_elsewhere_it_runs_the_demo(wheel: Path, tmp_path: Path):
    empty = tmp_path / "venv"
    call([sys.executable, "-m", "venv", empty], tmp_path)
    python = empty / "bin" / "python"
    call([python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel], tmp_path)
    # The libraries come from this environment, as an index would give them; a path file inside a
    # path file is not read, so this environment's own (editable) paperlark stays out of sight.
    site = Path(
        call([python, "-c", "import site; print(site.getsitepackages()[0])"], tmp_path).strip()
    )
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = call([python, "-c", "import paperlark; print(paperlark.__file__)"], tmp_path)
    assert where.startswith(str(site))
    said = call([empty / "bin" / "paperlark", "demo", "--out", "out"], tmp_path)
    assert "Nothing was left running." in said
    page = (tmp_path / "out" / "site" / "2026-11-19" / "index.html").read_text(encoding="utf-8")
    assert "Thursday 19 November" in page
    (found,) = {p.name for p in (tmp_path / "out" / "site").iterdir()} & {"2026-11-17"}
    assert found
    assert "Mira accepted 10.0" in page  # people voted in between, and one of them decided
    assert "Wild card" in page
