"""A digest as one HTML file: no script, nothing fetched, every paper of the day in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from markupsafe import escape as escaped

from paperlark.domain import Fate, Neighbours
from paperlark.render import chart, course, dates, escape, fates, figures, links, names, words
from paperlark.render import templates as sheets
from paperlark.render.sheet import sheet
from paperlark.render.typeset import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from paperlark.domain import Card, Digest
    from paperlark.render.addresses import Addresses
    from paperlark.render.course import Point


def page(
    digest: Digest,
    *,
    neighbours: Neighbours | None = None,
    day_href: str = "../{}/",
    json_href: str | None = None,
    addresses: Addresses | None = None,
    newest: bool = False,
    past: Sequence[Point] = (),
) -> str:
    """The digest as a page of its own.

    Args:
        digest: what to show.
        neighbours: the days that have a page too; without them there is no such link.
        day_href: where a day's page is, with ``{}`` for the date as ``2026-11-19``.
        json_href: where this digest's JSON is; None where it is nowhere.
        addresses: where everything is, for a page of the site; in place of the two before.
        newest: whether this is the site's first page.
        past: the digests of the last weeks and this one, oldest first, for the line's course.
    """
    if addresses:
        json_href = addresses.document(digest.date)
    return (
        sheets.html()
        .get_template("day.html.j2")
        .render(
            digest=digest,
            sheet=sheet("day.css"),
            addresses=addresses,
            here="newest" if newest else "",
            month_of=digest.date,
            days=_days(digest, neighbours or Neighbours(), day_href, addresses),
            json_href=json_href,
            chart=chart.chart(digest),
            size=(chart.WIDTH, chart.HEIGHT),
            course=course.course(past),
            course_size=(course.WIDTH, course.HEIGHT),
            **_tools(),
        )
    )


def _tools() -> dict[str, object]:
    """What the template says things with."""
    return {
        "Fate": Fate,
        "dates": dates,
        "fates": fates,
        "figures": figures,
        "links": links,
        "names": names,
        "words": words,
        "anchor": escape.anchor,
        "authors": _authors,
        "block": lines,
        "title": _title,
        "abstract": _abstract,
    }


def _days(
    digest: Digest, neighbours: Neighbours, href: str, addresses: Addresses | None
) -> tuple[tuple[str, str, str, str], ...]:
    """Links beside and above this day: relation, address, ISO date, and the date as read."""

    def link(rel: str, day: date | None) -> tuple[tuple[str, str, str, str], ...]:
        if day is None:
            return ()
        where = addresses.day(day) if addresses else href.replace("{}", day.isoformat())
        return ((rel, where, day.isoformat(), dates.short(day, year=digest.date.year)),)

    here = digest.date
    above = (
        (("up", addresses.month(here), f"{here:%Y-%m}", dates.month(here)),) if addresses else ()
    )
    return link("prev", neighbours.previous) + above + link("next", neighbours.following)


def _authors(card: Card) -> tuple[list[tuple[str, bool]], int]:
    """Names to print, each with whether it is followed, and how many are left out."""
    followed = {name.casefold() for name in card.followed}
    everyone = [author.name for author in card.paper.authors]
    named, rest = names.cut(everyone, always=card.followed)
    return [(name, name.casefold() in followed) for name in named], rest


def lines(text: str) -> Markup:
    """Text whose lines matter, for a ``pre`` or a ``textarea``."""
    return escaped(escape.block(text))


def _title(card: Card) -> Markup:
    return typeset(card.paper.source_title, card.paper.title)


def _abstract(card: Card) -> Markup:
    return typeset(card.paper.source_abstract, card.paper.abstract)
