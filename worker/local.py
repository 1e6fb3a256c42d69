"""Scoring without a model, a key or a network: the local ranker behind the scorer's port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import Label, Score, Scored, Usage
from worker.ranker import Ranker, Tokens
from worker.reasoning import comment, provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paperlark.domain import Candidate, Paper, PaperId, Profile

STEP = 1e-4
"""The least distance between the scores of two papers of a day."""
_TOP = 1_000_000  # 100 in steps
_WORDS = 6  # looked at for the reason; some repeat a phrase
_NOTHING = (
    "The profile “{name}” says nothing the papers could be ranked by, so their order means "
    "nothing: add topics or keywords, or like a few papers."
)
_LOST = (
    "Not known here, so nothing is learnt from it: {which}. `paperlark profiles edit {name}` "
    "loads a profile's examples."
)
_YOUNG = (
    "Scores are still unsettled: the local ranker knows {count:,} papers of the last weeks, and "
    "learns a field's words from about 1,000."
)
SETTLED = 1_000
"""Background papers from which scores move little: at 7,900 papers instead of one day's the AUC
was .03 higher, most of it from the first week."""


class LocalScorer:
    """Ranks by words: the profile's phrases and text, the store's papers, and what was liked.

    Args:
        background: papers of the last weeks; what they are liked for need not be known.
        labels: known answers; the profile's own examples take precedence.
        votes: what people's votes say of papers. They reach `Scored.similarity` and no score, which
            stays a yardstick that no voter can move.
    """

    def __init__(
        self,
        background: Iterable[Paper],
        labels: Mapping[PaperId, Label],
        votes: Mapping[PaperId, Label] | None = None,
    ) -> None:
        self._background = tuple(background)
        self._labels = dict(labels)
        self._votes = dict(votes or {})
        self._tokens: dict[PaperId, tuple[str, str, Tokens]] = {}

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        """Every candidate's score with its reason; none is ever undecided.

        The same papers, labels and profile give the same scores, whatever order they come in.
        """
        ranker = self._ranker(candidates, profile)
        raw = ranker.score(sorted({candidate.paper.id for candidate in candidates}))
        idle = not ranker.labelled.liked and not ranker.informed and len(ranker) > 1
        notes = self._notes(candidates, profile, idle=idle)
        values = distinct({key: ranker.percent(0.0 if idle else v) for key, v in raw.items()})
        scores = {key: _graded(ranker, key, value, idle) for key, value in values.items()}
        how = provenance(ranker, profile)
        near = self._similarity(ranker, profile, raw)
        return Scored(scores, {}, Usage("local"), how, notes, near)

    def _similarity(
        self, ranker: Ranker, profile: Profile, raw: dict[PaperId, float]
    ) -> dict[PaperId, float]:
        """The raw scores once votes are learnt from too. Last: the ranker is another one then."""
        if not self._votes:
            return raw
        ranker.fit(self._labels | self._votes | self._own(profile))
        return ranker.score(raw)

    def _notes(
        self, candidates: Sequence[Candidate], profile: Profile, *, idle: bool
    ) -> tuple[str, ...]:
        known = {paper.id for paper in self._background}
        known |= {candidate.paper.id for candidate in candidates}
        lost = [paper for paper in (*profile.liked, *profile.not_liked) if paper not in known]
        said = (
            _NOTHING.format(name=profile.name) if idle and candidates else "",
            _LOST.format(which=", ".join(lost), name=profile.name) if lost else "",
            _YOUNG.format(count=len(known)) if candidates and len(known) < SETTLED else "",
        )
        return tuple(note for note in said if note)

    def _ranker(self, candidates: Sequence[Candidate], profile: Profile) -> Ranker:
        ranker = Ranker(profile.wanted, profile.unwanted, profile.keywords, profile.exclusions)
        for paper in (*self._background, *(candidate.paper for candidate in candidates)):
            tokens = self._tokenised(paper)
            ranker.see(paper.id, paper.title, paper.abstract, tokens)
        ranker.fit(self._labels | self._own(profile))
        return ranker

    def _own(self, profile: Profile) -> dict[PaperId, Label]:
        own = {key: Label(0.0) for key in profile.not_liked}
        return own | {key: Label(1.0) for key in profile.liked}

    def _tokenised(self, paper: Paper) -> Tokens:
        """The paper's tokens, kept: one scorer may serve many profiles."""
        kept = self._tokens.get(paper.id)
        if kept is not None and kept[:2] == (paper.title, paper.abstract):
            return kept[2]
        tokens = Tokens.of(paper.title, paper.abstract)
        self._tokens[paper.id] = (paper.title, paper.abstract, tokens)
        return tokens


def _graded(ranker: Ranker, key: PaperId, value: float, idle: bool) -> Score:  # noqa: FBT001  (private, by place)
    if idle:
        return Score(value, None, None, "the profile names nothing to rank by")
    return Score(value, relevance(value), None, comment(ranker.explain(key, _WORDS)))


def relevance(value: float) -> int:
    """A score of 0 to 100 as a whole number from 1 to 10: a tenth of it, rounded half up."""
    return max(1, min(10, int(value / 10 + 0.5)))


def distinct(values: Mapping[PaperId, float]) -> dict[PaperId, float]:
    """Scores rounded to steps of 0.0001 and moved apart so that no two are equal; best first.

    The order is that of the values; equal values are ordered by paper id, smallest id best.
    From the best down, a paper that is not below the one before it takes the next step down; a
    tail that would leave 0 to 100 is moved up as little as it needs. At most 1,000,000 papers.
    """
    order = sorted(values, key=lambda key: (-values[key], key))
    steps: list[int] = []
    for key in order:
        step = min(_TOP, max(0, round(values[key] / STEP)))
        steps.append(min(step, steps[-1] - 1) if steps else step)
    for place in range(len(steps) - 1, -1, -1):
        steps[place] = max(steps[place], steps[place + 1] + 1 if place + 1 < len(steps) else 0)
    return {key: step / (1 / STEP) for key, step in zip(order, steps, strict=True)}
