"""The status of a delivery as servers write it (RFC 3463), and whose fault it is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ENHANCED: Final = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)", re.ASCII)
_REPLY: Final = re.compile(
    r"(?:^|[:#<(]\s?|\b(?:code|error) )((?:421|45[0-2]|55[0-4]))(?=[\s\-:>)])",
    re.MULTILINE | re.ASCII,
)
_ABOUT_US: Final = frozenset({"6", "7"})
"""Subjects that are about the text, or about us and what we are let do; not about the address."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SAID: Final = 120
_LINE: Final = 400


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a mail.

    Attributes:
        code: ``5.1.1``; ``4.0.0`` or ``5.0.0`` where no more is known; empty: nothing failed.
        said: the server's own words, one short line.
    """

    code: str = ""
    said: str = ""

    @property
    def failed(self) -> bool:
        """Whether the mail did not arrive, for good or for now."""
        return self.code[:1] in {"4", "5"}

    @property
    def hard(self) -> bool:
        """Whether no mail to this address ever arrives."""
        return self.code.startswith("5") and self.code.split(".")[1] not in _ABOUT_US

    def __str__(self) -> str:
        known = self.code in self.said
        return self.said if known and self.said else f"{self.code} {self.said}".strip()


NONE: Final = Status()


def found_in(text: str) -> Status:
    """The first status in a text that says one; else what its first SMTP reply comes to."""
    match = next((each for each in _ENHANCED.finditer(text) if each[1] in "45"), None)
    code = match[0] if match else ""
    if match is None:
        match = _REPLY.search(text)
        code = f"{match[1][0]}.0.0" if match else ""
    if match is None:
        return NONE
    begin = text.rfind("\n", 0, match.start(1)) + 1
    return Status(code, clause(text[begin : begin + _LINE].partition("\n")[0]))


def of_fields(action: str, status: str, diagnostic: str) -> Status:
    """What the fields of one recipient come to.

    Args:
        action: ``failed``, ``delayed``, as some write them; anything else is no failure.
        status: the enhanced status; may be none.
        diagnostic: the server's words; a status in them may say more than a bare ``5.0.0``.
    """
    action = action.strip().lower()
    if not action.startswith(("fail", "delay")):
        return NONE
    given, words = found_in(status), diagnostic.partition(";")[2] or diagnostic
    code = given.code or found_in(words).code or "5.0.0"
    more = found_in(words).code
    if code.endswith(".0.0") and more[:1] == code[:1]:
        code = more
    if action.startswith("delay"):
        code = "4" + code[1:]
    return Status(code, clause(words))


def clause(text: str) -> str:
    """A stranger's words as one short line."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_SAID].strip().rstrip(".")
