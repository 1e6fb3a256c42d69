"""What paperlark keeps, and the server it is kept on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.store.digests import Digests
from paperlark.store.papers import Papers
from paperlark.store.profiles import Profiles
from paperlark.store.scores import Scores
from paperlark.store.trace import trace

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import PaperId, PaperTrace

__all__ = ["RedisStore"]


class RedisStore(Papers, Profiles, Scores, Digests):
    """Everything that is kept, over one client: `PaperStore`, `DigestStore` and `LabelStore`.

    Args:
        client: a redis-py client whose answers are bytes; its owner closes it.
    """

    def trace(self, profile: str, paper: PaperId, day: date | None = None) -> PaperTrace:
        """All that is kept about a paper for a profile and day (see `paperlark.store.trace`)."""
        return trace(self, profile, paper, day)
