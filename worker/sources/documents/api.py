"""Answers of arXiv's query API (Atom 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.domain import AnnounceType
from paperlark.errors import BadFeed
from worker.sources.documents import markup, papers
from worker.sources.documents.document import Document, FeedError, Kind, Row
from worker.sources.documents.markup import ARXIV, ATOM, OPENSEARCH
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from lxml.etree import _Element

_DUE = "an answer of the query API"
_ERRORS = "/api/errors"


def parse_api(body: bytes) -> Document:
    """Read an answer of the query API; gzip is unpacked.

    An answer belongs to no mailing: `day` is None, and every row's type is `NEW` for want of one.
    `total` is the number of results the query has in all.

    Raises:
        FeedError: it is arXiv's own error answer.
        BadFeed: it is cut off, hostile, something else, or holds a paper without identity.
        Throttled: it is a request to slow down.
    """
    return from_root(markup.root(body, _DUE))


def is_answer(root: _Element) -> bool:
    """Whether an Atom feed is an answer of the API rather than an announcement."""
    return root.find(f"{OPENSEARCH}totalResults") is not None


def from_root(root: _Element) -> Document:
    """Like `parse_api`, from the parsed root."""
    if root.tag != f"{ATOM}feed" or not is_answer(root):
        name = markup.local_name(root)
        raise BadFeed(f"The document is “{name}” where {_DUE} was due; check the address.")
    entries = list(root.iterchildren(f"{ATOM}entry"))
    total = markup.text(root.find(f"{OPENSEARCH}totalResults")).strip()
    if not (total.isascii() and total.isdigit()):
        raise BadFeed(f"The answer states “{quoted(total)}” results; ask again.")
    rows = [Row(_raw(entry, n), AnnounceType.NEW) for n, entry in enumerate(entries, 1)]
    return Document(Kind.API, rows=papers.unique(rows), total=int(total))


def _raw(entry: _Element, number: int) -> papers.Raw:
    address = markup.text(entry.find(f"{ATOM}id"))
    if _ERRORS in address:
        raise FeedError(papers.one_line(markup.text(entry.find(f"{ATOM}summary"))))
    raw = papers.Raw(
        *papers.identify(address, f"entry {number}"),
        title=markup.text(entry.find(f"{ATOM}title")),
        abstract=markup.text(entry.find(f"{ATOM}summary")),
        authors=[_author(a) for a in entry.iterchildren(f"{ATOM}author")],
        categories=_categories(entry),
        comment=markup.text(entry.find(f"{ARXIV}comment")),
        journal_ref=markup.text(entry.find(f"{ARXIV}journal_ref")),
        doi=markup.text(entry.find(f"{ARXIV}doi")),
    )
    return papers.titled(raw)


def _author(element: _Element) -> tuple[str, list[str]]:
    homes = element.iterchildren(f"{ARXIV}affiliation")
    return markup.text(element.find(f"{ATOM}name")), [markup.text(home) for home in homes]


def _categories(entry: _Element) -> list[str]:
    """The primary category first; the API names it apart."""
    primary = [c.get("term") for c in entry.iterchildren(f"{ARXIV}primary_category")]
    others = [c.get("term") for c in entry.iterchildren(f"{ATOM}category")]
    return [term for term in (*primary, *others) if term]
