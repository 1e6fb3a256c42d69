"""Any document: what it is, and the parser for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.errors import BadFeed
from worker.sources.documents import api, feed, intake, jsonl, listing, markup

if TYPE_CHECKING:
    from datetime import date

    from worker.sources.documents.document import Document

_DUE = "an announcement"
_OAI = "OAI-PMH"
_NAMED = 5


def read(body: bytes, *, content_type: str | None = None, day: date | None = None) -> Document:
    """Read a document of any kind, told apart by its own first bytes; gzip is unpacked.

    Args:
        body: as received.
        content_type: what the answer said it is; only quoted in a refusal.
        day: which date to take from a file of papers that holds several.

    Raises:
        BadFeed: it cannot be read, or holds several dates and `day` names none of them.
        FeedError: it is arXiv's own error answer.
        Throttled: it is a request to slow down.
    """
    body = intake.unpacked(body)
    match intake.form(body):
        case intake.Form.XML:
            return _xml(body, content_type)
        case intake.Form.HTML:
            return listing.from_body(body, _DUE, content_type)
        case intake.Form.JSON:
            return _chosen(jsonl.parse_jsonl(body), day)
        case _:
            raise intake.foreign(body, _DUE, content_type)


def _xml(body: bytes, content_type: str | None) -> Document:
    root = markup.root(body, _DUE, content_type)
    if markup.local_name(root) == _OAI:
        raise BadFeed("An OAI-PMH answer came where an announcement was due; check the address.")
    return api.from_root(root) if api.is_answer(root) else feed.from_root(root)


def _chosen(documents: tuple[Document, ...], day: date | None) -> Document:
    """The document of `day`; the only one, where no day is asked or the file states none."""
    if len(documents) == 1 and day in {None, documents[0].day}:
        return documents[0]
    if len(documents) == 1 and documents[0].day is None:
        return documents[0]
    held = ", ".join(str(d.day or "no date") for d in documents[:_NAMED])
    more = ", …" if len(documents) > _NAMED else ""
    if day is None:
        raise BadFeed(f"The file holds several dates ({held}{more}); say which one is meant.")
    for document in documents:
        if document.day == day:
            return document
    raise BadFeed(f"The file holds nothing for {day}, only {held}{more}; ask for one of these.")
