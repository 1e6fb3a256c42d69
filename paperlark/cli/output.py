"""Progress while it works, and files written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperlark.errors import PaperlarkError
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.ports import Progress


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on a terminal, one plain line a step otherwise; on stderr: stdout stays clean."""
    if sys.stderr.isatty():
        with _bars() as report:
            yield report
    else:
        yield _Lines()


class _Lines:
    """One line when a step begins; repeated calls for the same step say nothing."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, step: str, done: int, total: int) -> None:
        del done, total
        if step not in self._said:
            self._said.add(step)
            click.echo(plain(step), err=True)


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  (only on a terminal)
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = int(bars.add_task(escape(plain(step)), total=total))
            bars.update(bars.task_ids[tasks[step]], completed=done, total=total)

        yield report


def write(path: Path, text: str) -> None:
    """Write the file whole or leave what was there; ``-`` is stdout.

    A link is followed. What is no file (a device, a pipe) is written into. A file keeps its mode;
    a new one gets what the umask leaves of 0666.

    Raises:
        PaperlarkError: one sentence with the reason: a full disk, a missing folder.
    """
    if str(path) == "-":
        show(text)
        return
    try:
        if _stream(path):
            _pour(path, text)
        else:
            _replace(path.resolve(), text)
    except OSError as error:
        reason = (error.strerror or str(error)).rstrip(".")
        raise PaperlarkError(f"{path} cannot be written: {reason}.") from error
    except RuntimeError as error:  # Python 3.11 and 3.12 say so of links in a circle
        raise PaperlarkError(f"{path} cannot be written: its links go in a circle.") from error


def _stream(path: Path) -> bool:
    """Whether the path is written into: a device, a pipe, or what a shell has open already."""
    return path.is_relative_to("/dev") or (path.exists() and not path.is_file())


def _pour(path: Path, text: str) -> None:
    with path.open("ab", buffering=0) as sink:
        left = memoryview(text.encode("utf-8"))
        while left:
            left = left[sink.write(left) or 0 :]


def _replace(path: Path, text: str) -> None:
    """Put a new file in the place of the old; `path` has no links in it."""
    mode, owner = _mode(path), _owner(path)
    handle, spare = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if owner and os.getuid() == 0:
            os.chown(spare, *owner)
        Path(spare).chmod(mode)
        Path(spare).replace(path)
    finally:
        Path(spare).unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The mode the file has, or that a new one gets.

    Raises:
        PermissionError: nobody may write the file, or this user may not.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
    if not mode & 0o222 or not os.access(path, os.W_OK):  # root may write anything: ask the mode
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    return mode


def _owner(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_uid, path.stat().st_gid) if path.exists() else None


def show(text: str) -> None:
    """Write to stdout as UTF-8, whatever the locale says.

    Raises:
        PaperlarkError: stdout is closed.
    """
    if sys.stdout is None:  # as after ``>&-``
        raise PaperlarkError("Standard output is closed: send it to a file or to /dev/null.")
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
