"""Where a digest goes: a kind of channel, and an address on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(?P<kind>[a-z][a-z0-9]*):(?P<address>\S{0,320})")


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A place a digest can be delivered to.

    Attributes:
        kind: a module in ``bot/channels``: ``slack``, ``discord``, ``mail``, ``console``.
        address: what that service calls the place: ``C0123``, ``ada@example.org``; empty for
            ``console``.
    """

    kind: str
    address: str = ""

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read ``kind:address``.

        Raises:
            ValueError: it has no such form; the sentence says which forms there are.
        """
        found = _FORM.fullmatch(text.strip())
        if not found or not (found["address"] or found["kind"] == "console"):
            raise ValueError(
                f"“{text}” is no target. Write slack:CHANNEL_ID, discord:CHANNEL_ID, "
                "mail:ADDRESS or console:."
            )
        return cls(found["kind"], found["address"])

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"
