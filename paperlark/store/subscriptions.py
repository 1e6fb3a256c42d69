"""Subscriptions, and what became of each one's mailing dates, on Redis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from paperlark.codec import Damaged, decode, encode, read
from paperlark.owed import NOTICED, QUIET, begins
from paperlark.profile import is_own
from paperlark.store import keys
from paperlark.store.shelf import Shelf
from paperlark.subscription import State, Subscription

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def unreadable(identifier: str) -> str:
    """What people are told of a damaged subscription, and what to do about it."""
    return (
        f"What is kept of the subscription “{identifier}” is damaged, so nothing is posted for it: "
        "restore the store from a copy, or forget it with "
        f"`paperlark subs remove '{identifier}'` and add it again."
    )


class Subscriptions(Shelf):
    """Who gets what: `paperlark.ports.SubscriptionStore`. Every method may raise `StoreError`."""

    @cached_property
    def _begin(self) -> Any:
        script = files("paperlark.store") / "lua" / "subscriptions_begin.lua"
        return self._client.register_script(script.read_text("utf-8"))

    def save_subscription(self, subscription: Subscription) -> None:
        """Keep it, in place of any of its id."""
        with self._open() as client:
            client.hset(keys.SUBSCRIPTIONS, subscription.id, encode(subscription))

    def subscription(self, identifier: str) -> Subscription | None:
        """The subscription of that id.

        Raises:
            Damaged: its document cannot be read; the sentence says what to do.
        """
        with self._open() as client:
            held = client.hget(keys.SUBSCRIPTIONS, identifier)
        try:
            return None if held is None else decode(Subscription, held)
        except Damaged as error:
            raise Damaged(unreadable(identifier)) from error

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every subscription, in the order of their ids; without those that are `damaged`."""
        return self.kept()[0]

    def damaged(self) -> tuple[str, ...]:
        """The ids of subscriptions whose documents cannot be read: nothing is posted for them."""
        return self.kept()[1]

    def profiles(self) -> frozenset[str]:
        """The names of the profiles that anybody gets; no document is read for it."""
        with self._open() as client:
            names = client.hkeys(keys.SUBSCRIPTIONS)
        return frozenset(name.decode("utf-8", "replace").rpartition("/")[2] for name in names)

    def kept(self) -> tuple[tuple[Subscription, ...], tuple[str, ...]]:
        """Both in one reading: `subscriptions`, and the ids of those that are `damaged`."""
        with self._open() as client:
            documents = client.hgetall(keys.SUBSCRIPTIONS)
        held = {
            name.decode("utf-8", "replace"): read(Subscription, document)
            for name, document in documents.items()
        }
        found = sorted((each for each in held.values() if each), key=lambda each: each.id)
        return tuple(found), tuple(sorted(name for name, each in held.items() if each is None))

    def remove_subscription(self, identifier: str) -> bool:
        """Forget it; whether there was one. What it was given is kept: nothing is repeated.

        Its reader's own profile ends 40 days later.
        """
        name = identifier.rpartition("/")[2]
        with self._open() as client:
            if is_own(name):
                client.expire(keys.own(name), keys.OWN_S)
            return bool(client.hdel(keys.SUBSCRIPTIONS, identifier))

    def change(self, seen: Subscription, made: Subscription) -> bool:
        """Keep it in place of what was seen; False, and nothing changed, where that is no more.

        One of another id is kept in its place, and `became` says so, unless there is one already.
        """

        def put(pipe: Any) -> bool:
            held = pipe.hget(keys.SUBSCRIPTIONS, seen.id)
            taken = made.id != seen.id and pipe.hexists(keys.SUBSCRIPTIONS, made.id)
            pipe.multi()
            if held is None or taken or read(Subscription, held) != seen:
                return False
            if made.id != seen.id:
                pipe.hdel(keys.SUBSCRIPTIONS, seen.id)
                pipe.hdel(keys.MOVED, made.id)
                pipe.hset(keys.MOVED, seen.id, made.id)
                if is_own(seen.profile):
                    pipe.expire(keys.own(seen.profile), keys.OWN_S)
            pipe.hset(keys.SUBSCRIPTIONS, made.id, encode(made))
            return True

        with self._open() as client:
            return bool(client.transaction(put, keys.SUBSCRIPTIONS, value_from_callable=True))

    def became(self, identifier: str) -> str:
        """The id that a subscription has by now: its own, or that of the last it was changed to."""
        with self._open() as client:
            while (held := client.hget(keys.MOVED, identifier)) is not None:
                identifier = held.decode()
        return identifier

    def once(self, identifier: str) -> tuple[str, ...]:
        """The id, and those of subscriptions that became it."""
        with self._open() as client:
            moves = {old.decode(): new.decode() for old, new in client.hgetall(keys.MOVED).items()}
        found = [identifier]
        for each in found:
            found += [old for old, new in moves.items() if new == each and old not in found]
        return tuple(found)

    def stays(self, identifier: str) -> None:
        """Let the subscription be itself again, whatever it became once."""
        with self._open() as client:
            client.hdel(keys.MOVED, identifier)

    def disable(self, seen: Subscription, reason: str) -> Subscription | None:
        """Disable it as it is kept now, with the reason; the subscription as it is kept then.

        None, and nothing changed, where it is gone, or is in another state than was seen.
        """

        def change(pipe: Any) -> Subscription | None:
            held = pipe.hget(keys.SUBSCRIPTIONS, seen.id)
            found = None if held is None else read(Subscription, held)
            pipe.multi()
            if found is None or (found.state, found.until) != (seen.state, seen.until):
                return None
            off = replace(found, state=State.DISABLED, reason=reason)
            pipe.hset(keys.SUBSCRIPTIONS, off.id, encode(off))
            return off

        with self._open() as client:
            off: Subscription | None = client.transaction(
                change, keys.SUBSCRIPTIONS, value_from_callable=True
            )
        return off

    def settle(self, identifier: str, days: Iterable[date], outcome: str) -> None:
        """Note what became of mailing dates; forget those 100 days older than the newest."""
        said, key = {day.isoformat(): outcome for day in days}, keys.done(identifier)
        if not said:
            return
        with self._open() as client:
            client.hset(key, mapping=said)
            held = sorted(field.decode() for field in client.hkeys(key))
            oldest = (date.fromisoformat(held[-1]) - keys.DONE_KEPT).isoformat()
            if held[0] < oldest:
                client.hdel(key, *(field for field in held if field < oldest))

    def begin(self, identifier: str, days: Iterable[date], post: date) -> bool:
        """Note that the post of that date has these dates, all in one step.

        False, and nothing noted, where one of them was posted or skipped, or where another post
        has begun it. `settled` then says ``begun`` and the post's date.
        """
        words = [begins(post), NOTICED, QUIET, *(day.isoformat() for day in days)]
        with self._open():
            return bool(self._begin(keys=[keys.done(identifier)], args=words))

    def settled(self, identifier: str) -> Mapping[date, str]:
        """What became of each mailing date of the last 100 days, oldest first."""
        with self._open() as client:
            held = client.hgetall(keys.done(identifier))
        return {
            date.fromisoformat(day.decode()): word.decode() for day, word in sorted(held.items())
        }

    def ask(self, profile: str, day: date, at: datetime) -> None:
        """Note that the profile's day was asked for; forget days 40 days older."""
        key, oldest = keys.asked(profile), (day - keys.ASKED_KEPT).isoformat()
        with self._open() as client:
            old = [field for field in client.hkeys(key) if field.decode() < oldest]
            client.hset(key, day.isoformat(), at.isoformat())
            if old:
                client.hdel(key, *old)

    def asked(self, profile: str) -> Mapping[date, datetime]:
        """When each of the profile's days was last asked for; the last 40 days."""
        with self._open() as client:
            held = client.hgetall(keys.asked(profile))
        return {
            date.fromisoformat(day.decode()): datetime.fromisoformat(at.decode())
            for day, at in held.items()
        }
