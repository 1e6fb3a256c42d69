"""A homeserver's refusals and everything that happens to a call, as errors people can act on.

What is certain and what is not: a connection that breaks, a time-out, a 5xx and an answer that
cannot be read say nothing about whether a message arrived; any other refusal says it did not.
Codes: the client-server API, "Standard error response" and "Rate limiting".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.silence import silence
from paperlark.errors import DeliveryError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

PAUSE_S: Final = 5.0
"""Where "too many" comes without a time: Synapse lets a message in every five seconds."""
LONGEST_PAUSE_S: Final = 3600.0
"""More than this is a slip: nobody is held back for longer by one answer."""
_MS: Final = 1000
UNKNOWN_TOKEN: Final = "M_UNKNOWN_TOKEN"  # noqa: S105  (an error's name)
NOT_FOUND: Final = "M_NOT_FOUND"
_KEY: Final = (
    "The homeserver refuses the access token. Log in anew as the bot's account (docs/matrix.md) "
    "and set channels.matrix.access_token."
)
_ACCOUNT: Final = (
    "The homeserver has locked, suspended or deactivated the bot's account. Ask its administrator."
)
_PERMANENT: Final[Mapping[str, str]] = {
    UNKNOWN_TOKEN: _KEY,
    "M_MISSING_TOKEN": _KEY,
    "M_USER_DEACTIVATED": _ACCOUNT,
    "M_USER_LOCKED": _ACCOUNT,
    "M_USER_SUSPENDED": _ACCOUNT,
    "M_FORBIDDEN": "paperlark isn't in the room {place}, or may not write there. Invite it, let it "
    "send messages, then `paperlark subs resume`.",
    NOT_FOUND: "The homeserver has no room {place}. Check the room's ID, or remove the "
    "subscription.",
}
"""Codes after which this target takes nothing until somebody acts: what to do."""
TOKENS: Final = frozenset({UNKNOWN_TOKEN, "M_MISSING_TOKEN", "M_USER_DEACTIVATED"})
"""Codes that say that nothing is to be had with this token."""
_FINAL: Final = frozenset(
    {"M_TOO_LARGE", "M_BAD_JSON", "M_INVALID_PARAM", "M_DUPLICATE_ANNOTATION"}
)
"""Codes by which one message is turned down for good, which says nothing about the target."""


class Failed(DeliveryError):
    """A refusal with Matrix's own code; empty where it gave none."""

    code: str = ""


class TurnedDown(Refused):
    """The same about one message alone."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a failed call.

    Attributes:
        status: of HTTP.
        code: Matrix's own word, ``errcode``; empty where the answer could not be read.
        retry_after: seconds it asked for; None where it did not.
    """

    status: int
    code: str = ""
    retry_after: float | None = None


def unanswered(error: Exception) -> DeliveryError:
    """No answer of the homeserver's: certain only where no connection came about."""
    return silence("The homeserver", "channels.matrix.homeserver", error)


def unreadable(status: int) -> DeliveryError:
    """A success whose answer is none: the message may have arrived."""
    return DeliveryError(
        f"The homeserver answered with status {status} and nothing that can be read; the message "
        "may or may not have arrived. It is asked for first.",
        uncertain=True,
    )


def refused(response: httpx.Response, place: str) -> Failed | TurnedDown:
    """What an answer other than a success means, as one sentence with the remedy.

    Args:
        response: read to its end.
        place: the target's address, for the sentence.
    """
    got = answer(response)
    error = _meant(got, place)
    error.code = got.code
    return error


def answer(response: httpx.Response) -> Answer:
    """What can be read of an answer, whatever stands between us and the homeserver."""
    try:
        read = response.json()
    except ValueError:
        read = None
    table: Mapping[str, Any] = read if isinstance(read, dict) else {}
    code = table.get("errcode")
    return Answer(
        status=response.status_code,
        code=code if isinstance(code, str) else "",
        retry_after=_pause(response.headers.get("retry-after"), table.get("retry_after_ms")),
    )


def _pause(seconds: Any, milliseconds: Any) -> float | None:
    """The seconds of the header, else those of the body's older field."""
    for told, unit in ((seconds, 1), (milliseconds, _MS)):
        try:
            wait = float(told) / unit
        except (TypeError, ValueError):
            continue
        if math.isfinite(wait) and wait >= 0:
            return min(wait, LONGEST_PAUSE_S)
    return None


def _meant(got: Answer, place: str) -> Failed | TurnedDown:
    if got.status == httpx.codes.TOO_MANY_REQUESTS:
        wait = PAUSE_S if got.retry_after is None else got.retry_after
        said = f"The homeserver asks for a pause of {wait:g} seconds: it is tried again then."
        return Failed(said, retry_after=wait)
    if got.code in _PERMANENT:
        return Failed(_PERMANENT[got.code].format(place=place), permanent=True)
    if got.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Failed(
            f"The homeserver has trouble (status {got.status}); the message may or may not have "
            "arrived. It is asked for first.",
            uncertain=True,
        )
    if got.code in _FINAL:
        said = (
            f"The homeserver refused the message ({got.code}). It was not sent; please report it."
        )
        return TurnedDown(said, final=True)
    if got.code:
        return Failed(f"The homeserver refused the message ({got.code}). It was not sent.")
    return Failed(
        f"The address in channels.matrix.homeserver answered with status {got.status}: it should "
        "be a homeserver's."
    )
