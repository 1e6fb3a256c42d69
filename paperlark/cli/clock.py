"""``paperlark clock``: put on its way whatever is due."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)

import click

from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.render.escape import plain


@click.command("clock")
@click.option("--once", is_flag=True, help="Look once, say what was done, and leave.")
@click.pass_obj
def command(site: Path | None, *, once: bool) -> None:
    """Look every half minute at what is due, and put it on its way.

    It fetches and posts nothing itself: that is the workers' part. Start one on each host, if you
    like: two clocks post nothing twice. SIGTERM (or Ctrl-C) ends it at once.
    """
    from paperlark import log  # noqa: PLC0415  (keeps --help quick)
    from worker import clock  # noqa: PLC0415

    run = app(site)
    log.configure(run.settings.log.level, run.settings.log.format)
    with run.store() as (connection, store):
        if not once:
            clock.run(store, connection.queue, run.settings, run.clock)
            return
        events = clock.tick(store, connection.queue, run.settings, run.clock())
    if events is None:
        show("Another clock is looking right now.\n")
        return
    for event in events:
        show(" ".join(plain(part) for part in event) + "\n")
    if not events:
        show("Nothing is due.\n")
