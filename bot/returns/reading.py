"""What a mail that came back says, read from bytes that anybody may have written. Pure.

Reports of delivery (RFC 3464) and of abuse (RFC 5965), bounces of other forms, and replies of
machines (RFC 3834). Whom a mail is about is said by tags alone (`paperlark.tags`), whose seals are
checked elsewhere: an address in a text is nobody's word.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email import policy
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from bot.returns import reports
from bot.returns.status import NONE, Status, found_in
from paperlark.tags import LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

LARGEST: Final = 128 * 1024
"""Bytes that are read: reports say what they have to say before the mail they are about."""
_MOST_PARTS: Final = 32
"""Each part may lie in the one before it, and the library goes into every depth."""
_MOST_TAGS: Final = 8
_TEXT: Final = 16 * 1024
_TAG: Final = re.compile(rf"\+([a-z2-7]{{{LENGTH}}})(?![a-z0-9])", re.IGNORECASE | re.ASCII)
_ADDRESSED: Final = (
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc", "Received",
)  # fmt: skip
"""Where servers and senders write whom a mail is for."""
_DAEMON: Final = re.compile(r"(mailer-?daemon|mail-?daemon|postmaster)\b", re.IGNORECASE)
_AUTOMATIC: Final = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mail-Autoreply",
)  # fmt: skip
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})


class Kind(StrEnum):
    """What a mail is."""

    FAILURE = "failure"
    """A mail of ours did not arrive, for good or for now: see its status."""
    DELIVERY = "delivery"
    """A mail of ours is on its way, or has arrived."""
    COMPLAINT = "complaint"
    """A reader called a mail of ours spam."""
    AUTOMATIC = "automatic"
    """A machine's reply, as of somebody who is away."""
    OTHER = "other"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a mail says.

    Attributes:
        name: the same however often and from wherever the mail is read.
        addressed: tags in whom it is for, as written; their seals are not checked.
        quoted: tags in the rest of it, likewise.
        status: of a failure.
    """

    kind: Kind
    name: str
    addressed: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    status: Status = NONE


def read(raw: bytes) -> Returned:
    """What the mail says; whatever the bytes are, there is an answer."""
    text = raw[:LARGEST]
    hashed = sha256(text).hexdigest()[:LENGTH]
    if text.lower().count(b"content-type") > _MOST_PARTS:
        return Returned(Kind.UNREADABLE, hashed)
    try:
        return _read(email.message_from_bytes(text, policy=policy.compat32), text, hashed)
    except Exception:  # noqa: BLE001  (the library stumbles over some of what strangers can write)
        return Returned(Kind.UNREADABLE, hashed)


def _read(message: Message, text: bytes, hashed: str) -> Returned:
    addressed = tags(value for name in _ADDRESSED for value in _all(message, name))
    whole = re.sub(rb"=\r?\n", b"", text).decode("ascii", "replace")
    quoted = tuple(each for each in tags((whole,)) if each not in addressed)
    name = _name(message, (*addressed, *quoted), hashed)
    kind, status = _kind(message, tagged=bool(addressed))
    return Returned(kind, name, addressed, quoted, status)


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """What looks like a tag, in lower case, each once, a few at most."""
    found: dict[str, None] = {}
    for text in texts:
        for match in _TAG.finditer(text):
            found[match[1].lower()] = None
            if len(found) >= _MOST_TAGS:
                return tuple(found)
    return tuple(found)


def _name(message: Message, found: tuple[str, ...], hashed: str) -> str:
    """The Message-ID's, with whom the mail is about; the content's where it has none."""
    told = _first(message, "Message-ID").strip()
    if not told:
        return hashed
    return sha256("\n".join((told, *found)).encode("utf-8", "replace")).hexdigest()[:LENGTH]


def _kind(message: Message, *, tagged: bool) -> tuple[Kind, Status]:
    if (status := reports.delivery(message)) is not None:
        return (Kind.FAILURE if status.failed else Kind.DELIVERY), status
    if abuse := reports.feedback(message):
        return (Kind.COMPLAINT if abuse == "abuse" else Kind.OTHER), NONE
    automatic = _automatic(message)
    if tagged and (_from_daemon(message) or (_null(message) and not automatic)):
        said = found_in(reports.text(message)[:_TEXT])
        if said.failed:
            return Kind.FAILURE, said
    return (Kind.AUTOMATIC if automatic else Kind.OTHER), NONE


def _automatic(message: Message) -> bool:
    submitted = _first(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    bulk = _first(message, "Precedence").strip().lower() in _BULK
    return bulk or any(name in message for name in _AUTOMATIC)


def _from_daemon(message: Message) -> bool:
    return bool(_DAEMON.search(_first(message, "From"))) or "X-Failed-Recipients" in message


def _null(message: Message) -> bool:
    """Whether nobody is to be answered: the envelope's sender was empty."""
    return _first(message, "Return-Path").strip() == "<>"


def _first(message: Message, name: str) -> str:
    return next(_all(message, name), "")


def _all(message: Message, name: str) -> Iterator[str]:
    """The values of that header; the library gives some as objects."""
    return (str(value) for value in message.get_all(name, ()))
