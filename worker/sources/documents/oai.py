"""OAI-PMH answers: records and headers, for a mirror or a backfill; they hold no mailing dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark.errors import BadFeed
from worker.sources.documents import dates, markup, papers
from worker.sources.documents.document import FeedError

if TYPE_CHECKING:
    from datetime import date

    from lxml.etree import _Element

    from paperlark.domain import Paper, PaperId

_DUE = "an OAI-PMH answer"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_PLAIN = "{http://arxiv.org/OAI/arXiv/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_NOTHING = "noRecordsMatch"
_VERBS = ("ListRecords", "ListIdentifiers", "GetRecord")


@dataclass(frozen=True, slots=True)
class Record:
    """One paper's record.

    Attributes:
        datestamp: its last change of any kind, never a mailing date.
        paper: None where only headers were asked for, or the record is deleted; the version is 0
            where the format states none.
    """

    id: PaperId
    datestamp: date
    sets: tuple[str, ...]
    deleted: bool
    paper: Paper | None


@dataclass(frozen=True, slots=True)
class Harvest:
    """One page of an answer; `token` asks for the next, None on the last."""

    records: tuple[Record, ...]
    token: str | None


def parse_oai(body: bytes) -> Harvest:
    """Read an answer to ListRecords, ListIdentifiers or GetRecord in arXiv's two own formats.

    Raises:
        FeedError: the service refused the request; "nothing matches" is an empty harvest instead.
        BadFeed: it is cut off, hostile, something else, or holds a record without identity.
        Throttled: it is a request to slow down.
    """
    root = markup.root(body, _DUE)
    if root.tag != f"{_OAI}OAI-PMH":
        name = markup.local_name(root)
        raise BadFeed(f"The document is “{name}” where {_DUE} was due; check the address.")
    error = root.find(f"{_OAI}error")
    if error is not None:
        return _refused(error)
    answer = next((found for verb in _VERBS if (found := root.find(_OAI + verb)) is not None), None)
    if answer is None:
        raise BadFeed("The OAI-PMH answer holds no records; check the address.")
    token = markup.text(answer.find(f"{_OAI}resumptionToken")).strip()
    entries = answer.iterchildren(f"{_OAI}record", f"{_OAI}header")
    return Harvest(tuple(_record(e, n) for n, e in enumerate(entries, 1)), token or None)


def _refused(error: _Element) -> Harvest:
    code = error.get("code", "")
    if code == _NOTHING:
        return Harvest((), None)
    raise FeedError(f"{code}: {papers.one_line(error.text)}" if error.text else code)


def _record(element: _Element, number: int) -> Record:
    is_header = element.tag == f"{_OAI}header"
    header = element if is_header else element.find(f"{_OAI}header")
    if header is None:
        raise papers.unidentified("", f"record {number}")
    identity = papers.identify(markup.text(header.find(f"{_OAI}identifier")), f"record {number}")
    plain, raw = element.find(f".//{_PLAIN}arXiv"), element.find(f".//{_RAW}arXivRaw")
    deleted = header.get("status") == "deleted"
    if plain is None and raw is None and not (deleted or is_header):
        raise BadFeed(f"The record of {identity[0]} is in neither of arXiv's own formats.")
    return Record(
        identity[0],
        dates.iso(markup.text(header.find(f"{_OAI}datestamp"))),
        tuple(papers.one_line(s.text) for s in header.iterchildren(f"{_OAI}setSpec")),
        deleted,
        _paper(plain, _PLAIN) if plain is not None else _paper(raw, _RAW),
    )


def _paper(element: _Element | None, space: str) -> Paper | None:
    if element is None:
        return None

    def field(name: str) -> str:
        return markup.text(element.find(f"{space}{name}"))

    paper_id, _ = papers.identify(field("id"), "a record's metadata")
    raw = papers.Raw(
        paper_id,
        _version(element),
        title=field("title"),
        abstract=field("abstract"),
        authors=_authors(element) if space == _PLAIN else field("authors"),
        categories=field("categories").split(),
        comment=field("comments"),
        journal_ref=field("journal-ref"),
        doi=field("doi"),
        licence=field("license"),
    )
    return papers.titled(raw).paper()


def _version(element: _Element) -> int:
    """The number of the last version the raw format lists; 0 where there is none."""
    listed = [v.get("version", "") for v in element.iterchildren(f"{_RAW}version")]
    numbers = [int(v[1:]) for v in listed if v[:1] == "v" and v[1:].isdecimal()]
    return max(numbers, default=0)


def _authors(element: _Element) -> list[tuple[str, list[str]]]:
    """Forenames, family name and suffix in the order people write them, and affiliations."""
    found = []
    for author in element.iterfind(f"{_PLAIN}authors/{_PLAIN}author"):
        parts = (markup.text(author.find(_PLAIN + n)) for n in ("forenames", "keyname", "suffix"))
        homes = [markup.text(home) for home in author.iterchildren(f"{_PLAIN}affiliation")]
        found.append((" ".join(parts), homes))
    return found
