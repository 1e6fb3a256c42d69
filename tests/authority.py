"""A certificate authority of a test's own, made on the spot."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import trustme

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority nobody trusts but who is told to."""

    made: trustme.CA
    file: str

    @classmethod
    def at(cls, folder: Path) -> Self:
        """One whose certificate lies in that folder."""
        made, file = trustme.CA(), folder / "authority.pem"
        made.cert_pem.write_to_path(str(file))
        return cls(made, str(file))

    def context(self, name: str = "127.0.0.1") -> ssl.SSLContext:
        """A server's side of TLS, for a server of that name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.made.issue_cert(name).configure_cert(context)
        return context
