"""A digest as one HTML file: no script, nothing fetched, every paper of the day in it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from markupsafe import escape as escaped

from paperlark import resources
from paperlark.domain import Fate, Neighbours
from paperlark.render import chart, dates, escape, fates, figures, links, names, words
from paperlark.render import templates as sheets

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import Card, Digest


def page(
    digest: Digest,
    *,
    neighbours: Neighbours | None = None,
    day_href: str = "../{}/",
    json_href: str | None = None,
) -> str:
    """The digest as a page of its own.

    Args:
        digest: what to show.
        neighbours: the days that have a page too; without them there is no such link.
        day_href: where a day's page is, with ``{}`` for the date as ``2026-11-19``.
        json_href: where this digest's JSON is; None where it is nowhere.
    """
    style = _style()
    return (
        sheets.html()
        .get_template("day.html.j2")
        .render(
            digest=digest,
            style=Markup(style),  # noqa: S704  (our own file)
            policy=_policy(style),
            days=_days(digest, neighbours or Neighbours(), day_href),
            json_href=json_href,
            chart=chart.chart(digest),
            size=(chart.WIDTH, chart.HEIGHT),
            Fate=Fate,
            dates=dates,
            fates=fates,
            figures=figures,
            links=links,
            names=names,
            words=words,
            anchor=escape.anchor,
            authors=_authors,
            block=_block,
            title=_title,
            abstract=_abstract,
        )
    )


@cache
def _style() -> str:
    """The page's style sheet: the tokens, then what uses them."""
    tokens, rules = (resources.text("templates", name) for name in ("tokens.css", "day.css"))
    return f"\n{tokens}\n{rules}"


@cache
def _policy(style: str) -> str:
    """A content security policy that allows this very style, and nothing else at all."""
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _days(
    digest: Digest, neighbours: Neighbours, href: str
) -> tuple[tuple[str, str, str, str], ...]:
    """Links to the days beside this one: relation, address, ISO date, and the date as read."""
    beside = (("prev", neighbours.previous), ("next", neighbours.following))
    return tuple(_day(rel, day, href, digest.date.year) for rel, day in beside if day)


def _day(rel: str, day: date, href: str, year: int) -> tuple[str, str, str, str]:
    return rel, href.replace("{}", day.isoformat()), day.isoformat(), dates.short(day, year=year)


def _authors(card: Card) -> tuple[list[tuple[str, bool]], int]:
    """Names to print, each with whether it is followed, and how many are left out."""
    followed = {name.casefold() for name in card.followed}
    everyone = [author.name for author in card.paper.authors]
    named, rest = names.cut(everyone, always=card.followed)
    return [(name, name.casefold() in followed) for name in named], rest


def _block(text: str) -> Markup:
    """Text whose lines matter, for a ``pre``."""
    return escaped(escape.block(text))


def _title(card: Card) -> Markup:
    return _typeset(card.paper.source_title, card.paper.title)


def _abstract(card: Card) -> Markup:
    return _typeset(card.paper.source_abstract, card.paper.abstract)


def _typeset(source: str, readable: str) -> Markup:
    """TeX as MathML where the source is known, else the readable text, escaped."""
    if "$" not in source and "\\" not in source:
        return escaped(escape.plain(readable))
    from paperlark.render import mathml  # noqa: PLC0415  (latex2mathml is slow to load)

    return Markup(mathml.html(escape.plain(source)))  # noqa: S704  (safe by its contract)
