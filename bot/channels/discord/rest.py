"""Calls of Discord's REST interface: each once, in time with its limits, each outcome as it is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.channels.discord import pace, refusals
from paperlark import __version__
from paperlark.errors import DeliveryError
from paperlark.settings import local

if TYPE_CHECKING:
    from bot.channels.discord.settings import DiscordSettings

TIMEOUT_S: Final = 12.0
"""For one call; a delivery's own bound is shorter where its lease is."""
PATIENCE_S: Final = 5.0
"""A call waits this long for its turn; for longer, another attempt comes back."""
_AGENT: Final = f"DiscordBot (paperlark, {__version__})"
_NO_TOKEN: Final = "Discord has no token here. Set channels.discord.token (docs/discord.md)."  # noqa: S105  (a sentence)


class Rest:
    """One account's calls on one set of connections.

    Args:
        settings: checked; without a token every call is refused here.
    """

    def __init__(self, settings: DiscordSettings) -> None:
        self._settings = settings
        self._client: httpx.AsyncClient | None = None
        self._pace: pace.Pace | None = None

    async def get(self, path: str, *, place: str, **params: Any) -> Any:
        """Read something; see `call`."""
        return await self.call("GET", path, place=place, params=params)

    async def call(
        self,
        method: str,
        path: str,
        *,
        place: str,
        json: Any = None,
        params: dict[str, Any] | None = None,
    ) -> Any:
        """Make one call, and give its answer as JSON values.

        Args:
            method: of HTTP.
            path: without the base address and the stroke before it.
            place: the target's address, for sentences.
            json: the body.
            params: the query.

        Raises:
            DeliveryError: whatever kept it from an answer; `Failed` where Discord gave a code.
        """
        token = self._settings.token.get_secret_value()
        if not token:
            raise DeliveryError(_NO_TOKEN)
        route = pace.route(method, path)
        await self._turn(route)
        headers = {"Authorization": f"Bot {token}"}
        try:
            response = await self._http().request(
                method, path, json=json, params=params, headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise refusals.unanswered(error) from error
        self._paces().heard(route, response.headers)
        return _read(response, place)

    async def aclose(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    async def _turn(self, route: str) -> None:
        while wait := self._paces().take(route):
            if wait > PATIENCE_S:
                raise DeliveryError(
                    f"Discord's limit on this channel is used up for {wait:.0f} seconds: it is "
                    "tried again then.",
                    retry_after=wait,
                )
            await asyncio.sleep(wait)

    def _paces(self) -> pace.Pace:
        if self._pace is None:
            self._pace = pace.Pace(asyncio.get_running_loop().time)
        return self._pace

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            address = self._settings.api_url
            self._client = httpx.AsyncClient(
                base_url=address,
                timeout=TIMEOUT_S,
                headers={"User-Agent": _AGENT},
                trust_env=not local(address),  # a proxy of the environment is for the outside
            )
        return self._client


def _read(response: httpx.Response, place: str) -> Any:
    if not response.is_success:
        raise refusals.refused(response, place)
    if response.status_code == httpx.codes.NO_CONTENT:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise refusals.unreadable(response.status_code) from error
