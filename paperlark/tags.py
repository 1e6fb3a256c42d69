"""Signed words for mail addresses: which reader's mail came back, or who asks to leave. Pure.

A tag is 32 letters and digits that mean the same in any case, for servers that fold it: base32 of
the reader's key (9 bytes), a date (2 bytes) and the first 72 bits of an HMAC-SHA256 over its cause
and both. With ``+`` it fits into the 64 octets of a local part (RFC 5321, 4.5.3.1.1) beside a name
of 31. It holds no address, and is no secret of ours: who holds the mail holds its tags.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from paperlark.tokens import BadToken

LENGTH: Final = 32
_KEY, _DAY, _MAC = 9, 2, 9
_EPOCH: Final = date(2020, 1, 1)
_LAST: Final = 0xFFFF


class Cause(StrEnum):
    """What a mail to the tagged address is about."""

    BOUNCE = "b"
    """A mail of ours came back."""
    LEAVE = "l"
    """A reader asks to leave."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What an address says.

    Attributes:
        reader: as `paperlark.tokens.reader_key` names them.
        day: of the digest, where the mail was one.
    """

    cause: Cause
    reader: str
    day: date | None = None


@dataclass(frozen=True)
class Tagger:
    """Makes and reads tags with one secret.

    Args:
        secret: as for `paperlark.tokens.Signer`; a tag passes for no token, and no token for a tag.
    """

    secret: bytes

    def make(self, tag: Tag) -> str:
        """The tag as text, in lower case.

        Raises:
            ValueError: the reader is no key.
        """
        key = urlsafe_b64decode(tag.reader.encode())
        if len(key) != _KEY:
            raise ValueError("a reader's key has 12 letters")
        said = key + _number(tag.day).to_bytes(_DAY, "big")
        return b32encode(said + self._mac(tag.cause, said)).decode().lower()

    def read(self, text: str) -> Tag:
        """What the text says.

        Raises:
            BadToken: it is no tag of ours.
        """
        try:
            data = b32decode(text.upper().encode("ascii"))
        except ValueError:
            data = b""
        said, mac = data[: _KEY + _DAY], data[_KEY + _DAY :]
        for cause in Cause:
            if hmac.compare_digest(mac, self._mac(cause, said)):
                number = int.from_bytes(said[_KEY:], "big")
                day = _EPOCH + timedelta(days=number) if number else None
                return Tag(cause, urlsafe_b64encode(said[:_KEY]).decode(), day)
        raise BadToken("This address is not whole, or none of ours: nothing is done for it.")

    def _mac(self, cause: Cause, said: bytes) -> bytes:
        return hmac.digest(self.secret, b"tag:" + cause.encode() + b":" + said, sha256)[:_MAC]


def _number(day: date | None) -> int:
    """Days since 2020; 0 for none, and for a date that two bytes do not hold."""
    number = (day - _EPOCH).days if day else 0
    return number if 0 < number <= _LAST else 0
