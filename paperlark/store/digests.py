"""Digests by profile and mailing date, and what they showed, on Redis."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from paperlark.codec import encode, read
from paperlark.domain import Digest
from paperlark.feedback import Showing, showing
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from paperlark.domain import PaperId


class Digests(Shelf):
    """The store's digests (`DigestStore`). Every method may raise `StoreError`.

    What was shown is kept by date rather than by paper: a digest that is made again replaces its
    own date's entry and no other, and nothing has to be read before it is written.
    """

    def save_digest(self, digest: Digest, shows: Showing | None = None) -> None:
        """Keep the digest and the papers it shows, in one step; forget those 400 days older.

        What it shows is kept for good in `shows`, the form the line is worked out from; without it,
        in that of the digest's own cards.
        """
        kept, shown = keys.digests(digest.profile), keys.shown(digest.profile)
        day = digest.date.isoformat()
        ids = " ".join(card.paper.id for card in digest.cards)
        oldest = (digest.date - keys.DIGESTS_KEPT).isoformat()
        with self._open() as client:
            old = [field for field in client.hkeys(kept) if field.decode() < oldest]
            with client.pipeline(transaction=True) as pipe:
                pipe.hset(kept, day, encode(digest, packed=True))
                pipe.hset(shown, day, ids)
                pipe.hset(keys.showings(digest.profile), day, encode(shows or showing(digest)))
                if old:
                    pipe.hdel(kept, *old)
                    pipe.hdel(shown, *old)
                pipe.execute()

    def digest(self, profile: str, day: date) -> Digest | None:
        """The digest kept for that profile and date; a damaged one is as good as none."""
        with self._open() as client:
            document = client.hget(keys.digests(profile), day.isoformat())
        return _read(document)

    def save_showing(self, profile: str, shows: Showing) -> None:
        """Keep what a digest showed, without the digest: from another store's facts."""
        with self._open() as client:
            client.hset(keys.showings(profile), shows.date.isoformat(), encode(shows))

    def showings(self, profile: str) -> tuple[Showing, ...]:
        """What the profile's digests showed, oldest first."""
        with self._open() as client:
            held = client.hvals(keys.showings(profile))
        found = (read(Showing, document) for document in held)
        return tuple(sorted((each for each in found if each), key=lambda each: each.date))

    def digest_dates(self, profile: str) -> tuple[date, ...]:
        """Dates with a digest, oldest first."""
        with self._open() as client:
            return tuple(sorted(_dates(client.hkeys(keys.digests(profile)))))

    def digest_profiles(self) -> tuple[str, ...]:
        """Names of the profiles that have any digest, in order."""
        with self._open() as client:
            found = [key.decode() for key in client.scan_iter(match=keys.ALL_DIGESTS, count=500)]
        return tuple(sorted(keys.digests_of(key) for key in found))

    def shown_before(self, profile: str, day: date) -> frozenset[PaperId]:
        """Papers on the profile's digests of dates before `day`."""
        shown = self._shown(profile)
        return frozenset(paper for at, ids in shown.items() if at < day for paper in ids)

    def shown_on(self, profile: str, paper: PaperId) -> tuple[date, ...]:
        """Dates whose digest shows the paper, oldest first."""
        return tuple(sorted(at for at, ids in self._shown(profile).items() if paper in ids))

    def _shown(self, profile: str) -> dict[date, list[PaperId]]:
        with self._open() as client:
            held = client.hgetall(keys.shown(profile))
        return dict(zip(_dates(held), (ids.decode().split() for ids in held.values()), strict=True))


@lru_cache(maxsize=16)
def _read(document: bytes | None) -> Digest | None:
    """The digest that a document holds; a morning asks for the same one for every reader."""
    return read(Digest, document)


def _dates(fields: Iterable[bytes]) -> list[date]:
    return [date.fromisoformat(field.decode()) for field in fields]
