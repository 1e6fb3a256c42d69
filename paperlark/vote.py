"""A thumb: one person's word on one paper in one subscription."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from paperlark.domain import PaperId


class Thumb(IntEnum):
    """What was said. A withdrawal is a fact too: it is kept, and counts for nothing."""

    UP = 1
    DOWN = -1
    NONE = 0


class Door(StrEnum):
    """How a vote came in."""

    SLACK_BUTTON = "slack-button"
    SLACK_REACTION = "slack-reaction"
    DISCORD_BUTTON = "discord-button"
    DISCORD_REACTION = "discord-reaction"
    COMMAND = "command"
    """Typed or pressed in any other chat: the voter's name says which."""
    REACTION = "reaction"
    """An emoji on a message in any other chat."""
    MAIL = "mail"
    PAGE = "page"
    CLI = "cli"


@dataclass(frozen=True, slots=True)
class Vote:
    """A thumb as a fact. Of one voter on one paper in one subscription the last word counts.

    Attributes:
        at: when it was given, in UTC; the service's own moment where it tells one.
        voter: who, with the kind of identity before it: ``slack:U1``.
        subscription: `Subscription.id`.
        digest: the mailing date of the digest that showed the paper; None where none did.
        rank, score: how it stood there; None where it did not.
    """

    at: datetime
    voter: str
    subscription: str
    paper: PaperId
    verdict: Thumb
    door: Door
    digest: date | None = None
    rank: int | None = None
    score: float | None = None
