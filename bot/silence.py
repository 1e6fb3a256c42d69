"""A call that got no answer over HTTP: whether it may have arrived, as one sentence."""

from __future__ import annotations

from typing import Final

import httpx

from paperlark.errors import DeliveryError

_UNOPENED: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
    httpx.InvalidURL,
)
"""What is raised before anything was sent."""


def silence(service: str, key: str, error: Exception) -> DeliveryError:
    """What a call without an answer means: it is certain only where no connection came about.

    Args:
        service: as a sentence begins with it: ``Discord``, ``The homeserver``.
        key: the setting with its address.
        error: what the client raised.
    """
    if isinstance(error, _UNOPENED):
        return DeliveryError(
            f"{service} cannot be reached. Check this machine's network and {key}; "
            "it is tried again."
        )
    how = "took too long" if isinstance(error, httpx.TimeoutException) else "broke the connection"
    return DeliveryError(
        f"{service} {how}; the message may or may not have arrived. It is asked for first.",
        uncertain=True,
    )
