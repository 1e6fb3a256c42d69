"""``paperlark up``: everything in one go, for one machine."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING

import click

from paperlark.cli.app import app

if TYPE_CHECKING:
    from paperlark.settings import Settings


@click.command("up")
@click.pass_obj
def command(site: Path | None) -> None:
    """Store, clock, workers and bot in one go, kept alive.

    Each is a process of its own, and started again when it dies; what was under way is taken up
    again. One log, on stderr. SIGTERM (or Ctrl-C) ends all of them after the jobs in hand.
    """
    import structlog  # noqa: PLC0415  (keeps --help quick)

    from paperlark import log  # noqa: PLC0415
    from worker import context, supervisor  # noqa: PLC0415
    from worker.llm import models  # noqa: PLC0415

    run = app(site)
    log.configure(run.settings.log.level, run.settings.log.format)
    context.arxiv_table(run.settings)  # a slip in the settings ends us, not every child in turn
    models.table(run.settings)
    models.money(run.settings)
    roles = [supervisor.CLOCK, *supervisor.workers()]
    if _chats(run.settings):
        roles.append(supervisor.BOT)
    else:
        said = "no bot: no channel has settings (see [channels] in config/default.toml)"
        structlog.get_logger().info(said)
    with run.store():  # holds the embedded store while processes come and go
        supervisor.supervise(roles, ("--config", str(site)) if site else ())


def _chats(settings: Settings) -> tuple[str, ...]:
    """The kinds of channels that have settings, and that people may talk back on."""
    from bot.channels import kinds, load  # noqa: PLC0415  (keeps --help quick)
    from bot.context import check_kinds  # noqa: PLC0415

    check_kinds(settings)
    raw = settings.channels
    chats = [kind for kind in kinds() if raw.get(kind) and kind != "console"]
    return tuple(kind for kind in chats if load(kind).enabled(raw[kind]))
