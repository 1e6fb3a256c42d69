"""What many posts share, kept once: a letter under the SHA-256 of its text.

A channel puts it under the key `SHARED` of a message's payload, as a mapping. In the ledger a word
``sha256:…`` stands in its place; nobody else sees that.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from paperlark.codec import Damaged
from paperlark.store import keys
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from redis import Redis

    from paperlark.post import Message, Post

SHARED: Final = "shared"
_MARK: Final = "sha256:"
_REMEMBERED: Final = 16
"""Letters a process keeps in memory: one for each profile of a morning, as a rule."""


class Letters(Shelf):
    """Shared parts of payloads by content. Every method may raise `StoreError`."""

    def __init__(self, client: Redis) -> None:
        super().__init__(client)
        self._known: OrderedDict[str, Mapping[str, Any]] = OrderedDict()

    def folded(self, post: Post) -> tuple[Post, dict[str, bytes]]:
        """The post with words for what it shares, and the letters to keep, by key."""
        kept: dict[str, bytes] = {}
        folded = [self._fold(message, kept) for message in post.messages]
        return (replace(post, messages=tuple(folded)), kept) if kept else (post, kept)

    def unfolded(self, post: Post) -> Post:
        """The post as it was composed.

        Raises:
            Damaged: a letter of it is gone.
        """
        if not any(_word(message) for message in post.messages):
            return post
        return replace(post, messages=tuple(map(self._unfold, post.messages)))

    def _fold(self, message: Message, kept: dict[str, bytes]) -> Message:
        shared = message.payload.get(SHARED)
        if not isinstance(shared, Mapping):
            return message
        name, packed = _packed(_text(shared))
        kept[keys.letter(name)] = packed
        return replace(message, payload={**message.payload, SHARED: _MARK + name})

    def _unfold(self, message: Message) -> Message:
        word = _word(message)
        return (
            replace(message, payload={**message.payload, SHARED: self._letter(word)})
            if word
            else message
        )

    def _letter(self, name: str) -> Mapping[str, Any]:
        if name not in self._known:
            with self._open() as client:
                held = client.get(keys.letter(name))
            if held is None:
                raise Damaged("A letter that was frozen is gone: post that digest again.")
            self._known[name] = json.loads(zlib.decompress(held))
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[name]


def names(post: Post) -> tuple[str, ...]:
    """The keys of what a post shares, as it is kept in the ledger."""
    return tuple(keys.letter(word) for each in post.messages if (word := _word(each)))


def _word(message: Message) -> str:
    """The name of the letter that the payload speaks of; empty where it has none."""
    held = message.payload.get(SHARED)
    return held.removeprefix(_MARK) if isinstance(held, str) and held.startswith(_MARK) else ""


def _text(shared: Mapping[str, Any]) -> str:
    return json.dumps(shared, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@lru_cache(maxsize=_REMEMBERED)
def _packed(text: str) -> tuple[str, bytes]:
    document = text.encode("utf-8", "surrogatepass")
    return sha256(document).hexdigest(), zlib.compress(document)
