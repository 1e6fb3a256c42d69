"""ArXiv's announcement feeds, written as arXiv writes them: RSS 2.0, Atom, and the error feed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from paperlark.demo import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.demo.wire import Announced, Entry

EASTERN = ZoneInfo("America/New_York")
Form = Literal["rss", "atom"]


def feed(query: str, day: date, papers: Iterable[Announced], form: Form = "rss") -> bytes:
    """The feed of `query` on the mailing date `day`; without papers it is an empty day's.

    Raises:
        BadQuery: the query names something unknown.
    """
    rows = wire.cut(wire.entries(papers, wire.wanted(query)))
    write = _rss if form == "rss" else _atom
    return write(query, day, rows).encode()


def refusal(query: str, reason: str, form: Form = "rss") -> bytes:
    """The feed that comes with status 400."""
    address = f"http://rss.arxiv.org/{form}/{escape(query)}"
    if form == "atom":
        return (
            f"{_ATOM}\n  <id>{address}</id>\n  <title>Feed error for query: {address}</title>\n"
            f"  <updated>{datetime.now(UTC).isoformat()}</updated>\n{_link(query, form)}"
            f"  <subtitle>{escape(reason)}</subtitle>\n</feed>\n"
        ).encode()
    return (
        f"{_RSS}\n  <channel>\n    <title>Feed error for query: {address}</title>\n"
        f"    <link>{address}</link>\n    <description>{escape(reason)}</description>\n"
        f"{_self(address)}    <lastBuildDate>{format_datetime(datetime.now(UTC))}</lastBuildDate>\n"
        "    <managingEditor>rss-help.arxiv.org</managingEditor>\n  </channel>\n</rss>\n"
    ).encode()


_RSS = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">'
)
_ATOM = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
)


def _self(address: str) -> str:
    return (
        f'    <atom:link href="{address}" rel="self" type="application/rss+xml"/>\n'
        "    <docs>http://www.rssboard.org/rss-specification</docs>\n"
        "    <language>en-us</language>\n"
    )


def _link(query: str, form: Form) -> str:
    address = f"http://rss.arxiv.org/{form}/{escape(query)}"
    return f'  <link href="{address}" rel="self" type="application/atom+xml"/>\n'


def midnight(day: date) -> datetime:
    """Where every date of a feed points: Eastern midnight of the day it was asked for."""
    return datetime.combine(day, time(), EASTERN)


def _built(day: date) -> datetime:
    return (midnight(day) + timedelta(seconds=11)).astimezone(UTC)


def _rss(query: str, day: date, rows: Sequence[Entry]) -> str:
    name, address = escape(query.replace("+", ", ")), f"http://rss.arxiv.org/rss/{escape(query)}"
    return (
        f"{_RSS}\n  <channel>\n    <title>{name} updates on arXiv.org</title>\n"
        f"    <link>{address}</link>\n"
        f"    <description>{name} updates on the arXiv.org e-print archive.</description>\n"
        f"{_self(address)}    <lastBuildDate>{format_datetime(_built(day))}</lastBuildDate>\n"
        "    <managingEditor>rss-help@arxiv.org</managingEditor>\n"
        f"    <pubDate>{format_datetime(midnight(day))}</pubDate>\n"
        "    <skipDays>\n      <day>Saturday</day>\n      <day>Sunday</day>\n    </skipDays>\n"
        f"{''.join(_item(row, day) for row in rows)}  </channel>\n</rss>\n"
    )


def _said(row: Entry) -> str:
    paper = row.paper
    return escape(
        f"arXiv:{paper.id}v{paper.version} Announce Type: {row.announce_type} \n"
        f"Abstract: {paper.abstract.strip()}"
    )


def _item(row: Entry, day: date) -> str:
    paper = row.paper
    lines = [
        f"<title>{escape(paper.title)}</title>",
        f"<link>https://arxiv.org/abs/{paper.id}</link>",
        f"<description>{_said(row)}</description>",
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.id}v{paper.version}</guid>',
        *(f"<category>{escape(category)}</category>" for category in paper.categories),
        f"<pubDate>{format_datetime(midnight(day))}</pubDate>",
        f"<arxiv:announce_type>{row.announce_type}</arxiv:announce_type>",
        f"<dc:rights>{escape(paper.licence)}</dc:rights>",
        *_optional("arxiv:DOI", paper.doi),
        *_optional("arxiv:journal_reference", paper.journal_ref),
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>",
    ]
    return _block("item", "    ", lines)


def _optional(tag: str, value: str | None) -> list[str]:
    return [f"<{tag}>{escape(value)}</{tag}>"] if value else []


def _block(tag: str, indent: str, lines: Iterable[str]) -> str:
    inner = "".join(f"{indent}  {line}\n" for line in lines)
    return f"{indent}<{tag}>\n{inner}{indent}</{tag}>\n"


def _atom(query: str, day: date, rows: Sequence[Entry]) -> str:
    name = escape(query.replace("+", ", "))
    return (
        f"{_ATOM}\n  <id>http://rss.arxiv.org/atom/{escape(query)}</id>\n"
        f"  <title>{name} updates on arXiv.org</title>\n"
        f"  <updated>{_built(day).isoformat()}</updated>\n{_link(query, 'atom')}"
        f"  <subtitle>{name} updates on the arXiv.org e-print archive.</subtitle>\n"
        f"{''.join(_entry(row, day) for row in rows)}</feed>\n"
    )


def _entry(row: Entry, day: date) -> str:
    paper = row.paper
    lines = [
        f"<id>oai:arXiv.org:{paper.id}v{paper.version}</id>",
        f"<title>{escape(paper.title)}</title>",
        f"<updated>{_built(day).isoformat()}</updated>",
        f'<link href="https://arxiv.org/abs/{paper.id}" rel="alternate" type="text/html"/>',
        f"<summary>{_said(row)}</summary>",
        *(f'<category term="{escape(category)}"/>' for category in paper.categories),
        f"<published>{midnight(day).isoformat()}</published>",
        f"<arxiv:announce_type>{row.announce_type}</arxiv:announce_type>",
        f"<dc:rights>{escape(paper.licence)}</dc:rights>",
        *_optional("arxiv:journal_reference", paper.journal_ref),
        *_optional("arxiv:DOI", paper.doi),
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>",
    ]
    return _block("entry", "  ", lines)
