"""The description of a feed's entry: id, announce type and abstract in one string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from worker.sources.documents import papers

if TYPE_CHECKING:
    from paperlark.domain import PaperId

_HEAD = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:[ \t]*([A-Za-z-]*)(?=\s|$)", re.ASCII)
_MARK = "Abstract:"


class Description(NamedTuple):
    """What a description says; empty, or version 0, for what it leaves out."""

    abstract: str
    id: PaperId = ""
    version: int = 0
    announce_type: str = ""


def split(text: str) -> Description:
    """The parts of a text like ``arXiv:2509.90001v1 Announce Type: new Abstract: We show …``.

    Raises:
        BadFeed: the head names no arXiv id.
    """
    head = _HEAD.match(text)
    if head is None:
        return Description(abstract(text))
    paper_id, version = papers.identify(head[1], "a description")
    return Description(abstract(text), paper_id, version, head[2])


def abstract(text: str) -> str:
    """What comes after the head and the mark; without them, what there is.

    Split once: an abstract that itself says "Abstract:" keeps it.
    """
    head = _HEAD.match(text)
    rest = text[head.end() :] if head else text
    return rest.strip().removeprefix(_MARK).lstrip()


def begins(text: str, paper_id: PaperId, version: str, kind: str) -> bool:
    """Whether the head says exactly this, which is the usual case and much faster than `split`."""
    return text.startswith(f"arXiv:{paper_id}v{version} Announce Type: {kind} ")
