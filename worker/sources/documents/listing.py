"""ArXiv's listing pages (``/list/<category>/new``) and catch-up pages (``/catchup/…/<date>``).

The pages are no contract, so every count they state is checked against what was read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import html

from paperlark import taxonomy
from paperlark.domain import AnnounceType
from paperlark.errors import BadFeed
from worker.sources.documents import dates, entry, intake, papers
from worker.sources.documents.document import Document, Kind, Row
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from lxml.html import HtmlElement

_DUE = "a listing page"
_CATCHUP = re.compile(r"Catchup results for (.+?) on (.+)", re.IGNORECASE)
_LISTING = re.compile(r"Showing new listings for (.+)", re.IGNORECASE)
_SECTION = re.compile(r"(New|Cross|Replacement)\w*\s+(?:submissions|listings|lists)", re.IGNORECASE)
_COUNTS = re.compile(r"showing (?:first |last )?([0-9,]+) of ([0-9,]+) entr", re.IGNORECASE)
_TOTAL = re.compile(r"Total of ([0-9,]+) entr", re.IGNORECASE)
_NOTHING = re.compile(r"\bNo (?:further )?updates\b", re.IGNORECASE)
_NEXT = re.compile(r"/catchup/[^/]+/([0-9]{4}-[0-9]{2}-[0-9]{2})")
_CONTEXT = re.compile(r"/(?:list|catchup)/([A-Za-z-]+(?:\.[A-Za-z-]+)?)/")
_TYPES = {
    "new": AnnounceType.NEW,
    "cross": AnnounceType.CROSS,
    "replacement": AnnounceType.REPLACE,
}


@dataclass(slots=True)
class _Section:
    """What one section's heading states, and the entries under it."""

    announce_type: AnnounceType
    shown: int | None
    stated: int | None
    entries: list[entry.Entry] = field(default_factory=list)


def parse_listing(body: bytes) -> Document:
    """Read a listing or catch-up page; gzip is unpacked. Papers carry version 0.

    (The link to a paper's HTML names a version, but it appears hours after the announcement, and
    one announcement must read the same at any hour.)

    Raises:
        BadFeed: it is cut off, something else, holds a paper without identity, or gives fewer
            entries than it says it shows.
        Throttled: it is a request to slow down.
    """
    return from_body(intake.unpacked(body), _DUE)


def from_body(body: bytes, due: str, content_type: str | None = None) -> Document:
    """Like `parse_listing`, of an unpacked body; refusals say that `due` was due."""
    page = _page(body, due)
    heading = _heading(page)
    if heading is None:
        raise intake.foreign(body, due, content_type)
    kind, day, subject = heading
    sections, about = _sections(page), _about(page, subject)
    text = papers.one_line(page.text_content())
    if not sections and not _NOTHING.search(text):
        raise BadFeed("The page lists nothing and does not say why; fetch it again later.")
    total = _TOTAL.search(text)
    return Document(
        kind,
        day,
        papers.unique(_row(e, s.announce_type, about) for s in sections for e in s.entries),
        stated=_sums(sections, lambda s: len(s.entries) if s.stated is None else s.stated),
        shown=_sums(sections, lambda s: len(s.entries)),
        total=_number(total[1]) if total else None,
        categories=about,
        next_day=_next_day(page, day) if kind is Kind.CATCHUP else None,
    )


def _sums(sections: list[_Section], count: Callable[[_Section], int]) -> Mapping[AnnounceType, int]:
    """A count for every type of section, 0 for one that the page does not have."""
    sums = dict.fromkeys(_TYPES.values(), 0)
    for section in sections:
        sums[section.announce_type] += count(section)
    return sums


def _page(body: bytes, due: str) -> HtmlElement:
    if intake.form(body) is not intake.Form.HTML:
        raise intake.foreign(body, due)
    lowered = body.lower()
    for opened, closed in ((b"<html", b"</html>"), (b"<dl", b"</dl>")):
        if lowered.count(opened) > lowered.count(closed):
            raise BadFeed("The page is cut off; fetch it again.")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadFeed("The page is not UTF-8; fetch it again.") from error
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    return html.document_fromstring(text, parser=parser)


def _heading(page: HtmlElement) -> tuple[Kind, date, str] | None:
    """The kind of page, its mailing date, and the name of what it is about; None if no listing."""
    first = ""
    for element in page.iter("h1", "h3"):
        text = papers.one_line(element.text_content())
        if element.tag == "h1":
            first = first or text
        if match := _CATCHUP.fullmatch(text):
            return Kind.CATCHUP, dates.written(match[2]), match[1]
        if match := _LISTING.fullmatch(text):
            return Kind.LISTING, dates.written(match[1]), first
    return None


def _sections(page: HtmlElement) -> list[_Section]:
    sections: list[_Section] = []
    for number, element in enumerate(page.xpath("//dl//*[self::h3 or self::dt or self::dd]")):
        if element.tag == "h3":
            sections.append(_section(papers.one_line(element.text_content())))
        elif not sections:
            raise BadFeed("The page lists papers outside any section; fetch it again.")
        elif element.tag == "dt":
            sections[-1].entries.append(entry.begin(element, f"line {number}"))
        else:
            _end(sections[-1], element)
    for section in sections:
        _check(section)
    return sections


def _end(section: _Section, element: HtmlElement) -> None:
    if not section.entries or section.entries[-1].said is not None:
        raise BadFeed("The page describes a paper without naming it; fetch it again.")
    section.entries[-1].said = element


def _section(heading: str) -> _Section:
    match = _SECTION.search(heading)
    if match is None:
        raise BadFeed(f"The page has an unknown section “{quoted(heading)}”; fetch it again.")
    counts = _COUNTS.search(heading)
    shown, stated = (_number(counts[1]), _number(counts[2])) if counts else (None, None)
    return _Section(_TYPES[match[1].lower()], shown, stated)


def _check(section: _Section) -> None:
    given = len(section.entries)
    if section.shown not in {None, given}:
        name = section.announce_type.value
        raise BadFeed(
            f"The page says it shows {section.shown} {name} entries and gives {given}; "
            "fetch it again."
        )


def _row(listed: entry.Entry, kind: AnnounceType, about: tuple[str, ...]) -> Row:
    raw = listed.raw()
    primary = next(iter(taxonomy.normalise(raw.categories)), "")
    if kind is AnnounceType.REPLACE and about and not _at_home(primary, about):
        kind = AnnounceType.REPLACE_CROSS
    return Row(raw, kind)


def _at_home(primary: str, about: tuple[str, ...]) -> bool:
    """Whether a paper's primary category is one the page is about, or in an archive it is about."""
    return not primary or primary in about or primary.partition(".")[0] in about


def _about(page: HtmlElement, subject: str) -> tuple[str, ...]:
    """By the page's own links, which carry the code; else by the heading, if its name is unique."""
    hrefs = (str(a.get("href", "")) for a in page.iter("a"))
    codes = [match[1] for href in hrefs if (match := _CONTEXT.search(href))]
    named = taxonomy.named(subject)
    likely = [c for c in taxonomy.normalise(codes) if c in named]
    if likely:
        return (likely[0],)
    return taxonomy.normalise(codes[:1]) or (named if len(named) == 1 else ())


def _next_day(page: HtmlElement, day: date) -> date | None:
    """The earliest later date among the page's links to catch-up pages."""
    hrefs = (str(a.get("href", "")) for a in page.iter("a"))
    days = [dates.iso(match[1]) for href in hrefs if (match := _NEXT.search(href))]
    return min((d for d in days if d > day), default=None)


def _number(text: str) -> int:
    return int(text.replace(",", ""))
