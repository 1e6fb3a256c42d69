"""What is the asker's alone, and what is told only to those who may see who voted."""

from __future__ import annotations

import re
from typing import Final

_OWN: Final = frozenset({"mine", "saved", "votes", "forget", "home"})
"""Questions whose every answer is the asker's own."""
_LISTED: Final = frozenset({"follow", "mute", "link"})
"""Questions that show what is the asker's own where no more is said."""
_TAKEN: Final = frozenset({"mine", "saved"})
"""What of one's own can be taken away as a file."""
_NAMING: Final = frozenset({"why", "tune", "link"})
"""Questions that may be answered with people's names."""
PROFILE: Final = re.compile(r"(?:^|\s+)profile:(\S+)$")
"""The last word of a question in a place that has several profiles."""


def personal(verb: str, rest: str) -> bool:
    """Whether the answer is nobody's but the asker's.

    Args:
        verb: the first word after ``/digest``, in small letters.
        rest: what follows it, but for the profile's name.
    """
    if verb == "export":
        return not _TAKEN.isdisjoint(rest.lower().split())
    return verb in _OWN or (verb in _LISTED and not rest.strip())


def delicate(text: str) -> bool:
    """Whether it matters who else reads the answer to these words after ``/digest``."""
    verb, _, rest = PROFILE.sub("", text.strip()).partition(" ")
    return verb.lower() in _NAMING or personal(verb.lower(), rest)
