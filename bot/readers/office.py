"""What readers' questions work with, and whom a link means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paperlark.render.addresses import Addresses
from paperlark.tokens import Purpose, Signer, reader_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.readers.letters import Letter
    from paperlark.clock import Clock
    from paperlark.store import RedisStore
    from paperlark.subscription import Subscription
    from paperlark.target import Target


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a link means.

    Attributes:
        key: as links name them.
        id: of their subscription, ended or not; empty where everything was erased.
        subscription: None where it has ended.
    """

    key: str
    id: str
    subscription: Subscription | None

    @property
    def voter(self) -> str:
        """As votes name them: never by the address."""
        return f"mail:{self.key}"

    @property
    def profile(self) -> str:
        """Whose digest they read or have read."""
        return self.id.rpartition("/")[2]

    @property
    def masked(self) -> str:
        """The address as a page may show it: a page can be looked at by others."""
        return masked(self.id.rpartition("/")[0].partition(":")[2])


def at_once(work: Callable[[], bool]) -> bool:
    """Do the work here and now; whether it is settled."""
    return work()


@dataclass(frozen=True)
class Office:
    """The collaborators of every reader's question; all of it may block.

    Attributes:
        secret: signs links.
        web: the public address of our pages, without a stroke at its end; may be empty.
        send: sends a mail that is no digest; may raise `DeliveryError`.
        later: has work done soon, and again where it says that it is not settled.
        default: the profile that is offered first; may be empty.
        mail: whether mails are set up.
    """

    store: RedisStore
    clock: Clock
    secret: bytes
    web: str
    send: Callable[[Target, Letter], None]
    later: Callable[[Callable[[], bool]], object] = at_once
    default: str = ""
    mail: bool = True

    @property
    def open(self) -> bool:
        """Whether people can subscribe here."""
        return self.mail and bool(self.web)

    @cached_property
    def signer(self) -> Signer:
        """Makes and reads tokens."""
        return Signer(self.secret)

    @cached_property
    def base(self) -> str:
        """What stands before every path of ours."""
        return urlsplit(self.web).path.rstrip("/")

    @cached_property
    def addresses(self) -> Addresses:
        """Where our other pages are."""
        return Addresses(base=self.base, subscribe=self.open)

    def now(self) -> datetime:
        """What time it is, in UTC."""
        return self.clock()

    def reader(self, key: str) -> Reader:
        """Whom a key from a genuine token means."""
        named = self.store.readers.subscription_of(key) or ""
        return Reader(key, named, self.store.subscriptions.subscription(named) if named else None)

    def known(self, subscription: Subscription) -> Reader:
        """The reader of a subscription; from here on links find them."""
        key = reader_key(self.secret, subscription.id)
        self.store.readers.save(key, subscription.id)
        return Reader(key, subscription.id, subscription)

    def link(self, purpose: Purpose, reader: Reader) -> str:
        """The path of the page that changes, or ends, a reader's subscription."""
        where = {Purpose.MANAGE: "manage", Purpose.UNSUBSCRIBE: "u"}[purpose]
        return f"{self.base}/{where}/{self.signer.sign(purpose, reader.key)}"


def masked(address: str) -> str:
    """``ada@…``: enough for whoever knows it."""
    name, at, _ = address.rpartition("@")
    return f"{name}{at}…" if at else "…"
