"""What paperlark keeps, and the server it is kept on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from paperlark.store.digests import Digests
from paperlark.store.grades import Grades
from paperlark.store.panel import Panels
from paperlark.store.papers import Papers
from paperlark.store.profiles import Profiles
from paperlark.store.rungs import Rungs
from paperlark.store.scores import Scores
from paperlark.store.spending import Spending
from paperlark.store.trace import trace
from paperlark.store.usage import Uses

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
    def panels(self) -> Panels:
        """The papers that models grade again and again, over the same client."""
        return Panels(self._client)

    @cached_property
    def rungs(self) -> Rungs:
        """What model servers understand, over the same client."""
        return Rungs(self._client)

    @cached_property
    def spending(self) -> Spending:
        """The ledger of money, over the same client."""
        return Spending(self._client)

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        """All that is kept about a paper for a profile and day (see `paperlark.store.trace`)."""
        return trace(self, profile, paper, day)
