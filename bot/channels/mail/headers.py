"""The headers of a mail, each written once and byte for byte."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from bot.channels.mail import mime
from paperlark.errors import DeliveryError
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.mail.links import Links
    from bot.channels.mail.settings import MailSettings

_ADDRESS: Final = re.compile(r"[^\x00-\x20\x7f-\xa0()<>\[\]:;@\\,\"]{1,64}@[^\x00-\x20\x7f-\xa0"
                             r"()<>\[\]:;@\\,\"]{1,255}")  # fmt: skip
_LABEL: Final = 63


@dataclass(frozen=True)
class Headers:
    """What stands over mails from one sender.

    Attributes:
        settings: who sends.
        now: for the Date.
    """

    settings: MailSettings
    now: datetime

    def plain(self, recipient: str, subject: str, name: str) -> dict[str, str]:
        """Of a mail about a subscription: it belongs to no list, and nobody answers it by itself.

        Args:
            recipient: a bare address, as `bare` gives it.
            subject: any text.
            name: the Message-ID.
        """
        return {
            "From": mime.person(self.settings.from_, "From"),
            "To": recipient,
            "Subject": mime.subject(subject),
            "Date": mime.moment(self.now),
            "Message-ID": name,
            "Auto-Submitted": "auto-generated",
        }

    def digest(
        self, recipient: str, subject: str, name: str, profile: str, links: Links | None,
        *, leave_at: str,
    ) -> dict[str, str]:  # fmt: skip
        """Of a digest: the same, with the list it is of and the ways out (RFC 2369, 2919, 8058).

        The way that works at once stands first (RFC 2369, 2); the other is a mail to `leave_at`.
        """
        leave = f"<mailto:{leave_at}?subject=unsubscribe>"
        headers = self.plain(recipient, subject, name) | {
            "List-Id": f"<{_label(profile)}.paperlark.{self.settings.domain}>",
            "List-Unsubscribe": f"<{links.unsubscribe}>,\r\n {leave}" if links else leave,
            "Precedence": "bulk",
        }
        if links:
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers


def bare(address: str) -> str:
    """The address, fit for an envelope and a header.

    Raises:
        DeliveryError: it is none; nothing in it can become a command or another header, and
            nothing in it is invisible, turns text around, or cannot be encoded.
    """
    if not _ADDRESS.fullmatch(address) or plain(address) != address:
        raise DeliveryError(
            "This is no mail address that can be written to: subscribe with another address.",
            permanent=True,
        )
    return address


def message_id(key: str, secret: bytes, domain: str) -> str:
    """A delivery's Message-ID: the same on every attempt, so that a repeat is seen.

    Args:
        key: the delivery's name, with the reader's address in it.
        secret: without it nobody can try whether an id is that of a known address.
        domain: From's.
    """
    named = key.encode("utf-8", "surrogatepass")
    return f"<{hmac.digest(secret, named, sha256).hex()[:32]}@{domain or 'localhost'}>"


def _label(profile: str) -> str:
    """A profile's name as a part of a domain name."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in profile.lower()).strip("-")
    return kept[:_LABEL].rstrip("-") or "digest"
