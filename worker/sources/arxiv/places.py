"""The addresses of arXiv's feeds and pages, and what each of them says about one category."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from paperlark import taxonomy
from paperlark.domain import AnnounceType, BatchState
from paperlark.errors import BadFeed, ConfigError, SourceError
from paperlark.store.gate import Blocked, Throttled
from worker.sources.arxiv.answers import CutOff
from worker.sources.arxiv.findings import Missing, Said
from worker.sources.arxiv.rows import COUNTED, union
from worker.sources.documents import FeedError, parse_api, parse_feed, parse_listing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from paperlark.domain import Paper, PaperId
    from worker.sources.arxiv.client import Client
    from worker.sources.arxiv.settings import Settings
    from worker.sources.documents import Document, Row

PAGE = 2000
MOST_PAGES = 10
IDS = 100
"""Ids of one query: keeps its address under the length that servers take."""


class Places:
    """What arXiv says in each of its places; whatever goes wrong is a `Missing` with its state.

    Attributes:
        shut: set once arXiv, or the gate, says no to every request: nothing more is asked.
    """

    def __init__(self, settings: Settings, client: Client) -> None:
        self._settings, self._client = settings, client
        self.shut: Missing | None = None

    def feed(self, category: str) -> Said | Missing:
        """The RSS feed of one category.

        Raises:
            ConfigError: arXiv knows no such category.
        """
        url = f"{self._settings.rss_url}/rss/{quote(category)}"
        return self._finding(lambda: self._feed(url))

    def _feed(self, url: str) -> Said:
        document = self._client.document(url, parse_feed)
        return Said("rss", document.day, document.rows)

    def listing(self, category: str) -> Said | Missing:
        """The newest listing of one category, all of its pages; raises like `feed`."""
        address = f"{self._settings.site_url}/list/{quote(category)}/new?skip={{}}&show={PAGE}"
        pages = (address.format(number * PAGE) for number in range(MOST_PAGES))
        return self._finding(lambda: self._paged("listing", pages))

    def catchup(self, category: str, day: date) -> Said | Missing:
        """The catch-up page of one category and past mailing date; raises like `feed`."""
        address = f"{self._settings.site_url}/catchup/{quote(category)}/{day}?abs=True&page={{}}"
        pages = (address.format(number + 1) for number in range(MOST_PAGES))
        return self._finding(lambda: self._paged("catchup", pages))

    def _paged(self, source: str, addresses: Iterator[str]) -> Said:
        documents = [self._client.document(next(addresses), parse_listing)]
        while documents[-1].rows and _given(documents) < _due(documents):
            address = next(addresses, None)
            if address is None:
                break
            documents.append(self._client.document(address, parse_listing))
        if len({document.day for document in documents}) > 1:
            raise BadFeed("The listing turned over to another day while it was read; ask again.")
        return Said(
            source,
            documents[0].day,
            union(*(document.rows for document in documents)),
            sum(_stated(documents, kind) for kind in COUNTED),
            whole=_given(documents) >= _due(documents),
        )

    def _finding(self, ask: Callable[[], Said]) -> Said | Missing:
        if self.shut:
            return self.shut
        try:
            return ask()
        except FeedError as error:
            raise _unknown(error) from error
        except (Blocked, Throttled) as error:
            self.shut = Missing(_state(error), clause(error))
            return self.shut
        except SourceError as error:
            return Missing(_state(error), clause(error))

    def examples(self, ids: Sequence[PaperId]) -> Iterator[Paper]:
        """The newest version of these papers, 100 a request; unknown ids are left out.

        Raises:
            SourceError: the query API did not answer as it should.
        """
        for start in range(0, len(ids), IDS):
            some = ids[start : start + IDS]
            query = f"id_list={','.join(map(quote, some))}&start=0&max_results={len(some)}"
            url = f"{self._settings.api_url}?{query}"
            # An empty answer at random is a known fault of the API: it is asked once more.
            rows = self._api(url) or self._api(url)
            yield from (row.paper for row in rows)

    def _api(self, url: str) -> Sequence[Row]:
        return self._client.document(url, parse_api).rows


def _given(documents: Sequence[Document]) -> int:
    return sum(len(document.rows) for document in documents)


def _due(documents: Sequence[Document]) -> int:
    """How many entries there are over all pages: a page names only the sections it shows."""
    stated = sum(_stated(documents, kind) for kind in AnnounceType)
    return max(stated, *(document.total or 0 for document in documents))


def _stated(documents: Sequence[Document], kind: AnnounceType) -> int:
    return max(document.stated.get(kind, 0) for document in documents)


def _state(error: SourceError) -> BatchState:
    match error:
        case Blocked():
            return BatchState.BLOCKED
        case Throttled():
            return BatchState.THROTTLED
        case CutOff():
            return BatchState.TRUNCATED
    return BatchState.FAILED


def clause(error: Exception) -> str:
    """What happened, to follow a colon, without the remedy that follows the semicolon."""
    said = str(error).partition(";")[0].rstrip(".")
    return said[:1].lower() + said[1:] if said.startswith(("The ", "This ", "No ")) else said


def _unknown(error: FeedError) -> ConfigError:
    name = error.category or ""
    known = not name or taxonomy.nearest(name) == name
    hint = f"arXiv says: {error.reason}" if known else taxonomy.hint(name)
    return ConfigError(f"arXiv has no category “{name}”. {hint}")
