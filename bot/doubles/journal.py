"""What the double has received, in a file that outlives every process: JSON lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Journal:
    """Appends entries, each on the disk's side of a system call before `write` returns.

    Args:
        path: the file; None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._file = path.open("ab", buffering=0) if path else None

    def write(self, kind: str, entry: Mapping[str, Any]) -> None:
        """Append one entry of that kind."""
        if self._file:
            line = json.dumps({"kind": kind, "entry": entry}, ensure_ascii=True)
            self._file.write(line.encode() + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()


def entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The kind and content of every whole line of the file; none where there is no file."""
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            found = json.loads(line)
        except ValueError:  # the last line of a process that was ended in the middle of it
            continue
        yield str(found["kind"]), found["entry"]


def messages(path: Path) -> list[dict[str, Any]]:
    """Every message the file holds, in the order in which it was taken, as it was posted."""
    return [entry for kind, entry in entries(path) if kind == "message"]
