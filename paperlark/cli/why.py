"""``paperlark why``: the whole trace of one paper."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING

import click

from paperlark import ids
from paperlark.cli.app import app
from paperlark.cli.days import resolve
from paperlark.cli.output import show
from paperlark.domain import Fate
from paperlark.errors import NotFound
from paperlark.render.dates import short
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from paperlark.domain import Digest, PaperTrace, Profile
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
    """Where a paper was found, which rule met it, how it scored, and what became of it.

    ID is an arXiv id in any usual form, or a link.
    """
    from worker import context  # noqa: PLC0415  (keeps --help quick)

    identifier, _ = ids.canonical(paper)
    run = app(site)
    with run.store() as (connection, store):
        on = context.build(run.settings, connection)
        made = store.digest_profiles()
        chosen = on.profile(profile or (made[0] if len(made) == 1 else ""))
        when = resolve(day, on.clock()) if day else _newest(store, identifier)
        trace = store.trace(chosen.name, identifier, when)
        digest = store.digest(chosen.name, when) if when else None
    if trace.paper is None and not trace.listings:
        raise NotFound(
            f"{identifier} is not among the papers of the last 35 days that were fetched here. "
            f"On arXiv: https://arxiv.org/abs/{identifier}"
        )
    show("".join(f"{line}\n" for line in _lines(trace, chosen, when, digest)))


def _newest(store: RedisStore, identifier: str) -> date | None:
    return max((found[0] for found in store.listed(identifier)), default=None)


def _lines(
    trace: PaperTrace, profile: Profile, day: date | None, digest: Digest | None
) -> Iterator[str]:
    yield f"{trace.id}  {plain(trace.paper.title) if trace.paper else ''}"
    if day:
        yield f"  mailing date  {short(day)}"
    for category, listing in trace.listings:
        kind = listing.announce_type
        yield f"  found in      {category}, announced as {kind}, v{listing.version}"
    yield f"  profile       {profile.name}, revision {profile.revision}"
    yield from (f"  note          {plain(note)}" for note in trace.notes)
    if trace.score:
        yield f"  score         {trace.score.value:.1f}, relevance {trace.score.relevance or '–'}"
        if trace.score.comment:
            yield f"  reason        {plain(trace.score.comment)}"
    if digest:
        yield f"  line          {digest.line.value:.1f}"
    yield f"  fate          {_fate(trace, digest)}"


def _fate(trace: PaperTrace, digest: Digest | None) -> str:
    if trace.fate is None:
        return "not scanned for this profile" if digest else "no digest was made for this date"
    detail = trace.rule or trace.reason
    said = {Fate.SHOWN: "shown", Fate.BELOW: "below the line"}.get(trace.fate, str(trace.fate))
    if trace.fate is Fate.SHOWN and digest:
        rank = next((card.rank for card in digest.cards if card.paper.id == trace.id), None)
        said = f"shown, number {rank} of {digest.counts.shown}" if rank else said
    return f"{said}: {plain(detail)}" if detail else said
