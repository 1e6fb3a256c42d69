"""The digest on a terminal: aligned, tame, whole without colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from paperlark.domain import Fate, Usage, VerdictState
from paperlark.render.escape import plain
from paperlark.render.terminal import terminal, wrap
from tests import builders

if TYPE_CHECKING:
    from paperlark.domain import Digest

COLOURS = re.compile(r"\x1b\[[\d;]*m")


@settings(max_examples=30, deadline=None)
@given(builders.nasty_digests(), st.integers(30, 130))
def test_nothing_steers_the_terminal_and_no_line_is_too_wide(digest: Digest, width: int):
    out = terminal(digest, width=width)
    assert not [char for char in out if char != "\n" and (char < " " or "\x7f" <= char < "\xa0")]
    assert max(cell_len(line) for line in out.split("\n")) <= min(max(width, 40), 120)
    out.encode()


@settings(max_examples=20, deadline=None)
@given(builders.nasty_digests())
def test_colours_add_nothing_but_colours(digest: Digest):
    coloured = terminal(digest, width=80, colour=True)
    assert COLOURS.sub("", coloured) == terminal(digest, width=80)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_numbers_stand_in_columns_at_the_right_edge(width: int):
    title = "日本語の論文について " * 12
    cards = (builders.card(builders.paper("2611.90001", title), score=99.0, novelty=None),)
    lines = terminal(builders.digest(cards), width=width).split("\n")
    first = next(line for line in lines if line.startswith(" 1  "))
    head = next(line for line in lines if line.endswith("score   rel   nov"))
    assert cell_len(first) == cell_len(head) == width
    assert first.endswith("   99     9     –")


def test_the_wide_form_tells_the_tokens_and_the_narrow_one_does_not():
    day = builders.example(further=0)
    assert "18,304 of them cached" in terminal(day, width=120)
    assert "18,304 of them cached" not in terminal(day, width=60)


def test_a_quiet_day_is_three_lines():
    day = builders.digest(state=VerdictState.QUIET, detail="Thanksgiving")
    assert terminal(day).split("\n")[2:] == [
        "· No announcement  on Thu 19 Nov (Thanksgiving). Next: Fri 20 Nov.",
        "",
    ]


def test_a_day_with_nothing_wanted_says_so():
    assert "No paper of this day is of a kind this profile wants." in terminal(builders.digest())


def test_no_line_is_drawn_where_nothing_has_a_score():
    lost = (builders.unshown("2611.80001", fate=Fate.UNDECIDED, reason="no answer"),)
    out = terminal(builders.digest((), lost, state=VerdictState.FAILED, detail="no answer"))
    assert "✗ Failed  No answer.\n" in out
    assert "──── the line" not in out
    assert out.endswith("paperlark why 2611.80001 --profile foundations\n")


def test_long_lists_are_cut_and_say_so():
    over = [builders.unshown(f"2611.9{n:04}", score=90 - n / 10) for n in range(9)]
    lost = [
        builders.unshown(f"2611.8{n:04}", fate=Fate.UNDECIDED, reason="no answer")
        for n in range(1200)
    ]
    out = terminal(builders.digest((), (*over, *lost), usage=Usage("local")))
    assert "Over the line, past the cap (9):" in out
    assert "    … and 5 more\n" in out
    assert "Could not be scored (1,200), may belong above the line:" in out
    assert "    … and 1,192 more\n" in out
    assert "novelty is “–”" in out


@given(builders.nasty_text(), st.integers(2, 30), st.integers(0, 1))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int, lead: int):
    lines = wrap(text, width, lead=lead)
    assert "".join(lines).replace(" ", "") == plain(text).replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)
    assert not lines or cell_len(lines[0]) <= width - lead or width < 4
