"""``paperlark why``: the whole trace of one paper."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING

import click

from paperlark import facts, ids
from paperlark.cli.app import app
from paperlark.cli.days import resolve
from paperlark.cli.output import show
from paperlark.errors import NotFound
from paperlark.pasts import past
from paperlark.render.escape import plain
from paperlark.render.trace import delivered
from paperlark.tracing import Votes, rows

if TYPE_CHECKING:
    from datetime import date

    from paperlark.store import RedisStore


@click.command("why")
@click.argument("paper", metavar="ID")
@click.option("--date", "day", default="", help="The mailing date. Default: the newest with it.")
@click.option(
    "--profile",
    default="",
    help="For whom. Default: the only profile with a digest, or the only one there is.",
)
@click.pass_obj
def command(site: Path | None, *, paper: str, day: str, profile: str) -> None:
    """Where a paper was found, how it scored, what became of it, and who voted on it.

    ID is an arXiv id in any usual form, or a link.
    """
    from paperlark.store import aftermath  # noqa: PLC0415  (keeps --help quick)
    from worker import context  # noqa: PLC0415  (the same)

    identifier, _ = ids.canonical(paper)
    run = app(site)
    with run.store() as (connection, store):
        on = context.build(run.settings, connection)
        made = store.digest_profiles()
        chosen = on.profile(profile or (made[0] if len(made) == 1 else ""))
        when = resolve(day, on.clock()) if day else _newest(store, identifier)
        trace = store.trace(chosen.name, identifier, when)
        digest = store.digest(chosen.name, when) if when else None
        known = facts.gather(store, chosen.name, on.hearing.knobs)
        voted = Votes(
            known,
            past(store, digest, known.followed(chosen, digest.date)) if digest else None,
            aftermath.votes_on(store, chosen.name, identifier),
        )
        found = aftermath.deliveries(store, chosen.name, identifier, when) if when else ()
        sent = [delivered(subscription, ref) for subscription, ref in found]
    if trace.paper is None and not trace.listings:
        raise NotFound(
            f"{identifier} is not among the papers of the last 35 days that were fetched here. "
            f"On arXiv: https://arxiv.org/abs/{identifier}"
        )
    show(f"{trace.id}  {plain(trace.paper.title) if trace.paper else ''}\n")
    told = rows(trace, chosen, when, digest, voted=voted, deliveries=sent)
    show("".join(f"  {label:<13} {plain(said)}\n" for label, said in told))


def _newest(store: RedisStore, identifier: str) -> date | None:
    return max((found[0] for found in store.listed(identifier)), default=None)
