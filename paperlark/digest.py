"""A profile's day put together: every scanned paper gets one fate, and the counts add up. Pure."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import astuple, replace
from typing import TYPE_CHECKING, NamedTuple

from paperlark import selection, verdict
from paperlark.domain import (
    Card,
    Counts,
    Digest,
    Fate,
    Provenance,
    Unshown,
    Verdict,
    VerdictState,
)
from paperlark.feedback import Steering, base_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from paperlark.domain import (
        Batch,
        Candidate,
        Paper,
        PaperId,
        Profile,
        Score,
        Scored,
        Usage,
    )
    from paperlark.feedback import Pick
    from paperlark.selection import Ruled, Scan

OVER_CAP = "over the cap"
_NO_ANSWER = "the scorer gave no answer"
_NO_NUMBER = "its score is not a number"
_NO_TEXT = "its title and abstract are missing"


class Sorted(NamedTuple):
    """The scanned papers by fate; each is in exactly one place.

    Attributes:
        choice: those that were scored, under `scores`: as they rank after taste.
        filtered: the rule that removed each.
        undecided: why each could not be scored.
    """

    choice: Pick
    scores: Mapping[PaperId, Score]
    filtered: Mapping[PaperId, str]
    undecided: Mapping[PaperId, str]

    @property
    def shown(self) -> tuple[PaperId, ...]:
        """The cards, best first; the wild card is the last."""
        wild = () if self.choice.wild is None else (self.choice.wild,)
        return (*self.choice.over, *self.choice.despite, *wild)


def assemble(
    profile: Profile,
    day: date,
    batches: Sequence[Batch],
    papers: Mapping[PaperId, Paper],
    scored: Scored,
    *,
    version: str,
    shown_before: Collection[PaperId] = frozenset(),
    steering: Steering | None = None,
    made_at: datetime | None = None,
) -> Digest:
    """The digest of a profile for one mailing date; its four fates add up, whatever was scored.

    Args:
        profile: whose digest; its categories, types, rules, cap and base line are used.
        day: the mailing date.
        batches: what its categories announced; an absent one counts as missing.
        papers: those of the batches' rows.
        scored: the scorer's answers. A candidate without one is undecided; one for any other paper
            is not looked at.
        version: paperlark's own.
        shown_before: papers on the profile's digests of earlier dates.
        steering: what votes make of the day; None for the profile's base line and plain scores.
        made_at: when, for people; no other part depends on it.
    """
    steering = steering or Steering(base_line(profile.base_line))
    scan = selection.candidates(batches, papers, profile, shown_before)
    ruled = selection.rules(scan.candidates, profile)
    judged, undecided = _judged(ruled, papers, scored)
    ranked = steering.order(judged)
    choice = steering.cut(ranked, profile.cap, (profile.name, day))
    fates = Sorted(choice, ranked, ruled.filtered, undecided)
    found = {each.paper.id: each for each in scan.candidates}
    return Digest(
        date=day,
        profile=profile.name,
        verdict=_verdict(verdict.verdict(day, batches, profile), ruled, fates),
        counts=_counts(scan, fates),
        usage=scored.usage,
        line=steering.line,
        cards=_cards(found, fates, profile),
        not_shown=tuple(_not_shown(found, fates)),
        provenance=Provenance(scored.provenance, profile.source, profile.revision, version),
        categories=profile.categories,
        notes=_notes(verdict.notes(day, batches, profile), scored, ruled, fates),
        inputs=inputs(profile, batches, shown_before, scored.usage, steering),
        made_at=made_at,
    )


def inputs(
    profile: Profile,
    batches: Sequence[Batch],
    shown_before: Collection[PaperId],
    usage: Usage,
    steering: Steering,
) -> str:
    """Fingerprint of all that a digest is made from, known before anything is scored.

    sha256 over the batches of the profile's categories, its name and revision, the scorer and its
    model (of `usage` nothing else is read), the line and the taste, and those papers of the batches
    that were shown before.
    """
    own = [batch for batch in batches if batch.category in profile.categories]
    named = {row.paper for batch in own for row in batch.listings}
    material = [
        sorted(_identity(batch) for batch in own),
        [profile.name, profile.revision],
        [usage.scorer, usage.model],
        [astuple(steering.line), astuple(steering.taste), steering.least, steering.wild],
        sorted(named.intersection(shown_before)),
    ]
    return _sha256(material)


def _identity(batch: Batch) -> list[str]:
    rows = sorted([row.paper, row.version, row.announce_type] for row in batch.listings)
    found = batch.fingerprint or _sha256(rows)
    return [str(batch.date), batch.category, batch.state, str(batch.stated), batch.detail, found]


def _sha256(material: object) -> str:
    return hashlib.sha256(json.dumps(material).encode()).hexdigest()


def _judged(
    ruled: Ruled, papers: Mapping[PaperId, Paper], scored: Scored
) -> tuple[dict[PaperId, Score], dict[PaperId, str]]:
    """The scores of the papers that no rule removed; and of those without one, why."""
    reasons = {
        candidate.paper.id: _undecided(candidate.paper.id, papers, scored)
        for candidate in ruled.kept
    }
    judged = {paper: scored.scores[paper] for paper, reason in reasons.items() if reason is None}
    return judged, {paper: reason for paper, reason in reasons.items() if reason is not None}


def _undecided(paper: PaperId, papers: Mapping[PaperId, Paper], scored: Scored) -> str | None:
    """Why a paper cannot be judged; None where it can."""
    if paper not in papers:
        return _NO_TEXT
    if paper not in scored.scores:
        return scored.undecided.get(paper) or _NO_ANSWER
    return None if math.isfinite(scored.scores[paper].value) else _NO_NUMBER


def _counts(scan: Scan, fates: Sorted) -> Counts:
    shown, below = len(fates.shown), len(fates.choice.over_cap) + len(fates.choice.below)
    filtered, undecided = len(fates.filtered), len(fates.undecided)
    return Counts(
        announced=scan.announced,
        listings=scan.listings,
        scanned=shown + below + filtered + undecided,
        shown=shown,
        below=below,
        filtered=filtered,
        undecided=undecided,
        repeats=scan.repeats,
    )


def _unscored(ruled: Ruled, fates: Sorted) -> bool:
    """Whether there were papers to score, and not one of them was."""
    return bool(ruled.kept) and len(fates.undecided) == len(ruled.kept)


def _verdict(found: Verdict, ruled: Ruled, fates: Sorted) -> Verdict:
    """The batches' verdict, unless nothing was scored: that must not read as nothing relevant."""
    if not _unscored(ruled, fates):
        return found
    reason = Counter(fates.undecided.values()).most_common(1)[0][0].strip().rstrip(".")
    count = len(ruled.kept)
    which = "the one paper could not" if count == 1 else f"none of the {count:,} papers could"
    return Verdict(VerdictState.FAILED, f"{which} be scored: {reason}")


