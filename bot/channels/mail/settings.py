"""The table ``[channels.mail]``: how mail leaves this house."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr

from paperlark import settings
from paperlark.errors import ConfigError
from paperlark.settings import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.settings import Where

_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


class MailSettings(Section):
    """How mail is handed to a submission server.

    Attributes:
        host: empty: this channel is not set up.
        port: 0 for what `tls` usually means: 587, 465, 25.
        from_: the From address, ``Digest <digest@example.org>``.
        bounces: an address whose local part gets each recipient's own tag (VERP); empty: From's.
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
    if table.tls == "none" and not loopback(table.host):
        raise ConfigError(
            f"`channels.mail.tls`: none is for this machine only, not for {table.host}: "
            "set starttls or implicit."
        )
    try:
        _ = table.waits
    except ValueError:
        raise ConfigError(
            "`channels.mail.backoff_s` must be seconds separated by commas, as 60,300,900."
        ) from None


def loopback(host: str) -> bool:
    """Whether the host is this machine."""
    return host in {"localhost", "::1"} or host.startswith("127.")
