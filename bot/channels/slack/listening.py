"""Slack's way in: one set of listeners, by Socket Mode or by signed HTTP.

The module is not called `listener`: importing it would put it in the place of the package's
function of that name.
"""

from __future__ import annotations

import asyncio
import json
import re
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import hush
from bot.channels.slack.admission import admit
from bot.channels.slack.answers import Answers
from bot.channels.slack.buttons import Buttons
from bot.channels.slack.commands import Commands
from bot.channels.slack.forms import Forms
from bot.channels.slack.home import HomeTab
from bot.channels.slack.managers import Managers
from bot.channels.slack.reactions import Reactions
from bot.ports import Route
from bot.work import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_bolt.async_app import AsyncAck
    from slack_sdk.socket_mode.aiohttp import SocketModeClient

    from bot.channels.slack.admission import Admission
    from bot.channels.slack.client import Slack
    from bot.channels.slack.settings import SlackSettings
    from bot.ports import Desk

_log: Final = structlog.get_logger(__name__)
PATH: Final = "/slack/events"
PING_S: Final = 10.0
"""Seconds between two pings of a socket; after four without an answer it counts as broken."""
DOWN_S: Final = 60.0
"""A socket that is down this long may be down for a reason that Slack tells."""
_ANY: Final = re.compile(".*")
_STAMP: Final = re.compile(r"[0-9]{1,12}")
_MISSHAPEN: Final = (AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What the framework raises over fields that are not what Slack sends, signed or not."""


class SlackListener:
    """Turns what people do in Slack into calls of the desk.

    Args:
        settings: the checked table; its `way` says how events come in.
        channel: the way out of the same settings, whose connections are used; closed at the end.
        ping_s: seconds between two pings of a socket.
    """

    def __init__(self, settings: SlackSettings, channel: Slack, *, ping_s: float = PING_S) -> None:
        self._settings, self._channel, self._ping_s = settings, channel, ping_s
        self._app: AsyncApp | None = None
        self._line: SocketModeClient | None = None

    @property
    def connected(self) -> bool:
        """Whether events arrive: by a socket that is open, or at our address over HTTP."""
        if self._line is None:
            return self._app is not None
        session = self._line.current_session
        return session is not None and not (session.closed or self._line.stale)

    @property
    def routes(self) -> Sequence[Route]:
        """The address that Slack calls over HTTP; none with a socket."""
        return [Route("POST", PATH, self._receive)] if self._settings.way == "http" else []

    async def run(self, desk: Desk) -> None:
        """Listen until cancelled; what is under way then comes to its end.

        Raises:
            ConfigError: Slack refuses a token, or a permission is missing.
        """
        work = Work()
        try:
            client = self._channel.client()
            me = await admit(client, self._app_token)
            app = built(me, client, self._settings.signing_secret.get_secret_value())
            admins = self._settings.managers == "admins"
            register(app, desk, client, work, Managers(client, admins=admins))
            await self._listen(app, client, me)
        finally:
            self._app = None
            await work.close()
            await self._channel.aclose()

    @property
    def _app_token(self) -> str:
        """Empty where events come in over HTTP."""
        token = self._settings.app_token.get_secret_value()
        return token if self._settings.way == "socket" else ""

    async def _listen(self, app: AsyncApp, client: AsyncWebClient, me: Admission) -> None:
        if me.address:
            await self._socket(app, client, me.address)
        else:
            self._app = app
            _log.info("slack listens", way="http", path=PATH)
            await asyncio.Event().wait()

    async def _socket(self, app: AsyncApp, client: AsyncWebClient, address: str) -> None:
        handler: Any = AsyncSocketModeHandler(  # Any: its methods are not annotated
            app,
            self._app_token,
            logger=hush.logger(),
            web_client=client,
            ping_interval=self._ping_s,
        )
        handler.client.proxy = client.proxy  # it takes one from the environment, for any address
        handler.client.wss_uri = address
        try:
            self._line = handler.client
            await handler.connect_async()
            _log.info("slack listens", way="socket")
            await self._watch(handler.client, client)
        finally:
            self._line = None
            await handler.close_async()

    async def _watch(self, socket: SocketModeClient, client: AsyncWebClient) -> None:
        """Help the library to a new connection, and end where Slack will not give one again.

        It reconnects by itself, but keeps to an address that is good for one connection and a
        short time; so that one is taken away, and the library asks for another.
        """
        down_s = 0.0
        while True:
            await asyncio.sleep(self._ping_s / 2)
            if await socket.is_connected():
                down_s = 0.0
                continue
            socket.wss_uri = None
            down_s += self._ping_s / 2
            if down_s >= DOWN_S:
                down_s = 0.0
                socket.wss_uri = (await admit(client, self._app_token)).address

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        """One request over HTTP; its signature is checked by the framework."""
        if self._app is None:
            return web.Response(status=503)
        if not _signed(request):
            return web.Response(status=401)
        try:
            read = _request(request, (await request.read()).decode())
            answer = await self._app.async_dispatch(read)
        except _MISSHAPEN as error:
            _log.warning("slack sent what cannot be read", error=type(error).__name__)
            return web.Response(status=400)
        return await to_aiohttp_response(answer)


def built(me: Admission, client: AsyncWebClient, signing_secret: str = "") -> AsyncApp:
    """The framework's application, without listeners.

    It runs a listener before it answers (`process_before_response`): ours acknowledge in their
    first line and put their work aside, so nothing is waited for, no acknowledgement can be lost
    to an error, and an event is acknowledged when it was written, not before.
    """

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team, bot_user_id=me.user, bot_id=me.bot
        )

    return AsyncApp(
        name="paperlark",
        logger=hush.logger(),
        # Without a token: it would ask who it is at the first event, which would wait for it.
        client=AsyncWebClient(base_url=client.base_url, session=client.session),
        authorize=authorize,
        signing_secret=signing_secret,
        process_before_response=True,
    )


def register(
    app: AsyncApp, desk: Desk, client: AsyncWebClient, work: Work, managers: Managers
) -> None:
    """Every listener; the last ones acknowledge what nobody asked for."""
    answers, home = Answers(client), HomeTab(desk, client, work)
    forms = Forms(desk, client, answers, home, work, managers=managers)
    Commands(desk, answers, forms, work, managers).register(app)
    forms.register(app)
    Buttons(desk, answers, forms, home, work, managers=managers).register(app)
    Reactions(desk, client, work).register(app)
    home.register(app)
    app.view(_ANY)(_acknowledge)
    app.view_closed(_ANY)(_acknowledge)
    app.shortcut(_ANY)(_acknowledge)
    app.event(_ANY)(_nothing)
    app.error(_failed)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _nothing() -> None:
    """An event nobody asked for: the framework acknowledges it."""


async def _failed(error: Exception) -> BoltResponse:
    """What is answered to an error: 400 where the framework tripped over odd fields, else 500."""
    if isinstance(error, _MISSHAPEN) and _within_framework(error):
        _log.warning("slack sent what cannot be read", error=type(error).__name__)
        return BoltResponse(status=400)
    hush.logger().error("Failed to run a listener (error: %s)", error, exc_info=error)
    return BoltResponse(status=500)


def _within_framework(error: Exception) -> bool:
    """Whether it was raised in a file of the framework's, rather than in one of ours."""
    *_, (frame, _) = walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).startswith("slack_bolt.")


def _signed(request: web.Request) -> bool:
    """Whether it may bear a signature: the framework, which proves it, fails over other headers."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    sign = request.headers.get("X-Slack-Signature", "")
    return bool(_STAMP.fullmatch(stamp)) and sign.isascii()


def _request(request: web.Request, raw: str) -> AsyncBoltRequest:
    """The request as the framework reads it; its signature is over `raw`.

    The framework takes any form with the word “payload” in it for an interaction, and so loses a
    command that says it: the body is read here instead.

    Raises:
        TypeError, ValueError: it is no JSON object and no form.
    """
    made = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
    made.raw_body, made.body = raw, _fields(raw, request.content_type)
    made.context = build_async_context(AsyncBoltContext({}), made.body)
    return made


def _fields(raw: str, content_type: str) -> dict[str, Any]:
    form: dict[str, Any] = {}
    if content_type != "application/json":
        form = dict(parse_qsl(raw, keep_blank_values=True))
    found = json.loads(form.get("payload", raw)) if "payload" in form or not form else form
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
