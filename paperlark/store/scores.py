"""What scorers said about a profile's day, on Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.codec import encode, read
from paperlark.domain import Scored
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from datetime import date


class Scores(Shelf):
    """The store's scores (`ScoreStore`). Every method may raise `StoreError`."""

    def save_scores(
        self, profile: str, revision: str, day: date, scorer: str, scored: Scored
    ) -> None:
        """Keep a scorer's answer for 35 days. By revision, so that two profiles never mix."""
        with self._open() as client:
            name = keys.scores(profile, revision, day, scorer)
            client.set(name, encode(scored, packed=True), ex=keys.SCORES_S)

    def scores(self, profile: str, revision: str, day: date, scorer: str) -> Scored | None:
        """What that scorer said about that day for that revision of the profile."""
        with self._open() as client:
            document = client.get(keys.scores(profile, revision, day, scorer))
        return read(Scored, document)
