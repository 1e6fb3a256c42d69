"""How a line came to where it is: its moves, each with the votes and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.domain import Line
    from paperlark.feedback.facts import Knobs


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the line, to be kept as a row.

    Attributes:
        date: the mailing date from which it holds.
        before, after: the line, 0 to 100.
        ups, downs: the votes of the last digests (`Tuning.recent`), as they are.
        people: how many people they are from.
        share: the liked share as counted; `target`: what it was held against.
        why: one clause for people.
    """

    date: date
    before: float
    after: float
    ups: int
    downs: int
    people: int
    share: float
    target: float
    why: str


@dataclass(frozen=True, slots=True)
class Course:
    """How a line came to where it is.

    Attributes:
        line: of the date asked for, with the sentence of its digest.
        moves: oldest first; decisions are moves too.
        knobs: as they stand.
        share: the liked share as counted.
        trust: of everybody who voted, 0 to 1.
        frozen: by whom; empty where it moves.
    """

    line: Line
    moves: tuple[Move, ...]
    knobs: Knobs
    share: float
    trust: Mapping[str, float]
    frozen: str = ""
