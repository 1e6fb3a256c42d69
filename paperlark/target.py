"""Where a digest goes: a kind of channel, and an address on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(?P<kind>[a-z][a-z0-9]*):(?P<address>\S{0,320})")

_ADDRESSES = {
    "slack": (re.compile(r"[CGDUW][A-Z0-9]+"), "slack:C0123ABCD, the channel's or person's ID"),
    "discord": (re.compile(r"[0-9]+"), "discord:123456789012345678, the channel's ID"),
    "matrix": (
        re.compile(r"![\w.~=+-]+(?::[\w.:\[\]-]+)?", re.ASCII),
        "matrix:!room:example.org, the room's ID and not its alias",
    ),
    "mail": (re.compile(r"[^@\s\x00-\x1f<>,;]+@[^@\s\x00-\x1f<>,;/]+"), "mail:ada@example.org"),
}
"""What a service calls its places, and how one is shown to people."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A place a digest can be delivered to.

    Attributes:
        kind: a module in ``bot/channels``: ``slack``, ``discord``, ``matrix``, ``mail``,
            ``console``.
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
                "matrix:ROOM_ID, mail:ADDRESS or console:."
            )
        return cls(found["kind"], found["address"])

    def fitting(self) -> Target:
        """The same, where its service has addresses like this one; of other kinds any fits.

        Raises:
            ValueError: it has none; the sentence says what they look like.
        """
        form, example = _ADDRESSES.get(self.kind, (None, ""))
        if form and not form.fullmatch(self.address):
            raise ValueError(f"“{self}” is no {self.kind} target. Write one as {example}.")
        return self

    def __str__(self) -> str:
        return f"{self.kind}:{self.address}"
