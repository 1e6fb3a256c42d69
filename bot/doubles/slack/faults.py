"""What can go wrong between Slack and a caller, by name: singly, in a row, or at random."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.doubles.faults import Fault, Faults, reset, slow
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

_HTML: Final = "text/html"
_PAGE: Final = b"<!DOCTYPE html>\n<html><head><title>Slack</title></head><body>%s</body></html>"
__all__ = [
    "NAMED",
    "REFUSALS",
    "Fault",
    "Faults",
    "limited",
    "named",
    "page",
    "refused",
    "reset",
    "slow",
]
LONG_S: Final = 86_400
"""A wait nobody can sit out."""


def limited(retry_after: str | None = "1") -> Fault:
    """Too many calls: status 429, with any text as its Retry-After, or without one."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault("429", status=429, headers=headers, body=_error("ratelimited"))


def refused(code: str) -> Fault:
    """Status 200 and ``ok: false`` with that code."""
    return Fault(f"error:{code}", body=_error(code))


def page(status: int) -> Fault:
    """A web page where an answer should be."""
    said = b"Sign in to the network." if status < 300 else b"Something went wrong on our side."  # noqa: PLR2004  (the first status that is no success)
    return Fault(f"{status}-html", status=status, body=_PAGE % said, content_type=_HTML)


def _error(code: str) -> bytes:
    return json.dumps({"ok": False, "error": code}).encode()


NAMED: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "429": limited(),
        "429-float": limited("0.5"),
        "429-missing": limited(None),
        "429-huge": limited(str(LONG_S)),
        "reset-before": reset(after=False),
        "reset-after": reset(after=True),
        "500-html": page(500),
        "503-json": Fault("503-json", status=503, body=_error("service_unavailable")),
        "200-html": page(200),
        "truncated": Fault("truncated", effect=True, cut_at=9),
        "slow": slow(30.0),
    }
)
"""Every fault of a call by its name; ``error:CODE`` is any refusal."""
REFUSALS: Final = (
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "invalid_auth",
    "token_revoked",
    "missing_scope",
    "msg_too_long",
    "msg_blocks_too_long",
    "invalid_blocks",
    "ratelimited",
    "internal_error",
    "fatal_error",
)
"""Codes worth injecting."""


def named(name: str, *, retry_after: str = "", seconds: float = 0.0) -> Fault:
    """The fault of that name.

    Args:
        name: a key of `NAMED`, or ``error:CODE``.
        retry_after: for ``429``: another Retry-After.
        seconds: for ``slow``: how late.

    Raises:
        NotFound: there is no such fault.
    """
    if name.startswith("error:"):
        return refused(name.removeprefix("error:"))
    if name not in NAMED:
        raise NotFound(f"There is no fault “{name}”; known: {', '.join(NAMED)}, error:CODE.")
    if name == "429" and retry_after:
        return limited(retry_after)
    return replace(NAMED[name], delay_s=seconds) if seconds else NAMED[name]
