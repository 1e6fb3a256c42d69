"""What people follow and mute for themselves, and what their own pages showed, on Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from paperlark.codec import encode, read
from paperlark.feedback import Showing
from paperlark.layer import Layer
from paperlark.store import keys
from paperlark.store.shelf import Shelf

_REMEMBERED: Final = timedelta(days=60)
"""Taste looks back as far."""


class Layers(Shelf):
    """The store's layers, one for each identity. Every method may raise `StoreError`."""

    def layer(self, voter: str) -> Layer:
        """What that identity follows and mutes; an empty layer where nothing is kept."""
        with self._open() as client:
            document = client.get(keys.layer(voter))
        return read(Layer, document) or Layer()

    def save_layer(self, voter: str, layer: Layer) -> None:
        """Keep it for good, in place of any; an empty one is forgotten."""
        with self._open() as client:
            if layer:
                client.set(keys.layer(voter), encode(layer))
            else:
                client.delete(keys.layer(voter))

    def show(self, voter: str, profile: str, showing: Showing) -> None:
        """Keep what the person's own page of a day showed: votes on it teach their taste.

        Without it nothing would be known of papers that the place's digest did not show.
        """
        own, oldest = keys.mine(voter), (showing.date - _REMEMBERED).isoformat()
        field = f"{showing.date.isoformat()} {profile}"
        with self._open() as client:
            old = [each for each in client.hkeys(own) if each.decode() < oldest]
            with client.pipeline(transaction=True) as pipe:
                pipe.hset(own, field, encode(showing))
                pipe.expire(own, keys.MINE_S)
                if old:
                    pipe.hdel(own, *old)
                pipe.execute()

    def shown(self, voter: str, profile: str) -> tuple[Showing, ...]:
        """What the person's own pages of that profile's days showed, oldest first."""
        with self._open() as client:
            held = client.hgetall(keys.mine(voter))
        named = (each for field, each in held.items() if _profile(field) == profile)
        found = (read(Showing, document) for document in named)
        return tuple(sorted((each for each in found if each), key=lambda each: each.date))

    def forget_of(self, voter: str) -> None:
        """Erase what the person follows, mutes and was shown."""
        with self._open() as client:
            client.delete(keys.layer(voter), keys.mine(voter))


def _profile(field: bytes) -> str:
    return field.decode().partition(" ")[2]
