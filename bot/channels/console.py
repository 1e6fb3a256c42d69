"""The reference channel: a digest as text, on standard output or at the end of a file.

In a file every record begins with U+001E and the message's key, which no text in it can imitate:
control characters never pass the renderer. So a file can be asked what arrived in it.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.ports import Finding, Limits
from paperlark import settings
from paperlark.errors import DeliveryError
from paperlark.post import Message
from paperlark.render import dates, render
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.ports import Listener
    from paperlark.domain import Digest
    from paperlark.post import Setting
    from paperlark.settings import Where
    from paperlark.subscription import Form
    from paperlark.target import Target

WIDTH = 80
_RECORD = "\x1e"


class Settings(settings.Section):
    """The table ``[channels.console]``.

    Attributes:
        path: a file that digests are added to; empty for standard output.
    """

    path: str = ""


class Console:
    """A `bot.ports.Channel` without a service behind it."""

    limits = Limits(per_target=1000.0, burst=1000)

    def __init__(self, table: Settings) -> None:
        self._path = Path(table.path).expanduser() if table.path else None

    @property
    def can_find(self) -> bool:
        """A file can be asked; a terminal cannot."""
        return self._path is not None

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """One message: a page of text has one form."""
        del form
        if setting.notice:
            head = f"{plain(digest.profile)}, {dates.full(digest.date)}"
            return (Message("notice", {"text": f"{head}\n{plain(setting.notice)}\n"}),)
        return (Message("summary", {"text": render(digest, "text", width=WIDTH)}),)

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """Write it; its name is its key."""
        del target, root
        text = str(message.payload["text"])
        try:
            if self._path is None:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()
            else:
                _append(self._path, f"{_RECORD}{key}\n{text}\n".encode())
        except OSError as error:
            why = error.strerror or error
            raise DeliveryError(
                f"{self._path or 'Standard output'}: {why}. Try another."
            ) from error
        return key

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        """Look through the file."""
        del target, message, root, since
        with suppress(FileNotFoundError):
            if self._path and f"{_RECORD}{key}\n".encode() in self._path.read_bytes():
                return key
        return None

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """Whether the file's folder is there."""
        del targets
        if self._path is None or self._path.parent.is_dir():
            return (Finding("console", "ok", str(self._path or "standard output")),)
        fix = "Make the folder, or correct channels.console.path."
        return (Finding("console", "fail", f"there is no folder {self._path.parent}", fix),)

    async def aclose(self) -> None:
        """Nothing is held open."""


def _append(path: Path, record: bytes) -> None:
    """Add the record whole; what a full disk took of it is taken back.

    Raises:
        OSError: it is not in the file.
    """
    with path.open("ab", buffering=0) as file:
        written = file.write(record)
        if written != len(record):
            file.truncate(file.tell() - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def channel(raw: Mapping[str, Any], where: Where) -> Console:
    """The way out, from the table ``[channels.console]``."""
    return Console(settings.check(Settings, raw, prefix="channels.console.", where=where))


def listener(raw: Mapping[str, Any], where: Where) -> Listener | None:
    """There is no way in: a terminal has its own commands."""
    del raw, where
    return None


def enabled(raw: Mapping[str, Any]) -> bool:
    """Whether there is a file to add to. Standard output can always be written to."""
    return bool(raw.get("path"))
