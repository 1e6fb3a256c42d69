"""A place in a piece of TeX, and what stands next: an argument, an option, a command's name."""

from __future__ import annotations

import re

_NAME = re.compile(r"\\(?:([A-Za-z]+)(?:\*(?=\s*\{))?|(.))?", re.DOTALL)
_AHEAD = re.compile(r"\s*(\S?)")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)


def _closers(source: str) -> dict[int, int]:
    """Every opening brace's closing one, by position; the unbalanced are absent."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for brace in _BRACE.finditer(source):
        if brace.group() == "{":
            waiting.append(brace.start())
        elif brace.group() == "}" and waiting:
            found[waiting.pop()] = brace.start()
    return found


class Reader:
    """Reads TeX from left to right without understanding it; ``at`` is where it stands."""

    __slots__ = ("_ends", "at", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self._ends = _closers(source)

    @property
    def next(self) -> str:
        """The source's next character; empty at the end."""
        return self.source[self.at : self.at + 1]

    def ahead(self) -> str:
        """The next character that is no white space; empty at the end."""
        match = _AHEAD.match(self.source, self.at)
        return match[1] if match else ""

    def skip_spaces(self) -> None:
        """Go to the next character that is no white space."""
        while self.next.isspace():
            self.at += 1

    def group(self) -> str | None:
        """The content of the group that stands next; None where no balanced one does."""
        end = self._ends.get(self.at)
        return None if end is None else self.source[self.at + 1 : end]

    def raw(self) -> str:
        """The next argument as it stands: a group's content, a command, or one character.

        A group that is never closed reaches to the end.
        """
        self.skip_spaces()
        start = self.at
        if self.next == "{":
            end = self._ends.get(start, len(self.source))
            self.at = min(end + 1, len(self.source))
            return self.source[start + 1 : end]
        match = _NAME.match(self.source, start)
        self.at = match.end() if match else min(start + 1, len(self.source))
        return self.source[start : self.at]

    def option(self) -> str | None:
        """The content of ``[..]`` where one stands next."""
        end = self.source.find("]", self.at) if self.next == "[" else -1
        if end < 0:
            return None
        start, self.at = self.at + 1, end + 1
        return self.source[start:end]

    def command(self) -> tuple[str, str]:
        """The command that stands next: (its name, "") or ("", its sign); both empty for none."""
        match = _NAME.match(self.source, self.at)
        name, sign = match.groups(default="") if match else ("", "")
        self.at += len(match.group()) if match else 0
        return name, sign
