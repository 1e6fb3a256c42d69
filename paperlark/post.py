"""What is delivered: a post of frozen messages, and what became of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from paperlark.domain import PaperId


class PostKind(StrEnum):
    """What a post is about."""

    DIGEST = "digest"
    NOTICE = "notice"
    """No papers: a quiet day, or the end of the patience with one that did not come."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent: what a channel composed, never changed afterwards.

    Attributes:
        part: its name within the post, unique there: ``summary``, ``card:2509.20323``, ``notice``.
        payload: JSON for the channel that composed it; where it goes is not in it.
        paper, rank, score: the card it shows; None on others. A reaction to it means this paper.
        reply: it belongs into the thread of the post's first message.
    """

    part: str
    payload: Mapping[str, Any]
    paper: PaperId | None = None
    rank: int | None = None
    score: float | None = None
    reply: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """Everything one subscription gets for one mailing date, frozen before the first message.

    Attributes:
        subscription: `Subscription.id`.
        date: the newest mailing date it covers; a subscription has one post for each date.
        covers: every mailing date it settles, oldest first; several on a catch-up, and where a
            slot carries several.
        late_s: seconds between the moment it was due and the moment it was composed.
        words: what single dates become, where that is not what its kind says: those it covers that
            were not whole, and, not covered, those of earlier posts whose late papers it has (see
            `paperlark.owed`).
    """

    subscription: str
    date: dt.date
    kind: PostKind
    messages: tuple[Message, ...]
    covers: tuple[dt.date, ...] = ()
    late_s: float = 0.0
    composed_at: dt.datetime | None = None
    words: Mapping[dt.date, str] = field(default_factory=dict)


class ClaimState(StrEnum):
    """What a claim of one message found."""

    FRESH = "fresh"
    """No attempt can have arrived: send it."""
    MAYBE = "maybe"
    """A former attempt may have arrived: ask the service first."""
    BUSY = "busy"
    """Somebody else is at it: leave it alone."""
    SENT = "sent"
    """It arrived; `Claim.ref` is its name there."""
    GIVEN_UP = "given-up"
    """It was skipped for good, by policy; it is not sent again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim.

    Attributes:
        token: proves the claim to `confirm`, `release` and `renew`; empty where nothing is held.
        ref: the service's name of the message, where it was sent.
        since: when the first attempt began, by the store's clock; look for the message from then.
    """

    state: ClaimState
    token: str = ""
    ref: str = ""
    since: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Which paper a message shows: what a reaction to it means."""

    subscription: str
    date: dt.date
    paper: PaperId
    rank: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a channel needs to know besides the digest to compose a post.

    Attributes:
        zone: the subscription's zone name, for hours.
        covers: the mailing dates of a post that shows several, oldest first; the digest is then
            their sum.
        missed: an earlier post should have shown some of them: this one is a catch-up.
        late_s: how late the post is, in seconds; 0 where it is not worth a word.
        web: the public address of our pages, without a stroke at the end; may be empty.
        notice: the sentence of a notice; empty for a digest.
        why: why this reader gets it and when, for a mail's foot, with ``{}`` for the address.
    """

    zone: str = "UTC"
    covers: tuple[dt.date, ...] = ()
    late_s: float = 0.0
    web: str = ""
    notice: str = ""
    why: str = ""
    missed: bool = False
