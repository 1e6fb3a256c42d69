"""``paperlark bot``: answer people in the chats, and serve the pages."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)

import click

from paperlark.cli.app import app


@click.command("bot")
@click.pass_obj
def command(site: Path | None) -> None:
    """Answer commands, buttons and reactions in every chat that is set up.

    Serves /healthz, /readyz and the addresses that chats call at `web.listen`. It posts no digest:
    that is the workers' part. SIGTERM (or Ctrl-C) ends it within seconds.
    """
    from bot import app as bots  # noqa: PLC0415  (keeps --help quick)
    from paperlark import log  # noqa: PLC0415

    run = app(site)
    log.configure(run.settings.log.level, run.settings.log.format)
    with run.store() as (connection, _):
        bots.run(run.settings, connection)
