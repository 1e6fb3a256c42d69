"""The table ``[channels.mail]``: how mail leaves this house."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field, SecretStr

from paperlark import settings
from paperlark.errors import ConfigError
from paperlark.settings import Section, loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.settings import Where

_PORTS: Final = {"starttls": 587, "implicit": 465, "none": 25}
_IMAP_PORTS: Final = {"starttls": 143, "implicit": 993, "none": 143}
_BOUNCES: Final = re.compile(r"[\w.+=-]{1,31}@[A-Za-z0-9.-]{1,190}", re.ASCII)
"""Beside ``+`` and a tag (`paperlark.tags.LENGTH`) a local part of 64 octets has room for 31."""


class ImapSettings(Section):
    """A mailbox that mails come back to, read by IMAP; nobody else should read it.

    Attributes:
        host: empty: no mailbox is read.
        port: 0 for what `tls` usually means: 993, 143.
        folder: where they arrive.
        after: what becomes of a mail that was read: it is marked as seen (only unseen ones are
            read), or moved to `moved_to` (all are read).
        every_min: minutes between two looks.
        timeout_s: seconds for each answer.
    """

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "implicit"
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str = ""
    folder: str = "INBOX"
    after: Literal["seen", "move"] = "seen"
    moved_to: str = "Handled"
    every_min: float = Field(default=10.0, ge=1)
    timeout_s: float = Field(default=10.0, gt=0)

    @property
    def on_port(self) -> int:
        """The port to connect to."""
        return self.port or _IMAP_PORTS[self.tls]


class MailSettings(Section):
    """How mail is handed to a submission server.

    Attributes:
        host: empty: this channel is not set up.
        port: 0 for what `tls` usually means: 587, 465, 25.
        from_: the From address, ``Digest <digest@example.org>``.
        bounces: an address whose local part gets each mail's own tag (VERP); empty: no mail is
            tagged, and failures come to From's address.
        imap: the mailbox of that address, where paperlark reads it by itself.
        sender: who runs this and where, for the foot of every mail.
        backoff_s: waits after a temporary refusal, in seconds, separated by commas.
        per_second: messages a second the provider allows; 0 for no limit of ours.
        connections: to one server at one time.
        timeout_s: seconds for everything before the final dot; `delivery.lease_s` bounds the rest.
        link_secret: signs the personal links; the program fills it in from ``web.secret``.
        dkim_domain: who signs; empty: From's domain. Only read where a selector and a key are set.
        dkim_selector, dkim_key_file: where DNS has the public key, and a file with the private one,
            as PEM. Empty: the submission server signs.
    """

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str = ""
    from_: str = Field(default="", alias="from")
    bounces: str = ""
    sender: str = ""
    backoff_s: str = "60,300,900,3600,14400"
    per_second: float = Field(default=0.0, ge=0)
    connections: int = Field(default=4, ge=1, le=32)
    timeout_s: float = Field(default=10.0, gt=0)
    link_secret: SecretStr = SecretStr("")
    imap: ImapSettings = ImapSettings()
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_key_file: str = ""

    @property
    def on_port(self) -> int:
        """The port to connect to."""
        return self.port or _PORTS[self.tls]

    @property
    def waits(self) -> tuple[float, ...]:
        """The waits after temporary refusals, in seconds."""
        return tuple(float(part) for part in self.backoff_s.split(",") if part.strip())

    @property
    def address(self) -> str:
        """The bare address of `from_`."""
        return parseaddr(self.from_)[1]

    @property
    def domain(self) -> str:
        """The domain mails come from: ids and signatures are aligned with it."""
        return self.address.rpartition("@")[2]


def read(raw: Mapping[str, Any], where: Where) -> MailSettings:
    """The checked table.

    Raises:
        ConfigError: a key or a value in it is wrong, or a part of it is missing.
    """
    table = settings.check(MailSettings, raw, prefix="channels.mail.", where=where)
    if table.host:
        _complete(table)
    return table


def _complete(table: MailSettings) -> None:
    if "@" not in table.address:
        raise ConfigError(
            "`channels.mail.from` is missing: set it to the address mails come from, "
            "as Digest <digest@example.org>."
        )
    _tls("channels.mail.tls", table.tls, table.host)
    _returns(table)
    try:
        _ = table.waits
    except ValueError:
        raise ConfigError(
            "`channels.mail.backoff_s` must be seconds separated by commas, as 60,300,900."
        ) from None


def _tls(key: str, tls: str, host: str) -> None:
    if tls == "none" and not loopback(host):
        raise ConfigError(
            f"`{key}`: none is for this machine only, not for {host}: set starttls or implicit."
        )


def _returns(table: MailSettings) -> None:
    """See that mails can come back: to an address that a tag fits into, and to a mailbox there."""
    if table.bounces and not _BOUNCES.fullmatch(table.bounces):
        raise ConfigError(
            "`channels.mail.bounces` must be a bare address of ASCII letters with at most 31 "
            "before the @, as bounce@example.org."
        )
    if not table.imap.host:
        return
    _tls("channels.mail.imap.tls", table.imap.tls, table.imap.host)
    if not table.bounces:
        raise ConfigError(
            "`channels.mail.bounces` is missing: set it to the address whose mails come to "
            "channels.mail.imap, as bounce@example.org."
        )
    for key in ("folder", "moved_to"):
        name = getattr(table.imap, key)
        if not (name.isascii() and name.isprintable() and name.strip()):
            raise ConfigError(
                f"`channels.mail.imap.{key}` must be a folder's name in ASCII, as INBOX."
            )
