"""What arXiv's places say about one category, and what is made of it. Values, no judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import Batch, BatchState
    from worker.sources.documents import Row


@dataclass(frozen=True, slots=True)
class Said:
    """What one place said about one category.

    Attributes:
        source: ``rss``, ``listing`` or ``catchup``.
        day: the mailing date it states.
        stated: new and cross-listed entries it says there are; None for feeds, which say nothing.
        whole: whether it gave all that it says there is.
    """

    source: str
    day: date | None
    rows: tuple[Row, ...] = ()
    stated: int | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a place said nothing: the state it leaves a category in, and one clause."""

    state: BatchState
    clause: str


Finding: TypeAlias = "Said | Missing | None"


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known about one category on one mailing date.

    Attributes:
        feed: None where the feed is of a later day.
        page: the listing or catch-up page; None where it was not asked.
        last: the last batch accepted before `day`.
    """

    day: date
    feed: Finding
    page: Finding
    last: Batch | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The state, the rows that count, and the clause for people.

    A stale feed's rows do not count: they are another day's. `unchecked` as in a batch.
    """

    state: BatchState
    rows: tuple[Row, ...] = ()
    stated: int | None = None
    source: str = "rss"
    detail: str = ""
    unchecked: bool = False