def _notes(missing: Iterable[str], scored: Scored, ruled: Ruled, fates: Sorted) -> tuple[str, ...]:
    """The scorer's notes, the missing categories, and how many could not be scored; each once."""
    count = len(fates.undecided)
    some = count and not _unscored(ruled, fates)
    left = [f"{count:,} could not be scored and may belong above the line."] if some else []
    return tuple(dict.fromkeys([*scored.notes, *missing, *left]))


def _cards(found: Mapping[PaperId, Candidate], fates: Sorted, profile: Profile) -> tuple[Card, ...]:
    return tuple(
        Card(
            rank,
            found[paper].paper,
            found[paper].announce_type,
            fates.scores[paper],
            selection.followed(found[paper].paper, profile.authors),
            wild=paper == fates.choice.wild,
        )
        for rank, paper in enumerate(fates.shown, start=1)
    )


def _not_shown(found: Mapping[PaperId, Candidate], fates: Sorted) -> Iterable[Unshown]:
    """Highest score first, then filtered, then undecided, in the order scanned."""
    scores = fates.scores
    for paper in fates.choice.over_cap:
        yield replace(
            _unshown(found[paper], Fate.BELOW), score=scores[paper].value, reason=OVER_CAP
        )
    for paper in fates.choice.below:
        yield replace(_unshown(found[paper], Fate.BELOW), score=scores[paper].value)
    for paper, rule in fates.filtered.items():
        yield replace(_unshown(found[paper], Fate.FILTERED), rule=rule)
    for paper, reason in fates.undecided.items():
        yield replace(_unshown(found[paper], Fate.UNDECIDED), reason=reason)


def _unshown(candidate: Candidate, fate: Fate) -> Unshown:
    paper = candidate.paper
    authors = tuple(author.name for author in paper.authors)
    return Unshown(paper.id, paper.title, authors, fate, categories=paper.categories)
