"""The collaborators of one delivery: settings, store, clock, and the ways out by kind."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot.channels import kinds, load
from paperlark.chosen import chosen
from paperlark.clock import clock
from paperlark.errors import ConfigError
from paperlark.schedule import Patience
from paperlark.tokens import SHORTEST, reader_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.ports import Channel
    from paperlark.clock import Clock
    from paperlark.domain import Profile
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection
    from paperlark.store.ledger import Deliveries
    from paperlark.subscription import Subscription

_log = structlog.get_logger()


@dataclass(frozen=True)
class Channels:
    """The ways out by kind, each made when first asked for. For one event loop."""

    settings: Settings
    made: dict[str, Channel] = field(default_factory=dict)

    def get(self, kind: str) -> Channel:
        """The way out of that kind.

        Raises:
            ConfigError: there is none, or its settings are wrong.
        """
        if kind not in self.made:
            self.made[kind] = composer(self.settings, kind)
        return self.made[kind]

    async def aclose(self) -> None:
        """Let go of every connection; one that cannot is logged."""
        for kind, channel in self.made.items():
            try:
                await channel.aclose()
            except Exception:  # noqa: BLE001  (the others are still closed)
                _log.warning("channel did not close", kind=kind, exc_info=True)
        self.made.clear()


@dataclass(frozen=True)
class Context:
    """What every delivery works with; the ledger's leases are those of the settings."""

    settings: Settings
    store: RedisStore
    ledger: Deliveries
    clock: Clock

    @property
    def patience(self) -> Patience:
        """How long posts are waited for."""
        return Patience.of(self.settings.delivery)

    @property
    def web(self) -> str:
        """The public address of our pages, without a stroke at the end; may be empty."""
        return self.settings.web.public_url.rstrip("/")

    def profile(self, name: str) -> Profile:
        """The profile of that name: the store's, else a built-in one.

        Raises:
            NotFound: there is none.
        """
        return chosen(self.store, name)

    def introduce(self, subscription: Subscription) -> None:
        """Keep whom the links in a mail mean, before it is sent: they name no address."""
        secret = self.settings.web.secret.get_secret_value()
        if subscription.target.kind == "mail" and secret:
            key = reader_key(secret.encode(), subscription.id)
            self.store.readers.save(key, subscription.id)

    @asynccontextmanager
    async def channels(self) -> AsyncIterator[Channels]:
        """The ways out, closed at the end."""
        opened = Channels(self.settings)
        try:
            yield opened
        finally:
            await opened.aclose()


def build(settings: Settings, connection: Connection) -> Context:
    """The context over an open store."""
    from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)
    from paperlark.store.ledger import Deliveries  # noqa: PLC0415

    ledger = Deliveries(connection.client, settings.delivery.lease_s)
    store = RedisStore(connection.client)
    return Context(signing(settings, store), store, ledger, clock(settings.clock.pretend))


def signing(settings: Settings, store: RedisStore) -> Settings:
    """The settings with a secret to sign links with: their own, else the store's.

    Raises:
        ConfigError: the one they have can be guessed.
        StoreError: the store does not answer.
    """
    given = settings.web.secret.get_secret_value()
    if given and len(given.encode()) < SHORTEST:
        raise ConfigError(f"`web.secret` is too short: give it at least {SHORTEST} characters.")
    secret = SecretStr(given or store.readers.secret())
    web = settings.web.model_copy(update={"secret": secret})
    return settings.model_copy(update={"web": web})


def composer(settings: Settings, kind: str) -> Channel:
    """The way out of that kind, from its table; without a token it composes all the same.

    Raises:
        ConfigError: there is none, or its settings are wrong.
    """
    table = settings.channels.get(kind, {})
    if kind == "mail":  # its links are the pages', and are signed with the same secret
        table = {**table, "link_secret": settings.web.secret}
    return load(kind).channel(table, lambda path: settings.place("channels", kind, *path))


def check_kinds(settings: Settings) -> None:
    """See that every table below ``[channels]`` belongs to a channel there is.

    Raises:
        ConfigError: one sentence that names the nearest.
    """
    from difflib import get_close_matches  # noqa: PLC0415  (only for a slip)

    for kind in settings.channels:
        if kind not in kinds():
            close = get_close_matches(kind, kinds(), n=1)
            hint = f" Did you mean `channels.{close[0]}`?" if close else ""
            at = settings.place("channels", kind)
            raise ConfigError(f"Unknown key `channels.{kind}`.{hint}" + (f" ({at})" if at else ""))
