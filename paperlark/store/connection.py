"""One way to the store for every process: a shared server, or the embedded one of a data folder."""

from __future__ import annotations

import atexit
import os
import re
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import urlsplit

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.retry import Retry

from paperlark import settings
from paperlark.errors import StoreError
from paperlark.store import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

Client: TypeAlias = redis.Redis
"""A redis-py client whose answers are bytes, as RQ needs them."""

OLDEST_SERVER = (6, 2)
"""BLMOVE, which keeps a job that is being handed over, is there from Redis 6.2 on."""
_CONNECT_S = 5.0
_ANSWER_S = 15.0
"""Longer than any disk sync we met: an answer that comes late is a command that runs twice."""
_RETRIES = 30
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 3.0
"""With thirty tries a client outlives a server that is away for about a minute."""

_NO_URL = (
    "REDIS_URL is not understood: write redis://, rediss:// or unix://, with / ? # @ in a user "
    "name or password as %2F %3F %23 %40, and only options redis-py knows."
)

_SENTENCES: tuple[tuple[type[redis.RedisError], str], ...] = (
    (redis.AuthenticationError, "{where} refuses the user name or password: correct REDIS_URL."),
    (
        redis.exceptions.NoPermissionError,
        "{where} forbids this user a command ({why}): grant it what the guide to servers lists.",
    ),
    (redis.ReadOnlyError, "{where} is a read-only replica: point REDIS_URL at the primary."),
    (
        redis.OutOfMemoryError,
        "{where} is out of memory and takes no more: raise its maxmemory, or shorten what is kept.",
    ),
    (redis.BusyLoadingError, "{where} is still loading its data: try again in a moment."),
    (redis.TimeoutError, "{where} did not answer in time: see whether it is overloaded."),
    (redis.ConnectionError, "{where} does not answer ({why}): start it, or correct REDIS_URL."),
)
"""Subclasses come before the classes they derive from."""


class Connection:
    """A process's way to the store; a context manager, closed at exit at the latest.

    Three clients, each on a pool of its own, made when first asked for:

    ``client``    for everything the product keeps.
    ``queue``     for RQ, whose worker changes the time limits of the pool it is given.
    ``blocking``  for readers that wait at the server: no time limit on an answer.

    All of them ride out a server that is away for up to a minute.
    """

    def __init__(
        self, url: str | None = None, *, lease: embedded.Lease | None = None, **options: Any
    ) -> None:
        self._url = url
        self._lease = lease
        self._options = options
        atexit.register(self.close)

    @cached_property
    def client(self) -> Client:
        """For everything the product keeps."""
        return self._open(_ANSWER_S)

    @cached_property
    def queue(self) -> Client:
        """For RQ only."""
        return self._open(_ANSWER_S)

    @cached_property
    def blocking(self) -> Client:
        """For commands that wait at the server for something to happen."""
        return self._open(None)

    @property
    def embedded(self) -> bool:
        """Whether this is the embedded store of a data folder."""
        return self._lease is not None

    def describe(self) -> str:
        """The server in one clause for people: its name, what it holds, how it keeps it.

        Raises:
            StoreError: it does not answer.
        """
        with guarded():
            info = self.client.info()
        valkey = info.get("valkey_version")
        name = f"Valkey {valkey}" if valkey else f"Redis {info.get('redis_version')}"
        log = "an append-only log" if info.get("aof_enabled") else "no append-only log"
        return f"{name}, {info.get('used_memory_human')} in use, {log}"

    def close(self) -> None:
        """Close the clients; the last user of an embedded store stops it. May be called twice."""
        atexit.unregister(self.close)
        for name in ("client", "queue", "blocking"):
            client = self.__dict__.pop(name, None)
            if client is not None:
                client.close()
        if self._lease is not None:
            self._lease.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, answer_s: float | None) -> Client:
        patience = ExponentialWithJitterBackoff(cap=_LONGEST_WAIT_S, base=_FIRST_WAIT_S)
        return _client(self._url, answer_s, Retry(patience, _RETRIES), **self._options)


