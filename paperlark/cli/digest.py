"""``paperlark digest``: the main job once, now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperlark import calendar
from paperlark.cli import posting
from paperlark.cli.app import App, app, colour, width
from paperlark.cli.days import resolve
from paperlark.cli.output import progress, show, write
from paperlark.domain import VerdictState
from paperlark.errors import PaperlarkError
from paperlark.render import FORMATS

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import Digest, Profile
    from worker.context import Context


@click.command("digest")
@click.argument("day", default="latest", metavar="[D|today|yesterday|latest]")
@click.option("--profile", default="", help="Whose digest. Default: the only profile there is.")
@click.option(
    "--feed",
    "feeds",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Read this file, and ask arXiv nothing: an RSS or Atom feed, a saved listing page, or "
    "JSONL; gzip too. Give it once for each file.",
)
@click.option(
    "--scorer",
    type=click.Choice(["auto", "local", "llm"]),
    help="Who scores. auto: the language model where a key is set, else the local ranker.",
)
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    metavar="[text|md|html|json|CHANNEL]",
    help="How to print it. mail: the raw mail. CHANNEL, as slack: the messages it would send, "
    "as JSON.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option(
    "--post",
    is_flag=True,
    help="Also post it to every subscription of the profile that has not got it yet.",
)
@click.pass_obj
def command(
    site: Path | None,
    *,
    day: str,
    profile: str,
    feeds: tuple[Path, ...],
    scorer: str | None,
    form: str,
    out: Path | None,
    post: bool,
) -> None:
    """Fetch, rank and print the digest of one mailing date.

    D is the date arXiv gives an announcement, as 2025-09-25. `latest` (the default) is the newest
    one; `today` says so where there is none today. Running it again for the same date gives the
    same digest.

    \b
    paperlark digest --profile foundations
    paperlark digest 2025-09-25 --format html --out day.html
    paperlark digest --feed saved.xml --profile foundations
    """  # noqa: D301  (click reads the backslash)
    run = app(site)
    if form not in FORMATS:
        posting.check(form)
    made = _make(run, profile, day, feeds, scorer)
    text = _render(run, made, form, to_file=out is not None)
    if out:
        write(out, text)
        click.echo(f"✓ {out}", err=True)
    else:
        show(text)
    if not made.counts.scanned:
        _hint(made)
    if made.verdict.state is VerdictState.FAILED:
        raise PaperlarkError(f"Failed: {made.verdict.detail.rstrip('.')}.")
    if post:
        posting.post(run, made)


def _hint(empty: Digest) -> None:
    """Where to look instead, when a date has nothing (yet)."""
    before = calendar.previous_before(empty.date).isoformat()
    click.echo(f"The day before: paperlark digest {before} --profile {empty.profile}", err=True)


def _make(run: App, name: str, day: str, feeds: tuple[Path, ...], scorer: str | None) -> Digest:
    from worker import context  # noqa: PLC0415  (keeps usage errors quick)

    with run.store() as (connection, _), progress() as report:
        on = context.build(run.settings, connection, report)
        return _steps(on, name, day, feeds, scorer or "")


def _steps(on: Context, name: str, text: str, feeds: tuple[Path, ...], choice: str) -> Digest:
    from worker import pipeline  # noqa: PLC0415  (keeps usage errors quick)

    profile = on.profile(name)
    scorer, make = on.scorer(choice)
    day = _given(on, profile, text, feeds) if feeds else resolve(text, on.clock())
    stands = pipeline.standing(profile, day, on.store, scorer)
    if stands:
        return stands
    if not feeds:
        pipeline.fetch(day, profile.categories, on.source, on.store)
    pipeline.score(profile, day, on.store, scorer, make, hearing=on.hearing)
    return pipeline.publish(profile, day, on.store, scorer, now=on.clock(), hearing=on.hearing)


def _given(on: Context, profile: Profile, text: str, feeds: tuple[Path, ...]) -> date:
    """Keep what the files hold; the date they are of."""
    from worker.sources.arxiv import files  # noqa: PLC0415  (keeps usage errors quick)

    asked = None if text == "latest" else resolve(text, on.clock())
    announcement = files.from_files(feeds, profile.categories, asked)
    on.store.save(announcement, given=True)
    kept = on.store.batches(announcement.date, profile.categories)
    better = [batch.category for batch in kept if batch.listings and batch.source != "file"]
    if better:
        click.echo(f"From arXiv itself, not from a file: {', '.join(better)}.", err=True)
    return announcement.date


def _render(run: App, digest: Digest, form: str, *, to_file: bool) -> str:
    if form not in FORMATS:
        return posting.messages(run.settings, digest, form)
    from paperlark.render import render  # noqa: PLC0415  (the renderers are slow to import)

    tint = colour(run.environ) and not to_file
    return render(digest, form, width=width(), colour=tint)
