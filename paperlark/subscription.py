"""One profile delivered to one target at a local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from paperlark.target import Target

WEEKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday, as `datetime.date.weekday` counts."""


class Wait(StrEnum):
    """What a post waits for."""

    COMPLETE = "complete"
    """Every category of the day; what is there at the end of the patience."""
    ASAP = "asap"
    """The first papers there are."""


class Quiet(StrEnum):
    """What happens on a weekday without an announcement."""

    NOTICE = "notice"
    SILENT = "silent"


class Form(StrEnum):
    """How a chat post is laid out."""

    THREAD = "thread"
    """A summary with the best cards in the channel, every card in its thread."""
    COMPACT = "compact"
    """A summary of titles and scores only, every card in its thread."""
    THREAD_ONLY = "thread-only"
    """One line in the channel, every card in its thread."""
    INLINE = "inline"
    """A summary line, then every card as a message of its own in the channel."""


class State(StrEnum):
    """Whether a subscription is served."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By a person; until `Subscription.until`, where that is set."""
    DISABLED = "disabled"
    """By us: the service refused the target for good. `Subscription.reason` says why."""
    PENDING = "pending"
    """A mail address that was not confirmed yet: nothing is sent to it."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who gets which profile's digest, where and when.

    Attributes:
        profile: the profile's name.
        at: local wall-clock time before which nothing is posted.
        zone: an IANA name, ``Europe/Berlin``; never an offset.
        days: weekdays of posting in the target's own zone, 0 is Monday; each slot carries every
            mailing date since the slot before, so one day a week is a weekly digest.
        since: the first mailing date this subscription is owed.
        owner: who is told, by another way, when the target fails for good: a target, or empty.
        until: the last date of a pause; None for a pause without end.
        reason: why it is disabled, one clause for people.
    """

    target: Target
    profile: str
    at: time = time(8, 0)
    zone: str = "UTC"
    days: tuple[int, ...] = WEEKDAYS
    wait: Wait = Wait.COMPLETE
    quiet: Quiet = Quiet.NOTICE
    form: Form = Form.THREAD
    since: date = date(1991, 8, 14)
    state: State = State.ACTIVE
    owner: str = ""
    until: date | None = None
    reason: str = ""
    made_at: datetime | None = None

    @property
    def id(self) -> str:
        """``slack:C1/foundations``: one target may hold several profiles, each once."""
        return f"{self.target}/{self.profile}"
