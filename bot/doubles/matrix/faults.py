"""What can go wrong between a homeserver and a caller, by name: singly, in a row, or at random."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.doubles.faults import Fault, Faults, reset, slow
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE: Final = b"<!DOCTYPE html>\n<html><body>Something went wrong on our side.</body></html>"
_STATUS: Final[Mapping[str, int]] = {
    "M_UNKNOWN_TOKEN": 401,
    "M_MISSING_TOKEN": 401,
    "M_USER_LOCKED": 401,
    "M_NOT_FOUND": 404,
    "M_UNRECOGNIZED": 404,
    "M_TOO_LARGE": 413,
    "M_BAD_JSON": 400,
    "M_INVALID_PARAM": 400,
    "M_UNKNOWN": 400,
}
__all__ = ["NAMED", "Fault", "Faults", "limited", "named", "page", "refused", "reset", "slow"]


def limited(seconds: float | None = 1.0, *, header: bool = False) -> Fault:
    """Too many events: status 429; with ``retry_after_ms``, as a header, or without a time."""
    body: dict[str, object] = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
    headers: dict[str, str] = {}
    if seconds is not None and header:
        headers["Retry-After"] = f"{seconds:g}"
    elif seconds is not None:
        body["retry_after_ms"] = round(seconds * 1000)
    return Fault("429", status=429, headers=headers, body=json.dumps(body).encode())


def refused(code: str, status: int = 0) -> Fault:
    """An error of that name, with the status that goes with it."""
    body = json.dumps({"errcode": code, "error": code}).encode()
    return Fault(f"error:{code}", status=status or _STATUS.get(code, 403), body=body)


def page(status: int) -> Fault:
    """A web page where an answer should be."""
    return Fault(f"{status}-html", status=status, body=_PAGE, content_type="text/html")


NAMED: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "429": limited(),
        "429-header": limited(2.0, header=True),
        "429-missing": limited(None),
        "reset-before": reset(after=False),
        "reset-after": reset(after=True),
        "500-html": page(500),
        "502-html": page(502),
        "200-html": page(200),
        "500-json": refused("M_UNKNOWN", 500),
        "truncated": Fault("truncated", effect=True, cut_at=5),
        "empty": Fault("empty", effect=True, body=b"{}"),
        "slow": slow(30.0),
    }
)
"""Every fault of a call by its name; ``error:CODE`` is any refusal."""


def named(name: str, *, seconds: float = 0.0) -> Fault:
    """The fault of that name.

    Args:
        name: a key of `NAMED`, or ``error:CODE``.
        seconds: for ``429`` and ``slow``: how long.

    Raises:
        NotFound: there is no such fault.
    """
    if name.startswith("error:"):
        return refused(name.removeprefix("error:"))
    if name not in NAMED:
        raise NotFound(f"There is no fault “{name}”; known: {', '.join(NAMED)}, error:CODE.")
    if seconds and name == "429":
        return limited(seconds)
    return slow(seconds) if seconds and name == "slow" else NAMED[name]
