"""One request of a reader: the link's token, what the form held, where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from aiohttp import web

from paperlark.render.escape import block
from paperlark.settings import loopback
from paperlark.tokens import BadToken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.readers.office import Office
    from paperlark.tokens import Purpose

_LONGEST: Final = 400
_FORM: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 64
_SIX: Final = 6
_NET_BITS: Final = 64
"""Whoever has one address of IPv6 has this many of its bits as they like."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader sent.

    Attributes:
        token: the last part of the path; empty for pages without one.
        given: the form's fields, texts only.
        source: the network address it came from.
    """

    token: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def text(self, name: str) -> str:
        """What stood in a field; empty where it was not there."""
        return self.given.get(name, "").strip()[:_LONGEST]

    def block(self, name: str, most: int) -> str:
        """What stood in a field of several lines; one character over `most` shows that it was cut.

        Control characters, and marks that turn text around, are gone.
        """
        return block(self.given.get(name, "")[: 2 * most + 2]).strip()[: most + 1]

    def fields(self, office: Office, purpose: Purpose, number: int) -> tuple[str, ...]:
        """What the token carries.

        Raises:
            BadToken: it is none of ours for this purpose, or its time is over.
        """
        found = office.signer.read(purpose, self.token, office.now())
        if len(found) != number:
            raise BadToken("This link is not whole. Open it from the mail again, in one piece.")
        return found


async def read(request: web.Request, *, form: bool) -> Asked:
    """The request as a value; a form that cannot be read is an empty one."""
    given = await _given(request) if form and request.method == "POST" else {}
    return Asked(request.match_info.get("token", ""), given, source(request))


async def _given(request: web.Request) -> Mapping[str, str]:
    """The fields as our own forms send them, in UTF-8 whatever the request says of itself.

    A caller who could choose the charset would choose one that decodes into lone surrogates, or
    one that takes minutes of this loop.
    """
    if request.content_type != _FORM:
        return {}
    try:
        body = (await request.read()).decode("utf-8", "replace")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (ValueError, web.HTTPException):
        return {}


def source(request: web.Request) -> str:
    """Where a request came from: of a proxy on this machine, what it says of its own caller."""
    near = request.remote or ""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    proxied = said and (loopback(near) or not near)  # a unix socket has no address
    return _network(said if proxied else near)


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == _SIX:
        return str(ip_network(f"{found}/{_NET_BITS}", strict=False))
    return str(found)
