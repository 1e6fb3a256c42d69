"""What a path is answered with."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from paperlark.render.sheet import sheet

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"
BIBTEX: Final = "application/x-bibtex; charset=utf-8"
_NEVER_FRAMED: Final = "; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes, and what they are.

    Attributes:
        status: as HTTP has it; what is written as files is written for 200 only.
        kind: the content type.
        policy: the content security policy of a page; empty for what is none.
        location: where to look instead, on a redirect; always a path of our own.
        private: one reader's own: found by no search, kept by no cache that others share.
    """

    status: int
    kind: str
    body: bytes
    policy: str = ""
    location: str = ""
    private: bool = False


def html(text: str, style: str, status: int = HTTPStatus.OK) -> Answer:
    """A page whose style is templates/`style`."""
    policy = sheet(style).policy + _NEVER_FRAMED
    return Answer(int(status), HTML, text.encode(errors="replace"), policy)


def data(text: str, kind: str, status: int = HTTPStatus.OK) -> Answer:
    """Text that is no page."""
    return Answer(int(status), kind, text.encode(errors="replace"))


def elsewhere(location: str) -> Answer:
    """It is at `location`, for good."""
    status = int(HTTPStatus.PERMANENT_REDIRECT)
    return Answer(status, "text/plain; charset=utf-8", b"", location=location)