def connect(url: str | None, data_dir: Path, *, fsync: str = "always") -> Connection:
    """Reach the store: the shared server at `url`, else the embedded one of `data_dir`.

    Args:
        url: ``redis://``, ``rediss://`` (TLS) or ``unix://``; None or empty for the embedded store.
        data_dir: the folder of the embedded store, made if missing.
        fsync: when the embedded store forces its log to the disk. Anything but ``always`` may
            forget the last seconds when the machine loses power.

    Raises:
        StoreError: one sentence with what is wrong and what to do.
    """
    if url:
        _examine(url)
        return Connection(url)
    folder = data_dir.expanduser().resolve()
    lease = embedded.attach(folder, fsync)
    try:
        return Connection(
            lease=lease,
            path=str(embedded.socket_path(folder)),
            connection_class=embedded.EmbeddedConnection,
            folder=str(folder),
            fsync=fsync,
        )
    except BaseException:
        lease.release()
        raise


@cache
def ours() -> Connection:
    """This process's store, as its environment says; a forked job opens its own sockets."""
    chosen = settings.load(os.environ)
    return connect(chosen.url, chosen.data_dir(os.environ))


@contextmanager
def guarded(where: str = "The store") -> Iterator[None]:
    """Translate every error of the store's client inside the block to a `StoreError`.

    Args:
        where: the sentence's subject: which store.
    """
    try:
        yield
    except redis.RedisError as error:
        raise StoreError(explain(error, where)) from error


def explain(error: redis.RedisError, where: str = "The store") -> str:
    """One sentence for people about an error of the store's client, with the remedy."""
    why = str(error).strip().rstrip(".") or type(error).__name__
    if why.startswith("MISCONF"):
        return f"{where} cannot write to its disk and takes no more: free some space there."
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence.format(where=where, why=why)
    return f"{where} refused a command ({why}): run paperlark doctor."


def unsuitable(info: Mapping[str, Any]) -> str | None:
    """What keeps a server with this INFO from being our store, as a clause; None if nothing."""
    said = str(info.get("redis_version", "0"))
    version = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if version < OLDEST_SERVER:
        return f"is version {said}: use Redis 6.2 or later, or any Valkey"
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        return (
            f"throws keys away when memory is short (maxmemory-policy {policy}): "
            "set maxmemory-policy noeviction on it"
        )
    return None


def _examine(url: str) -> None:
    """See that a shared server answers and is fit to keep what we give it."""
    where, client = _opened(url)
    with guarded(where):
        try:
            fault = unsuitable(client.info("server") | client.info("memory"))
        except (ValueError, TypeError, AttributeError):  # an option after ? that is none
            raise StoreError(_NO_URL) from None
        finally:
            client.close()
    if fault:
        raise StoreError(f"{where} {fault}.")


def _opened(url: str) -> tuple[str, Client]:
    """The server's address for people, without a password, and a client that tries once."""
    try:
        if _ambiguous(url):
            raise StoreError(_NO_URL)
        return _shown(url), _client(url, _CONNECT_S, Retry(NoBackoff(), 0))
    except (ValueError, TypeError, AttributeError):
        raise StoreError(_NO_URL) from None  # what they say may quote the password


def _ambiguous(url: str) -> bool:
    """Whether a part of the user name or password may stand where the address should.

    A ``/``, ``?`` or ``#`` in a password ends the part of a URL that holds it: then its ``@``
    comes too late.
    """
    parts = urlsplit(url)
    rest = parts.path + parts.query + parts.fragment
    if parts.scheme == "unix":
        return bool(parts.netloc) and ("@" in rest or not parts.netloc.endswith("@"))
    return "@" in rest


def _client(url: str | None, answer_s: float | None, retry: Retry, **options: Any) -> Client:
    options |= {
        "retry": retry,
        "socket_timeout": answer_s,
        "socket_connect_timeout": _CONNECT_S,
        "health_check_interval": 30,
    }
    pool = redis.ConnectionPool.from_url(url, **options) if url else redis.ConnectionPool(**options)
    return redis.Redis.from_pool(pool)


def _shown(url: str) -> str:
    """The server's address for people: without the password."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2] or parts.path
    return f"The server at {place}"
