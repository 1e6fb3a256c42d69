"""Real days before the model scorer, with one thing going wrong all the time; see `walk`."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, ClassVar, get_args

from paperlark.demo import model_answers as answers
from paperlark.demo import model_orders as orders
from paperlark.demo import model_reading as reading
from paperlark.demo.model import ModelDouble
from paperlark.demo.model_answers import LOW
from paperlark.demo.model_batches import BatchFault
from paperlark.demo.model_faults import FAULTS, MIXTURE
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Fate,
    Listing,
    Profile,
)
from tests.attacks import attacks
from tests.builders import paper
from tests.real.days import CATEGORIES, days
from tests.scoring import DAY, Group, whole
from worker import pipeline
from worker.llm import history, untrusted
from worker.llm.scorer import LlmScorer
from worker.local import LocalScorer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    from paperlark.demo.model_reading import Asked
    from paperlark.domain import Candidate, Digest, Label, Paper, Scored
    from paperlark.ports import Scorer

MIXED = "mixture"
"""All of `MIXTURE` together; the slow ones left out, so that it takes no longer than it must."""
INJECTED = "injected"
"""Every 25th paper gives orders, to a model that obeys as far as the form of its answer lets it."""
BATCHED: Mapping[str, BatchFault] = {f"batch: {fault}": fault for fault in get_args(BatchFault)}
"""Every day's batch has this fault."""
WAYS = (*FAULTS, *BATCHED, INJECTED, MIXED)
RATE = 0.3
"""The share of answers that is spoilt."""
_EVERY = 25
_SOON = 1e-7  # minutes
_FIELD = "Architecture, compression, efficiency and training of neural networks."
GROUP = Profile("real", CATEGORIES, topics=_FIELD, wanted=_FIELD, revision="r1")


@dataclass
class Walked:
    """What became of some days.

    Attributes:
        papers: scanned, over all days.
        shares: sent, of each day.
        most: that were allowed to be sent, of each day.
        calls: chat completions.
        spoilt: answers, or batches, that were spoilt.
        undecided, later: papers left open by each day's first run, and by the run after it; those
            with orders in them are not counted.
        astray: grades in the store that the model never gave, of papers without orders.
        local: days that the local ranker had to stand in for at first.
    """

    way: str
    papers: int = 0
    shares: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    calls: int = 0
    spoilt: int = 0
    undecided: int = 0
    later: int = 0
    astray: int = 0
    local: int = 0


