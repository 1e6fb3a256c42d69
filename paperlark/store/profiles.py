"""Profiles by name, on Redis."""

from __future__ import annotations

from paperlark.codec import decode, encode
from paperlark.domain import Profile
from paperlark.profile import is_own
from paperlark.store import keys
from paperlark.store.shelf import Shelf

SECOND_LOOK = "{name}:second look"
"""Under this a model's second grades are kept: no profile can have a colon in its name."""


class Profiles(Shelf):
    """The store's profiles, kept for good. Every method may raise `StoreError`."""

    def save_profile(self, profile: Profile) -> None:
        """Keep the profile with its file's text and revision, in place of any of its name."""
        with self._open() as client:
            if is_own(profile.name):
                client.set(keys.own(profile.name), encode(profile))
            else:
                client.hset(keys.PROFILES, profile.name, encode(profile))

    def profile(self, name: str) -> Profile | None:
        """The profile of that name, one reader's own too."""
        with self._open() as client:
            own = is_own(name)
            held = client.get(keys.own(name)) if own else client.hget(keys.PROFILES, name)
        return None if held is None else decode(Profile, held)

    def profiles(self) -> tuple[Profile, ...]:
        """Every profile, by name; without readers' own, which are nobody else's business."""
        with self._open() as client:
            documents = client.hvals(keys.PROFILES)
        found = (decode(Profile, document) for document in documents)
        return tuple(sorted(found, key=lambda profile: profile.name))

    def remove_profile(self, name: str) -> bool:
        """Forget a profile, what a model said for it and what moved its line; whether it was there.

        Its digests stay readable until they end. Another profile of the same name begins anew.
        """
        said = (
            keys.grades(name),
            keys.grades(SECOND_LOOK.format(name=name)),
            keys.showings(name),
            keys.decided(name),
            keys.worded(name),
        )
        with self._open() as client, client.pipeline() as step:
            step.hdel(keys.PROFILES, name)
            step.delete(*said)
            return bool(step.execute()[0])

    def erase_own(self, name: str) -> None:
        """Forget one reader's own profile, and all that was made for it."""
        if not is_own(name):
            return
        made, scores = keys.of_profile(name)
        with self._open() as client:
            second = keys.grades(SECOND_LOOK.format(name=name))
            client.delete(keys.own(name), second, *made, *client.scan_iter(match=scores, count=500))
