"""Matrix's limits, and our own measures within them.

Source: the client-server API, "Size limits" (65,536 bytes a whole event) and ``m.room.message``
(the tags a client shows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EVENT: Final = 65_536
"""Bytes of a whole event as the homeserver keeps it."""
NAME: Final = 255
"""Bytes of an event's name."""
CONTENT: Final = 48_000
"""Bytes of what we put into one: the rest is for what the homeserver adds."""
BURST: Final = 8
"""Messages at once after a pause: Synapse's own default is 10, and answers need some."""

TITLE: Final = 300
HEADER: Final = 200
PROFILE: Final = 64
NAMES: Final = 300
REASON: Final = 400
TAGS: Final = 200
NOTES: Final = 5
ABSTRACT: Final = 5_000
ANSWER: Final = 4_000
"""Characters of an answer whose own form is too long for an event."""
FILE: Final = 5_000
"""Characters of a file that are shown in one message; each may take nine bytes, in both forms."""
SHEETS: Final = 8
"""Messages of one answer at most."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of each text is shown, so that a message as a whole fits.

    Attributes:
        cards: titles of a compact summary.
    """

    title: int = TITLE
    reason: int = REASON
    names: int = NAMES
    tags: int = TAGS
    notes: int = NOTES
    cards: int = 200


FULL: Final = Measure()
MEASURES: Final = (
    FULL,
    Measure(title=200, reason=250, names=120, tags=80, cards=80),
    Measure(title=100, reason=120, names=80, tags=50, notes=3, cards=40),
    Measure(title=50, reason=60, names=40, tags=30, notes=2, cards=20),
)
"""From the widest to one that always fits."""
