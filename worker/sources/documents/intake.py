"""The door: size, compression and kind of a body, before any parser sees it."""

from __future__ import annotations

import gzip
import re
import zlib
from enum import StrEnum
from io import BytesIO

from paperlark.errors import BadFeed, SourceError
from worker.sources.documents.document import Throttled
from worker.sources.documents.quoting import quoted

MOST_BYTES = 32 * 1024 * 1024
"""A document larger than this, unpacked, is refused: arXiv's largest are a tenth of it."""
_GZIP = b"\x1f\x8b"
_HEAD = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BLANK = b"\xef\xbb\xbf \t\r\n"
_SLOW_DOWN = re.compile(r"rate (?:limit )?exceeded|too many requests|rate.limited", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


class Form(StrEnum):
    """What the first bytes look like."""

    EMPTY = "nothing"
    XML = "XML"
    HTML = "a web page"
    JSON = "JSON"
    TEXT = "plain text"


def unpacked(body: bytes) -> bytes:
    """The body without gzip, if it had any.

    Raises:
        BadFeed: larger than `MOST_BYTES` (never unpacked further than that), or cut off.
    """
    plain = _gunzip(body) if body[:2] == _GZIP else body
    if len(plain) > MOST_BYTES:
        raise BadFeed(
            f"The document is larger than {MOST_BYTES // 2**20} MB and is refused; "
            "ask for fewer categories at once."
        )
    return plain


def _gunzip(body: bytes) -> bytes:
    try:
        with gzip.open(BytesIO(body)) as stream:
            return stream.read(MOST_BYTES + 1)
    except EOFError as error:
        raise BadFeed("The gzip data is cut off; fetch the file again.") from error
    except (OSError, zlib.error) as error:
        raise BadFeed("The gzip data is damaged; fetch the file again.") from error


def form(body: bytes) -> Form:
    """What the body looks like from its beginning; decides nothing about its contents."""
    head = body[:_HEAD].lstrip(_BLANK)
    if not head.strip():
        return Form.EMPTY
    if head.startswith(b"{"):
        return Form.JSON
    if not head.startswith(b"<"):
        return Form.TEXT
    page = re.search(
        rb"<(?:!doctype\s+)?html\b|<(?:h[1-6]|dl|body|div|p)[\s>]", head, re.IGNORECASE
    )
    return Form.HTML if page and not re.search(rb"<(?:rss|feed|OAI-PMH)\b", head) else Form.XML


def foreign(body: bytes, due: str, content_type: str | None = None) -> SourceError:
    """The refusal of a body that is not `due` ("an announcement feed"), naming what came."""
    if body.startswith(_UTF_16):
        return BadFeed(f"The document is UTF-16 where {due} was due; save it again as UTF-8.")
    came = form(body)
    said = _excerpt(body, came)
    if _SLOW_DOWN.search(said):
        return Throttled(f"arXiv asks for fewer requests (“{said}”); wait before asking again.")
    if came is Form.EMPTY:
        return BadFeed(f"The answer is empty where {due} was due; fetch it again later.")
    typed = f", as {quoted(content_type)}," if content_type else ""
    excerpt = f" (“{said}”)" if said else ""
    start = came.value[0].upper() + came.value[1:]
    return BadFeed(
        f"{start}{excerpt} came{typed} where {due} was due; fetch it again or check the address."
    )


def _excerpt(body: bytes, came: Form) -> str:
    """A page's title, or its request to slow down; a text's beginning; on one short line."""
    head = body[:_HEAD]
    if came is Form.HTML:
        slow = _SLOW_DOWN.search(head.decode(errors="replace"))
        title = _TITLE.search(head)
        head = slow[0].encode() if slow else title[1] if title else b""
    return quoted(head.decode(errors="replace"))
