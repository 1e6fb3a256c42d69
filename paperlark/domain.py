"""The words of paperlark as frozen values. Nothing here does I/O or reads a clock.

A *listing* is a paper announced in one category; a paper announced in two categories is two
listings and one paper. Every date is a *mailing date*: the date arXiv gives an announcement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

PaperId: TypeAlias = str
"""A canonical arXiv id without version: ``2509.20323`` or ``math/0309136``."""


class AnnounceType(StrEnum):
    """How a category announces a paper, best first."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def rank(self) -> int:
        """0 for the best; of two listings of one paper the lower rank wins."""
        return list(AnnounceType).index(self)


@dataclass(frozen=True, slots=True)
class Author:
    """One name as people write it, with the affiliations the announcement gave."""

    name: str
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's metadata as one announcement gave it.

    Attributes:
        title, abstract: readable Unicode, one line; ``source_*`` keep arXiv's own text with TeX.
        categories: canonical names, each once, primary first.
        version: as announced; 0 where the source did not say (listing pages).
    """

    id: PaperId
    version: int
    title: str
    abstract: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    source_title: str = ""
    source_abstract: str = ""
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    licence: str | None = None

    @property
    def primary(self) -> str:
        """The primary category; empty where no category is known."""
        return self.categories[0] if self.categories else ""

    @property
    def url(self) -> str:
        """The abstract page of the paper's newest version."""
        return f"https://arxiv.org/abs/{self.id}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One paper announced in one category."""

    paper: PaperId
    version: int
    announce_type: AnnounceType


