"""What a new or changed profile needs from arXiv, with progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.cli.output import progress

if TYPE_CHECKING:
    from paperlark.cli.app import App
    from paperlark.domain import Profile
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection


def learn(run: App, opened: tuple[Connection, RedisStore], profile: Profile, days: int) -> str:
    """Load the profile's example papers and the last `days` mailing dates; one line about it."""
    from worker import context, learning  # noqa: PLC0415  (keeps mistakes quick)

    connection, store = opened
    with progress() as report:
        on = context.build(run.settings, connection, report)
        past = learning.past(on.clock(), days)
        said = learning.load(profile, on.source, store, past, report)
        return f"{said}\n" if said else ""
