"""What became of a paper after it was scored: the votes on it, and where it was delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from paperlark.domain import PaperId
    from paperlark.post import Post
    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

_CATCH_UP: Final = 7
"""A post may come as many days after a date that it covers."""


class Votes(Protocol):
    """The slice of the votes that is read."""

    def votes_on(self, subscription: str, paper: PaperId) -> tuple[Vote, ...]:
        """The last words on one paper."""

    def voted_in(self) -> tuple[str, ...]:
        """The ids of subscriptions with any vote."""


class Ledger(Protocol):
    """The slice of the ledger that is read."""

    def post(self, subscription: str, day: date) -> Post | None:
        """The post kept for that subscription and date."""

    def refs(self, post: Post) -> Mapping[str, str]:
        """Part to the service's name of it, for every message that arrived."""


class Subscriptions(Protocol):
    """The slice of the subscriptions that is read."""

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every subscription."""


class Kept(Protocol):
    """The shelves of the store that are read."""

    @property
    def votes(self) -> Votes:
        """Thumbs."""

    @property
    def ledger(self) -> Ledger:
        """What was delivered."""

    @property
    def subscriptions(self) -> Subscriptions:
        """Who gets what."""


def votes_on(store: Kept, profile: str, paper: PaperId) -> tuple[Vote, ...]:
    """The last words on the paper in every subscription of the profile, withdrawals included.

    A talk with the bot that has no subscription counts votes under the id it would have.
    """
    ids = [each for each in store.votes.voted_in() if each.rpartition("/")[2] == profile]
    return tuple(vote for each in ids for vote in store.votes.votes_on(each, paper))


def deliveries(
    store: Kept, profile: str, paper: PaperId, day: date
) -> Iterator[tuple[str, str | None]]:
    """Each subscription whose post shows the paper, with the service's name of its message.

    None for a message that has not arrived (yet). Posts are remembered for 40 days.
    """
    for subscription in store.subscriptions.subscriptions():
        if subscription.profile != profile:
            continue
        for after in range(_CATCH_UP + 1):
            post = store.ledger.post(subscription.id, day + timedelta(days=after))
            parts = [m.part for m in post.messages if m.paper == paper] if post else []
            if post and parts:
                yield subscription.id, store.ledger.refs(post).get(parts[0])
                break
