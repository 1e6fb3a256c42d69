"""Readers of mails: which subscription a link's key means, and the secret that signs links.

And what they asked for and did not confirm yet, how often, and how all of it is forgotten.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from paperlark.codec import decode, encode, read
from paperlark.domain import Profile
from paperlark.post import Post
from paperlark.profile import is_own
from paperlark.store import keys, letters
from paperlark.store.shelf import Shelf
from paperlark.subscription import Subscription
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

_SECRET_BYTES = 32


class Readers(Shelf):
    """Reader keys to subscriptions, kept for good. Every method may raise `StoreError`."""

    def save(self, key: str, subscription: str) -> None:
        """Keep what the key means: `paperlark.tokens.reader_key` of that subscription's id."""
        with self._open() as client:
            client.set(keys.reader(key), subscription)

    def subscription_of(self, key: str) -> str | None:
        """The id of the subscription that the key means; None where it means none of ours."""
        with self._open() as client:
            held = client.get(keys.reader(key))
        return None if held is None else str(held.decode())

    def secret(self) -> str:
        """The secret that signs links where the settings have none: made once, the same for all."""
        with self._open() as client:
            held = client.get(keys.WEB_SECRET)
            if held is None:
                client.set(keys.WEB_SECRET, secrets.token_urlsafe(_SECRET_BYTES), nx=True)
                held = client.get(keys.WEB_SECRET)
        return str(held.decode())

    def ask(self, name: str, subscription: Subscription, draft: Profile | None = None) -> None:
        """Keep what a reader must confirm, for 48 hours; with a profile of their own."""
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            pipe.set(keys.pending(name), encode(subscription), ex=keys.PENDING_S)
            if draft:
                pipe.set(keys.draft(name), encode(draft), ex=keys.PENDING_S)
            pipe.execute()

    def asked(self, name: str) -> Subscription | None:
        """What that request is for; None where it is confirmed, over, or none of ours."""
        with self._open() as client:
            held = client.get(keys.pending(name))
        return None if held is None else decode(Subscription, held)

    def draft(self, name: str) -> Profile | None:
        """The own profile that request asks for; None where it asks for one there is."""
        with self._open() as client:
            held = client.get(keys.draft(name))
        return None if held is None else decode(Profile, held)

    def answered(self, name: str) -> None:
        """Forget the request: it is confirmed."""
        with self._open() as client:
            client.delete(keys.pending(name), keys.draft(name))

    def waiting(self) -> tuple[Subscription, ...]:
        """Every subscription that waits to be confirmed, in the order of their ids."""
        with self._open() as client:
            names = list(client.scan_iter(match=keys.ALL_PENDING, count=500))
            held = client.mget(names) if names else []
        found = {made.id: made for made in (decode(Subscription, each) for each in held if each)}
        return tuple(found[name] for name in sorted(found))

    def withdraw(self, named: Callable[[Subscription], bool]) -> int:
        """Forget the requests that are `named`, so that none is confirmed; how many there were."""
        with self._open() as client:
            names = list(client.scan_iter(match=keys.ALL_PENDING, count=500))
            held = zip(names, client.mget(names) if names else [], strict=True)
            found = [name for name, each in held if each and named(decode(Subscription, each))]
            drafts = [keys.draft(keys.pending_of(name.decode())) for name in found]
            if found:
                client.delete(*found, *drafts)
        return len(found)

    def allow(self, who: str, name: str, now: datetime, most: int, seconds: float) -> bool:
        """Note that somebody asks; whether they did so at most `most` times in that many seconds.

        Args:
            who: somebody, without their address in it.
            name: of this request; one that is refused does not count later.
            now: an aware moment.
            most: how often.
            seconds: the window that ends now.
        """
        key, at = keys.asks(who), now.timestamp()
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(key, "-inf", at - seconds)
            pipe.zadd(key, {name: at})
            pipe.zcard(key)
            pipe.expire(key, int(seconds) + 1)
            allowed = bool(pipe.execute()[2] <= most)
        if not allowed:
            self.take_back(who, name)
        return allowed

    def asks(self, who: str) -> tuple[str, ...]:
        """The requests that count for somebody, the oldest first."""
        with self._open() as client:
            return tuple(name.decode() for name in client.zrange(keys.asks(who), 0, -1))

    def take_back(self, who: str, name: str) -> None:
        """Let a request not count: nothing came of it."""
        with self._open() as client:
            client.zrem(keys.asks(who), name)

    def forget(self, key: str, subscription: str) -> None:
        """Erase the subscription and what it was given, and what waits at its address.

        Votes and saved papers are elsewhere.
        """
        place, _, profile = subscription.rpartition("/")
        target = Target.parse(place)
        self.withdraw(lambda each: each.target == target)
        found = [keys.reader(key), keys.done(subscription)]
        found += [keys.strikes(str(target)), keys.told(subscription)]
        with self._open() as client:
            for pattern in keys.posts_of(subscription):
                found += client.scan_iter(match=pattern, count=500)
            if is_own(profile):  # nobody else has these mails
                posts = (read(Post, client.hget(key, "post")) for key in _posts(found))
                found += [name for post in posts if post for name in letters.names(post)]
            client.hdel(keys.SUBSCRIPTIONS, subscription)
            client.hdel(keys.MOVED, subscription)
            client.srem(keys.voted(profile), subscription)
            client.delete(*found)


def _posts(found: Iterable[str | bytes]) -> list[bytes]:
    return [key for key in found if isinstance(key, bytes) and key.startswith(keys.POSTS.encode())]
