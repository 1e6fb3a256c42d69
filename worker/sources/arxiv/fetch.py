"""One mailing date from arXiv: feeds first, then the pages that confirm, complete or replace them.

One feed per category, so that counts, announce types, staleness and failure are known for each
(docs/adr/0004-one-feed-per-category.md).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from paperlark import calendar, ids
from paperlark.domain import Announcement, Batch, BatchState
from paperlark.errors import ConfigError, NotFound
from worker.sources.arxiv.day import Day
from worker.sources.arxiv.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from paperlark.clock import Clock
    from paperlark.domain import Paper, PaperId
    from paperlark.ports import Progress
    from worker.sources.arxiv.client import Client
    from worker.sources.arxiv.settings import Settings

_FRESH = timedelta(minutes=10)
"""How long the date seen in a feed is taken to be the feeds' date still."""


class Known(Protocol):
    """What is remembered of earlier days."""

    def last_batch(self, category: str, before: date) -> Batch | None:
        """The newest batch of `category` with listings, of a mailing date before `before`."""


class Arxiv:
    """The arXiv source; see `paperlark.ports.Source`.

    Attributes:
        settings: what it was built with.
    """

    def __init__(
        self,
        settings: Settings,
        client: Client,
        *,
        known: Known,
        clock: Clock,
        progress: Progress | None = None,
    ) -> None:
        self.settings, self._client, self._known = settings, client, known
        self._clock, self._progress = clock, progress
        self._feeds_day: tuple[date, datetime] | None = None

    def fetch(self, day: date, categories: Sequence[str]) -> Announcement:
        """The announcement of `day`; each category, or whole archive, is one batch in its state.

        Raises:
            ConfigError: no category, or one that arXiv does not know.
            NotFound: the day is not announced yet.
            StoreError: the gate's store does not answer.
        """
        asked = tuple(dict.fromkeys(categories))
        if not asked:
            raise ConfigError("No category to fetch; name at least one, like cs.LG.")
        if calendar.quiet_reason(day) == calendar.WEEKEND:
            return Announcement(day, tuple(_quiet(day, name) for name in asked), {})
        refused = calendar.not_out_yet(day, self._clock())
        if refused:
            raise NotFound(refused)
        with self._client.run():
            return Day(self, day, asked).announcement()

    def recent(self, count: int, categories: Sequence[str]) -> Iterator[Announcement]:
        """The newest `count` mailing dates, newest first, each as `fetch` gives it."""
        day = calendar.current(self._clock())
        for _ in range(count):
            yield self.fetch(day, categories)
            day = calendar.previous_before(day)

    def fetch_examples(self, papers: Iterable[str]) -> Mapping[PaperId, Paper]:
        """The newest version of these papers, 100 a request; those arXiv does not know are absent.

        Raises:
            ConfigError: one of them is no id.
            SourceError: the query API did not answer as it should.
        """
        wanted = tuple(dict.fromkeys(ids.canonical(paper)[0] for paper in papers))
        with self._client.run():
            return {paper.id: paper for paper in self.places().examples(wanted)}

    def check(self) -> str:
        """Ask arXiv for a sign of life; one clause for people.

        Raises:
            SourceError: it gave none, or the gate is shut.
        """
        with self._client.run():
            return self._client.alive(f"{self.settings.rss_url}/feed/status")

    def close(self) -> None:
        """Let go of the client."""
        self._client.close()

    def places(self) -> Places:
        """ArXiv's places, for one run."""
        return Places(self.settings, self._client)

    @property
    def cross_check(self) -> bool:
        """Whether pages are asked to confirm feeds that look right."""
        return self.settings.cross_check

    def last(self, category: str, before: date) -> Batch | None:
        """The last batch kept of a category."""
        return self._known.last_batch(category, before)

    def feeds_carry(self, day: date | None) -> None:
        """Remember the date that a feed states."""
        if day:
            self._feeds_day = (day, self._clock())

    @property
    def feeds_day(self) -> date | None:
        """The date the feeds carry, if one was read in the last minutes."""
        fresh = self._feeds_day and abs(self._clock() - self._feeds_day[1]) < _FRESH
        return self._feeds_day[0] if self._feeds_day and fresh else None

    @property
    def today(self) -> date:
        """What arXiv's date must be: as its feeds say, else by the calendar."""
        return self.feeds_day or calendar.today(self._clock())

    def report(self, step: str, done: int, total: int) -> None:
        """Tell the progress, if anybody listens."""
        if self._progress:
            self._progress(step, done, total)


def _quiet(day: date, category: str) -> Batch:
    return Batch(day, category, BatchState.QUIET, detail=calendar.WEEKEND)
