"""The parts of a report that machines read: of delivery (RFC 3464), of abuse (RFC 5965). Pure.

Only parts right under the top are looked at: a report that somebody forwards lies deeper.
"""

from __future__ import annotations

from email.message import Message
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Final

from bot.returns.status import NONE, Status, of_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_DELIVERY: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK: Final = "message/feedback-report"
_FIELDS: Final = ("Action", "Status", "Diagnostic-Code")
_MOST_GROUPS: Final = 32


def delivery(message: Message) -> Status | None:
    """What became of the mail, by the worst that any recipient's fields say.

    None where the mail is no such report, or its fields do not say.
    """
    part = next((each for each in _inner(message) if each.get_content_type() in _DELIVERY), None)
    if part is None:
        return None
    found = [_fields(each) for each in _groups(part) if "Action" in each]
    if not found:
        return None
    failures = sorted((each for each in found if each.failed), key=lambda each: not each.hard)
    return failures[0] if failures else NONE


def feedback(message: Message) -> str:
    """The feedback's type, ``abuse`` as a rule; empty where the mail is no such report."""
    for part in _inner(message):
        if part.get_content_type() == _FEEDBACK:
            told = (each.get("Feedback-Type") for each in _groups(part))
            return next((str(each).strip().lower() for each in told if each), "other")
    return ""


def text(message: Message) -> str:
    """The words for people: the first part that is text, before the copy of a mail."""
    part = message
    while inner := _inner(part):
        part = inner[0]
    if part.get_content_maintype() != "text":
        return ""
    data = part.get_payload(decode=True)
    said = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return said.partition("\nReceived:")[0]


def _inner(message: Message) -> list[Message]:
    """The parts right under it; none where it is a leaf."""
    inner = message.get_payload()
    held = inner if isinstance(inner, list) else []
    return [each for each in held if isinstance(each, Message)]


def _groups(part: Message) -> Iterator[Message]:
    """The groups of fields; the library parts them for one of the types, and for others not."""
    for each in _inner(part)[:_MOST_GROUPS] or [HeaderParser().parsestr(str(part.get_payload()))]:
        yield each
        rest = each.get_payload()
        for block in rest.split("\n\n")[:_MOST_GROUPS] if isinstance(rest, str) else ():
            yield HeaderParser().parsestr(block.lstrip("\n"))


def _fields(group: Message) -> Status:
    action, status, said = (str(group.get(name, "")) for name in _FIELDS)
    return of_fields(action, status, said)
