"""What every command starts from: settings, the store, the clock, and a way to show progress."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from paperlark import settings as settings_module
from paperlark.clock import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from paperlark.clock import Clock
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection

NARROWEST, WIDEST = 60, 120


@dataclass(frozen=True)
class App:
    """One run of the program."""

    environ: Mapping[str, str]
    site: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once."""
        return settings_module.load(self.environ, self.site)

    @cached_property
    def clock(self) -> Clock:
        """The clock to go by."""
        return clock(self.settings.clock.pretend)

    @contextmanager
    def store(self) -> Iterator[tuple[Connection, RedisStore]]:
        """The store, opened; the embedded server is stopped again by the last to leave."""
        from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)
        from paperlark.store.connection import connect  # noqa: PLC0415

        connection = connect(self.settings.url, self.settings.data_dir(self.environ))
        try:
            yield connection, RedisStore(connection.client)
        finally:
            connection.close()


def app(site: Path | None) -> App:
    """The run that this process is."""
    return App(os.environ, site)


def width() -> int:
    """Columns to write, within what reads well."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def colour(environ: Mapping[str, str]) -> bool:
    """Whether stdout takes colours: a terminal, and nobody asked for none (NO_COLOR)."""
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
