"""The query API's answers, as arXiv writes them since 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from paperlark import ids
from paperlark.demo.wire import BadQuery
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from paperlark.demo.wire import Announced


def answer(known: Mapping[str, Announced], id_list: Sequence[str], most: int, now: date) -> bytes:
    """The query API's answer for these ids; unknown ids are left out without a word.

    Raises:
        BadQuery: one of them is no id; the whole list is refused.
    """
    found = [known[key] for key in map(_key, id_list) if key in known][:most]
    asked = escape(",".join(id_list))
    entry = "".join(_entry(paper, now) for paper in found)
    query = f"search_query=&amp;id_list={asked}&amp;start=0&amp;max_results={most}"
    return _feed(
        "https://arxiv.org/api/AbCdEfGhIjKlMnOpQrStUvWxYz0",
        f"arXiv Query: {query}",
        now,
        entry,
        found=len(found),
        page=most,
        link=f"https://arxiv.org/api/query?{query}",
    )


def _key(text: str) -> str:
    try:
        return ids.canonical(text)[0]
    except ConfigError as error:
        raise BadQuery(f"incorrect id format for {text}") from error


def refusal(reason: str, now: date) -> bytes:
    """The error feed that comes with status 400: one entry, no publication date."""
    address = f"https://arxiv.org/api/errors#{escape(reason.replace(' ', '_'))}"
    entry = (
        f"  <entry>\n    <id>{address}</id>\n    <title>Error</title>\n"
        f"    <updated>{_stamp(now)}</updated>\n"
        f'    <link href="{address}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(reason)}</summary>\n"
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n"
    )
    return _feed("https://arxiv.org/", "arXiv Search Results", now, entry, found=1, page=1)


def _stamp(day: date, hours: int = 0) -> str:
    moment = datetime.combine(day, time(22, 10, 19), UTC) + timedelta(hours=hours)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _feed(
    address: str, title: str, now: date, entry: str, *, found: int, page: int, link: str = ""
) -> bytes:
    self_link = f'  <link href="{link}" type="application/atom+xml"/>\n' if link else ""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
        f"  <id>{address}</id>\n  <title>{title}</title>\n  <updated>{_stamp(now)}</updated>\n"
        f"{self_link}  <opensearch:itemsPerPage>{page}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{found}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>0</opensearch:startIndex>\n{entry}</feed>\n"
    ).encode()


def _entry(paper: Announced, now: date) -> str:
    name = f"{paper.id}v{paper.version}"
    pdf = 'type="application/pdf" title="pdf"'
    scheme = 'scheme="http://arxiv.org/schemas/atom"'
    lines = [
        f"<id>http://arxiv.org/abs/{name}</id>",
        f"<title>{escape(paper.title)}</title>",
        f"<updated>{_stamp(now, -28)}</updated>",
        f'<link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>',
        f'<link href="https://arxiv.org/pdf/{name}" rel="related" {pdf}/>',
        f"<summary>{escape(paper.abstract.strip())}</summary>",
        *(f'<category term="{escape(category)}" {scheme}/>' for category in paper.categories),
        f"<published>{_stamp(now, -30)}</published>",
        *_optional("comment", paper.comment),
        f'<arxiv:primary_category term="{escape(paper.categories[0])}"/>',
        *_optional("journal_ref", paper.journal_ref),
        *_optional("doi", paper.doi),
    ]
    body = "".join(f"    {line}\n" for line in lines)
    return f"  <entry>\n{body}{''.join(map(_author, paper.authors))}  </entry>\n"


def _optional(tag: str, value: str | None) -> list[str]:
    return [f"<arxiv:{tag}>{escape(value)}</arxiv:{tag}>"] if value else []


def _author(raw: str) -> str:
    name, _, rest = raw.partition(" (")
    line = f"      <name>{escape(name)}</name>\n"
    if rest:
        place = escape(rest.removesuffix(")"))
        line += f"      <arxiv:affiliation>{place}</arxiv:affiliation>\n"
    return f"    <author>\n{line}    </author>\n"
