"""Why something is not there, in a sentence or two, and where to go instead."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from paperlark import calendar
from paperlark.render import dates, links, words
from paperlark.render.missing import Missing
from paperlark.site.reading import months, neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from paperlark.domain import PaperId
    from paperlark.render.addresses import Addresses

OLDEST: Final = date(1991, 8, 14)
"""ArXiv's first day."""
LAST: Final = date(2999, 12, 31)


def day(
    wanted: date, kept: Sequence[date], profile: str, addresses: Addresses, now: datetime
) -> Missing:
    """A date without a digest: weekend, holiday, not out yet, or never made."""
    title, said = _reason(wanted, kept, profile, now)
    return Missing(title, said, tuple(_days(wanted, kept, addresses)), _newest(kept))


def _reason(wanted: date, kept: Sequence[date], profile: str, now: datetime) -> tuple[str, str]:
    short = dates.short(wanted, year=now.year)
    if wanted < OLDEST:
        return "Before arXiv", f"arXiv’s first day was {dates.full(OLDEST)}."
    if wanted > LAST:
        return "Not out yet", "That is further ahead than anyone plans."
    if reason := calendar.quiet_reason(wanted):
        before, after = calendar.previous_before(wanted), calendar.next_after(wanted)
        near = " and ".join(dates.short(each, year=now.year) for each in (before, after))
        expected = calendar.holiday(wanted)
        sure = ", as expected" if expected and expected.expected else ""
        said = f"No announcement on {short} ({reason}{sure}). Nearest mailing dates: {near}."
        return "No announcement", said
    if said := calendar.not_out_yet(wanted, now):
        return "Not out yet", said.removeprefix("Not out yet. ")
    since = f" The first one kept is of {dates.short(kept[0], year=now.year)}." if kept else ""
    return "No digest", f"There is no digest of {words.called(profile)} for {short}.{since}"


def _days(wanted: date, kept: Sequence[date], addresses: Addresses) -> Iterator[tuple[str, str]]:
    near = neighbours(kept, wanted)
    for beside, word in ((near.previous, "before"), (near.following, "after")):
        if beside:
            yield addresses.day(beside), f"{dates.full(beside)}, the nearest digest {word}"
    yield from newest(kept, addresses)


def newest(kept: Sequence[date], addresses: Addresses) -> Iterator[tuple[str, str]]:
    """The way to the newest digest, where there is one, and to its month."""
    if kept:
        last = kept[-1]
        yield addresses.home, f"{dates.full(last)}, the newest digest"
        yield addresses.month(last), f"{dates.month(last)} {last.year}, the month"


def month(first: date, kept: Sequence[date], profile: str, addresses: Addresses) -> Missing:
    """A month without a digest."""
    near = neighbours(months(kept), first)
    ways = tuple(
        (addresses.month(each), f"{dates.month(each)} {each.year}")
        for each in (near.previous, near.following)
        if each
    )
    said = f"There is no digest of {words.called(profile)} in {dates.month(first)} {first.year}."
    return Missing("No digest", said, ways, _newest(kept))


def paper(identifier: PaperId, kept: Sequence[date], profile: str, addresses: Addresses) -> Missing:
    """A paper that nothing is kept of."""
    said = (
        f"{identifier} is not among the papers kept here: those of the last 35 days, and those on "
        f"digests of {words.called(profile)}."
    )
    arxiv = (links.paper(identifier), f"{identifier} at arXiv")
    return Missing("Paper not kept", said, (arxiv, *newest(kept, addresses)), _newest(kept))


def nothing(profile: str) -> Missing:
    """A profile without any digest yet."""
    name = words.called(profile)
    said = f"No digest of {name} was made yet. The first one appears here by itself."
    return Missing("Nothing to show yet", said)


def unknown(kept: Sequence[date], addresses: Addresses, said: str = "") -> Missing:
    """An address that means nothing, or not what it seems to."""
    said = said or (
        "There is no page at this address. Days are at /2026-11-19/, months at /2026-11/, and "
        "papers at /papers/ and their id."
    )
    return Missing("No such page", said, tuple(newest(kept, addresses)), _newest(kept))


def _newest(kept: Sequence[date]) -> date | None:
    return kept[-1] if kept else None
