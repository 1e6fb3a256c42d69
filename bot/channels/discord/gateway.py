"""The connection that Discord's events come in by: discord.py's, led to our addresses.

The library keeps addresses, waits and the end of patience in its classes and modules, for every
client of a process. This client keeps its own: nothing outside it is changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import HTTPClient, Route

from bot.hush import hushed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from discord import File

    from bot.channels.discord.settings import DiscordSettings

_log: Final = structlog.get_logger(__name__)
FINAL: Final = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Codes of a closing after which the same start would end the same way."""
UNREACHED: Final = (
    OSError,
    TimeoutError,
    aiohttp.ClientError,
    discord.HTTPException,
    discord.GatewayNotFound,
)
"""What a service that is away, slow or broken ends in."""
WAITS_S: Final = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Before each new connection in a row; the last one over and over."""
IDENTIFY_S: Final = 2.0
"""Discord wants some seconds before a session is begun anew; doubled each time in a row."""
MOST_IDENTIFY_S: Final = 64.0
"""Discord allows a thousand a day."""
BEAT_S: Final = 4.0
"""Discord's own rhythm is 41 s, in which a dead connection would not be noticed."""
SILENCE_S: Final = 8.0
"""A connection that says nothing for this long, not even to a beat, is dead."""
STEADY_S: Final = 5.0
"""A connection that lasted this long was a good one."""
OPEN_S: Final = 8.0
RESUMES: Final = 4
"""Tries in a row to take a session up again, before it is begun anew."""


def intents() -> discord.Intents:
    """Servers, their channels, and reactions: none of them needs Discord's approval."""
    return discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)


class Rest(HTTPClient):
    """The library's REST client, led to another address."""

    def __init__(self, loop: asyncio.AbstractEventLoop, api_url: str) -> None:
        super().__init__(loop)
        self._api = api_url.rstrip("/")

    async def renew(self) -> None:
        """Let go of every connection, so that there can be another log-in."""
        await self.close()
        self.clear()
        self.connector = discord.utils.MISSING

    async def request(
        self,
        route: Route,
        *,
        files: Iterable[File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Send the request to our address; the rest is the library's."""
        if route.url.startswith(Route.BASE):
            route.url = self._api + route.url.removeprefix(Route.BASE)
        return await super().request(
            route, files=list(files) if files else None, form=form, **kwargs
        )


class Line(DiscordWebSocket):
    """One connection, whose beats are the client's and not those of a thread of its own."""

    def take_over(self) -> None:
        """End the library's beats: it would tell of lateness that is none between ours."""
        if self._keep_alive:
            self._keep_alive.stop()
        self._keep_alive = None


class Gateway(discord.Client):
    """A client that comes back within seconds whatever happens, unless Discord forbids it.

    Args:
        settings: where to connect to.
        beat_s, silence_s: how often the other end is asked for a sign, and how long it may take.
        identify_s: the first wait before a session is begun anew.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        beat_s: float = BEAT_S,
        silence_s: float = SILENCE_S,
        identify_s: float = IDENTIFY_S,
    ) -> None:
        # Nobody is spoken to: the library need not warn of what it lacks for that.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=intents(),
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=0.2,
        )
        self.rest = Rest(self.loop, settings.api_url)
        self.http = self._connection.http = self.rest
        self._address = yarl.URL(settings.gateway_url)
        self._beat_s, self._silence_s, self._identify_s = beat_s, silence_s, identify_s
        self._up, self._failed = False, 0

    @property
    def connected(self) -> bool:
        """Whether a session stands, on a connection that is open."""
        ws: DiscordWebSocket | None = self.ws  # None before the first connection
        return self._up and ws is not None and ws.open

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay connected until closed, taking the session up again where it broke off.

        Raises:
            ConnectionClosed: for a reason that will not pass: its code is one of `FINAL`.
        """
        del reconnect
        session: dict[str, Any] = {"initial": True, "gateway": self._address}
        tries = 0
        while not self.is_closed():
            began, self._up = self.loop.time(), False
            resume = await self._ended(session)
            self.dispatch("disconnect")
            tries = 0 if self.loop.time() - began > STEADY_S else tries + 1
            self._failed = 0 if self._up else self._failed + 1
            session = self._again(resume=resume and self._failed < RESUMES)
            await asyncio.sleep(max(WAITS_S[min(tries, len(WAITS_S) - 1)], self._pause_s(session)))

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Pass an event on to whoever waits for it, and note that a session stands."""
        self._up = self._up or event in {"connect", "resumed"}
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Nothing: it was waited before the connection was opened."""

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what got out of a handler; the library would print a traceback with its values."""
        del args, kwargs
        _log.error("discord event failed", kind=event_method, exc_info=True)

    async def _ended(self, session: dict[str, Any]) -> bool:
        """Listen until the connection ends; whether its session may be taken up again."""
        resume = True
        try:
            await self._listen(session)
        except ReconnectWebSocket as asked:
            resume = asked.resume
        except discord.ConnectionClosed as closed:
            if closed.code in FINAL:
                raise
        except UNREACHED as error:
            _log.warning("discord is away", error=hushed(repr(error)))
        except Exception as error:  # noqa: BLE001  (the library trips over an event: go on after it)
            _log.error("discord event was not understood", error=hushed(repr(error)))
        if self.ws is not None:
            # In a task: a connection that is dead does not answer to being closed either.
            _later(self.ws.close(code=4000))
        return resume

    async def _listen(self, session: dict[str, Any]) -> None:
        async with asyncio.timeout(OPEN_S):  # wait_for may lose a cancellation before 3.12
            self.ws = ws = await Line.from_client(self, **session)
        ws.take_over()
        beating = asyncio.create_task(self._beats(ws))
        try:
            while True:
                async with asyncio.timeout(self._silence_s):
                    await ws.poll_event()
        finally:
            beating.cancel()

    async def _beats(self, ws: Line) -> None:
        """Ask for a sign now and then; each is a sign of ours as well."""
        while True:
            await asyncio.sleep(self._beat_s)
            with suppress(*UNREACHED, discord.ConnectionClosed):
                await ws.send_heartbeat({"op": ws.HEARTBEAT, "d": ws.sequence})

    def _again(self, *, resume: bool) -> dict[str, Any]:
        """How to connect next: the session taken up where it broke off, or begun anew."""
        last: DiscordWebSocket | None = self.ws  # None before the first connection
        if not resume or last is None or last.session_id is None:
            return {"gateway": self._address}
        return {
            "gateway": last.gateway,
            "session": last.session_id,
            "sequence": last.sequence,
            "resume": True,
        }

    def _pause_s(self, session: dict[str, Any]) -> float:
        """How long to wait before a session is begun anew; none before one is taken up again."""
        if session.get("resume"):
            return 0.0
        return min(MOST_IDENTIFY_S, self._identify_s * 2.0 ** min(self._failed, 10))


_ENDING: Final[set[asyncio.Task[None]]] = set()


def _later(closing: Any) -> None:
    async def quietly() -> None:
        with suppress(Exception):  # what is closed need not be told so
            async with asyncio.timeout(OPEN_S):
                await closing

    task = asyncio.create_task(quietly())
    _ENDING.add(task)
    task.add_done_callback(_ENDING.discard)
