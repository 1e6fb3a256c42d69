"""What can go wrong between Discord and a caller, by name."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from bot.doubles.faults import Fault, Faults, reset, slow
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NAMED", "Fault", "Faults", "limited", "named", "page", "refused", "reset", "slow"]
_HTML: Final = "text/html"
_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>discord.com</title></head><body>%s</body></html>"
)
_VIA: Final = {"Via": "1.1 double"}
_CODES: Final[Mapping[int, tuple[int, str]]] = MappingProxyType(
    {
        0: (401, "401: Unauthorized"),
        10003: (404, "Unknown Channel"),
        10004: (404, "Unknown Guild"),
        10008: (404, "Unknown Message"),
        10062: (404, "Unknown interaction"),
        40060: (400, "Interaction has already been acknowledged."),
        50001: (403, "Missing Access"),
        50007: (403, "Cannot send messages to this user"),
        50008: (400, "Cannot send messages in a non-text channel"),
        50013: (403, "Missing Permissions"),
        50035: (400, "Invalid Form Body"),
        160006: (400, "Maximum number of active threads reached"),
        200000: (400, "Message was blocked by automatic moderation"),
    }
)
"""Discord's codes worth injecting, with the status and the sentence each comes with."""


def limited(retry_after: float | None = 1.0, *, everywhere: bool = False) -> Fault:
    """Too many calls, as Discord says it; None for a wall before it, without Via and JSON."""
    if retry_after is None:
        said = _PAGE % b"You are being rate limited."
        return Fault("429-bare", status=429, body=said, content_type=_HTML)
    table = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": everywhere,
        "code": 0,
    }
    scope = "global" if everywhere else "user"
    headers = {**_VIA, "Retry-After": f"{retry_after:g}", "X-RateLimit-Scope": scope}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    return Fault("429", status=429, headers=headers, body=json.dumps(table).encode())


def refused(code: int) -> Fault:
    """An error with that code of Discord's; 0 for a token that is not taken."""
    status, said = _CODES.get(code, (400, "Something is wrong"))
    table: dict[str, Any] = {"message": said, "code": code}
    return Fault(f"error:{code}", status=status, body=json.dumps(table).encode())


def page(status: int) -> Fault:
    """A web page where an answer should be."""
    return Fault(f"{status}-html", status=status, body=_PAGE % b"Hm.", content_type=_HTML)


NAMED: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "429": limited(),
        "429-global": limited(everywhere=True),
        "429-bare": limited(None),
        "reset-before": reset(after=False),
        "reset-after": reset(after=True),
        "500-html": page(500),
        "502-html": page(502),
        "503-html": page(503),
        "200-html": page(200),
        "truncated": Fault("truncated", effect=True, cut_at=9),
        "slow": slow(30.0),
    }
)
"""Every fault of a call by its name; ``error:CODE`` is any refusal."""


def named(name: str, *, retry_after: float = 0.0, seconds: float = 0.0) -> Fault:
    """The fault of that name.

    Args:
        name: a key of `NAMED`, or ``error:CODE``.
        retry_after: for ``429``: another pause.
        seconds: for ``slow``: how late.

    Raises:
        NotFound: there is no such fault.
    """
    if name.startswith("error:"):
        return refused(int(name.removeprefix("error:")))
    if name not in NAMED:
        raise NotFound(f"There is no fault “{name}”; known: {', '.join(NAMED)}, error:CODE.")
    if name == "429" and retry_after:
        return limited(retry_after)
    return replace(NAMED[name], delay_s=seconds) if seconds else NAMED[name]