@cache
def _known(data: Path) -> Mapping[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    file = data / "dev" / "fulldays_cslg_csai.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            label = row["labels"].get("DaizeDong") or {}
            if label.get("relevance") and label.get("novelty"):
                found[untrusted.clean(row["title"])] = label["relevance"], label["novelty"]
    return found


def recorded(data: Path) -> Callable[[str, str], tuple[int, int]]:
    """What the model of the published digests said, by title; what it rejected gets a low grade."""
    known = _known(data)
    return lambda title, _abstract: known.get(title, LOW)


@cache
def _announcements(data: Path) -> Mapping[date, Announcement]:
    return {
        day: _announcement(
            day, [paper(a.id, a.title, abstract=a.abstract, categories=a.categories) for a in found]
        )
        for day, found in days(data).items()
    }


def _announcement(day: date, found: list[Paper]) -> Announcement:
    batches = tuple(
        Batch(
            day,
            category,
            BatchState.COMPLETE,
            tuple(
                Listing(each.id, 1, AnnounceType.NEW)
                for each in found
                if category in each.categories
            ),
        )
        for category in CATEGORIES
    )
    return Announcement(day, batches, {each.id: each for each in found})


def _poisoned(announcement: Announcement) -> tuple[Announcement, frozenset[str]]:
    """The day with orders in some abstracts, and the papers they are in."""
    chosen, said = sorted(announcement.papers)[::_EVERY], attacks()
    bad = {
        key: replace(
            announcement.papers[key],
            abstract=f"{announcement.papers[key].abstract} {said[n % len(said)].abstract}",
        )
        for n, key in enumerate(chosen)
    }
    return replace(announcement, papers={**announcement.papers, **bad}), frozenset(bad)


def _allowed(made: Group, day: date) -> float:
    """The share of the day that may be sent: all while the profile is new, else best and 5 %."""
    graded = made.store.grades("real")
    if history.warming(graded, GROUP, day, 2):
        return 1.0
    return history.share(made.store, GROUP, day, 0.5, graded).keep + 0.05


class _Recalled(Group):
    """A group whose local ranker remembers what it said of a day, given the same labels.

    It is a pure function of what it is given, most walks give it the same, and nearly all the time
    of a walk would be its own.
    """

    said: ClassVar[dict[object, Scored]] = {}

    def digest(self, double: ModelDouble | None, day: date = DAY) -> Digest:
        purse = self.account(double)

        def make(
            at: date,
            texts: Iterable[Paper],
            labels: Mapping[str, Label],
            votes: Mapping[str, Label],
        ) -> LlmScorer:
            assert not votes
            known = tuple(texts)

            def local(without: Collection[str]) -> Scorer:
                kept = {paper: label for paper, label in labels.items() if paper not in without}
                return _Remembering(known, kept)

            return LlmScorer(local, self.store, purse, purse.settings, at)

        pipeline.score(self.profile, day, self.store, "llm", make)
        return whole(pipeline.publish(self.profile, day, self.store, "llm"), self.announced(day))


class _Remembering(LocalScorer):
    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        key = (
            frozenset((one.paper.id, len(one.paper.abstract)) for one in candidates),
            frozenset(self._labels.items()),
            len(self._background),
        )
        if key not in _Recalled.said:
            _Recalled.said[key] = super().score(candidates, profile)
        return _Recalled.said[key]


def _group(way: str) -> Group:
    if way not in BATCHED:
        return _Recalled(profile=GROUP, llm={"service_tier": "flex"} if way == "flex-busy" else {})
    waits = {"batch_deadline_min": _SOON} if way == "batch: stuck" else {}
    return _Recalled(profile=GROUP, llm={"batch_api": True, **waits})


def _disturb(double: ModelDouble, way: str, seed: int) -> None:
    if way in BATCHED:
        double.desk.faults.append(BATCHED[way])
    elif way in FAULTS:
        double.faults.mix(RATE, [way], seed=seed)
    elif way == MIXED:
        double.faults.mix(RATE, [name for name in MIXTURE if name != "slow"], seed=seed)


class _Swayed(ModelDouble):
    """Obeys what stands in some papers; real abstracts hold words that look like orders, too."""

    def __init__(self, data: Path) -> None:
        super().__init__(recorded(data), count=lambda text: len(text) // 5)
        self.titles = frozenset[str]()

    def _content(self, body: Mapping[str, Any], papers: list[Asked]) -> str:
        hostile = [paper for paper in papers if paper.title in self.titles]
        rows = orders.obeying(hostile, answers.rows(papers, self.grades))
        return answers.content(reading.schema(body), rows)


def walk(data: Path, way: str, count: int = 99, seed: int = 7) -> Walked:
    """The first `count` days through the whole scorer, with that going wrong; then each once more.

    After each run every paper of the day is on the digest exactly once, as a card or with its
    fate, nothing else is, and the sums are right: `tests.scoring.whole` raises otherwise.

    Args:
        data: the folder of the real days.
        way: one of `WAYS`.
        count: days, fewer if there are no more.
        seed: which answers are spoilt.
    """
    made, told = _group(way), Walked(way)
    with _Swayed(data) as double:
        for day, announcement in list(_announcements(data).items())[:count]:
            now, bad = _poisoned(announcement) if way == INJECTED else (announcement, frozenset())
            double.titles = frozenset(untrusted.clean(now.papers[p].title) for p in bad)
            made.store.save(now)
            told.most.append(_allowed(made, day))
            _disturb(double, way, seed + len(told.most))
            _first(told, made.digest(double, day), bad)
            double.faults.mix(0.0)
            told.later += len(_open(made.digest(double, day)) - bad)
            _kept(told, made, day, recorded(data), bad)
        told.calls, told.spoilt = len(double.chats), len(double.faults.met)
    told.spoilt += len(told.shares) * (way in BATCHED)
    return told


def _first(told: Walked, digest: Digest, bad: frozenset[str]) -> None:
    told.papers += digest.counts.scanned
    told.undecided += len(_open(digest) - bad)
    told.local += digest.usage.scorer == "local"


def _open(digest: Digest) -> set[str]:
    return {one.id for one in digest.not_shown if one.fate is Fate.UNDECIDED}


def _kept(
    told: Walked,
    made: Group,
    day: date,
    said: Callable[[str, str], tuple[int, int]],
    bad: frozenset[str],
) -> None:
    """What the store has of a day: how much was read, and whether the model said so."""
    graded = made.store.grades("real")
    papers = made.store.papers(p for p, each in graded.items() if each.day == day)
    told.shares.append(len(papers) / len(made.announced(day)))
    told.astray += sum(
        (graded[p].relevance, graded[p].novelty) != said(untrusted.clean(each.title), "")
        for p, each in papers.items()
        if p not in bad
    )
