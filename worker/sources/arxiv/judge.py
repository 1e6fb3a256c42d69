"""Pure: from what arXiv's feed and pages said, the one named state a category is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import calendar
from paperlark.domain import BatchState
from paperlark.verdict import UNCHECKED, UNREACHED
from worker.sources.arxiv.findings import Case, Missing, Ruling, Said
from worker.sources.arxiv.rows import COUNTED, counted, repeats, union

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from paperlark.domain import Batch, PaperId
    from worker.sources.documents import Row

FULL = 1900
"""A feed with this many rows is taken as cut: arXiv cuts at 2,000, and new papers go first."""
_NAMES = {"rss": "feed", "listing": "listing page", "catchup": "catch-up page"}


def judge(case: Case) -> Ruling:
    """The state of one category; a page that states the day is believed over the feed."""
    page = _vouching(case)
    if page is not None:
        return _with_page(case, page)
    return _early_holiday(case) or _by_feed(case)


def _by_feed(case: Case) -> Ruling:
    """The state that the feed alone leaves a category in."""
    match case.feed:
        case Said(day=day, rows=()) if day == case.day:
            return _empty(case)
        case Said(day=day) as feed if day == case.day:
            return _feed_alone(case, feed)
        case Said(day=day):
            return Ruling(BatchState.STALE, detail=f"the feed still shows {_said(day)}")
        case Missing(state, clause):
            return Ruling(state, detail=clause)
    return _history(case)


def _early_holiday(case: Case) -> Ruling | None:
    """A holiday asked for before feed or page show its date, which neither of them contradicts.

    Unchecked, for the calendar alone says so: once they show the date it is looked at again.
    """
    holiday = calendar.quiet_reason(case.day)
    shown = [place.day for place in (case.feed, case.page) if isinstance(place, Said)]
    if not holiday or not shown or not all(day and day < case.day for day in shown):
        return None
    return Ruling(BatchState.QUIET, detail=holiday, unchecked=True)


def _vouching(case: Case) -> Said | None:
    """The page, if it speaks of the day; an empty one cannot overrule a feed with papers."""
    match case.page:
        case Said(day=day) as page if day == case.day:
            feed = case.feed
            if not page.rows and isinstance(feed, Said) and feed.rows and feed.day == day:
                return None
            return page
    return None


def _with_page(case: Case, page: Said) -> Ruling:
    feed, doubt = _trusted(case, page)
    if not page.rows and not feed:
        return _agreed_empty(case, page, doubt)
    rows = union(feed, page.rows)
    enough = counted(rows) >= (page.stated or 0) and (page.whole or bool(feed))
    taken = f"{doubt}; taken from the {_NAMES[page.source]}" if doubt else ""
    notes = (taken, _difference(feed, page) if feed else "", "" if enough else _short(rows, page))
    return Ruling(
        BatchState.COMPLETE if enough else BatchState.TRUNCATED,
        rows,
        page.stated,
        "rss" if feed else page.source,
        "; ".join(filter(None, notes)),
    )


def _trusted(case: Case, page: Said) -> tuple[tuple[Row, ...], str]:
    """The feed's rows where they are the day's, else none and what is wrong with them."""
    match case.feed:
        case None:
            return (), ""
        case Missing(_, clause):
            return (), _reason(clause)
        case Said(day=day) if day != case.day:
            return (), f"the feed still shows {_said(day)}"
        case Said(rows=rows) if not rows:
            return (), "the feed is empty" if page.rows else ""
        case Said(rows=rows) if _alien(rows, page.rows):
            return (), _holds(case.last)
        case Said(rows=rows):
            return rows, ""


def _alien(feed: Iterable[Row], page: Iterable[Row]) -> bool:
    """Whether most of the feed's papers are not on the day's page: they are another day's."""
    own, there = _ids(feed), {row.id for row in page}
    return len(own & there) * 2 < len(own)


def _ids(rows: Iterable[Row]) -> set[PaperId]:
    return {row.id for row in rows if row.announce_type in COUNTED}


def _difference(feed: Iterable[Row], page: Said) -> str:
    ours, theirs = _ids(feed), _ids(page.rows)
    more, less = len(theirs - ours), len(ours - theirs) if page.whole else 0
    parts = [f"{more} only on the {_NAMES[page.source]}"] if more else []
    parts += [f"{less} only in the feed"] if less else []
    return ", ".join(parts)


def _short(rows: Iterable[Row], page: Said) -> str:
    return f"the {_NAMES[page.source]} says {page.stated}, {counted(rows)} came"


def _agreed_empty(case: Case, page: Said, doubt: str) -> Ruling:
    holiday = calendar.quiet_reason(case.day)
    if doubt and not holiday:
        return Ruling(
            BatchState.UNCONFIRMED, (), 0, page.source, f"the listing page is empty; {doubt}"
        )
    agreed = (
        "says arXiv's catch-up page"
        if page.source == "catchup"
        else "say arXiv's feed and its listing page"
    )
    quiet = holiday or f"a {case.day:%A} without papers, {agreed}"
    weak = not holiday and page.source == "listing"
    return Ruling(BatchState.QUIET, (), 0, page.source, quiet, unchecked=weak)


def _empty(case: Case) -> Ruling:
    holiday = calendar.quiet_reason(case.day)
    if holiday:
        return Ruling(BatchState.QUIET, detail=holiday)
    unsure = _unchecked(case) or "no second source was asked"
    return Ruling(BatchState.UNCONFIRMED, detail=f"the feed is empty on a working day; {unsure}")


def _feed_alone(case: Case, feed: Said) -> Ruling:
    if repeats(feed.rows, case.last):
        return Ruling(BatchState.STALE, detail=_holds(case.last))
    if isinstance(case.page, Said) and case.page.rows and not _alien(feed.rows, case.page.rows):
        held = f"the listing page has the same papers under {_said(case.page.day)}"
        return Ruling(BatchState.STALE, detail=held)
    if len(feed.rows) >= FULL:
        detail = f"the feed is full ({len(feed.rows):,} rows) and may lack papers"
        return Ruling(BatchState.TRUNCATED, feed.rows, detail=detail)
    unsure = _unchecked(case)
    detail = f"{UNCHECKED}{unsure}" if unsure else ""
    return Ruling(BatchState.COMPLETE, feed.rows, detail=detail, unchecked=bool(unsure))


def _unchecked(case: Case) -> str:
    match case.page:
        case Missing(_, clause):
            return _reason(clause)
        case Said(day=day, source=source) if day != case.day:
            return f"the {_NAMES[source]} shows {_said(day)}"
        case Said(source=source):
            return f"the {_NAMES[source]} is empty"
    return ""


def _reason(clause: str) -> str:
    """The clause beside an answer that did come: arXiv as a whole was reached."""
    return clause.removeprefix(f"{UNREACHED}: ")


def _history(case: Case) -> Ruling:
    """A past day of which only the catch-up page could tell."""
    match case.page:
        case Missing(state, clause):
            return Ruling(state, source="catchup", detail=clause)
        case Said(day=day):
            detail = f"the catch-up page shows {_said(day)}"
            return Ruling(BatchState.FAILED, source="catchup", detail=detail)
    return Ruling(BatchState.FAILED, detail="arXiv was not asked")


def _holds(last: Batch | None) -> str:
    return f"the feed still holds {f'{last.date:%A}' if last else 'an earlier day'}'s papers"


def _said(day: date | None) -> str:
    return f"{day:%a} {day.day} {day:%b}" if day else "no date"
