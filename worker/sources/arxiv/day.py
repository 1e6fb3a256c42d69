"""One run over one mailing date: all feeds, then the pages that are needed, then the judgement."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from paperlark.domain import Announcement, BatchState
from worker.sources.arxiv import archives, rows
from worker.sources.arxiv.findings import Case, Missing, Said
from worker.sources.arxiv.judge import FULL, judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import Batch, Paper, PaperId
    from worker.sources.arxiv.fetch import Arxiv
    from worker.sources.arxiv.findings import Finding, Ruling

HISTORY = timedelta(days=90)
"""How far back arXiv's catch-up pages go."""


class Day:
    """One run over one mailing date; `announcement` is its only use."""

    def __init__(self, source: Arxiv, day: date, asked: Sequence[str]) -> None:
        self.source, self.day, self.places = source, day, source.places()
        self.parts = {name: archives.parts(name) for name in asked}
        self.feeds: dict[str, Finding] = {}
        self.done = 0

    def announcement(self) -> Announcement:
        """Feeds of all categories before any page: a page's pause must not cost a feed."""
        self._read_feeds()
        for name, parts in self.parts.items():
            if len(parts) == 1 and len(archives.split(name)) > 1 and self._full(name):
                self.parts[name] = archives.split(name)
        self._read_feeds()
        rulings = {part: self._rule(part) for part in self._all_parts()}
        known = rows.papers(ruling.rows for ruling in rulings.values())
        batches = (self._batch(name, rulings, known) for name in self.parts)
        self.source.report("fetched", 2 * len(rulings), 2 * len(rulings))
        return Announcement(self.day, tuple(batches), known)

    def _all_parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part for parts in self.parts.values() for part in parts))

    def _read_feeds(self) -> None:
        for part in self._all_parts():
            if part not in self.feeds:
                self.feeds[part] = self._feed(part)

    def _feed(self, part: str) -> Finding:
        newest = self.source.feeds_day
        if newest and newest > self.day:
            return None
        self._step(f"{part}: feed")
        found = self.places.feed(part)
        if isinstance(found, Said):
            self.source.feeds_carry(found.day)
            if found.day and found.day > self.day:
                return None
        return found

    def _full(self, part: str) -> bool:
        found = self.feeds.get(part)
        return isinstance(found, Said) and len(found.rows) >= FULL

    def _rule(self, part: str) -> Ruling:
        last = self.source.last(part, self.day)
        feed = self.feeds[part]
        return judge(Case(self.day, feed, self._page(part, feed, last), last))

    def _page(self, part: str, feed: Finding, last: Batch | None) -> Finding:
        if feed is None:
            return self._catchup(part)
        if isinstance(feed, Said) and not self._doubtful(part, feed, last):
            return None
        self._step(f"{part}: listing page")
        page = self.places.listing(part)
        if isinstance(page, Said) and page.day and page.day > self.day:
            return self._catchup(part)
        return page

    def _doubtful(self, part: str, feed: Said, last: Batch | None) -> bool:
        odd = not feed.rows or feed.day != self.day or self._full(part)
        return self.source.cross_check or odd or rows.repeats(feed.rows, last)

    def _catchup(self, part: str) -> Finding:
        if self.source.today - self.day > HISTORY:
            return Missing(BatchState.FAILED, "arXiv keeps announcements for 90 days only")
        self._step(f"{part}: catch-up page")
        return self.places.catchup(part, self.day)

    def _step(self, step: str) -> None:
        most = 2 * len(self._all_parts())
        self.source.report(step, min(self.done, most), most)
        self.done += 1

    def _batch(
        self, name: str, rulings: Mapping[str, Ruling], known: Mapping[PaperId, Paper]
    ) -> Batch:
        ruling = archives.joined({part: rulings[part] for part in self.parts[name]})
        return rows.batch(
            self.day,
            name,
            ruling.state,
            ruling.rows,
            known,
            stated=ruling.stated,
            source=ruling.source,
            detail=ruling.detail,
            unchecked=ruling.unchecked,
        )
