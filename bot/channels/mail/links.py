"""Each reader's own links: votes, settings, the way out. Nobody else's token does the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from paperlark.tokens import Purpose, Signer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

VOTES_LAST = timedelta(days=30)
_THUMBS = {"up": "1", "down": "-1"}


@dataclass(frozen=True)
class Links:
    """The links of one reader's mail.

    Attributes:
        web: the pages' public address, without a stroke at the end; empty where there is none.
        signer: makes the tokens.
        reader: whose mail it is: `paperlark.tokens.reader_key` of the subscription.
        day: the digest's mailing date.
        cards: ids of its cards, in the order of their places.
        now: when the mail is written.
    """

    web: str
    signer: Signer
    reader: str
    day: date
    cards: Sequence[str]
    now: datetime

    def vote(self, thumb: str, position: int) -> str:
        """The page that asks once, and then counts a thumb on the card at this position, from 1.

        Its token's fields: the reader's key, the day as ``20261119``, the paper, ``1`` or ``-1``.
        """
        day = f"{self.day:%Y%m%d}"
        fields = (self.reader, day, self.cards[position - 1], _THUMBS[thumb])
        ends = self.now + VOTES_LAST
        return f"{self.web}/v/{self.signer.sign(Purpose.VOTE, *fields, expires=ends)}"

    @property
    def manage(self) -> str:
        """The page of this subscription's settings."""
        return f"{self.web}/manage/{self.signer.sign(Purpose.MANAGE, self.reader)}"

    @property
    def unsubscribe(self) -> str:
        """The way out, which works for ever."""
        return f"{self.web}/u/{self.signer.sign(Purpose.UNSUBSCRIBE, self.reader)}"

    def fill(self, name: str) -> str:
        """What stands at a place of the letter: see `paperlark.render.mail.place`."""
        if name in {"manage", "unsubscribe"}:
            return str(getattr(self, name))
        thumb = name.rstrip("0123456789")
        return self.vote(thumb, int(name.removeprefix(thumb)))
