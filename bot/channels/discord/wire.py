"""Answers to interactions over REST. Their token is their key, so no other is sent.

The library is not used here: it retries neither a connection that broke nor a 503, and takes
seconds between tries where there are three in all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)
"""No answer of Discord's: whether it arrived is not known."""
TIMEOUT_S: Final = 10.0
PAUSE_S: Final = 1.0
"""Where Discord says "too many" and not for how long."""
_BUSY: Final = 429
_BROKEN: Final = 500
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Told:
    """What Discord said to a call.

    Attributes:
        status: HTTP's number.
        code: Discord's own number of what is wrong; 0 where it gives none.
        pause_s: seconds it asks to be left alone; 0.0 where it does not.
    """

    status: int
    code: int = 0
    pause_s: float = 0.0

    @property
    def taken(self) -> bool:
        """Discord did what it was asked."""
        return self.status in _OK

    @property
    def busy(self) -> bool:
        """Discord wants to be left alone for a while; nothing was done."""
        return self.status == _BUSY

    @property
    def passing(self) -> bool:
        """Another try may be taken."""
        return self.busy or self.status >= _BROKEN


class Wire:
    """One pool of connections to the REST interface.

    Args:
        api_url: where it answers, version included.
    """

    def __init__(self, api_url: str) -> None:
        self._api = api_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, path: str, payload: Mapping[str, Any], files: Mapping[str, bytes]
    ) -> Told:
        """One call, once.

        Args:
            method: HTTP's.
            path: as Discord documents it; begins with a stroke.
            payload: sent as JSON.
            files: attachments by name.

        Raises:
            LOST: there was no answer.
        """
        if self._session is None:
            limit = aiohttp.ClientTimeout(total=TIMEOUT_S)
            self._session = aiohttp.ClientSession(
                timeout=limit, cookie_jar=aiohttp.DummyCookieJar()
            )
        body = _form(payload, files) if files else aiohttp.JsonPayload(payload)
        async with self._session.request(method, self._api + path, data=body) as answer:
            # Read even where nothing in it matters: a connection is kept only once it is empty,
            # and the next first answer would have to wait for a new one.
            said = await answer.read()
            return Told(answer.status) if answer.status in _OK else _told(answer, said)

    async def aclose(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _form(payload: Mapping[str, Any], files: Mapping[str, bytes]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(payload), content_type="application/json")
    for place, (name, body) in enumerate(files.items()):
        form.add_field(f"files[{place}]", body, filename=name, content_type="text/plain")
    return form


def _told(answer: aiohttp.ClientResponse, body: bytes) -> Told:
    try:
        read = json.loads(body)
    except ValueError:
        read = None
    table = read if isinstance(read, dict) else {}
    code = table.get("code")
    pause_s = 0.0
    if answer.status == _BUSY:
        pause_s = _seconds(table.get("retry_after") or answer.headers.get("Retry-After"))
    return Told(answer.status, code if isinstance(code, int) else 0, pause_s)


def _seconds(said: Any) -> float:
    try:
        return min(60.0, max(0.0, float(said)))
    except (TypeError, ValueError):
        return PAUSE_S
