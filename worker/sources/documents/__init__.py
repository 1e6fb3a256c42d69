"""Strict parsers of everything that lists papers: bytes in, a `Document` out, or a refusal.

Nothing here touches the network. A document that is cut off, hostile, or lists a paper that cannot
be identified is refused as a whole with `BadFeed`: a paper must never vanish quietly.
"""

from worker.sources.documents.api import parse_api
from worker.sources.documents.document import Document, FeedError, Kind, Row, Throttled
from worker.sources.documents.feed import parse_feed
from worker.sources.documents.jsonl import parse_jsonl
from worker.sources.documents.listing import parse_listing
from worker.sources.documents.quoting import quoted
from worker.sources.documents.reading import read

__all__ = [
    "Document",
    "FeedError",
    "Kind",
    "Row",
    "Throttled",
    "parse_api",
    "parse_feed",
    "parse_jsonl",
    "parse_listing",
    "quoted",
    "read",
]
