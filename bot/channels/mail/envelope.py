"""Addresses of our own that say whose mail came back, and who asks to leave (VERP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark.tags import Cause, Tag, Tagger
from paperlark.tokens import reader_key

if TYPE_CHECKING:
    from datetime import date

    from bot.channels.mail.settings import MailSettings
    from paperlark.target import Target


@dataclass(frozen=True)
class Envelope:
    """What stands on the envelope of one house's mails.

    Attributes:
        settings: where failures are reported to; without that address no mail is tagged.
        secret: signs the tags; empty: no mail is tagged.
    """

    settings: MailSettings
    secret: bytes

    def sender(self, target: Target, profile: str = "", day: date | None = None) -> str:
        """The envelope's sender: where a failure of this mail is reported to.

        Args:
            target: whose mailbox.
            profile: the mail is about; empty: no subscription is behind it.
            day: of the digest, where it is one.
        """
        if not profile:
            return self.settings.bounces or self.settings.address
        return self._tagged(Cause.BOUNCE, target, profile, day) or self.settings.address

    def leave(self, target: Target, profile: str) -> str:
        """Where a mail ends the subscription; where nobody reads such mails, From's address."""
        return self._tagged(Cause.LEAVE, target, profile, None) or self.settings.address

    def _tagged(self, cause: Cause, target: Target, profile: str, day: date | None) -> str:
        name, at, domain = self.settings.bounces.rpartition("@")
        if not name or not self.secret:
            return self.settings.bounces
        reader = reader_key(self.secret, f"{target}/{profile}")
        return f"{name}+{Tagger(self.secret).make(Tag(cause, reader, day))}{at}{domain}"
