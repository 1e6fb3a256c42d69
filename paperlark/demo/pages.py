"""ArXiv's listing and catch-up pages, as arXiv writes them."""

from __future__ import annotations

from html import escape as html
from typing import TYPE_CHECKING
from urllib.parse import quote

from paperlark import taxonomy
from paperlark.demo.wire import entries, wanted
from paperlark.domain import AnnounceType
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from paperlark.demo.wire import Announced, Entry

PAGE = 2000
"""Most entries on one page."""
_SECTIONS = (
    ("New submissions", (AnnounceType.NEW,)),
    ("Cross submissions", (AnnounceType.CROSS,)),
    ("Replacement submissions", (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS)),
)


def listing(name: str, day: date, papers: Iterable[Announced], skip: int, show: int) -> bytes:
    """``/list/<name>/new``: the newest mailing, in three sections with their counts.

    Raises:
        BadQuery: `name` is no archive or category.
    """
    rows = _listed(name, papers)
    recent = f'<a id="recent-{name}" href="/list/{name}/recent">recent</a>'
    heading = (
        f"<p>See {recent} articles</p>\n"
        f"<h3>Showing new listings for {day:%A}, {day.day} {day:%B %Y}</h3>\n"
    )
    total = f"<div class='paging'>Total of {len(rows)} entries\n</div>\n"
    body = _sections(rows, skip, show) if rows else "<p>No updates today.</p>\n"
    return _shell(taxonomy.display_name(name), heading + (total if rows else "") + body)


def catchup(
    name: str, day: date, papers: Iterable[Announced], page: int, following: date | None
) -> bytes:
    """``/catchup/<name>/<day>?abs=True``: one past mailing, and the way to the next one.

    Raises:
        BadQuery: `name` is no archive or category.
    """
    rows = _listed(name, papers)
    when = f"{day:%a}, {day.day:02d} {day:%b %Y}"
    title = f"Catchup results for {taxonomy.display_name(name)} on {when}"
    if not rows:
        body = (
            f"<p>No updates for {when}: there was either no announcement for this day, "
            "or no updates within the requested subject.</p>\n"
        )
    else:
        pages = range(1, (len(rows) + PAGE - 1) // PAGE + 1)
        body = f"<p>Total of {len(rows)} entries for {when}</p>\n"
        if len(pages) > 1:
            body += f"<p>View page: {' '.join(map(str, pages))}</p>\n"
        body += _sections(rows, (page - 1) * PAGE, PAGE)
    return _shell(title, body + _onward(name, following))


def _onward(name: str, following: date | None) -> str:
    if following is None:
        return ""
    return f'<a href="/catchup/{name}/{following}?abs=True">Continue to the next day</a>\n'


def _listed(name: str, papers: Iterable[Announced]) -> list[Entry]:
    """The rows of a listing: crosses inside the archive asked for are not listed again."""
    asked = wanted(name)
    rows = entries(papers, asked)
    if len(asked) == 1:
        return rows
    return [row for row in rows if not _inside(row, asked)]


def _inside(row: Entry, asked: frozenset[str]) -> bool:
    primary = taxonomy.normalise(row.paper.categories)[0]
    return row.announce_type is AnnounceType.CROSS and primary in asked


def _shell(title: str, body: str) -> bytes:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>{html(title)}</title>\n</head>\n'
        f"<body>\n<div id='content'>\n<div id='dlpage'>\n<h1>{html(title)}</h1>\n{body}"
        "</div>\n</div>\n</body>\n</html>\n"
    ).encode()


def _sections(rows: Sequence[Entry], skip: int, show: int) -> str:
    parts, start = [], 0
    for title, kinds in _SECTIONS:
        own = [row for row in rows if row.announce_type in kinds]
        first, last = max(skip - start, 0), min(skip + show - start, len(own))
        if own and first < last:
            heading = f"<h3>{title} {_shown(first, last, len(own))}</h3>\n"
            items = (_item(row, start + n + 1) for n, row in enumerate(own) if first <= n < last)
            parts.append(heading + "".join(items))
        start += len(own)
    return f"<dl id='articles'>\n{''.join(parts)}</dl>\n"


def _shown(first: int, last: int, total: int) -> str:
    if first:
        return f"(continued, showing last {last - first} of {total} entries)"
    return f"(showing {'first ' if last < total else ''}{last} of {total} entries)"


def _item(row: Entry, number: int) -> str:
    paper = row.paper
    note = _note(row)
    return (
        f"<dt>\n  <a name='item{number}'>[{number}]</a>\n"
        f'  <a href ="/abs/{paper.id}" title="Abstract" id="{paper.id}">\n'
        f"    arXiv:{paper.id}\n  </a>{note}\n"
        f'  [<a href="/pdf/{paper.id}" title="Download PDF" id="pdf-{paper.id}" '
        f'aria-labelledby="pdf-{paper.id}">pdf</a>, '
        f'<a href="https://arxiv.org/html/{paper.id}v{paper.version}" title="View HTML" '
        f'id="html-{paper.id}">html</a>, '
        f'<a href="/format/{paper.id}" title="Other formats" id="oth-{paper.id}">other</a>]\n'
        f"</dt>\n<dd>\n  <div class='meta'>\n{_meta(paper)}  </div>\n</dd>\n"
    )


def _note(row: Entry) -> str:
    if row.announce_type in _SECTIONS[2][1]:
        return " (replaced)"
    if row.announce_type is AnnounceType.CROSS:
        return f" (cross-list from {row.paper.categories[0]})"
    return ""


def _meta(paper: Announced) -> str:
    lines = [
        f"<div class='list-title mathjax'>{_label('Title')} {html(paper.title, quote=False)}</div>",
        f"<div class='list-authors'>{', '.join(map(_author, paper.authors))}</div>",
    ]
    if paper.comment:
        comment = html(paper.comment, quote=False)
        lines.append(f"<div class='list-comments mathjax'>{_label('Comments')} {comment}</div>")
    if paper.journal_ref:
        journal = html(paper.journal_ref, quote=False)
        lines.append(f"<div class='list-journal-ref'>{_label('Journal-ref')} {journal}</div>")
    primary, *others = (f"{html(_name(c))} ({c})" for c in paper.categories)
    subjects = "; ".join([f'<span class="primary-subject">{primary}</span>', *others])
    lines += [
        f"<div class='list-subjects'>{_label('Subjects')} {subjects}</div>",
        f"<p class='mathjax'>\n{html(paper.abstract.strip(), quote=False)}\n</p>",
    ]
    return "".join(f"    {line}\n" for line in lines)


def _label(word: str) -> str:
    return f"<span class='descriptor'>{word}:</span>"


def _author(raw: str) -> str:
    name = raw.partition(" (")[0]
    address = f"https://arxiv.org/search/?searchtype=author&query={quote(name)}"
    return f'<a href="{html(address)}">{html(name, quote=False)}</a>'


def _name(category: str) -> str:
    try:
        return taxonomy.display_name(category)
    except ConfigError:
        return category
