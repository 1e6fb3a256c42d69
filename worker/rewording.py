"""Past days ranked under another profile by the local ranker: what a wording would have shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paperlark import selection
from paperlark.feedback import standardised
from worker.local import LocalScorer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from paperlark.domain import Batch, Candidate, Paper, PaperId, Profile
    from paperlark.feedback import Past
    from paperlark.ports import PaperStore, Progress


def reworded(
    store: PaperStore, wanted: Profile, days: Sequence[Past], progress: Progress
) -> Iterator[Past]:
    """These days with the scores that the local ranker gives under another profile.

    Days whose papers are forgotten (35 days) are left out. What was shown, and the line, stay.

    Args:
        store: holds batches and papers.
        wanted: the other profile; its categories may only be some that were fetched.
        days: the past days.
        progress: told how many are ranked.
    """
    scorer = LocalScorer(store.recent(), {})
    for done, day in enumerate(days):
        progress("ranking past days", done, len(days))
        batches = store.batches(day.date, wanted.categories)
        papers = store.papers({row.paper for batch in batches for row in batch.listings})
        if papers:
            scored = scorer.score(_candidates(batches, papers, wanted), wanted)
            near = standardised(scored.similarity)
            yield replace(day, scores=scored.scores, similarity=near, words={})


def _candidates(
    batches: Sequence[Batch], papers: Mapping[PaperId, Paper], wanted: Profile
) -> tuple[Candidate, ...]:
    found = selection.candidates(batches, papers, wanted).candidates
    return selection.rules(found, wanted).kept
