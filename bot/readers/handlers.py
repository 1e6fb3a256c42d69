"""The addresses of readers' pages: looking never changes anything, pressing does."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog

from bot.ports import Route
from bot.readers import ballots, forms, leaving, managing, signup
from bot.readers.asked import read
from bot.readers.limits import TooMany
from bot.readers.pages import Page, answer
from paperlark.errors import ConfigError, NotFound, StoreError
from paperlark.tokens import BadToken, Expired

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from aiohttp import web
    from aiohttp.typedefs import Handler

    from bot.readers.asked import Asked
    from bot.readers.office import Office

    Question: TypeAlias = Callable[[Office, Asked], Page]

_log: Final = structlog.get_logger(__name__)
_OUT_OF_REACH: Final = "paperlark cannot reach what it keeps: try again in a minute."
_LINKED: Final = (
    ("/u/{token}", leaving.shown, leaving.stop),
    ("/subscribe", forms.shown, forms.filled),
    ("/confirm/{token}", signup.shown, signup.confirm),
    ("/manage/{token}", managing.shown, managing.changed),
    ("/v/{token}", ballots.shown, ballots.cast),
)
"""Path, what is seen there, what a press does."""
_BARE: Final = frozenset({leaving.stop})
"""Those whose body nobody reads: one press of a mail program's own button ends it."""


def routes(office: Office) -> Sequence[Route]:
    """The route of every page; before those that take every path."""
    found = []
    for path, look, press in _LINKED:
        found += [Route(method, path, _handler(office, look)) for method in ("GET", "HEAD")]
        found.append(Route("POST", path, _handler(office, press)))
    return tuple(found)


def _handler(office: Office, question: Question) -> Handler:
    """The question asked in a thread; what it raises is a page that helps."""

    async def handle(request: web.Request) -> web.StreamResponse:
        asked = await read(request, form=question not in _BARE)
        return answer(await asyncio.to_thread(_asked, question, office, asked), office.addresses)

    return handle


def _asked(question: Question, office: Office, asked: Asked) -> Page:
    try:
        return question(office, asked)
    except Expired as error:
        return _slip("This link is over.", error, HTTPStatus.GONE)
    except BadToken as error:
        return _slip("This link does not work.", error, HTTPStatus.NOT_FOUND)
    except TooMany as error:
        return _slip("Not so often.", error, HTTPStatus.TOO_MANY_REQUESTS)
    except (ConfigError, NotFound) as error:
        return _slip("That cannot be done.", error, HTTPStatus.BAD_REQUEST)
    except StoreError as error:
        _log.warning("page not made", error=str(error))
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return Page("Not now.", (_OUT_OF_REACH,), status=status)


def _slip(title: str, error: Exception, status: HTTPStatus) -> Page:
    return Page(title, (str(error),), status=status)
