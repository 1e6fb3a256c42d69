"""A reader's page as a value, and as an answer that gives nothing away."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from paperlark.render import templates, words
from paperlark.render.page import lines
from paperlark.render.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paperlark.render.addresses import Addresses

ROBOTS: Final = "noindex, nofollow"
_HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: a form of its own.

    Attributes:
        label: what it says.
        do: the value it sends as ``do``.
        action: the path it is sent to; empty for the page's own.
        quiet: it is not the first thing to press.
    """

    label: str
    do: str
    action: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What a reader sees.

    Attributes:
        title: its heading, in one sentence.
        said: paragraphs under it.
        buttons: what can be pressed, the first thing first.
        ways: addresses and names of other pages.
        template: a longer form has one of its own; `more` is what it prints.
        file: instead of a page, a file of that name; `text` is what it holds.
    """

    title: str
    said: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    status: HTTPStatus = HTTPStatus.OK
    template: str = "reader.html.j2"
    more: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    text: str = ""


def answer(page: Page, addresses: Addresses) -> web.Response:
    """The page over HTTP: kept by nobody, found by no search, fetching and telling nothing."""
    headers = {"X-Robots-Tag": ROBOTS}
    if page.file:
        headers["Content-Disposition"] = f'attachment; filename="{page.file}"'
        return web.Response(text=page.text, content_type="application/json", headers=headers)
    style = sheet("reader.css")
    style = style._replace(policy=style.policy.replace("form-action 'none'", "form-action 'self'"))
    made = templates.html().get_template(page.template)
    text = made.render(
        page=page,
        sheet=style,
        addresses=addresses,
        here="",
        month_of=None,
        words=words,
        block=lines,
        **page.more,
    )
    headers["Content-Security-Policy"] = f"{style.policy}; frame-ancestors 'none'"
    if page.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "60"
    body = text.encode(errors="replace")
    headers["Content-Type"] = _HTML
    return web.Response(status=page.status, body=body, headers=headers)
