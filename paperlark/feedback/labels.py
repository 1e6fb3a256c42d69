"""Votes as known answers for the local ranker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import Label
from paperlark.feedback.facts import heard
from paperlark.feedback.tuning import DEFAULT
from paperlark.feedback.voices import gathered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from paperlark.domain import PaperId
    from paperlark.feedback.facts import Showing
    from paperlark.feedback.tuning import Tuning
    from paperlark.vote import Vote

MOST = 3.0
"""What a paper's votes weigh at most: a much discussed paper is still one paper."""


def labels(
    votes: Iterable[Vote], shown: Iterable[Showing], day: date, tuning: Tuning = DEFAULT
) -> dict[PaperId, Label]:
    """What is known of each paper voted on before `day`, in order of paper.

    The target is the share of voices for it; the weight is their sum, at most `MOST`. Papers whose
    voters nobody trusts are left out.
    """
    kept = tuple(shown)
    known = heard(votes, kept, day)
    room = gathered(known, (each.date for each in kept if each.date < day), tuning)
    voices = room.voices()
    sums: dict[PaperId, tuple[float, float]] = {}
    for vote in known:
        ups, total = sums.get(vote.paper, (0.0, 0.0))
        voice = voices[vote.voter]
        sums[vote.paper] = (ups + (voice if vote.up else 0.0), total + voice)
    return {
        paper: Label(ups / total, min(MOST, total))
        for paper, (ups, total) in sorted(sums.items())
        if total > 0
    }
