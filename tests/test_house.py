"""The house numbers: short functions, small modules, every public thing typed and documented."""

from __future__ import annotations

import ast
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("paperlark", "bot", "worker")
LONGEST_FUNCTION = 50
LONGEST_MODULE = 400
MEDIAN_FUNCTION = 9
MEDIAN_MODULE = 120

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    return sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_long():
    over = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({length(node)})"
        for path in sources()
        for node in functions(path)
        if length(node) > LONGEST_FUNCTION
    ]
    assert not over


def test_no_module_is_long():
    lines = {p: p.read_text(encoding="utf-8").count("\n") for p in sources()}
    assert not [f"{p.relative_to(ROOT)} ({n})" for p, n in lines.items() if n > LONGEST_MODULE]
    assert statistics.median(n for n in lines.values() if n) <= MEDIAN_MODULE


def test_functions_are_short_in_the_middle():
    assert statistics.median(length(n) for p in sources() for n in functions(p)) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_public_thing_states_its_contract(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_")
    ]
    assert not [node.name for node in public if not ast.get_docstring(node)]


def test_mocks_are_not_used():
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            assert "unittest.mock" not in path.read_text(encoding="utf-8"), path


def tracked() -> list[Path]:
    git = shutil.which("git") or pytest.skip("there is no git here")
    listed = subprocess.run(
        [git, "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines()]


def test_the_top_level_is_the_agreed_one():
    places = [path.relative_to(ROOT).parts for path in tracked()]
    folders = {parts[0] for parts in places if len(parts) > 1}
    agreed = {"bot", "worker", "prompts", "templates", "config", "tests", "paperlark", "docs"}
    assert folders <= agreed | {"benchmarks", ".ci"}


def test_the_lock_is_pinned_by_hash_and_holds_no_address():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") > 0
        blocks = [b for b in text.replace("\\\n", " ").splitlines() if b.strip()]
        assert all("--hash=sha256:" in block for block in blocks)


def test_the_changelog_begins_with_the_version():
    from paperlark import __version__  # noqa: PLC0415  (only this test needs it)

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {__version__}" in text
