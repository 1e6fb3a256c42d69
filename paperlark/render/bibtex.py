"""Papers as BibTeX, one ``@misc`` entry each, as arXiv's own are; keys never change.

The key is the paper's id: names and titles are corrected in later versions, ids are not. Text
goes in as Unicode with TeX's own signs escaped, so no title can be a command.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from paperlark import ids
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from paperlark.domain import Author, Paper

_SIGNS: Final = re.compile(r"[\\{}$&#^_~%]")
_ESCAPED: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
}
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_WHOLE: Final = re.compile(r"\band\b|,|\bothers\b", re.IGNORECASE)
"""What would be read as more than one name."""
_DOI: Final = re.compile(r"10\.[A-Za-z0-9./()_:;<>+-]+")


def bibtex(papers: Iterable[Paper]) -> str:
    """One entry a paper, in the order given, with an empty line between; empty for none."""
    return "\n".join(entry(paper) for paper in papers)


def entry(paper: Paper) -> str:
    """The paper's entry, ending with a newline."""
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(paper))
    return f"@misc{{{key(paper)},\n{fields}}}\n"


def key(paper: Paper) -> str:
    """``arXiv:2611.90412``; the stroke of an old id is a colon: ``arXiv:math:0309136``."""
    return f"arXiv:{paper.id.replace('/', ':')}"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    month, _, _ = ids.sort_key(paper.id)
    yield "title", f"{{{{{text(paper.title)}}}}}"
    if paper.authors:
        yield "author", f"{{{' and '.join(map(_name, paper.authors))}}}"
    yield "year", f"{{{month // 100}}}"
    yield "month", _MONTHS[month % 100 - 1]
    yield "eprint", f"{{{paper.id}}}"
    yield "archiveprefix", "{arXiv}"
    if paper.primary:
        yield "primaryclass", f"{{{text(paper.primary)}}}"
    if paper.doi and _DOI.fullmatch(paper.doi):
        yield "doi", f"{{{paper.doi}}}"
    if paper.journal_ref:
        yield "note", f"{{{text(paper.journal_ref)}}}"
    yield "url", f"{{{paper.url}}}"


def text(said: str) -> str:
    """One line of text that TeX prints as it is."""
    return _SIGNS.sub(lambda sign: _ESCAPED[sign.group()], plain(said))


def _name(author: Author) -> str:
    said = text(author.name)
    return f"{{{said}}}" if _WHOLE.search(author.name) else said
