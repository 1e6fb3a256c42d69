"""The seams, as Protocols declared where they are consumed. Implementations inherit nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from paperlark.domain import (
        Announcement,
        Batch,
        Candidate,
        Digest,
        Label,
        Paper,
        PaperId,
        Profile,
        Scored,
    )
    from paperlark.feedback import Showing
    from paperlark.post import Claim, Message, Post, Shown
    from paperlark.subscription import Subscription
    from paperlark.vote import Thumb, Vote


class Progress(Protocol):
    """Told how far long work has come; draws a bar, writes a line, or does nothing."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` parts of `step` are finished; `step` is a phrase for people."""


class Source(Protocol):
    """Where announcements come from."""

    def fetch(self, day: date, categories: Sequence[str]) -> Announcement:
        """The announcement of one mailing date in the given canonical categories.

        Every category comes back as one batch in a named state; only a wrong request raises
        (`ConfigError`), a date not announced yet (`NotFound`), or a source that cannot be used at
        all (`SourceError`).
        """


class Scorer(Protocol):
    """Judges papers against one profile."""

    def score(self, candidates: Sequence[Candidate], profile: Profile) -> Scored:
        """Score every candidate: each comes back in ``scores`` or in ``undecided``."""


class PaperStore(Protocol):
    """Papers and batches by mailing date."""

    def save(self, announcement: Announcement, *, given: bool = False) -> None:
        """Keep papers and batches in one step: a half-written day is never read as a whole one.

        A worse batch never replaces a better one, unless a person gave it (`given`).
        """

    def batches(self, day: date, categories: Sequence[str]) -> tuple[Batch, ...]:
        """The batches kept for that day, in the order asked; those never fetched are absent."""

    def papers(self, ids: Iterable[PaperId]) -> Mapping[PaperId, Paper]:
        """The papers kept under these ids; unknown ones are absent."""

    def recent(self) -> Iterable[Paper]:
        """Every paper still kept, oldest mailing date first: the ranker's unlabelled text."""


class DigestStore(Protocol):
    """Digests by profile and mailing date."""

    def save_digest(self, digest: Digest, shows: Showing | None = None) -> None:
        """Keep the digest, and remember which papers it shows; one step, or nothing.

        `shows` is what the line is worked out from; without it, the digest's own cards are.
        """

    def showings(self, profile: str) -> tuple[Showing, ...]:
        """What the profile's digests showed, oldest first."""

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date."""

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""

    def shown_before(self, profile: str, day: date) -> frozenset[PaperId]:
        """Papers on the profile's digests of dates before `day`."""


class ScoreStore(Protocol):
    """Scores by profile revision, mailing date and scorer."""

    def save_scores(
        self, profile: str, revision: str, day: date, scorer: str, scored: Scored
    ) -> None:
        """Keep what a scorer gave back for a profile as it was."""

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What was kept for exactly this revision of the profile, date and scorer."""


class LabelStore(Protocol):
    """What is known about papers for a profile, for learning."""

    def labels(self, profile: str) -> Mapping[PaperId, Label]:
        """Known labels; empty until votes or a model's scores exist."""


class Store(PaperStore, DigestStore, ScoreStore, LabelStore, Protocol):
    """All that the pipeline needs of a store."""


class SubscriptionStore(Protocol):
    """Who gets what, and what each was given."""

    def save_subscription(self, subscription: Subscription) -> None:
        """Keep it, in place of any of its id."""

    def subscription(self, identifier: str) -> Subscription | None:
        """The subscription of that id."""

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every subscription, in the order of their ids."""

    def remove_subscription(self, identifier: str) -> bool:
        """Forget it; whether there was one. What it was given is kept: nothing is repeated."""

    def disable(self, seen: Subscription, reason: str) -> Subscription | None:
        """Disable it as it is kept now, with the reason; the subscription as it is kept then.

        None, and nothing changed, where it is gone, or is in another state than was seen.
        """

    def settle(self, identifier: str, days: Iterable[date], outcome: str) -> None:
        """Note what became of mailing dates: ``posted``, ``noticed``, ``skipped``, ``quiet``."""

    def begin(self, identifier: str, days: Iterable[date], post: date) -> bool:
        """Note that the post of that date has these dates, all in one step.

        False, and nothing noted, where one of them was posted or skipped, or where another post
        has begun it. `settled` then says ``begun`` and the post's date.
        """

    def settled(self, identifier: str) -> Mapping[date, str]:
        """What became of each mailing date of the last 100 days."""

    def ask(self, profile: str, day: date, at: datetime) -> None:
        """Note that the profile's day was asked for."""

    def asked(self, profile: str) -> Mapping[date, datetime]:
        """When each of the profile's days was last asked for; the last 40 days."""


class Ledger(Protocol):
    """What was delivered: one row for each message, which decides, whatever the queue says."""

    def freeze(self, post: Post) -> Post:
        """Keep the post before its first message is sent; the one that was kept first wins."""

    def post(self, subscription: str, day: date) -> Post | None:
        """The post kept for that subscription and date."""

    def claim(self, post: Post, message: Message) -> Claim:
        """Take the right to send one message, for the lease's time."""

    def renew(self, post: Post, message: Message, token: str) -> bool:
        """Hold the claim for another lease; False where it was lost."""

    def begin(self, post: Post, message: Message, token: str) -> bool:
        """As `renew`; from here on the message may have arrived: the last thing before sending."""

    def confirm(self, post: Post, message: Message, token: str, ref: str) -> bool:
        """It arrived under that name; a reaction to it means its card. False: the claim is lost."""

    def release(self, post: Post, message: Message, token: str, why: str) -> bool:
        """This attempt surely did not arrive: the claim is as if it had never been made."""

    def give_up(self, post: Post, message: Message, token: str, why: str) -> bool:
        """It may have arrived, cannot be asked for, and must not be sent again."""

    def reopen(self, post: Post, message: Message) -> bool:
        """Let a message that was given up be claimed again, in doubt; whether it was given up."""

    def refs(self, post: Post) -> Mapping[str, str]:
        """Part to the service's name of it, for every message that arrived."""

    def shown(self, kind: str, ref: str) -> Shown | None:
        """Which paper the message of that name shows; None where it is none of ours, or too old."""


class VoteStore(Protocol):
    """Thumbs as facts."""

    def cast(self, vote: Vote, *, taken: Thumb | None = None) -> bool:
        """Keep it, unless a later word of that voter on that paper is kept; whether it is.

        With `taken`, a withdrawal takes back only that thumb: a word for the other one stays.
        """

    def votes(self, subscription: str) -> tuple[Vote, ...]:
        """The last words on a subscription's papers, withdrawals included, oldest first."""

    def voted_for(self, profile: str) -> tuple[str, ...]:
        """The ids of a profile's subscriptions with any vote; some may be gone themselves."""

    def votes_of(self, voter: str) -> tuple[Vote, ...]:
        """One person's last words over all subscriptions, oldest first."""


class ShelfStore(Protocol):
    """Papers that people put aside."""

    def keep_for(self, voter: str, paper: PaperId, at: datetime) -> bool:
        """Put the paper aside for that person; False where it was there already."""

    def drop_for(self, voter: str, paper: PaperId) -> bool:
        """Take it away again; False where it was not there."""

    def kept_for(self, voter: str) -> Mapping[PaperId, datetime]:
        """What that person put aside, newest first."""
