"""What pages are made of, read from the store."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Protocol

from paperlark import calendar
from paperlark.domain import Neighbours
from paperlark.render.paper import Record, place
from paperlark.render.weeks import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from paperlark.domain import Digest, Listing, Paper, PaperId, Profile
    from paperlark.vote import Vote


class Votes(Protocol):
    """The slice of the votes that is read."""

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        """The last words on a subscription's papers."""

    def votes_on(self, subscription: str, paper: PaperId) -> tuple[Vote, ...]:
        """The last words on one paper."""

    def voted_in(self) -> tuple[str, ...]:
        """The ids of subscriptions with any vote."""


class Kept(Protocol):
    """The slice of the store that is read."""

    @property
    def votes(self) -> Votes:
        """Thumbs."""

    def profiles(self) -> tuple[Profile, ...]:
        """Every profile, by name."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        """Dates whose digest shows the paper, oldest first."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids."""

    def listed(
        self, paper: PaperId, day: date | None = None
    ) -> tuple[tuple[date, str, Listing], ...]:
        """Kept listings of the paper, newest date first."""


def neighbours(dates: Sequence[date], day: date) -> Neighbours:
    """The nearest of these dates, oldest first, before and after a day."""
    before, after = bisect_left(dates, day), bisect_right(dates, day)
    return Neighbours(
        dates[before - 1] if before else None, dates[after] if after < len(dates) else None
    )


def months(dates: Iterable[date]) -> tuple[date, ...]:
    """The first days of the months these dates are in, oldest first."""
    return tuple(sorted({day.replace(day=1) for day in dates}))


def month(store: Kept, profile: str, first: date, now: datetime) -> Month | None:
    """The month that begins at `first`; None where no digest is of it."""
    dates = store.digest_dates(profile)
    wanted = [day for day in dates if day.replace(day=1) == first]
    read = ((day, store.digest(profile, day)) for day in wanted)
    digests = {day: digest for day, digest in read if digest}
    if not digests:
        return None
    beside = neighbours(months(dates), first)
    return Month(
        first=first,
        profile=profile,
        digests=digests,
        today=calendar.current(now),
        votes=tuple(_votes(store, profile)),
        previous=beside.previous,
        following=beside.following,
    )


def _votes(store: Kept, profile: str) -> Iterator[Vote]:
    for each in _places(store, profile):
        yield from store.votes.votes(each)


def _places(store: Kept, profile: str) -> list[str]:
    """Subscriptions of the profile with votes, ended ones too."""
    return [each for each in store.votes.voted_in() if each.rpartition("/")[2] == profile]


def record(store: Kept, profile: str, paper: PaperId) -> Record | None:
    """All that is kept about a paper for a profile; None where the paper is not."""
    listed = store.listed(paper)
    days = {day for day, _, _ in listed} | set(store.shown_on(profile, paper))
    digests = [store.digest(profile, day) for day in sorted(days, reverse=True)]
    found = store.papers([paper]).get(paper) or _carded(digests, paper)
    if found is None:
        return None
    met = (place(digest, paper) for digest in digests if digest)
    return Record(
        paper=found,
        profile=profile,
        places=tuple(each for each in met if each),
        announced=tuple((day, category, row.announce_type) for day, category, row in listed),
        votes=tuple(
            vote for each in _places(store, profile) for vote in store.votes.votes_on(each, paper)
        ),
    )


def _carded(digests: Iterable[Digest | None], paper: PaperId) -> Paper | None:
    """The paper as a digest shows it: digests outlive what arXiv announced."""
    cards = (card for digest in digests if digest for card in digest.cards)
    return next((card.paper for card in cards if card.paper.id == paper), None)
