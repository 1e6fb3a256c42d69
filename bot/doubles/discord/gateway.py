"""The gateway: sessions that are begun, kept alive, broken and taken up again.

Source: discord.com/developers/docs/events/gateway.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web

from bot.doubles.discord.world import APP, CHANNEL, EVERYTHING, GUILD, TEXT, THREAD, TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.doubles.discord.world import World

DISPATCH, BEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, BEATEN = 0, 1, 2, 6, 7, 9, 10, 11
_PRIVILEGED: Final = (1 << 1) | (1 << 8) | (1 << 15)
_REACTIONS: Final = 1 << 10
_TALK_REACTIONS: Final = 1 << 13
_BAD_TOKEN, _NOT_ALLOWED = 4004, 4014


class Line:
    """One connection: frames as text, or as one zlib stream."""

    def __init__(self, socket: web.WebSocketResponse, *, packed: bool) -> None:
        self.socket = socket
        self._packer = zlib.compressobj() if packed else None

    async def send(
        self, code: int, data: Any = None, seq: int | None = None, name: str = ""
    ) -> None:
        """One payload; a connection that is gone takes it silently."""
        said = json.dumps({"op": code, "d": data, "s": seq, "t": name or None})
        with contextlib.suppress(ConnectionError):
            if self._packer:
                whole = self._packer.compress(said.encode()) + self._packer.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(whole)
            else:
                await self.socket.send_str(said)


@dataclass
class Session:
    """A client as the gateway knows it: what was told to it, and where it is connected."""

    id: str
    intents: int
    line: Line | None = None
    told: list[tuple[int, str, Any]] = field(default_factory=list)

    async def dispatch(self, name: str, data: Any) -> None:
        """Tell an event, now or when the session is resumed."""
        self.told.append((len(self.told) + 1, name, data))
        if self.line:
            await self.line.send(DISPATCH, data, len(self.told), name)


class Gateway:
    """All sessions.

    Attributes:
        beat_ms: the heartbeat asked for.
        deaf: heartbeats are not answered.
        mute: READY is not sent, as it happens.
        opened: connections so far; `identified`, `resumed`: what became of them.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.beat_ms, self.deaf, self.mute = 41_250, False, False
        self.opened = self.identified = self.resumed = 0
        self.sessions: dict[str, Session] = {}
        self.url = ""
        self._changed = asyncio.Event()

    @property
    def connected(self) -> list[Session]:
        """Sessions that listen now."""
        return [session for session in self.sessions.values() if session.line]

    async def until(self, count: int = 1) -> None:
        """Wait until exactly so many sessions listen."""
        while len(self.connected) != count:
            self._changed.clear()
            await self._changed.wait()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from its hello to its end."""
        socket = web.WebSocketResponse(heartbeat=None, autoping=True)
        await socket.prepare(request)
        self.opened += 1
        line = Line(socket, packed=request.query.get("compress") == "zlib-stream")
        await line.send(HELLO, {"heartbeat_interval": self.beat_ms})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._heard(line, json.loads(frame.data))
        finally:
            for session in self.sessions.values():
                if session.line is line:
                    session.line = None
            self._changed.set()
        return socket

    async def dispatch(self, name: str, data: Mapping[str, Any], intent: int = 0) -> None:
        """Tell every session that asked for it."""
        for session in list(self.sessions.values()):
            if not intent or session.intents & intent:
                await session.dispatch(name, data)

    async def reaction(self, name: str, data: Mapping[str, Any]) -> None:
        """Tell of a reaction."""
        await self.dispatch(name, data, _REACTIONS if "guild_id" in data else _TALK_REACTIONS)

    async def reconnect(self) -> None:
        """Ask everyone to connect anew."""
        for session in self.connected:
            if session.line:
                await session.line.send(RECONNECT)

    async def invalidate(self, *, resumable: bool) -> None:
        """Tell everyone that their session has ended, or has to be resumed."""
        for session in self.connected:
            line = session.line
            if not resumable:
                self.sessions.pop(session.id)
            if line:
                await line.send(INVALID, resumable)
        self._changed.set()

    async def close(self, code: int = 1000) -> None:
        """Close every connection with that code; from 4004 on, sessions are forgotten as told."""
        for session in self.connected:
            line, session.line = session.line, None
            if line:
                await line.socket.close(code=code)
        self._changed.set()

    def abort(self) -> None:
        """Break every connection without a word."""
        for session in self.connected:
            line, session.line = session.line, None
            transport = getattr(line.socket._req, "transport", None) if line else None  # noqa: SLF001  (aiohttp has no other way to break a socket)
            if transport:
                transport.abort()
        self._changed.set()

    async def _heard(self, line: Line, said: Mapping[str, Any]) -> None:
        match said.get("op"):
            case code if code == BEAT:
                if not self.deaf:
                    await line.send(BEATEN)
            case code if code == IDENTIFY:
                await self._identify(line, said["d"])
            case code if code == RESUME:
                await self._resume(line, said["d"])

    async def _identify(self, line: Line, asked: Mapping[str, Any]) -> None:
        intents = int(asked["intents"])
        if asked["token"] != TOKEN or self._world.revoked:
            await line.socket.close(code=_BAD_TOKEN, message=b"Authentication failed.")
        elif intents & _PRIVILEGED:
            await line.socket.close(code=_NOT_ALLOWED, message=b"Disallowed intent(s).")
        elif not self.mute:
            self.identified += 1
            session = Session(f"session-{self._world.number()}", intents, line)
            self.sessions[session.id] = session
            await session.dispatch("READY", ready(self._world, session.id, self.url))
            await session.dispatch("GUILD_CREATE", guild(self._world))
            self._changed.set()

    async def _resume(self, line: Line, asked: Mapping[str, Any]) -> None:
        session = self.sessions.get(str(asked["session_id"]))
        if session is None or asked["token"] != TOKEN:
            await line.send(INVALID, data=False)
            return
        self.resumed += 1
        for number, name, data in session.told[int(asked["seq"] or 0) :]:
            await line.send(DISPATCH, data, number, name)
        session.line = line
        await session.dispatch("RESUMED", {"_trace": []})
        self._changed.set()


def ready(world: World, session: str, url: str) -> dict[str, Any]:
    """What a client is told first."""
    return {
        "v": 10,
        "user": world.people[APP].json | {"verified": True, "mfa_enabled": False, "flags": 0},
        "guilds": [{"id": GUILD, "unavailable": True}],
        "session_id": session,
        "session_type": "normal",
        "resume_gateway_url": url,
        "application": {"id": APP, "flags": 0},
        "private_channels": [],
        "_trace": [],
    }


def guild(world: World) -> dict[str, Any]:
    """The whole server, as a client is told of it."""
    places = list(world.places.values())
    return {
        "id": GUILD,
        "name": "Double",
        "owner_id": "400000000000000001",
        "icon": None,
        "splash": None,
        "region": "",
        "afk_channel_id": None,
        "afk_timeout": 60,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-GB",
        "system_channel_id": CHANNEL,
        "system_channel_flags": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": roles(),
        "members": [member(world, APP)],
        "member_count": len(world.people),
        "joined_at": "2026-01-01T00:00:00+00:00",
        "large": False,
        "unavailable": False,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "channels": [place.json for place in places if place.kind == TEXT],
        "threads": [place.json for place in places if place.kind == THREAD],
    }


def roles() -> list[dict[str, Any]]:
    """Everyone's role, which is all there is."""
    return [
        {
            "id": GUILD,
            "name": "@everyone",
            "permissions": str(EVERYTHING),
            "position": 0,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
    ]


def member(world: World, user: str) -> dict[str, Any]:
    """A person as a member of the server."""
    return {
        "user": world.people[user].json,
        "nick": None,
        "avatar": None,
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
