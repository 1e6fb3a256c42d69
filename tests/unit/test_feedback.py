"""The line before any vote."""

from __future__ import annotations

from paperlark.domain import Line
from paperlark.feedback import base_line


def test_without_votes_the_line_is_its_base():
    assert base_line(61.5) == Line(value=61.5, base=61.5, votes=0, said="")
