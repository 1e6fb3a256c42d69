"""Digests, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk import days
from bot.desk.house import now_at, place
from bot.replies import PAGE, DigestPage, Said
from paperlark import calendar
from paperlark.errors import NotFound
from paperlark.render import fates, figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.desk.house import House, Place
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import Digest, PaperId
    from paperlark.vote import Thumb

BELOW: Final = "below"


def digest(house: House, asker: Asker, when: str, page: str = "1") -> Reply:
    """A page of the digest for a date; a day that is not kept is put on its way."""
    at = place(house, asker)
    day = _day(house, at, when)
    found = house.store.digest(at.profile.name, day)
    if found is None:
        return Said(_missing(house, at, day))
    return _page(found, page, votes_here(house, asker, at), house, asker)


def newest(house: House, at: Place) -> Digest | None:
    """The newest digest kept for the place's profile."""
    kept = house.store.digest_dates(at.profile.name)
    return house.store.digest(at.profile.name, kept[-1]) if kept else None


def votes_here(house: House, asker: Asker, at: Place) -> Mapping[PaperId, Thumb]:
    """The asker's own votes that count in this place, by paper."""
    return {
        vote.paper: vote.verdict
        for vote in house.store.votes.votes_of(asker.voter)
        if vote.subscription == at.id and vote.verdict
    }


def _day(house: House, at: Place, when: str) -> date:
    word = when.strip().lower() or "latest"
    now = now_at(house, at.zone)
    if word == "latest":
        kept = house.store.digest_dates(at.profile.name)
        return kept[-1] if kept else calendar.current(now)
    try:
        return days.meant(word, now, at.zone)
    except NotFound:
        known = days.known(word, now)
        if known and house.store.digest(at.profile.name, known):
            return known  # a quiet day whose digest was made says more than the calendar
        raise


def _missing(house: House, at: Place, day: date) -> str:
    now = now_at(house, at.zone)
    days.fetchable(day, now)
    failure = house.fetch(at.profile.name, day)
    return words.on_its_way(day, now.date(), failure)


def _page(
    found: Digest,
    asked: str,
    votes: Mapping[PaperId, Thumb],
    house: House,
    asker: Asker,
) -> DigestPage:
    pages = max(1, -(-len(found.cards) // PAGE))
    number = numbered(asked, pages)
    first = (number - 1) * PAGE
    near = (*fates.past_cap(found)[:PAGE], *fates.near(found))[:PAGE]
    return DigestPage(
        digest=found,
        page=number,
        pages=pages,
        cards=found.cards[first : first + PAGE] if number else (),
        below=() if number else near,
        votes=votes,
        saved=frozenset(house.store.saved.kept_for(asker.voter)),
        profile=found.profile if asker.profile else "",
    )


def numbered(asked: str, pages: int) -> int:
    """The page's number; 0 for the near misses.

    Raises:
        NotFound: there is none such.
    """
    word = asked.strip().lower() or "1"
    if word == BELOW:
        return 0
    if word.isascii() and word.isdigit() and len(word) < len("10000") and 1 <= int(word) <= pages:
        return int(word)
    raise NotFound(
        f"“{words.short(word)}” is no page: this digest has {figures.many(pages, 'page')}, and "
        "`below` for the nearest misses."
    )
