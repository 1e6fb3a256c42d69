"""Slack's refusals and everything that happens to a call, as errors people can act on.

What is certain and what is not follows docs.slack.dev (reference/methods/chat.postMessage, errors)
and what was tried: a connection that breaks, a time-out, a 5xx and an answer cut short say nothing
about whether a message arrived; any other refusal says it did not.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from paperlark.errors import DeliveryError, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILURES: Final = (
    SlackApiError,
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    # slack_sdk trips over answers that are no JSON object: a proxy's page, a list, a word.
    AttributeError,
    TypeError,
    ValueError,
)
"""All that a call through slack_sdk raises, as tried with every fault of the double."""
_log: Final = structlog.get_logger(__name__)
PAUSE_S: Final = 5.0
"""Where Slack says "too many" and not for how long: its windows are short."""
LONGEST_PAUSE_S: Final = 3_600.0
"""A longer pause is a slip of whoever answered: it would hold every channel's posts."""
_UNCERTAIN: Final = frozenset({"internal_error", "fatal_error", "service_unavailable"})
"""Codes of which Slack says that a part may have been done."""
_BUSY: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_REFUSED_KEY: Final = (
    "Slack refuses the bot token ({code}). Copy the one under “OAuth & Permissions” of the app "
    "to channels.slack.bot_token."
)
_GONE: Final = "Slack has no channel {place}, or paperlark may not see it. {invite}"
_INVITE: Final = "Type `/invite @paperlark` there, then `paperlark subs resume`."
_PERMANENT: Final[Mapping[str, str]] = {
    "not_in_channel": "paperlark isn't in {place}. {invite}",
    "channel_not_found": _GONE,
    "is_archived": "The channel {place} is archived. Unarchive it, or remove the subscription.",
    "channel_is_archived": "The channel {place} is archived. Unarchive it, or remove the "
    "subscription.",
    "restricted_action": "The workspace lets only some people post in {place}. Ask its "
    "administrator to let paperlark.",
    "user_not_found": "Slack knows no person {place}. Check the target's address.",
    "user_disabled": "The account {place} is deactivated. Remove the subscription.",
    "cannot_dm_bot": "{place} is a bot, and bots cannot be written to. Choose another target.",
    "messages_tab_disabled": "The app's messages tab is off, so nobody can be written to. Turn it "
    "on under “App Home”.",
    "invalid_auth": _REFUSED_KEY,
    "not_authed": _REFUSED_KEY,
    "account_inactive": _REFUSED_KEY,
    "token_revoked": _REFUSED_KEY,
    "token_expired": _REFUSED_KEY,
    "not_allowed_token_type": _REFUSED_KEY,
    "team_access_not_granted": _REFUSED_KEY,
    "missing_scope": "The Slack app lacks the scope {needed}. Add it under “OAuth & Permissions”, "
    "reinstall the app, and copy its new bot token.",
}
"""Codes after which this target takes nothing until somebody acts: what to do."""
_DELETED: Final = frozenset({"cannot_reply_to_message", "thread_not_found"})
"""Codes that say the post's first message is gone: whoever deleted it does not want the rest."""

_MESSAGE: Final = frozenset(
    {"msg_too_long", "msg_blocks_too_long", "no_text", "too_many_attachments"}
)
_MESSAGES: Final = ("invalid_blocks", "invalid_metadata", "metadata_")
"""Codes, and what codes begin with, that find fault with one message and say nothing of others."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of a failed call.

    Attributes:
        status: of HTTP; 0 where nothing came.
        code: Slack's own word, where its answer could be read.
        said: what it found wrong, piece by piece.
        needed: scopes it names.
        retry_after: seconds it asked for; None where it did not.
    """

    status: int = 0
    code: str = ""
    said: tuple[str, ...] = ()
    needed: str = ""
    retry_after: float | None = None

    @property
    def busy(self) -> bool:
        """Slack wants to be left alone for a while; nothing was done."""
        return self.status == 429 or self.code in _BUSY  # noqa: PLR2004  (HTTP's own number)


def translate(error: BaseException, place: str) -> DeliveryError:
    """What the failure of a call means, as one sentence with the remedy.

    Args:
        error: one of `FAILURES`.
        place: the target's address, for the sentence.
    """
    if not isinstance(error, SlackApiError):
        return _unanswered(error)
    got = answer(error)
    if got.busy:
        wait = PAUSE_S if got.retry_after is None else got.retry_after
        return DeliveryError(
            f"Slack asks for a pause of {wait:g} seconds: it is tried again then.",
            retry_after=wait,
        )
    if got.code in _PERMANENT:
        said = _PERMANENT[got.code].format(
            place=place, code=got.code, invite=_INVITE, needed=got.needed or "it needs"
        )
        return DeliveryError(said, permanent=True)
    if got.code in _DELETED:
        return Refused(
            "Somebody deleted the post's first message in Slack, so the rest of it is not sent.",
            final=True,
            rest=True,
        )
    return _refused(got)


def answer(error: SlackApiError) -> Answer:
    """What can be read of Slack's answer, whatever the library made of it."""
    response: Any = error.response
    if isinstance(response, aiohttp.ClientResponse):  # an answer cut short
        return Answer(response.status)
    data = getattr(response, "data", response)
    table = data if isinstance(data, dict) else {}
    more = table.get("response_metadata")
    said = more.get("messages") if isinstance(more, dict) else None
    return Answer(
        status=int(getattr(response, "status_code", 0) or 0),
        code=str(table.get("error") or ""),
        said=tuple(str(each) for each in said) if isinstance(said, list) else (),
        needed=str(table.get("needed") or ""),
        retry_after=pause(getattr(response, "headers", None) or {}),
    )


def pause(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After, at most an hour; None where there is none that can be waited."""
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    try:
        seconds = float(given or "")
    except ValueError:
        return None
    if not math.isfinite(seconds) or seconds < 0:
        return None
    if seconds > LONGEST_PAUSE_S:
        _log.warning("slack asks for a strange pause", seconds=seconds, waited=LONGEST_PAUSE_S)
    return min(seconds, LONGEST_PAUSE_S)


def _unanswered(error: BaseException) -> DeliveryError:
    """No answer of Slack's: certain only where no connection came about."""
    unopened = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(error, unopened):
        return DeliveryError(
            "Slack cannot be reached. Check this machine's network and channels.slack.api_url; "
            "it is tried again."
        )
    if isinstance(error, TimeoutError):
        return DeliveryError(
            "Slack took too long; the message may or may not have arrived. It is asked for first.",
            uncertain=True,
        )
    return DeliveryError(
        "The connection to Slack broke; the message may or may not have arrived. "
        "It is asked for first.",
        uncertain=True,
    )


def _refused(got: Answer) -> DeliveryError:
    broken = got.status >= 500 or got.code in _UNCERTAIN  # noqa: PLR2004  (HTTP's own number)
    if broken or (got.status in {0, 200} and not got.code):
        what = got.code or f"status {got.status}"
        return DeliveryError(
            f"Slack has trouble ({what}); the message may or may not have arrived. "
            "It is asked for first.",
            uncertain=True,
        )
    if not got.code:
        return DeliveryError(
            f"The address in channels.slack.api_url answered with status {got.status}: "
            "it should be Slack's."
        )
    details = f" {json.dumps(got.said[:3], ensure_ascii=False)}" if got.said else ""
    said = f"Slack refused the message ({got.code}).{details} It was not sent; please report it."
    if got.code in _MESSAGE or got.code.startswith(_MESSAGES):
        return Refused(said, final=True)
    return DeliveryError(said)
