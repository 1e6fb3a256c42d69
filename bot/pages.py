"""The archive's pages over HTTP: the site's bytes, made once for many readers."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.ports import Route
from bot.readers.pages import ROBOTS
from paperlark.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.desk.house import House
    from paperlark.site import Answer

_log: Final = structlog.get_logger(__name__)
FRESH_S: Final = 10.0
"""How old a page made before may be when it is given out again; days change a few times a day."""
KEPT: Final = 32
"""Pages held at one time; a day of 300 papers is about 200 kB, packed 30 kB."""
AT_ONCE: Final = 2
"""Threads that make pages, apart from those the chats' answers come from."""
_OWN: Final = "private, no-cache"
_CACHED: Final = f"public, max-age={int(FRESH_S)}"
_PACK_FROM: Final = 1_000
_OUT_OF_REACH: Final = "paperlark cannot reach what it keeps: try again in a minute.\n"


@dataclass(frozen=True, slots=True)
class Made:
    """A page ready to be given out, plain and packed, until a moment of the monotonic clock."""

    answer: Answer
    tag: str
    packed: bytes
    until: float


def routes(house: House) -> Sequence[Route]:
    """The archive's pages over what the desk works with."""
    from paperlark.site import Site  # noqa: PLC0415  (Jinja is slow to import)

    base = urlsplit(house.web).path
    site = Site(house.store, house.clock, default=house.default, base=base, subscribe=house.mail)
    return Pages(site.answer).routes


class Pages:
    """The route of every page.

    Args:
        answer: from a path to bytes; may block, and runs in threads.
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self, answer: Callable[[str], Answer], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._answer, self._now = answer, now
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._making: dict[str, asyncio.Future[Made]] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pages")

    @property
    def routes(self) -> Sequence[Route]:
        """Every path that no other route is for."""
        return tuple(Route(method, "/{path:.*}", self.handle) for method in ("GET", "HEAD"))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A page, or that the reader's copy is still good; 503 where the store is away."""
        try:
            made = await self._get(request.rel_url.raw_path)
        except StoreError as error:
            _log.warning("page not made", error=str(error))
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return web.Response(status=status, text=_OUT_OF_REACH, headers={"Retry-After": "60"})
        return _response(request, made)

    async def _get(self, path: str) -> Made:
        """The page, made anew where it is not fresh; at most one is under way for a path."""
        made = self._made.get(path)
        if made and self._now() < made.until:
            return made
        making = self._making.get(path)
        if making is None:
            making = asyncio.get_running_loop().run_in_executor(self._threads, self._make, path)
            self._making[path] = making
            making.add_done_callback(lambda done: self._keep(path, done))
        return await asyncio.shield(making)  # one reader who leaves must not take it from others

    def _make(self, path: str) -> Made:
        answer = self._answer(path)
        tag = hashlib.sha256(f"{answer.status} {answer.kind} ".encode() + answer.body).hexdigest()
        packed = b""
        if len(answer.body) >= _PACK_FROM:
            packed = gzip.compress(answer.body, 6, mtime=0)
        return Made(answer, tag[:24], packed, self._now() + FRESH_S)

    def _keep(self, path: str, done: asyncio.Future[Made]) -> None:
        del self._making[path]
        if done.cancelled() or done.exception():
            return
        self._made[path] = done.result()
        self._made.move_to_end(path)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)


def _response(request: web.Request, made: Made) -> web.Response:
    answer = made.answer
    headers = {"Cache-Control": _CACHED, "Content-Type": answer.kind}
    if answer.private:
        headers |= {"Cache-Control": _OWN, "X-Robots-Tag": ROBOTS}
    if answer.location:
        return web.Response(status=answer.status, headers={"Location": answer.location})
    headers |= {"ETag": f'W/"{made.tag}"', "Vary": "Accept-Encoding"}
    if answer.policy:
        headers["Content-Security-Policy"] = answer.policy
    if answer.status == HTTPStatus.OK and _known(request, made.tag):
        del headers["Content-Type"]
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = answer.body
    if made.packed and _packs(request):
        headers["Content-Encoding"], body = "gzip", made.packed
    return web.Response(status=answer.status, body=body, headers=headers)


def _known(request: web.Request, tag: str) -> bool:
    """Whether the reader has this very page; a malformed header names none."""
    return any(each.value in {tag, "*"} for each in request.if_none_match or ())


def _packs(request: web.Request) -> bool:
    """Whether the reader takes gzip."""
    offers = request.headers.get("Accept-Encoding", "").replace(" ", "").lower().split(",")
    for offer in offers:
        name, _, weight = offer.partition(";q=")
        if name == "gzip":
            return not weight or bool(weight.strip("0."))
    return False
