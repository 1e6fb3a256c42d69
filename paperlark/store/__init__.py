"""What paperlark keeps, and the server it is kept on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from paperlark.store.choices import Choices
from paperlark.store.digests import Digests
from paperlark.store.drafts import Drafts
from paperlark.store.errands import Errands
from paperlark.store.grades import Grades
from paperlark.store.layers import Layers
from paperlark.store.ledger import Deliveries
from paperlark.store.links import Links
from paperlark.store.panel import Panels
from paperlark.store.papers import Papers
from paperlark.store.profiles import Profiles
from paperlark.store.rates import Rates
from paperlark.store.readers import Readers
from paperlark.store.refusals import Refusals
from paperlark.store.returned import Returned
from paperlark.store.rungs import Rungs
from paperlark.store.saved import Saved
from paperlark.store.scores import Scores
from paperlark.store.seen import Seen
from paperlark.store.spending import Spending
from paperlark.store.subscriptions import Subscriptions
from paperlark.store.suppressed import Suppressed
from paperlark.store.told import Told
from paperlark.store.trace import trace
from paperlark.store.usage import Uses
from paperlark.store.votes import Votes

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import PaperId, PaperTrace

__all__ = ["RedisStore"]


class RedisStore(Papers, Profiles, Scores, Digests, Grades, Uses):
    """Everything that is kept, over one client: `PaperStore`, `DigestStore` and `LabelStore`.

    Args:
        client: a redis-py client whose answers are bytes; its owner closes it.
    """

    @cached_property
    def choices(self) -> Choices:
        """What people decided about lines and words, over the same client."""
        return Choices(self._client)

    @cached_property
    def layers(self) -> Layers:
        """What people follow and mute for themselves, over the same client."""
        return Layers(self._client)

    @cached_property
    def links(self) -> Links:
        """Which identities are one person, over the same client."""
        return Links(self._client)

    @cached_property
    def panels(self) -> Panels:
        """The papers that models grade again and again, over the same client."""
        return Panels(self._client)

    @cached_property
    def drafts(self) -> Drafts:
        """Profiles being drafted, over the same client."""
        return Drafts(self._client)

    @cached_property
    def errands(self) -> Errands:
        """Mails owed to people who asked for a digest, over the same client."""
        return Errands(self._client)

    @cached_property
    def ledger(self) -> Deliveries:
        """What was delivered, over the same client."""
        return Deliveries(self._client)

    @cached_property
    def rates(self) -> Rates:
        """How fast services may be used, over the same client."""
        return Rates(self._client)

    @cached_property
    def readers(self) -> Readers:
        """Who the links of mails mean, over the same client."""
        return Readers(self._client)

    @cached_property
    def refusals(self) -> Refusals:
        """What was refused, and when it is tried again, over the same client."""
        return Refusals(self._client)

    @cached_property
    def returned(self) -> Returned:
        """Mails that came back and were read, over the same client."""
        return Returned(self._client)

    @cached_property
    def rungs(self) -> Rungs:
        """What model servers understand, over the same client."""
        return Rungs(self._client)

    @cached_property
    def suppressed(self) -> Suppressed:
        """Addresses that are never written to again, over the same client."""
        return Suppressed(self._client)

    @cached_property
    def told(self) -> Told:
        """Who was told of a failing subscription, over the same client."""
        return Told(self._client)

    @cached_property
    def spending(self) -> Spending:
        """The ledger of money, over the same client."""
        return Spending(self._client)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Who gets what, over the same client."""
        return Subscriptions(self._client)

    @cached_property
    def votes(self) -> Votes:
        """Thumbs, over the same client."""
        return Votes(self._client)

    @cached_property
    def saved(self) -> Saved:
        """Papers that people put aside, over the same client."""
        return Saved(self._client)

    @cached_property
    def seen(self) -> Seen:
        """Events that were handled, over the same client."""
        return Seen(self._client)

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        """All that is kept about a paper for a profile and day (see `paperlark.store.trace`)."""
        return trace(self, profile, paper, day)
