"""What readers' questions work with, and whom a link means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from paperlark.render.addresses import Addresses
from paperlark.render.words import called
from paperlark.settings import ReadersSettings
from paperlark.target import Target
from paperlark.tokens import Purpose, Signer, reader_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.readers.letters import Letter
    from paperlark.clock import Clock
    from paperlark.store import RedisStore
    from paperlark.subscription import Subscription


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
    def target(self) -> Target:
        """Their mailbox; only where `id` is not empty."""
        return Target.parse(self.id.rpartition("/")[0])

    @property
    def profile(self) -> str:
        """Whose digest they read or have read."""
        return self.id.rpartition("/")[2]

    @property
    def title(self) -> str:
        """The same as people call it."""
        return called(self.profile)

    @property
    def masked(self) -> str:
        """The address as a page may show it: a page can be looked at by others."""
        return masked(self.target.address) if self.id else "…"


_RULES: Final = ReadersSettings()


def nothing(identifier: str) -> object:
    """There are no jobs to forget."""
    return identifier


def at_once(work: Callable[[], object]) -> object:
    """Do the work here and now."""
    return work()


@dataclass(frozen=True)
class Office:
    """The collaborators of every reader's question; all of it may block.

    Attributes:
        secret: signs links.
        web: the public address of our pages, without a stroke at its end; may be empty.
        send: sends a mail that is no digest; may raise `DeliveryError`.
        later: has work done soon.
        default: the profile that is offered first; may be empty.
        mail: whether mails are set up.
        rules: what readers may ask for besides the profiles there are.
        repeat: a letter that may have arrived is sent again, rather than never.
        unqueue: has the queue forget the jobs of a subscription, by its id: their names hold it.
    """

    store: RedisStore
    clock: Clock
    secret: bytes
    web: str
    send: Callable[[Target, Letter], None]
    later: Callable[[Callable[[], object]], object] = at_once
    default: str = ""
    mail: bool = True
    rules: ReadersSettings = _RULES
    repeat: bool = False
    unqueue: Callable[[str], object] = nothing

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
        """Whom a key from a genuine token means: by an old mail's link too."""
        named = self.store.readers.subscription_of(key) or ""
        return self._reader(key, self.store.subscriptions.became(named) if named else "")

    def addressed(self, key: str) -> Reader:
        """Whom the mail with that link was for, with the profile it was about."""
        return self._reader(key, self.store.readers.subscription_of(key) or "")

    def _reader(self, key: str, named: str) -> Reader:
        return Reader(key, named, self.store.subscriptions.subscription(named) if named else None)

    def lives(self, reader: Reader) -> tuple[Reader, ...]:
        """The reader as each subscription that this one once was, the present one first."""
        if not reader.id:
            return (reader,)
        names = self.store.subscriptions.once(reader.id)
        return tuple(Reader(reader_key(self.secret, each), each, None) for each in names)

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