class BatchState(StrEnum):
    """What one category's announcement turned out to be."""

    COMPLETE = "complete"
    QUIET = "quiet"
    """No announcement: a weekend, a named holiday, or an empty day two sources agree on."""
    STALE = "stale"
    """The feed still holds an earlier day's papers."""
    TRUNCATED = "truncated"
    """The source says it has more than it gave."""
    THROTTLED = "throttled"
    BLOCKED = "blocked"
    FAILED = "failed"
    """No answer, or one that is no announcement; ``detail`` says what came instead."""
    UNCONFIRMED = "unconfirmed"
    """Empty on a working day, and no second source agrees yet."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One category's announcement for one mailing date.

    Attributes:
        category: the canonical name.
        listings: every row, of all announce types, each paper once.
        stated: new and cross-listed entries the listing page says there are; None if not asked.
        source: where the rows came from: ``rss``, ``listing``, ``catchup`` or ``file``.
        detail: one clause for people: the holiday's name, or what went wrong.
        fingerprint: sha256 over the sorted (id, version, type) rows; equal batches are equal here.
        unchecked: a second source was asked to confirm it, and could not.
    """

    date: date
    category: str
    state: BatchState
    listings: tuple[Listing, ...] = ()
    stated: int | None = None
    source: str = "rss"
    detail: str = ""
    fingerprint: str = ""
    unchecked: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """What arXiv announced in some categories for one mailing date: batches, and their papers."""

    date: date
    batches: tuple[Batch, ...]
    papers: Mapping[PaperId, Paper]


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase of a profile with its weight.

    A weight of None on an exclusion makes it a rule: a paper that names the term is filtered.
    """

    text: str
    weight: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What a group or a person wants. ``revision`` changes whenever anything below changes.

    Attributes:
        topics: Markdown; ``wanted`` and ``unwanted`` are its two halves as plain text.
        keywords, exclusions: phrases; an exclusion without a weight is a rule that filters.
        base_line: the score, 0 to 100, a card needs before any vote moves the line.
        cap: most cards on one digest.
    """

    name: str
    categories: tuple[str, ...]
    topics: str = ""
    wanted: str = ""
    unwanted: str = ""
    keywords: tuple[Term, ...] = ()
    exclusions: tuple[Term, ...] = ()
    authors: tuple[str, ...] = ()
    liked: tuple[PaperId, ...] = ()
    not_liked: tuple[PaperId, ...] = ()
    announce_types: tuple[AnnounceType, ...] = (AnnounceType.NEW, AnnounceType.CROSS)
    cap: int = 12
    base_line: float = 50.0
    language: str = "en"
    source: str = ""
    """The profile file's own text: provenance."""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper of the day that a profile may want, with its best announce type among its feeds."""

    paper: Paper
    announce_type: AnnounceType


@dataclass(frozen=True, slots=True)
class Score:
    """A scorer's answer about one paper.

    Attributes:
        value: 0 to 100, what papers are ranked and cut by; no two papers of a day are equal.
        relevance, novelty: integers 1 to 10; None is "not given", never invented.
        comment: the card's one-line reason.
    """

    value: float
    relevance: int | None = None
    novelty: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What scoring took. ``cost_usd`` None means the model's price is unknown."""

    scorer: str
    model: str | None = None
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scorer gave back: every paper handed in is in ``scores`` or in ``undecided``.

    Attributes:
        undecided: paper id to the reason it could not be scored, one clause for people.
        provenance: the exact prompt that was sent, or how the local ranker was set; Markdown.
        notes: sentences the digest must tell its readers (a fall-back, a spent budget).
        similarity: the local ranker's raw score after the votes, where it looked at the papers.
    """

    scores: Mapping[PaperId, Score]
    undecided: Mapping[PaperId, str]
    usage: Usage
    provenance: str = ""
    notes: tuple[str, ...] = ()
    similarity: Mapping[PaperId, float] = field(default_factory=dict)


class Fate(StrEnum):
    """What became of a scanned paper. The four always add up to *scanned*."""

    SHOWN = "shown"
    BELOW = "below"
    FILTERED = "filtered"
    UNDECIDED = "undecided"


class VerdictState(StrEnum):
    """What happened to a mailing date."""

    COMPLETE = "complete"
    QUIET = "quiet"
    STALE = "stale"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happened to a mailing date, and the clause that says it to people."""

    state: VerdictState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a digest: shown + below + filtered + undecided == scanned.

    Attributes:
        announced: listings of every announce type in the profile's categories.
        listings: those of the types the profile wants.
        scanned: unique papers among them, less those on an earlier digest of the profile.
        repeats: papers left out because an earlier digest of the profile showed them.
    """

    announced: int = 0
    listings: int = 0
    scanned: int = 0
    shown: int = 0
    below: int = 0
    filtered: int = 0
    undecided: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The score a card needs, and what made it so; ``said``: what moved it since last time."""

    value: float
    base: float
    votes: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A paper as shown; ``followed``: the profile's followed authors among the paper's."""

    rank: int
    paper: Paper
    announce_type: AnnounceType
    score: Score
    followed: tuple[str, ...] = ()
    wild: bool = False
    """Drawn at random from under the line, to learn what the line cannot see."""


@dataclass(frozen=True, slots=True)
class Unshown:
    """A scanned paper that is not a card.

    Attributes:
        score: None where the paper was filtered or undecided.
        rule: what filtered it, for people: ``excluded by “federated”``; None otherwise.
        reason: why it is undecided, one clause; or what kept a paper over the line off (the cap).
    """

    id: PaperId
    title: str
    authors: tuple[str, ...]
    fate: Fate
    score: float | None = None
    rule: str | None = None
    reason: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the digest was made with, enough to make it again; ``version`` is paperlark's own."""

    prompt: str
    profile: str
    revision: str
    version: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A profile's day: everything a renderer needs, nothing it must look up.

    ``cards`` are best first; ``not_shown`` is every other scanned paper, highest score first,
    then filtered, then undecided.
    """

    date: date
    profile: str
    verdict: Verdict
    counts: Counts
    usage: Usage
    line: Line
    cards: tuple[Card, ...]
    not_shown: tuple[Unshown, ...]
    provenance: Provenance
    categories: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inputs: str = ""
    """Fingerprint of all it was made from: equal inputs, equal digest."""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest digests of the same profile, for a page's navigation."""

    previous: date | None = None
    following: date | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A known answer, for learning: ``target`` from 0 to 1; ``weight`` 1 / sampling rate."""

    target: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """One line of a labelled day (see docs: labelled days)."""

    date: date
    id: PaperId
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    selected: bool = False
    relevance: int | None = None
    novelty: int | None = None


@dataclass(frozen=True, slots=True)
class PaperTrace:
    """Everything the store knows about one paper for one profile and date."""

    id: PaperId
    paper: Paper | None
    listings: tuple[tuple[str, Listing], ...] = ()
    fate: Fate | None = None
    score: Score | None = None
    rule: str | None = None
    reason: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)
