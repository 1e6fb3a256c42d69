"""How far we have listened, and the thumbs we heard of: kept by the homeserver for our account.

A redaction names the reaction it takes back and nothing else, and what is taken back has no content
any more: whoever did not note which thumb that was cannot know. Both stand in one entry, written
after everything in it was done: what a crash interrupts is told of again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.channels.matrix.events import table, word
from bot.channels.matrix.refusals import NOT_FOUND, Failed

if TYPE_CHECKING:
    from bot.channels.matrix.rest import Rest

KIND: Final = "paperlark.diary"
THUMBS: Final = 300
"""Thumbs that are noted, the newest."""
LARGEST: Final = 48_000
"""Bytes of an entry: homeservers take 65,536. The oldest thumbs make room."""
_PARTS: Final = range(3, 5)


class Noted(NamedTuple):
    """A thumb that was heard of.

    Attributes:
        message: what it is on.
        whose: who put it there; empty in entries of old.
    """

    room: str = ""
    message: str = ""
    emoji: str = ""
    whose: str = ""


class Diary:
    """The entry of one account.

    Attributes:
        since: the homeserver's word for how far we have listened; empty before the first time.
        thumbs: by the reaction's name, the oldest first.
    """

    def __init__(self, rest: Rest, me: str) -> None:
        self._path = ("user", me, "account_data", KIND)
        self._rest = rest
        self.since = ""
        self.thumbs: dict[str, Noted] = {}

    async def read(self) -> None:
        """Read what was kept.

        Raises:
            DeliveryError: the homeserver does not say.
        """
        try:
            kept = await self._rest.get(*self._path)
        except Failed as error:
            if error.code != NOT_FOUND:
                raise
            kept = {}
        self.since = word(kept, "since")
        self.thumbs = {
            name: Noted(*told) for name, told in table(kept, "thumbs").items() if _whole(told)
        }

    async def write(self) -> None:
        """Keep it.

        Raises:
            DeliveryError: the homeserver did not take it.
        """
        while self.thumbs and _size(self.thumbs) > LARGEST:
            for name in list(self.thumbs)[: 1 + len(self.thumbs) // 10]:
                del self.thumbs[name]
        body = {"since": self.since, "thumbs": {k: list(v) for k, v in self.thumbs.items()}}
        await self._rest.put(*self._path, body=body)

    def note(self, reaction: str, thumb: Noted) -> None:
        """Note a thumb; the oldest is forgotten where there are too many."""
        self.thumbs[reaction] = thumb
        while len(self.thumbs) > THUMBS:
            del self.thumbs[next(iter(self.thumbs))]


def _whole(told: Any) -> bool:
    return isinstance(told, list) and len(told) in _PARTS and all(isinstance(e, str) for e in told)


def _size(thumbs: dict[str, Noted]) -> int:
    """Bytes as JSON, however a client writes what is beyond ASCII."""
    return len(json.dumps(thumbs))
