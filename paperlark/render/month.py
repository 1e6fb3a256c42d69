"""A month of digests as a page: a calendar, what stood out, and the figures behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.render import dates, escape, favourites, figures, names, series, weeks, words
from paperlark.render import templates as sheets
from paperlark.render.sheet import sheet
from paperlark.render.typeset import typeset

if TYPE_CHECKING:
    from markupsafe import Markup

    from paperlark.domain import Card, Digest
    from paperlark.render.addresses import Addresses
    from paperlark.render.weeks import Month


def page(month: Month, addresses: Addresses) -> str:
    """The month as a page of the site."""
    return (
        sheets.html()
        .get_template("month.html.j2")
        .render(
            month=month,
            sheet=sheet("month.css"),
            addresses=addresses,
            here="month",
            month_of=month.first,
            beside=_beside(month, addresses),
            weeks=tuple(weeks.weeks(month)),
            week=weeks,
            told=tuple(weeks.told(month)),
            said=summary(month),
            totals=totals(month),
            best=favourites.best(month.read),
            liked=favourites.liked(month.read, month.votes),
            drawings=series.drawings(month),
            legend=series.legend(month),
            draw=series,
            cost=_cost,
            title=_title,
            dates=dates,
            figures=figures,
            names=names,
            words=words,
            anchor=escape.anchor,
        )
    )


def totals(month: Month) -> tuple[tuple[int, str], ...]:
    """The way from listings to cards, over the month: how many, and what they are called."""
    return tuple(
        (sum(getattr(digest.counts, word) for digest in month.ordered), word)
        for word in ("announced", "scanned", "shown")
    )


def summary(month: Month) -> tuple[str, ...]:
    """The month in a few sentences: its days, its money, its votes."""
    said = [weeks.tally(month)]
    if month.read:
        said.append(_spent(month))
    turnout = favourites.turnout(month.read, month.votes)
    if turnout.votes:
        people = "1 person" if turnout.people == 1 else f"{figures.count(turnout.people)} people"
        votes = figures.many(turnout.votes, "vote")
        said.append(f"{votes} from {people}, {figures.count(turnout.ups)} of them up.")
    return tuple(said)


def _spent(month: Month) -> str:
    known = sum(digest.usage.cost_usd or 0.0 for digest in month.ordered)
    unknown = any(digest.usage.cost_usd is None for digest in month.read)
    if not known:
        return "The cost is not known." if unknown else "Nothing was spent."
    more = ", and what days without a known price cost" if unknown else ""
    return f"{_money(known)} was spent{more}."


def _money(usd: float) -> str:
    """To a cent, and never a charge rounded down to nothing."""
    return "under $0.01" if usd < 0.005 else f"${usd:,.2f}"  # noqa: PLR2004  (half a cent)


def _cost(digest: Digest | None) -> str:
    return words.cost(digest.usage) if digest and words.read(digest) else "–"


def _title(card: Card) -> Markup:
    return typeset(card.paper.source_title, card.paper.title)


def _beside(month: Month, addresses: Addresses) -> tuple[tuple[str, str, str, str], ...]:
    """The nearest months with a digest: relation, address, ISO month, and the month as read."""
    return tuple(
        (
            rel,
            addresses.month(first),
            f"{first:%Y-%m}",
            _named(month, first.year, dates.month(first)),
        )
        for rel, first in (("prev", month.previous), ("next", month.following))
        if first
    )


def _named(month: Month, year: int, name: str) -> str:
    return name if year == month.first.year else f"{name} {year}"
