"""One entry of a listing page: the line that names the paper, and the block that describes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark.errors import BadFeed
from worker.sources.documents import papers

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from paperlark.domain import PaperId

_CODE = re.compile(r"\(([A-Za-z-]+(?:\.[A-Za-z-]+)?)\)\s*(?:;|$)")
_MASKED = re.compile(r"this (?:\S+ )?(?:URL|DOI|link)", re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """A paper named on the page, and the element that describes it once that has been met."""

    id: PaperId
    said: HtmlElement | None = None

    def raw(self) -> papers.Raw:
        """What the page says about it; version 0.

        Raises:
            BadFeed: nothing describes it.
        """
        if self.said is None:
            raise BadFeed(f"The page names {self.id} and says no more; fetch it again.")
        said = self.said
        raw = papers.Raw(
            self.id,
            0,
            _text(said, "list-title"),
            _text(said, "mathjax", tag="p"),
            [(name, ()) for name in _names(said)],
            _CODE.findall(_text(said, "list-subjects")),
            _text(said, "list-comments"),
            _text(said, "list-journal-ref"),
        )
        return papers.titled(raw)


def begin(named: HtmlElement, place: str) -> Entry:
    """The entry that a ``<dt>`` opens.

    Raises:
        BadFeed: it does not say which paper it is.
    """
    for link in named.iter("a"):
        _, mark, address = str(link.get("href", "")).partition("/abs/")
        if mark:
            return Entry(papers.identify(address, place)[0])
    raise papers.unidentified(papers.one_line(named.text_content()), place)


def _find(said: HtmlElement, name: str, tag: str) -> HtmlElement | None:
    for element in said.iter(tag):
        if name in str(element.get("class", "")).split():
            return element
    return None


def _text(said: HtmlElement, name: str, tag: str = "div") -> str:
    """The text of one part, without its label, with breaks as blanks and addresses in full."""
    part = _find(said, name, tag)
    if part is None:
        return ""
    for element in list(part.iter("a", "br", "span")):
        if element.tag == "br":
            element.tail = f" {element.tail or ''}"
        elif element.tag == "span" and "descriptor" in str(element.get("class", "")).split():
            element.text = None
        elif element.tag == "a" and _MASKED.fullmatch(papers.one_line(element.text_content())):
            element.text = str(element.get("href", ""))
    return papers.one_line(part.text_content())


def _names(said: HtmlElement) -> list[str]:
    """The linked names; a list that arXiv cut ("et al.") stays cut, for the feed has it whole."""
    part = _find(said, "list-authors", "div")
    return [link.text_content() for link in part.iter("a")] if part is not None else []
