"""HTTP mode: requests posted to the app's address, signed as Slack signs them.

Source: docs.slack.dev, authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import aiohttp

from bot.doubles.slack.sockets import Ack

if TYPE_CHECKING:
    from collections.abc import Mapping

STALE_S: Final = 360
"""A minute more than the five that a request stays good."""
SIGNS: Final = ("good", "stale", "future", "forged", "missing", "replayed")
"""How a request may be signed; ``replayed`` sends the one before again, byte for byte."""


def signature(key: str, moment: str, body: bytes) -> str:
    """The value of ``X-Slack-Signature``."""
    base = b"v0:" + moment.encode() + b":" + body
    return "v0=" + hmac.new(key.encode(), base, hashlib.sha256).hexdigest()


def headers(key: str, body: bytes, sign: str = "good") -> dict[str, str]:
    """The two headers that prove a request."""
    if sign == "missing":
        return {}
    shift = {"stale": -STALE_S, "future": STALE_S}.get(sign, 0)
    moment = str(int(time.time()) + shift)
    signer = key + "x" if sign == "forged" else key
    found = signature(signer, moment, body)
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": found}


def body_of(kind: str, payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """A request's body and its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Signed:
    """Posts to the app's address.

    Args:
        url: where the app listens, path and all.
        key: what it signs with.
    """

    def __init__(self, url: str, key: str) -> None:
        self.url, self._key = url, key
        self._session: aiohttp.ClientSession | None = None
        self._last: tuple[bytes, dict[str, str]] = (b"", {})

    async def send(self, kind: str, payload: Mapping[str, Any], *, patience: float,
                   sign: str = "good", **more: Any) -> Ack | None:  # fmt: skip
        """Post one request; the answer, or None where none came in time.

        Args:
            kind: ``slash_commands``, ``interactive`` or ``events_api``.
            payload: what it says.
            patience: seconds to wait.
            sign: one of `SIGNS`.
            **more: ``retry_attempt`` and ``retry_reason``, which become headers.
        """
        body, content_type = body_of(kind, payload)
        proof = headers(self._key, body, sign) | {"Content-Type": content_type} | _retry(more)
        if sign == "replayed":
            body, proof = self._last
        self._last = (body, proof)
        begun = time.perf_counter()
        try:
            status, text = await self._post(body, proof, patience)
        except (TimeoutError, aiohttp.ClientError):
            return None
        return Ack(_payload(text), time.perf_counter() - begun, status)

    async def close(self) -> None:
        """Let go of connections."""
        if self._session:
            await self._session.close()

    async def _post(self, body: bytes, proof: dict[str, str], patience: float) -> tuple[int, str]:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            self._session = aiohttp.ClientSession(connector=connector)
        timeout = aiohttp.ClientTimeout(total=patience)
        async with self._session.post(self.url, data=body, headers=proof, timeout=timeout) as got:
            return got.status, await got.text()


def _retry(more: Mapping[str, Any]) -> dict[str, str]:
    if not more.get("retry_attempt"):
        return {}
    reason = str(more.get("retry_reason", "http_timeout"))
    return {"X-Slack-Retry-Num": str(more["retry_attempt"]), "X-Slack-Retry-Reason": reason}


def _payload(text: str) -> dict[str, Any] | None:
    """What an answer says: JSON, or plain text as a message."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": text}
