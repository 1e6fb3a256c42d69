"""Profiles by name, on Redis."""

from __future__ import annotations

from paperlark.codec import decode, encode
from paperlark.domain import Profile
from paperlark.store import keys
from paperlark.store.shelf import Shelf

SECOND_LOOK = "{name}:second look"
"""Under this a model's second grades are kept: no profile can have a colon in its name."""


class Profiles(Shelf):
    """The store's profiles, kept for good. Every method may raise `StoreError`."""

    def save_profile(self, profile: Profile) -> None:
        """Keep the profile with its file's text and revision, in place of any of its name."""
        with self._open() as client:
            client.hset(keys.PROFILES, profile.name, encode(profile))

    def profile(self, name: str) -> Profile | None:
        """The profile of that name."""
        with self._open() as client:
            document = client.hget(keys.PROFILES, name)
        return None if document is None else decode(Profile, document)

    def profiles(self) -> tuple[Profile, ...]:
        """Every profile, by name."""
        with self._open() as client:
            documents = client.hvals(keys.PROFILES)
        found = (decode(Profile, document) for document in documents)
        return tuple(sorted(found, key=lambda profile: profile.name))

    def remove_profile(self, name: str) -> bool:
        """Forget a profile, and what a model said for it; whether there was one.

        Its digests stay readable until they end. Another profile of the same name begins anew.
        """
        said = (keys.grades(name), keys.grades(SECOND_LOOK.format(name=name)))
        with self._open() as client, client.pipeline() as step:
            step.hdel(keys.PROFILES, name)
            step.delete(*said)
            return bool(step.execute()[0])
