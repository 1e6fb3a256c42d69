"""The figures of ranked days, named as `paperlark evaluate` gives them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from worker import agreement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from paperlark.domain import LabelledPaper, PaperId, Score

SHARES = (0.3, 0.4, 0.5)
GRADED = 0.9
"""Share of papers that must carry a grade before agreement of grades is given."""
DRAWS = 2000
"""How often the days are resampled for the intervals."""
_RATIOS = (
    "coverage",
    "sent_share",
    "recall_sent",
    "auc",
    *(f"recall_at {share}" for share in SHARES),
    "precision_at_10",
    "ndcg_50",
    "kendall_tau_b",
)
_MOMENTS = 2 * len(_RATIOS)
_WIDTH = _MOMENTS + 6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A day, ranked: its papers best first, and what the scorer made of them.

    Attributes:
        order: every paper of the day, best first; papers not scored stand last.
        scores: those that were scored; a paper the model did not read has no relevance.
        sent: the papers that were sent on, which alone give labels.
    """

    date: date
    order: tuple[LabelledPaper, ...]
    scores: Mapping[PaperId, Score]
    sent: frozenset[PaperId]


def figures(day: Ranked) -> dict[str, Any]:
    """A day's figures; those its labels do not allow are None."""
    ranked = [paper.selected for paper in day.order]
    selected = sum(ranked)
    got = sum(paper.selected for paper in day.order if paper.id in day.sent)
    return {
        "date": day.date.isoformat(),
        "papers": len(ranked),
        "selected": selected,
        "sent": len(day.sent),
        "recall_sent": got / selected if selected else None,
        "auc": _auc(day),
        "recall_at": {str(share): agreement.recall_at(ranked, share) for share in SHARES},
        "precision_at_10": agreement.precision_at(ranked, 10) if selected else None,
    }


def overall(days: Sequence[Ranked]) -> dict[str, Any]:
    """All days together: sums for shares of papers, else the mean of the days that have a figure.

    ``qwk`` is over all papers with both grades; it and ``kendall_tau_b`` need grades on nine
    papers in ten, for grades of the selected alone would flatter or damn by their narrow range.
    """
    sums = [sum(column) for column in zip(*_rows(days), strict=True)]
    known = _named(sums or [0.0] * _WIDTH, graded=_enough(days))
    return {"papers": sum(len(day.order) for day in days), **_nested(known)}


def intervals(days: Sequence[Ranked], *, draws: int = DRAWS, seed: int = 0) -> dict[str, Any]:
    """The 95 % interval of each figure of `overall`, as ``[low, high]``; None where it has none.

    Papers of one day share a listing, a model's mood and a label giver's, so days are what is
    resampled: a bootstrap over days, with `agreement.interval`. A figure that fewer than two days
    have gets None. The same days and seed give the same intervals.
    """
    rows, graded = list(_rows(days)), _enough(days)
    columns = list(zip(*rows, strict=True))
    chance = random.Random(seed)  # noqa: S311  (a draw to repeat, no secret)
    drawn: dict[str, list[float]] = {name: [] for name in (*_RATIOS, "qwk")}
    for _ in range(draws if len(rows) > 1 else 0):
        pick = itemgetter(*chance.choices(range(len(rows)), k=len(rows)))
        for name, value in _named([sum(pick(each)) for each in columns], graded=graded).items():
            if value is not None:
                drawn[name].append(value)
    have = {name: sum(map(bool, columns[2 * at + 1])) for at, name in enumerate(_RATIOS) if columns}
    have["qwk"] = sum(map(bool, columns[_MOMENTS])) if columns else 0
    found = {name: agreement.interval(each, have.get(name, 0)) for name, each in drawn.items()}
    return _nested({name: list(pair) if pair else None for name, pair in found.items()})


def _rows(days: Iterable[Ranked]) -> Iterator[list[float]]:
    """What each day adds: pairs of parts whose quotient is a figure, then the sums `_qwk` needs."""
    for day in days:
        one = figures(day)
        asked = len(day.scores.keys() & day.sent)
        got = (one["recall_sent"] or 0.0) * one["selected"]
        pairs = [
            (asked, one["sent"]),
            (one["sent"], one["papers"]),
            (got, one["selected"]),
            _once(one["auc"]),
            *(_once(one["recall_at"][str(share)]) for share in SHARES),
            _once(one["precision_at_10"]),
            _once(agreement.ndcg([_gain(paper) for paper in day.order], 50)),
            _once(_tau(day)),
        ]
        yield [part for pair in pairs for part in pair] + _moments(day)


def _once(value: float | None) -> tuple[float, int]:
    """A day's own figure as the parts of a mean of days."""
    return (0.0, 0) if value is None else (value, 1)


def _named(sums: Sequence[float], *, graded: bool) -> dict[str, float | None]:
    """The figures whose parts add up to `sums`; of grades only where enough papers are graded."""
    parts = zip(_RATIOS, sums[:_MOMENTS:2], sums[1:_MOMENTS:2], strict=True)
    found = {name: part / of if of else None for name, part, of in parts}
    found["qwk"] = _qwk(sums[_MOMENTS:]) if graded else None
    return found if graded else found | {"kendall_tau_b": None}


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """In the order and form of the contract: recalls at shares under one name."""
    first = ("coverage", "sent_share", "recall_sent", "auc")
    recalls = {"recall_at": {str(share): flat[f"recall_at {share}"] for share in SHARES}}
    last = ("precision_at_10", "ndcg_50", "qwk", "kendall_tau_b")
    return {name: flat[name] for name in first} | recalls | {name: flat[name] for name in last}


def _enough(days: Sequence[Ranked]) -> bool:
    papers = [paper for day in days for paper in day.order]
    graded = sum(paper.relevance is not None for paper in papers)
    return bool(papers) and graded >= GRADED * len(papers)


def _auc(day: Ranked) -> float | None:
    """Over the order where papers were left unscored, else over the scores with their ties."""
    places = {paper.id: -float(place) for place, paper in enumerate(day.order)}
    if len(day.scores) == len(day.order):
        places = {key: score.value for key, score in day.scores.items()}
    return agreement.auc(
        [places[paper.id] for paper in day.order], [paper.selected for paper in day.order]
    )


def _gain(paper: LabelledPaper) -> float:
    """What a selected paper is worth: its relevance, 1 where it has none; others nothing."""
    return float(paper.relevance or 1) if paper.selected else 0.0


def _moments(day: Ranked) -> list[float]:
    """Number, sums and sums of squares of both grades, and of their product."""
    pairs = [
        (given, paper.relevance)
        for paper in day.order
        if paper.relevance is not None
        and paper.id in day.scores
        and (given := day.scores[paper.id].relevance) is not None
    ]
    return [
        len(pairs),
        sum(a for a, _ in pairs),
        sum(b for _, b in pairs),
        sum(a * a for a, _ in pairs),
        sum(b * b for _, b in pairs),
        sum(a * b for a, b in pairs),
    ]


def _qwk(moments: Sequence[float]) -> float | None:
    """`agreement.qwk` from sums, which add up over days: both its sums of squares expand."""
    n, a, b, aa, bb, ab = moments
    expected = n * aa + n * bb - 2 * a * b
    return 1 - n * (aa + bb - 2 * ab) / expected if expected else None


def _tau(day: Ranked) -> float | None:
    pairs = [
        (day.scores[paper.id].value, paper.relevance)
        for paper in day.order
        if paper.relevance is not None and paper.id in day.scores
    ]
    return agreement.kendall_tau_b([score for score, _ in pairs], [known for _, known in pairs])
