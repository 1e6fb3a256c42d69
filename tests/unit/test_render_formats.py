"""Every format through one door, as reviewed by eye."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from paperlark.errors import ConfigError
from paperlark.render import FORMATS, render
from tests import builders

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
_OTHERS = re.compile(
    r"(?<=<style>).*?(?=</style>)|(?<=sha256-)[^&]+|(?<=<math ).*?(?=</math>)", re.DOTALL
)  # the look is reviewed in a browser, the formulas are proved where they are made


def compared(name: str, text: str) -> None:
    """Compare with the golden file; PAPERLARK_GOLDEN=write renews it, to be read by eye."""
    path = GOLDEN / name
    if os.environ.get("PAPERLARK_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_as_reviewed(width: int):
    compared(f"example-{width}.txt", render(builders.example(), "text", width=width))


def test_the_terminals_colours_as_reviewed():
    coloured = render(builders.example(), "text", colour=True)
    compared("example-80.ansi.txt", coloured.replace("\x1b", "␛"))


@pytest.mark.parametrize("fmt", ["md", "json"])
def test_the_files_as_reviewed(fmt: str):
    compared(f"example.{fmt}", render(builders.example(further=5), fmt))


def test_the_page_as_reviewed():
    text = render(builders.example(further=5), "html")
    compared("example.html", _OTHERS.sub("…", text))


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(ConfigError, match="no format 'pdf'; choose one of text, md, html, json"):
        render(builders.example(further=0), "pdf")


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_digest_gives_the_same_bytes(fmt: str):
    assert render(builders.example(), fmt) == render(builders.example(), fmt)


def test_importing_costs_nothing_until_a_form_is_used():
    code = (
        "import sys, paperlark.render; "
        "print([m for m in ('rich', 'jinja2', 'latex2mathml', 'lxml') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
