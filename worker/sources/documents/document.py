"""What a parsed document is, and the two ways in which arXiv itself says no."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from paperlark.domain import Paper
from paperlark.errors import BadFeed, SourceError
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from paperlark.domain import AnnounceType, PaperId

_REASON = 200
"""Characters of arXiv's own reason that are shown: it says what to change."""
FEED_LIMIT = 2000
"""Rows arXiv puts in one feed at most; past it, new papers are what it leaves out."""


class Kind(StrEnum):
    """The forms of document that can be read."""

    RSS = "rss"
    ATOM = "atom"
    LISTING = "listing"
    CATCHUP = "catchup"
    API = "api"
    JSONL = "jsonl"


class Unread(Protocol):
    """A paper that is identified, and whose text is not yet readable."""

    @property
    def id(self) -> PaperId:
        """The canonical id."""

    @property
    def version(self) -> int:
        """The version; 0 where none was stated."""

    def paper(self) -> Paper:
        """The paper; never raises."""


class Row:
    """One paper as one document lists it.

    Equal rows are equal in what they say. `id` and `version` cost nothing; `paper` is made when
    first asked for.

    Args:
        paper: the paper, or what makes it.
        announce_type: as stated; `NEW` in query API answers, which state none.
    """

    __slots__ = ("_paper", "announce_type")

    def __init__(self, paper: Paper | Unread, announce_type: AnnounceType) -> None:
        self._paper = paper
        self.announce_type = announce_type

    @property
    def id(self) -> PaperId:
        """The paper's canonical id."""
        return self._paper.id

    @property
    def version(self) -> int:
        """The version it lists; 0 where it states none."""
        return self._paper.version

    @property
    def paper(self) -> Paper:
        """The paper: text in readable Unicode, categories canonical."""
        if not isinstance(self._paper, Paper):
            self._paper = self._paper.paper()
        return self._paper

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.paper, self.announce_type) == (other.paper, other.announce_type)

    def __hash__(self) -> int:
        return hash((self.id, self.version, self.announce_type))

    def __repr__(self) -> str:
        return f"Row({self.paper!r}, {self.announce_type!r})"


@dataclass(frozen=True, slots=True)
class Document:
    """Everything one document says.

    Attributes:
        day: the mailing date it states, as written; None where it states none.
        rows: every paper once, in the document's order.
        stated: entries per section (`NEW`, `CROSS`, `REPLACE`) that the site has, on listing and
            catch-up pages (all three keys, 0 for an absent section); empty elsewhere.
        shown: entries per section that this page gives, on the same pages.
        total: entries of all sections, or all results of a query, where the document says so.
        categories: what it says it is about, canonical where recognised.
        next_day: the next mailing date, where a catch-up page links to one.
    """

    kind: Kind
    day: date | None = None
    rows: tuple[Row, ...] = ()
    stated: Mapping[AnnounceType, int] = field(default_factory=dict)
    shown: Mapping[AnnounceType, int] = field(default_factory=dict)
    total: int | None = None
    categories: tuple[str, ...] = ()
    next_day: date | None = None

    @property
    def complete(self) -> bool:
        """Whether it gives all there is, as far as it says; a feed at its limit does not."""
        if self.kind in {Kind.RSS, Kind.ATOM}:
            return len(self.rows) < FEED_LIMIT
        given = sum(self.shown.values()) if self.stated else len(self.rows)
        return dict(self.stated) == dict(self.shown) and (self.total or 0) <= given


class FeedError(BadFeed):
    """ArXiv's own error feed: the request was wrong, and asking again will not help.

    Attributes:
        reason: arXiv's own words, on one line and fit to be shown.
        category: the name it complains about, where it names one.
    """

    def __init__(self, reason: str, category: str | None = None) -> None:
        reason, category = quoted(reason, _REASON), quoted(category) or None
        said = reason.rstrip(" .") or "no reason given"
        super().__init__(f"arXiv refused the request ({said}); check the categories and ids.")
        self.reason = reason
        self.category = category


class Throttled(SourceError):
    """ArXiv asked for fewer requests, whatever the status code said."""
