"""Hosts that no connection can be made to: why, and not tried again in the same run."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING

import httpx

from paperlark.errors import SourceError
from paperlark.verdict import REMEDY, UNREACHED
from worker.sources.arxiv.settings import host, origin

if TYPE_CHECKING:
    from collections.abc import Iterator

PAUSE_S = 0.5
"""Before the one more try of a connection that could not be made."""
UNCONNECTED = (httpx.ConnectError, httpx.ConnectTimeout)
"""What httpx raises where no connection was made, and so no request sent."""
_NO_NAME = ("no such host as {}", "the name {} cannot be looked up")
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


class Unreachable(SourceError):
    """No connection to a host: nothing was sent, and no other request to it would fare better."""


class Hosts:
    """The hosts that could not be reached in this run; behind a proxy they all are the proxy.

    Args:
        proxy: the proxy's address; empty without one.
    """

    def __init__(self, proxy: str = "") -> None:
        self._proxy = proxy
        self._gone: dict[str, str] = {}

    def check(self, url: str) -> None:
        """Raise `Unreachable` again, with the same sentence, where the host of `url` is gone."""
        said = self._gone.get(self._door(url))
        if said:
            raise Unreachable(said)

    def gone(self, url: str, error: Exception) -> Unreachable:
        """Remember that the host of `url` cannot be connected to; the error to raise for it."""
        place = f"{host(self._proxy)} (sources.arxiv.proxy)" if self._proxy else host(url)
        said = f"{UNREACHED}: {reason(place, error)}; {REMEDY}."
        self._gone[self._door(url)] = said
        return Unreachable(said)

    def forget(self) -> None:
        """A new run: every host is tried again."""
        self._gone.clear()

    def _door(self, url: str) -> str:
        return origin(self._proxy or url)


def reason(place: str, error: BaseException) -> str:
    """One clause on why there is no connection to `place`, from the error beneath `error`."""
    match next((each for each in _chain(error) if isinstance(each, OSError)), None):
        case socket.gaierror(errno=number):
            found = _NO_NAME[number == socket.EAI_AGAIN]
        case ConnectionRefusedError():
            found = "connection refused by {}"
        case TimeoutError():
            found = "no connection to {} in time"
        case ssl.SSLCertVerificationError():
            found = "the certificate of {} is not trusted"
        case OSError(errno=number) if number in _NO_ROUTE:
            found = "no route to {}"
        case _:
            found = "no connection to {}"
    return found.format(place)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
