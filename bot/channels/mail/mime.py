"""A letter as bytes for the wire: built once, then each reader's own parts are put in.

Both parts are quoted-printable with the places of personal links on lines of their own ends, so
putting a link in never makes a line too long and never needs the letter to be built again.
Headers that must not be encoded away (one-click's, above all) are written here, byte for byte.
"""

from __future__ import annotations

import quopri
import re
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache, lru_cache
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from paperlark.render.mail import PLACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_PLACE = re.compile(rf"{PLACE}([a-z]+\d*){PLACE}")
_SOFT = b"=\r\n"
_LINE = 75
"""Characters of an encoded header's line; with one more the library makes words of 76."""
_MOST_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """A letter's two parts, encoded, cut at the places: text, place, text, place, …, text."""

    plain: tuple[bytes, ...]
    html: tuple[bytes, ...]
    boundary: str

    def body(self, fill: Callable[[str], str]) -> bytes:
        """The multipart body with each place filled by the text that `fill` says for its name."""
        mark, said = self.boundary.encode(), cache(lambda name: fill(name.decode()))
        plain = _filled(self.plain, lambda name: _link(said(name)))
        page = _filled(self.html, lambda name: _link(escape(said(name))))
        sections = (_section(mark, b"text/plain", plain), _section(mark, b"text/html", page))
        return b"".join(sections) + b"--" + mark + b"--\r\n"


@lru_cache(maxsize=64)
def parts(plain: str, html: str) -> Parts:
    """Encode a letter's parts; the same letter is encoded once, however many read it."""
    seal = sha256(f"{plain}\0{html}".encode()).hexdigest()[:24]
    return Parts(_encoded(plain), _encoded(html), f"=_paperlark_{seal}")


def _encoded(text: str) -> tuple[bytes, ...]:
    pieces = _PLACE.split(text.replace("\r\n", "\n"))
    return tuple(
        piece.encode() if position % 2 else _quoted(piece) for position, piece in enumerate(pieces)
    )


def _quoted(text: str) -> bytes:
    return quopri.encodestring(text.encode()).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _filled(pieces: tuple[bytes, ...], fill: Callable[[bytes], bytes]) -> bytes:
    """The pieces joined, with what each place gets between them."""
    done = [*pieces]
    done[1::2] = map(fill, pieces[1::2])
    return b"".join(done)


def _link(text: str) -> bytes:
    """What a place gets, quoted too, on lines of its own ends."""
    return _SOFT + _quoted(text).rstrip(b"\r\n") + _SOFT


def _section(mark: bytes, kind: bytes, body: bytes) -> bytes:
    head = b"Content-Type: " + kind + b'; charset="utf-8"\r\n'
    how = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ending = b"" if body.endswith(b"\r\n") else b"\r\n"
    return b"--" + mark + b"\r\n" + head + how + body + ending


def subject(text: str) -> str:
    """A subject as a header's value: one line of at most 200 characters, folded and encoded."""
    clean = " ".join(_CONTROL.sub(" ", text).split()).encode(errors="replace").decode()
    if len(clean) > _MOST_SUBJECT:
        clean = clean[: _MOST_SUBJECT - 1].rsplit(" ", 1)[0] + "…"
    return _header(clean, "Subject")


def person(address: str, header: str) -> str:
    """A name and address as a header's value; the name encoded where it must be."""
    name, bare = parseaddr(address)
    return formataddr((_header(name, header), bare)) if name.isascii() else _foreign(name, bare)


def _foreign(name: str, bare: str) -> str:
    return f"{Header(name, 'utf-8', maxlinelen=_LINE).encode(linesep='')} <{bare}>"


def _header(text: str, name: str) -> str:
    if text.isascii() and "=?" not in text:  # else it might be read as an encoded word
        return Header(text, "us-ascii", header_name=name).encode(linesep="\r\n")
    return Header(text, "utf-8", header_name=name, maxlinelen=_LINE).encode(linesep="\r\n")


def message(headers: Mapping[str, str], letter: Parts, fill: Callable[[str], str]) -> bytes:
    """The whole message.

    Args:
        headers: names to values, in their order; a value may be folded, and holds nothing else
            below a space.
        letter: the encoded parts.
        fill: from a place's name to what stands there.

    Raises:
        ValueError: a header's value would begin another header.
    """
    lines = [f"{name}: {_safe(value)}" for name, value in headers.items()]
    lines += [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{letter.boundary}"',
    ]
    head = "\r\n".join(lines).encode()
    return head + b"\r\n\r\n" + letter.body(fill)


def _safe(value: str) -> str:
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n )|(?<!\r)\n", value):
        raise ValueError("a header's value holds a control character")
    return value


def moment(at: datetime) -> str:
    """A Date header's value."""
    return format_datetime(at)
