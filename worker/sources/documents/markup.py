"""Strict XML: no DTD, no entities, no network, no recovery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from paperlark.errors import BadFeed
from worker.sources.documents import intake
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from lxml.etree import _Element

ARXIV = "{http://arxiv.org/schemas/atom}"
ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HEAD = 4096
_ENDS = (b"</rss>", b"</feed>", b"</OAI-PMH>")


def root(body: bytes, due: str, content_type: str | None = None) -> _Element:
    """The root element of a whole, well-formed document.

    Args:
        body: as received; gzip is unpacked.
        due: what should have come, for the refusal: "an announcement feed".
        content_type: as the answer stated it, for the refusal.

    Raises:
        BadFeed: anything else came, the document is cut off or damaged, or it declares a DTD.
        Throttled: it is a request to slow down.
    """
    body = intake.unpacked(body)
    if intake.form(body) is not intake.Form.XML:
        raise intake.foreign(body, due, content_type)
    if _DECLARATION.search(body, 0, _HEAD):
        raise _declares(due)
    try:
        element = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise _damaged(body, due, error) from error
    if element.getroottree().docinfo.doctype:
        raise _declares(due)  # in an encoding that hid it from the look at the bytes
    return element


def _parser() -> etree.XMLParser[_Element]:
    """A fresh parser: one parser must not serve two threads at once."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _declares(due: str) -> BadFeed:
    return BadFeed(f"The document declares a DTD, which {due} never does; check the address.")


def _damaged(body: bytes, due: str, error: etree.XMLSyntaxError) -> BadFeed:
    if not body.rstrip().endswith(_ENDS):
        return BadFeed(f"The document is cut off where {due} was due; fetch it again.")
    where = f"line {error.lineno}" if error.lineno else "somewhere"
    return BadFeed(f"The document is not well-formed XML ({where}); fetch it again.")


def local_name(element: _Element) -> str:
    """The element's name without its namespace, for messages; see `quoted`."""
    return quoted(str(element.tag).rpartition("}")[2])


def text(element: _Element | None) -> str:
    """An element's own text; empty where there is none."""
    return (element.text or "") if element is not None else ""
