"""What the submission server knows and has taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.doubles.smtp.faults import Faults

if TYPE_CHECKING:
    import ssl


@dataclass(frozen=True, slots=True)
class Taken:
    """One message for one recipient, as it came."""

    sender: str
    recipient: str
    raw: bytes


@dataclass
class World:
    """The server's side of things.

    Attributes:
        tls: offered by STARTTLS, or spoken from the first byte; None: none.
        login: the name and password to log in with; None: nobody has to.
        utf8: SMTPUTF8 is offered.
        pipelining: PIPELINING is offered.
        careless: a text is waited for even where there is nobody to give it to.
        latency_s: how long every answer is under way.
        keep: messages are kept, not only counted.
        connections, spoilt: conversations, and faults that happened, so far.
        counted: messages taken, by recipient.
    """

    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    utf8: bool = False
    pipelining: bool = True
    careless: bool = False
    latency_s: float = 0.0
    keep: bool = True
    faults: Faults = field(default_factory=Faults)
    taken: list[Taken] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    spoilt: int = 0

    def take(self, sender: str, recipients: list[str], raw: bytes) -> None:
        """A message has come."""
        self.counted.update(recipients)
        if self.keep:
            self.taken += (Taken(sender, each, raw) for each in recipients)
