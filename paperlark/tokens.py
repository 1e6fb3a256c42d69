"""Signed words for links: what a link may do, for whom, and until when. Pure.

A token is ``payload.signature`` in letters that no mail program breaks: base64url without padding.
The signature is the first 96 bits of HMAC-SHA256 over the purpose and the payload, so a token of
one purpose never passes for another; 96 bits cannot be guessed over a network. Nothing is secret
in a payload: who holds the link can read it. So a reader is named in it by `reader_key`, which says
nothing to anybody who has not got the store.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from paperlark.errors import PaperlarkError

SHORTEST = 16
"""Bytes of a secret: 128 bits."""
_MAC = 12
_KEY = 9
_PARTED = "\x1f"
_LONGEST = 600
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Purpose(StrEnum):
    """What a token is for."""

    CONFIRM = "c"
    MANAGE = "m"
    UNSUBSCRIBE = "u"
    VOTE = "v"


class BadToken(PaperlarkError):
    """A link that is forged, cut off, or for something else."""


class Expired(BadToken):
    """A link that was good once."""


@dataclass(frozen=True)
class Signer:
    """Makes and reads tokens with one secret.

    Args:
        secret: at least 16 bytes that nobody else knows.
    """

    secret: bytes

    def __post_init__(self) -> None:
        """Refuse a secret that can be guessed."""
        if len(self.secret) < SHORTEST:
            raise ValueError(f"a secret needs at least {SHORTEST} bytes")

    def sign(self, purpose: Purpose, *fields: str, expires: datetime | None = None) -> str:
        """A token that carries these fields.

        Args:
            purpose: what it is for.
            *fields: text without control characters.
            expires: when it ends, to the minute; None for a link that works for ever.
        """
        minutes = f"{(expires - _EPOCH) // timedelta(minutes=1):x}" if expires else ""
        payload = _PARTED.join((minutes, *fields)).encode("utf-8", "surrogatepass")
        return f"{_text(payload)}.{_text(self._mac(purpose, payload))}"

    def read(self, purpose: Purpose, token: str, now: datetime) -> tuple[str, ...]:
        """The fields of a token.

        Raises:
            Expired: it ended.
            BadToken: it is not one of ours for this purpose.
        """
        payload = self._genuine(purpose, token)
        minutes, *fields = payload.decode("utf-8", "surrogatepass").split(_PARTED)
        if minutes and now >= _EPOCH + timedelta(minutes=int(minutes, 16)):
            raise Expired("This link has expired. Today’s mail has a fresh one.")
        return tuple(fields)

    def _genuine(self, purpose: Purpose, token: str) -> bytes:
        body, _, seal = token[:_LONGEST].partition(".")
        try:
            payload, mac = _bytes(body), _bytes(seal)
        except (ValueError, NotBase64):
            payload, mac = b"", b""
        if not hmac.compare_digest(mac, self._mac(purpose, payload)):
            raise BadToken("This link is not whole. Open it from the mail again, in one piece.")
        return payload

    def _mac(self, purpose: Purpose, payload: bytes) -> bytes:
        return hmac.digest(self.secret, purpose.encode() + b":" + payload, sha256)[:_MAC]


def reader_key(secret: bytes, subscription: str) -> str:
    """A subscription's name in links: 12 letters that only a holder of the secret can make.

    Forwarded mails, logs and browsers' histories hold links, and no address may stand in them.
    """
    named = subscription.encode("utf-8", "surrogatepass")
    return _text(hmac.digest(secret, b"reader:" + named, sha256)[:_KEY])


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if _text(data) != text:  # the decoder skips what it does not know; one token, one spelling
        raise ValueError(text)
    return data
