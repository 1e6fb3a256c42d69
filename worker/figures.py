"""The figures of ranked days, named as `paperlark evaluate` gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from worker import agreement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import LabelledPaper, PaperId, Score

SHARES = (0.3, 0.4, 0.5)
GRADED = 0.9
"""Share of papers that must carry a grade before agreement of grades is given."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A day, ranked: its papers best first, and what the scorer made of them.

    Attributes:
        order: every paper of the day, best first; papers not scored stand last.
        scores: those that were scored.
        sent: the papers whose labels are seen.
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
    each = [figures(day) for day in days]
    papers = sum(one["papers"] for one in each)
    sent = sum(one["sent"] for one in each)
    selected = sum(one["selected"] for one in each)
    got = sum(one["recall_sent"] * one["selected"] for one in each if one["selected"])
    asked = sum(len(day.scores.keys() & day.sent) for day in days)
    graded = sum(paper.relevance is not None for day in days for paper in day.order)
    enough = bool(papers) and graded >= GRADED * papers
    return {
        "papers": papers,
        "coverage": asked / sent if sent else None,
        "sent_share": sent / papers if papers else None,
        "recall_sent": got / selected if selected else None,
        "auc": _mean(one["auc"] for one in each),
        "recall_at": {
            str(share): _mean(one["recall_at"][str(share)] for one in each) for share in SHARES
        },
        "precision_at_10": _mean(one["precision_at_10"] for one in each),
        "ndcg_50": _mean(agreement.ndcg([_gain(p) for p in day.order], 50) for day in days),
        "qwk": _qwk(days) if enough else None,
        "kendall_tau_b": _mean(_tau(day) for day in days) if enough else None,
    }


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


def _qwk(days: Sequence[Ranked]) -> float | None:
    pairs = [
        (given, paper.relevance)
        for day in days
        for paper in day.order
        if paper.relevance is not None
        and paper.id in day.scores
        and (given := day.scores[paper.id].relevance) is not None
    ]
    return agreement.qwk([given for given, _ in pairs], [known for _, known in pairs])


def _tau(day: Ranked) -> float | None:
    pairs = [
        (day.scores[paper.id].value, paper.relevance)
        for paper in day.order
        if paper.relevance is not None and paper.id in day.scores
    ]
    return agreement.kendall_tau_b([score for score, _ in pairs], [known for _, known in pairs])


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
