"""Discord's refusals and everything that happens to a call, as errors people can act on.

What is certain and what is not: a connection that breaks, a time-out, a 5xx and an answer that
cannot be read say nothing about whether a message arrived; any other refusal says it did not.
Codes: discord.com/developers/docs/topics/opcodes-and-status-codes, "JSON Error Codes".
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.silence import silence
from paperlark.errors import DeliveryError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

PAUSE_S: Final = 60.0
"""Where "too many" comes without a time: Discord always tells one, so this is a wall before it."""
LONGEST_PAUSE_S: Final = 3600.0
"""More than this is rubbish: nobody is held back for longer by one answer."""
_MALFORMED: Final = 50035
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, NO_THREADS, HAS_THREAD = 10003, 10008, 50024, 160004
_KEY: Final = (
    "Discord refuses the bot token. Copy the one under “Bot” of the application to "
    "channels.discord.token."
)
_INVITE: Final = "`paperlark doctor` prints the invite link; then `paperlark subs resume`."
_MAY: Final = (
    "paperlark may not write in {place}. Allow it View Channel, Send Messages, Create Public "
    "Threads, Send Messages in Threads and Read Message History there, then `paperlark subs "
    "resume`."
)
_PERMANENT: Final[Mapping[int, str]] = {
    10003: "Discord has no channel {place}. Check its number, or remove the subscription.",
    10004: f"paperlark isn't in the server of {{place}}. {_INVITE}",
    10013: "Discord knows no person {place}. Check the target's number.",
    50001: f"paperlark cannot see {{place}}. {_INVITE}",
    50007: "{place} takes no letters from paperlark. They must allow letters from members of a "
    "server they share with it, or choose another target.",
    50008: "{place} is no text channel. Choose one that is.",
    50013: _MAY,
    50278: "{place} shares no server with paperlark. Choose another target.",
    160006: "The server of {place} has as many threads as Discord allows. Archive some, then "
    "`paperlark subs resume`.",
}
"""Codes after which this target takes nothing until somebody acts: what to do."""
_RULE: Final = "A rule of the server turned the message down. Let its moderators exempt paperlark."
_LOCKED: Final = "Somebody locked the thread of the post. Unlock it to have the rest of it."
_FINAL: Final[Mapping[int, str]] = {
    200000: _RULE,
    200001: _RULE,
    240000: _RULE,
    50083: _LOCKED,
    160005: _LOCKED,
}
"""Codes by which one message is turned down for good, which says nothing about the target."""


class Failed(DeliveryError):
    """A refusal with Discord's own code; 0 where it gave none."""

    code: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a failed call; `code` is Discord's own, 0 where there is none."""

    status: int
    code: int = 0
    said: str = ""
    retry_after: float | None = None


def unanswered(error: Exception) -> DeliveryError:
    """No answer of Discord's: certain only where no connection came about."""
    return silence("Discord", "channels.discord.api_url", error)


def refused(response: httpx.Response, place: str) -> DeliveryError:
    """What an answer other than a success means, as one sentence with the remedy.

    Args:
        response: read to its end.
        place: the target's address, for the sentence.
    """
    got = answer(response)
    error = _meant(got, place)
    if isinstance(error, Failed):
        error.code = got.code
    return error


def unreadable(status: int) -> DeliveryError:
    """A success whose answer is none: the message may have arrived."""
    return DeliveryError(
        f"Discord answered with status {status} and nothing that can be read; the message may or "
        "may not have arrived. It is asked for first.",
        uncertain=True,
    )


def answer(response: httpx.Response) -> Answer:
    """What can be read of an answer, whatever stands between us and Discord."""
    try:
        read = response.json()
    except ValueError:
        read = None
    table: Mapping[str, Any] = read if isinstance(read, dict) else {}
    code = table.get("code")
    errors = table.get("errors")
    return Answer(
        status=response.status_code,
        code=code if isinstance(code, int) else 0,
        said=json.dumps(errors, ensure_ascii=False)[:300] if errors else "",
        retry_after=_pause(table.get("retry_after"), response.headers.get("retry-after")),
    )


def _pause(*told: Any) -> float | None:
    """The first that is seconds: whole or not, in the body or the header."""
    for each in told:
        try:
            seconds = float(each)
        except (TypeError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, LONGEST_PAUSE_S)
    return None


def _meant(got: Answer, place: str) -> DeliveryError:
    if got.status == httpx.codes.TOO_MANY_REQUESTS:
        wait = PAUSE_S if got.retry_after is None else got.retry_after
        return Failed(
            f"Discord asks for a pause of {wait:g} seconds: it is tried again then.",
            retry_after=wait,
        )
    if got.status == httpx.codes.UNAUTHORIZED:
        return Failed(_KEY, permanent=True)
    if got.code in _PERMANENT:
        return Failed(_PERMANENT[got.code].format(place=place), permanent=True)
    if got.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Failed(
            f"Discord has trouble (status {got.status}); the message may or may not have arrived. "
            "It is asked for first.",
            uncertain=True,
        )
    return _other(got)


def _other(got: Answer) -> DeliveryError:
    if got.code in _FINAL:
        said = f"{_FINAL[got.code]} Discord calls it {got.code}."
        return Refused(said, final=True, rest=_FINAL[got.code] is _LOCKED)
    if not got.code:
        return Failed(
            f"The address in channels.discord.api_url answered with status {got.status}: "
            "it should be Discord's."
        )
    details = f" {got.said}" if got.said else ""
    said = (
        f"Discord refused the message (code {got.code}).{details} "
        "It was not sent; please report it."
    )
    return Refused(said, final=True) if got.code == _MALFORMED else Failed(said)
