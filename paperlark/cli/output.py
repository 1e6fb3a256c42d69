"""Progress while it works, and files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperlark.errors import PaperlarkError

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
            click.echo(step, err=True)


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich.console import Console  # noqa: PLC0415  (only on a terminal)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = int(bars.add_task(step, total=total))
            bars.update(bars.task_ids[tasks[step]], completed=done, total=total)

        yield report


def write(path: Path, text: str) -> None:
    """Write the file whole or leave what was there.

    Raises:
        PaperlarkError: one sentence with the reason: a full disk, a missing folder.
    """
    spare = None
    try:
        handle, spare = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(spare).chmod(0o644)
        Path(spare).replace(path)
    except OSError as error:
        raise PaperlarkError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        if spare:
            Path(spare).unlink(missing_ok=True)


def show(text: str) -> None:
    """Write to stdout as UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
