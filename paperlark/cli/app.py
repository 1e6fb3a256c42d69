"""What every command starts from: settings, the store, the clock, and a way to show progress."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from paperlark import settings as settings_module
from paperlark.clock import clock
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from paperlark.clock import Clock
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection

NARROWEST, WIDEST = 60, 120
_AROUND = timedelta(days=800)
"""Further than any command looks back or ahead."""


@dataclass(frozen=True)
class App:
    """One run of the program."""

    environ: Mapping[str, str]
    site: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once.

        Raises:
            ConfigError: one sentence on what is wrong with them.
        """
        try:
            found = settings_module.load(self.environ, self.site)
        except RecursionError:
            raise ConfigError("The settings file is nested too deeply to be read.") from None
        _check_clock(found.clock.pretend)
        return found

    @cached_property
    def clock(self) -> Clock:
        """The clock to go by."""
        return clock(self.settings.clock.pretend)

    @property
    def data_dir(self) -> Path:
        """The embedded store's folder.

        Raises:
            ConfigError: it is in the home of a user there is not.
        """
        try:
            return self.settings.data_dir(self.environ)
        except RuntimeError:
            given = self.settings.store.data_dir or self.environ.get("XDG_DATA_HOME", "~")
            raise ConfigError(
                f"The data folder {given} is in nobody's home: set PAPERLARK_DATA_DIR to a path."
            ) from None

    @contextmanager
    def store(self) -> Iterator[tuple[Connection, RedisStore]]:
        """The store, opened; the embedded server is stopped again by the last to leave."""
        from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)
        from paperlark.store.connection import connect  # noqa: PLC0415

        connection = connect(self.settings.url, self.data_dir)
        try:
            yield connection, RedisStore(connection.client)
        finally:
            connection.close()


def _check_clock(pretend: str) -> None:
    """Raise ConfigError where the clock would show a moment without days around it."""
    try:
        shown = clock(pretend)()
        _ = shown - _AROUND, shown + _AROUND
    except OverflowError:
        raise ConfigError(
            f"`clock.pretend`: “{pretend}” is too near an end of the calendar."
        ) from None


def app(site: Path | None) -> App:
    """The run that this process is."""
    return App(os.environ, site)


def width() -> int:
    """Columns to write, within what reads well."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def colour(environ: Mapping[str, str]) -> bool:
    """Whether stdout takes colours: a terminal, and nobody asked for none (NO_COLOR)."""
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
