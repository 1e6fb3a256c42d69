"""Calls of a homeserver's client-server API: each once, each outcome as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx

from bot.channels.matrix import refusals
from paperlark import __version__
from paperlark.errors import DeliveryError
from paperlark.settings import local

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.matrix.settings import MatrixSettings

TIMEOUT_S: Final = 12.0
"""For one call; a delivery's own bound is shorter where its lease is."""
BASE: Final = "/_matrix/client/v3/"
_NO_TOKEN: Final = "Matrix has no token here. Set channels.matrix.access_token (docs/matrix.md)."  # noqa: S105  (a sentence)


class Rest:
    """One account's calls on one set of connections.

    Args:
        settings: checked; without a token every call is refused here.
    """

    def __init__(self, settings: MatrixSettings) -> None:
        self._settings = settings
        self._client: httpx.AsyncClient | None = None

    async def get(
        self,
        *path: str,
        place: str = "",
        params: Mapping[str, Any] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> dict[str, Any]:
        """Read something; see `call`."""
        return await self.call("GET", *path, place=place, params=params, timeout_s=timeout_s)

    async def put(self, *path: str, body: Mapping[str, Any], place: str = "") -> dict[str, Any]:
        """Put something there; see `call`."""
        return await self.call("PUT", *path, place=place, body=body)

    async def call(
        self,
        method: str,
        *path: str,
        place: str = "",
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> dict[str, Any]:
        """Make one call, and give its answer, which is an object.

        Args:
            method: of HTTP.
            path: its parts, not quoted.
            place: the target's address, for sentences.
            body: sent as JSON.
            params: the query.
            timeout_s: seconds for the answer.

        Raises:
            DeliveryError: whatever kept it from an answer; `Failed` where there is a code.
        """
        if not self._settings.token:
            raise DeliveryError(_NO_TOKEN)
        address = "/".join(quote(part, safe="") for part in path)
        headers = {"Authorization": f"Bearer {self._settings.token}"}
        try:
            response = await self._http().request(
                method, address, json=body, params=params, headers=headers, timeout=timeout_s
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise refusals.unanswered(error) from error
        return _read(response, place)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            address = self._settings.homeserver
            self._client = httpx.AsyncClient(
                base_url=address + BASE,
                timeout=TIMEOUT_S,
                headers={"User-Agent": f"paperlark/{__version__}"},
                trust_env=not local(address),  # a proxy of the environment is for the outside
            )
        return self._client


def _read(response: httpx.Response, place: str) -> dict[str, Any]:
    if not response.is_success:
        raise refusals.refused(response, place)
    try:
        said = response.json()
    except ValueError as error:
        raise refusals.unreadable(response.status_code) from error
    if not isinstance(said, dict):
        raise refusals.unreadable(response.status_code)
    return said
