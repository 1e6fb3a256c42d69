"""Socket Mode: tickets, sockets, envelopes and their acknowledgements.

Source: docs.slack.dev, apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import WSMsgType, web

from bot.doubles.slack.world import APP

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST: Final = 10
"""Sockets one app may hold."""
REASONS: Final = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")
_ANSWERED: Final = frozenset({"slash_commands", "interactive"})
"""Kinds whose acknowledgement may carry an answer."""


class NoSocket(Exception):
    """Nobody is connected to take an envelope."""


@dataclass(frozen=True, slots=True)
class Ack:
    """An acknowledgement: what came with it, and how many seconds it took."""

    payload: dict[str, Any] | None
    seconds: float
    status: int = 0


@dataclass(slots=True)
class Sockets:
    """The open sockets of the app; envelopes go to one of them in turn.

    Attributes:
        deaf: pings are not answered.
        acks: envelope ids in the order of their acknowledgement.
    """

    deaf: bool = False
    acks: list[str] = field(default_factory=list)
    opened: int = 0
    _tickets: set[str] = field(default_factory=set)
    _open: list[web.WebSocketResponse] = field(default_factory=list)
    _requests: dict[int, web.Request] = field(default_factory=dict)
    _waiting: dict[str, asyncio.Future[dict[str, Any] | None]] = field(default_factory=dict)
    _turn: int = 0
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    async def until(self, count: int = 1, *, opened: int = 0) -> None:
        """Wait until exactly `count` sockets are open, and `opened` were ever."""
        while self.count != count or self.opened < opened:
            self._moved.clear()
            await self._moved.wait()

    def ticket(self) -> str:
        """A ticket for one socket."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer a client that wants to connect, for as long as it stays."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="no such ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._open.append(socket)
        self.opened += 1
        self._requests[id(socket)] = request
        self._moved.set()
        try:
            await self._greet(socket)
            await self._listen(socket)
        finally:
            self._open.remove(socket)
            del self._requests[id(socket)]
            self._moved.set()
        return socket

    async def send(self, kind: str, payload: Mapping[str, Any], *, patience: float,
                   **more: Any) -> Ack | None:  # fmt: skip
        """Send one envelope; its acknowledgement, or None where none came in time.

        Raises:
            NoSocket: nobody is connected.
        """
        if not self._open:
            raise NoSocket
        self._turn += 1
        socket, name = self._open[self._turn % len(self._open)], str(uuid.uuid4())
        answer = asyncio.get_running_loop().create_future()
        self._waiting[name] = answer
        begun = time.perf_counter()
        envelope: dict[str, Any] = {"envelope_id": name, "type": kind, "payload": payload} | more
        envelope["accepts_response_payload"] = kind in _ANSWERED
        try:
            await socket.send_str(json.dumps(envelope))
            said = await asyncio.wait_for(answer, patience)
        except (TimeoutError, ConnectionError):
            return None
        finally:
            del self._waiting[name]
        return Ack(said, time.perf_counter() - begun)

    async def disconnect(self, reason: str, *, close: bool = False) -> None:
        """Tell every client to connect anew; with `close`, close its socket too."""
        for socket in list(self._open):
            note = {"type": "disconnect", "reason": reason, "debug_info": {"host": "double"}}
            await socket.send_str(json.dumps(note))
            if close:
                await socket.close()

    def abort(self) -> None:
        """Break every connection without a word."""
        for request in list(self._requests.values()):
            if request.transport:
                request.transport.abort()

    async def close(self) -> None:
        """Close every socket, as at the end."""
        for socket in list(self._open):
            await socket.close()

    async def _greet(self, socket: web.WebSocketResponse) -> None:
        hello = {
            "type": "hello",
            "num_connections": self.count,
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "double", "approximate_connection_time": 18060},
        }
        await socket.send_str(json.dumps(hello))
        if self.count > MOST:
            note = {"type": "disconnect", "reason": "too_many_websockets"}
            await socket.send_str(json.dumps(note))

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.PING and not self.deaf:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._acknowledged(message.data)

    def _acknowledged(self, text: str) -> None:
        found = json.loads(text)
        name = str(found.get("envelope_id", ""))
        self.acks.append(name)
        answer = self._waiting.get(name)
        if answer and not answer.done():
            answer.set_result(found.get("payload"))
