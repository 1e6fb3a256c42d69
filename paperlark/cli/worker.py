"""``paperlark worker``: work one queue, or keep a process for each."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)

import click

from paperlark.cli.app import app
from paperlark.queues import LIMITS


@click.command("worker")
@click.option(
    "--queue",
    type=click.Choice(list(LIMITS)),
    help="Work only this queue, in this process. Default: a process for each, kept alive.",
)
@click.option("--burst", is_flag=True, help="Leave when there is nothing to do.")
@click.pass_obj
def command(site: Path | None, *, queue: str | None, burst: bool) -> None:
    """Work the queues: fetch announcements, score papers, publish digests, deliver posts.

    Start as many as wanted, on as many machines as share REDIS_URL. A worker that dies loses
    nothing: its job is taken up again by another. SIGTERM (or Ctrl-C) ends it after the job in
    hand.
    """
    from paperlark import log  # noqa: PLC0415  (keeps --help quick)
    from worker import app as workers  # noqa: PLC0415
    from worker import supervisor  # noqa: PLC0415

    run = app(site)
    log.configure(run.settings.log.level, run.settings.log.format)
    if queue or burst:
        with run.store() as (connection, _):
            for name in (queue,) if queue else LIMITS:
                workers.run(name, connection.queue, burst=burst)
    else:
        with run.store():  # holds the embedded store while workers come and go
            supervisor.supervise(supervisor.workers(), ("--config", str(site)) if site else ())
