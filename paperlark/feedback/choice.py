"""Which papers of a day become cards: those over the line, the least a day, and a wild card."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, NamedTuple

from paperlark.feedback.tuning import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import PaperId, Score
    from paperlark.feedback.tuning import Tuning


class Pick(NamedTuple):
    """Every scored paper by what becomes of it, each part best first.

    Attributes:
        over: cards at or over the line.
        despite: cards under it, shown for the least a day.
        wild: the wild card; None where there is none.
        over_cap: over the line, but the digest was full.
        below: all others.
    """

    over: tuple[PaperId, ...]
    despite: tuple[PaperId, ...]
    wild: PaperId | None
    over_cap: tuple[PaperId, ...]
    below: tuple[PaperId, ...]


def pick(
    scores: Mapping[PaperId, Score],
    line: float,
    cap: int,
    *,
    least: int = 0,
    seed: tuple[str, date] | None = None,
    tuning: Tuning = DEFAULT,
) -> Pick:
    """Cut a day's scored papers at the line, the cap and the least a day.

    Args:
        scores: as they rank, after taste.
        line: the score a card needs.
        cap: most cards, the wild card among them.
        least: least cards, the wild card not among them; never more than the cap allows.
        seed: profile and mailing date, where one card is drawn from the papers under the line;
            None for no draw.
        tuning: the constants.
    """
    ranked = sorted(scores, key=lambda paper: (*_from_the_best(scores[paper].value), paper))
    over = [paper for paper in ranked if scores[paper].value >= line]
    most = max(0, cap - (seed is not None and cap > 1 and len(ranked) > len(over)))
    despite = ranked[len(over) : min(least, most)]
    rest = ranked[max(len(over), min(least, most)) :]
    wild = wild_card(rest, seed, tuning) if seed is not None and most < cap else None
    below = tuple(paper for paper in rest if paper != wild)
    return Pick(tuple(over[:most]), tuple(despite), wild, tuple(over[most:]), below)


def _from_the_best(value: float) -> tuple[bool, float]:
    """What sorts scores best first, and what is no number last."""
    return (True, 0.0) if math.isnan(value) else (False, -value)


def wild_card(
    below: Sequence[PaperId], seed: tuple[str, date], tuning: Tuning = DEFAULT
) -> PaperId | None:
    """One of the best papers under the line, drawn by profile and date: the same on every host."""
    pool = below[: tuning.pool]
    if not pool:
        return None
    profile, day = seed
    drawn = hashlib.sha256(f"{profile}\n{day.isoformat()}".encode()).digest()
    return pool[int.from_bytes(drawn[:8], "big") % len(pool)]
