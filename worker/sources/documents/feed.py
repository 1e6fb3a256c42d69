"""ArXiv's announcement feeds, RSS 2.0 and Atom: one mailing date, one item a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from paperlark import calendar, ids, taxonomy
from paperlark.errors import BadFeed
from worker.sources.documents import api, dates, description, markup, papers
from worker.sources.documents.document import Document, FeedError, Kind, Row
from worker.sources.documents.markup import ARXIV, ATOM, DC
from worker.sources.documents.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from lxml.etree import _Element

    from paperlark.domain import Paper, PaperId

_Fields: TypeAlias = dict[object, str]

_DUE = "an announcement feed"


@dataclass(frozen=True, slots=True)
class _Tags:
    """What the two flavours call an entry's parts; they share the rest."""

    id: str
    description: str
    title: str
    category: str
    date: str
    link: str
    type: str = f"{ARXIV}announce_type"
    doi: str = f"{ARXIV}DOI"
    journal: str = f"{ARXIV}journal_reference"
    licence: str = f"{DC}rights"
    authors: str = f"{DC}creator"


_RSS = _Tags("guid", "description", "title", "category", "pubDate", "link")
_ATOM = _Tags(
    f"{ATOM}id",
    f"{ATOM}summary",
    f"{ATOM}title",
    f"{ATOM}category",
    f"{ATOM}published",
    f"{ATOM}link",
)
_ERROR = "feed error"
_TITLE = re.compile(r"(.*?)\s+updates on (?:the )?arXiv", re.IGNORECASE | re.DOTALL)
_BAD_CLASS = re.compile(r"subject class '([^']*)'.*?archive '([^']*)'", re.IGNORECASE | re.DOTALL)
_BAD_NAME = re.compile(r"(?:archive|category|class) '([^']*)'", re.IGNORECASE)


def parse_feed(body: bytes) -> Document:
    """Read an announcement feed in either flavour; gzip is unpacked.

    Raises:
        FeedError: it is arXiv's own error feed.
        BadFeed: it is cut off, hostile, something else, or holds a paper without identity.
        Throttled: it is a request to slow down.
    """
    return from_root(markup.root(body, _DUE))


def from_root(root: _Element) -> Document:
    """Like `parse_feed`, from the parsed root."""
    if root.tag == "rss":
        channel = root.find("channel")
        if channel is None:
            raise BadFeed("The feed has no channel; fetch it again.")
        return _rss(channel)
    if root.tag == f"{ATOM}feed" and not api.is_answer(root):
        return _atom(root)
    came = "a query API answer" if api.is_answer(root) else f"“{markup.local_name(root)}”"
    raise BadFeed(f"The document is {came} where {_DUE} was due; check the address.")


def _rss(channel: _Element) -> Document:
    title = _title(channel.find("title"), channel.find("description"), channel)
    entries = [_fields(item) for item in channel.iterchildren("item")]
    stated = {dates.written(d) for d in _dates(entries, _RSS)}
    day = max(stated) if stated else dates.written(markup.text(channel.find("pubDate")))
    return _document(Kind.RSS, title, _rows(entries, _RSS), day)


def _atom(feed: _Element) -> Document:
    title = _title(feed.find(f"{ATOM}title"), feed.find(f"{ATOM}subtitle"), feed)
    entries = [_fields(item) for item in feed.iterchildren(f"{ATOM}entry")]
    stated = {dates.iso(d) for d in _dates(entries, _ATOM)}
    day = max(stated) if stated else _rendered(feed)
    return _document(Kind.ATOM, title, _rows(entries, _ATOM), day)


def _rendered(feed: _Element) -> date:
    """An empty Atom feed states only when it was rendered, and is for that Eastern date."""
    return calendar.today(dates.moment(markup.text(feed.find(f"{ATOM}updated"))))


def _dates(entries: Iterable[_Fields], tags: _Tags) -> set[str]:
    """Entries carry the feed's date; should a feed be stale, theirs is the one that counts."""
    return {entry[tags.date] for entry in entries if tags.date in entry}


def _title(title: _Element | None, reason: _Element | None, feed: _Element) -> str:
    text = papers.one_line(markup.text(title))
    if text.lower().startswith(_ERROR):
        raise _refusal(papers.one_line(markup.text(reason)))
    if "arxiv" not in text.lower() and "arxiv" not in feed.nsmap:
        raise BadFeed(f"The feed “{quoted(text)}” is not one of arXiv's; check the address.")
    return text


def _refusal(reason: str) -> FeedError:
    split, whole = _BAD_CLASS.search(reason), _BAD_NAME.search(reason)
    if split:
        return FeedError(reason, f"{split[2]}.{split[1]}")
    return FeedError(reason, whole[1] if whole else None)


def _fields(item: _Element) -> _Fields:
    """An entry's texts by tag; those of a tag that occurs more than once are joined by commas."""
    fields: _Fields = {}
    for child in item:
        tag = child.tag
        text = child.text or child.get("term") or child.get("href") or ""
        fields[tag] = f"{fields[tag]}, {text}" if tag in fields else text
    return fields


def _document(kind: Kind, title: str, rows: Iterable[Row], day: date) -> Document:
    match = _TITLE.match(title)
    names = [n.strip() for n in re.split(r"[,+]", match[1])] if match else []
    about = taxonomy.normalise(n for n in names if n)
    return Document(kind, day, papers.unique(rows), categories=about)


class _Entry(NamedTuple):
    """An identified entry whose text has not been looked at."""

    id: PaperId
    version: int
    fields: _Fields
    tags: _Tags

    def paper(self) -> Paper:
        """The paper; everything that could be refused has been checked."""
        get, tags = self.fields.get, self.tags
        return papers.Raw(
            self.id,
            self.version,
            get(tags.title, ""),
            description.abstract(get(tags.description, "")),
            get(tags.authors, ""),
            get(tags.category, "").split(", "),
            journal_ref=get(tags.journal),
            doi=get(tags.doi),
            licence=get(tags.licence),
        ).paper()


def _rows(entries: Iterable[_Fields], tags: _Tags) -> Iterator[Row]:
    """A row for each entry, checked: it has a title, a type, and one identity throughout."""
    id_, type_, title, said = tags.id, tags.type, tags.title, tags.description
    for number, fields in enumerate(entries, 1):
        get = fields.get
        kind = get(type_, "")
        usual = ids.USUAL.fullmatch(get(id_, ""))
        if usual and description.begins(get(said, ""), usual[1], usual[2], kind):
            found = usual[1], int(usual[2])
        else:
            found, kind = _agreed(fields, tags, f"entry {number}")
        papers.check_title(get(title), found[0])
        yield Row(_Entry(*found, fields, tags), papers.announce_type(kind, found[0]))


def _agreed(fields: _Fields, tags: _Tags, place: str) -> tuple[tuple[PaperId, int], str]:
    """The identity by the guid, else the description, else the link; and the announce type.

    Raises:
        BadFeed: there is no identity, or the guid and the description name different papers.
    """
    said = description.split(fields.get(tags.description, ""))
    kind = fields.get(tags.type) or said.announce_type
    given = fields.get(tags.id)
    if not given and said.id:
        return (said.id, said.version), kind
    paper_id, version = papers.identify(given or fields.get(tags.link), place)
    if said.id not in {"", paper_id}:
        raise BadFeed(
            f"The paper at {place} is {paper_id} and {said.id} at once; fetch the feed again."
        )
    return (paper_id, version or said.version), kind
