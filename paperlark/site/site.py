"""One function from a path to bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from paperlark import ids
from paperlark.errors import ConfigError
from paperlark.profile import is_own
from paperlark.render import about, as_json, bibtex, course, missing, month, page, paper
from paperlark.render.addresses import Addresses
from paperlark.site import absent, paths, reading
from paperlark.site.answers import BIBTEX, JSON, Answer, data, elsewhere, html
from paperlark.site.paths import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from paperlark.clock import Clock
    from paperlark.render.course import Point
    from paperlark.render.missing import Missing
    from paperlark.site.reading import Kept

_POINTS_S = 600
"""How old may be what a page tells in passing of other days."""
_NONE = (
    "There is no profile yet, so there is nothing to show: whoever runs paperlark makes one with "
    "`paperlark init`."
)
_SEVERAL = (
    "There are several profiles, and none of them is the default: whoever runs paperlark names one "
    "in `digest.profile`. Every profile’s pages are at /p/ and its name."
)


class _Of(NamedTuple):
    """Whose pages: the profile, where they are, and the dates of its digests, oldest first."""

    profile: str
    addresses: Addresses
    kept: Sequence[date]


class Site:
    """The archive's pages over an open store.

    Args:
        store: what is read.
        clock: what time it is, for days that are not out yet.
        default: the profile of the short addresses, ``digest.profile``; empty for the only one.
        base: what stands before every path, where the pages are not at their host's root.
        subscribe: whether there is a page to subscribe on.
    """

    def __init__(
        self,
        store: Kept,
        clock: Clock,
        *,
        default: str = "",
        base: str = "",
        subscribe: bool = False,
    ) -> None:
        self._store, self._clock, self._default = store, clock, default
        self._base, self._subscribe = base.rstrip("/"), subscribe
        self._point = lru_cache(1024)(self._read_point)

    def answer(self, path: str) -> Answer:
        """The bytes at a path; never fails for what stands in it.

        Args:
            path: percent-encoded, with its first stroke, without a query.

        Raises:
            StoreError: the store does not answer.
        """
        asked = paths.parse(path)
        names = [] if self._default else [each.name for each in self._store.profiles()]
        default = self._default or (names[0] if len(names) == 1 else "")
        name = default if asked.profile is None else asked.profile
        own = "" if name == default else name
        addresses = Addresses(own, self._base, self._subscribe)
        kept = self._store.digest_dates(name) if name else ()
        if not name and asked.kind not in {Kind.ABOUT, Kind.UNKNOWN}:
            return _missing(absent.unknown((), addresses, _SEVERAL if names else _NONE), addresses)
        of = _Of(name, addresses, kept)
        found = _Pages(self._store, self._clock(), of, self._past).answer(asked)
        return replace(found, private=True) if is_own(name) else found

    def _past(self, of: _Of, day: date) -> list[Point]:
        """The digests of the weeks before that day; a digest made again is seen a little later."""
        recent = self._clock().timestamp() // _POINTS_S
        since = day - timedelta(days=course.DAYS) if day > absent.OLDEST else day
        points = (self._point(of.profile, each, recent) for each in of.kept if since <= each < day)
        return [point for point in points if point]

    def _read_point(self, profile: str, day: date, _recent: float) -> Point | None:
        digest = self._store.digest(profile, day)
        return course.point(digest) if digest else None


class _Pages:
    """The pages of one profile, for one request."""

    def __init__(
        self,
        store: Kept,
        now: datetime,
        of: _Of,
        past: Callable[[_Of, date], Sequence[Point]],
    ) -> None:
        self._store, self._now, self._past, self._of = store, now, past, of
        self._profile, self._to, self._kept = of

    def answer(self, asked: paths.Asked) -> Answer:
        if asked.kind is Kind.ABOUT and asked.profile is None:
            return html(about.page(self._to, self._kept[-1] if self._kept else None), "about.css")
        if asked.kind is not Kind.UNKNOWN and not self._kept:
            return self._missing(absent.nothing(self._profile))
        answers: dict[Kind, Callable[[str], Answer]] = {
            Kind.NEWEST: lambda _text: self._day(self._kept[-1].isoformat(), newest=True),
            Kind.DAY: self._day,
            Kind.DOCUMENT: lambda text: self._day(text, document=True),
            Kind.MONTH: self._month,
            Kind.CITED: lambda text: self._month(text, cited=True),
            Kind.PAPER: self._paper,
            Kind.ENTRY: lambda text: self._paper(text, entry=True),
            Kind.BARE: self._bare,
        }
        return answers.get(asked.kind, self._unknown)(asked.text)

    def _day(self, text: str, *, newest: bool = False, document: bool = False) -> Answer:
        day = _date(text)
        if day is None:
            return self._no_date(text)
        digest = self._store.digest(self._profile, day)
        if digest is None and document:
            said = absent.day(day, self._kept, self._profile, self._to, self._now).said
            return data(json.dumps({"error": said}) + "\n", JSON, HTTPStatus.NOT_FOUND)
        if digest is None:
            return self._missing(absent.day(day, self._kept, self._profile, self._to, self._now))
        if document:
            return data(as_json.as_json(digest), JSON)
        beside = reading.neighbours(self._kept, day)
        here = course.point(digest)
        past = (*self._past(self._of, day), here) if here else ()
        said = page.page(digest, neighbours=beside, addresses=self._to, newest=newest, past=past)
        return html(said, "day.css")

    def _month(self, text: str, *, cited: bool = False) -> Answer:
        first = _date(f"{text}-01")
        if first is None:
            return self._no_date(text)
        found = reading.month(self._store, self._profile, first, self._now)
        if found is None:
            return self._missing(absent.month(first, self._kept, self._profile, self._to))
        if cited:
            papers = {card.paper.id: card.paper for each in found.ordered for card in each.cards}
            return data(bibtex.bibtex(papers.values()), BIBTEX)
        return html(month.page(found, self._to), "month.css")

    def _paper(self, text: str, *, entry: bool = False) -> Answer:
        try:
            wanted, _ = ids.canonical(text)
        except ConfigError as error:
            return self._missing(absent.unknown(self._kept, self._to, str(error)))
        if wanted != text:
            return elsewhere(self._to.entry(wanted) if entry else self._to.paper(wanted))
        record = reading.record(self._store, self._profile, wanted)
        if record is None:
            return self._missing(absent.paper(wanted, self._kept, self._profile, self._to))
        if entry:
            return data(bibtex.entry(record.paper), BIBTEX)
        return html(paper.page(record, self._to), "paper.css")

    def _bare(self, text: str) -> Answer:
        day = _date(text)
        if day:
            return elsewhere(self._to.day(day))
        first = _date(f"{text}-01")
        return elsewhere(self._to.month(first)) if first else self._no_date(text)

    def _no_date(self, text: str) -> Answer:
        said = f"{text} is no date: give one as 2026-11-19, or a month as 2026-11."
        return self._missing(absent.unknown(self._kept, self._to, said))

    def _unknown(self, _text: str) -> Answer:
        return self._missing(absent.unknown(self._kept, self._to))

    def _missing(self, found: Missing) -> Answer:
        return _missing(found, self._to)


def _missing(found: Missing, addresses: Addresses) -> Answer:
    return html(missing.page(found, addresses), "about.css", HTTPStatus.NOT_FOUND)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
