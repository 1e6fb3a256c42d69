"""``paperlark evaluate``: how well a scorer agrees with labelled days, and with itself."""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperlark.chosen import built_in
from paperlark.cli import tables
from paperlark.cli.app import app
from paperlark.cli.output import progress, show, write
from paperlark.errors import NotFound, PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.cli.app import App
    from paperlark.domain import Profile
    from worker.llm.purse import Account
    from worker.trial import Estimate

TRAIN = re.compile(r"cold|past|examples:[1-9]\d{0,3}")


def _train(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not TRAIN.fullmatch(value):
        raise click.BadParameter(f"“{value}” is not cold, examples:N (as examples:20) or past.")
    return value


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    run: App
    files: tuple[str, ...]
    profile: str
    scorer: str
    train: str
    keep: float
    vary: str
    sample: int | None
    panel: int | None
    chart: Path | None
    yes: bool


@click.command("evaluate")
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option("--profile", required=True, help="Whose taste the labels are.")
@click.option("--scorer", type=click.Choice(["local", "llm"]), default="local", show_default=True)
@click.option(
    "--train",
    callback=_train,
    default="cold",
    show_default=True,
    help="What the local ranker knows: cold (the profile only), examples:N liked papers, or past: "
    "every day is ranked with what is known of earlier days.",
)
@click.option(
    "--keep",
    type=click.FloatRange(0.05, 1),
    default=1.0,
    show_default=True,
    help="Close the loop: only this share of a day, and a random 5 %, is sent and gives labels.",
)
@click.option(
    "--vary",
    default="",
    metavar="NAME=A,B,…",
    help="Have the same papers graded under each value of batch_size, effort or order, and compare "
    "with the first. With --scorer llm.",
)
@click.option("--sample", type=click.IntRange(1), help="With --vary: only so many papers.")
@click.option(
    "--panel",
    type=click.IntRange(4, 200),
    metavar="N",
    help="Have a fixed panel of N past papers graded again, and keep the result. Takes no FILE.",
)
@click.option(
    "--chart",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the panel's drift as an SVG. Without --panel no model is asked.",
)
@click.option("--yes", is_flag=True, help="Do not ask before money is spent.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def command(site: Path | None, /, *, form: str, **options: Any) -> None:
    """Rank labelled days and compare.

    A labelled day is JSONL, one paper a line (gzip too): date, id, title, authors, abstract,
    categories, selected (true or false), relevance and novelty (1 to 10 or null). Figures that
    the labels do not allow are left open. Intervals are 95 %, by days. With --scorer llm a model
    is asked and paid for; an estimate comes first.

    \b
    paperlark evaluate days.jsonl.gz --profile foundations --train past --format json
    paperlark evaluate days.jsonl --profile foundations --scorer llm --vary batch_size=1,8,16
    paperlark evaluate --profile foundations --panel 24 --chart drift.svg
    """  # noqa: D301  (click reads the backslash)
    asked = Asked(app(site), **options)
    _check(asked)
    if asked.panel or asked.chart:
        result, text = _panel(asked)
    elif asked.vary:
        result, text = _effects(asked)
    else:
        result, text = _days(asked)
    if form == "json":
        show(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    else:
        show(text)


def _check(asked: Asked) -> None:
    """Refuse what does not go together."""
    again = bool(asked.panel or asked.chart)
    if again and (asked.files or asked.vary):
        raise click.UsageError("--panel and --chart take no FILE and no --vary: leave them out.")
    if not again and not asked.files:
        raise click.UsageError("Give at least one FILE of labelled days, or --panel N.")
    if asked.vary and asked.scorer != "llm":
        raise click.UsageError("--vary measures a model: add --scorer llm.")
    if asked.sample and not asked.vary:
        raise click.UsageError("--sample goes with --vary: add it, or leave --sample out.")


def _days(asked: Asked) -> tuple[dict[str, Any], str]:
    """Labelled days, ranked and compared."""
    from worker import evaluation, labelled, trial  # noqa: PLC0415  (keeps mistakes quick)

    options: dict[str, Any] = {"train": asked.train, "keep": asked.keep}
    if asked.scorer == "local":
        found = _profile(asked)
        with progress() as report:
            result = evaluation.evaluate(asked.files, found, **options, progress=report)
        return result, tables.days(result)
    days = labelled.read([Path(file) for file in asked.files])
    papers = [trial.bare(paper) for day in days for paper in day.papers]
    number = evaluation.expected(days, asked.train, asked.keep)
    with _account(asked) as (account, found), account.model() as model:
        _agree(trial.estimate(account, found, papers, number), asked)
        with progress() as report:
            scorer = trial.Trial(model, account.settings, progress=report)
            result = evaluation.assess(days, found, **options, scorer=scorer, progress=report)
    return result, tables.days(result)


def _effects(asked: Asked) -> tuple[dict[str, Any], str]:
    """One setting of a model, varied."""
    from worker import effects, labelled  # noqa: PLC0415  (keeps mistakes quick)

    vary = effects.Vary.parse(asked.vary)
    papers = effects.sample(labelled.read([Path(file) for file in asked.files]), asked.sample)
    with _account(asked) as (account, found):
        with account.model():  # no key, no question
            _agree(effects.estimate(papers, found, vary, account), asked)
        with progress() as report:
            result = effects.measure(papers, found, vary, account, report)
    return result, tables.effects(result)


def _panel(asked: Asked) -> tuple[dict[str, Any], str]:
    """The panel, graded again where that is asked for, and its drift."""
    from paperlark.render import drift  # noqa: PLC0415  (keeps mistakes quick)
    from worker import panel  # noqa: PLC0415  (the same)

    with asked.run.store() as (_, store):
        found = store.profile(asked.profile) or built_in(asked.profile)
        if asked.panel:
            _grade_panel(asked, store, found, asked.panel)
        kept, scorings = store.panels.panel(found.name), store.panels.scorings(found.name)
    if kept is None or not scorings:
        raise NotFound(
            f"No panel of “{found.name}” was graded yet: add --panel 24 to have one graded."
        )
    compared = panel.compared(scorings)
    if asked.chart:
        write(asked.chart, drift.chart(panel.points(compared), found.name, len(kept.papers)))
    result = panel.table(kept, compared)
    return result, tables.panel(result)


def _grade_panel(asked: Asked, store: Any, found: Profile, number: int) -> None:
    from worker import panel, trial  # noqa: PLC0415  (keeps mistakes quick)
    from worker.llm import models  # noqa: PLC0415  (the same)

    account = models.account(asked.run.settings, store, asked.run.clock)
    trial.capped(account)  # refuses a budget that cannot be held
    with account.model():  # no key, no panel
        today = asked.run.clock().date()
    kept = panel.kept(store, found, number, today)
    if len(kept.papers) != number:
        click.echo(
            f"The panel drawn on {kept.drawn.isoformat()} has {len(kept.papers)} papers.", err=True
        )
    _agree(trial.estimate(account, found, kept.papers, len(kept.papers)), asked)
    with progress() as report:
        store.panels.save_scoring(found.name, panel.score(kept, found, account, today, report))


def _profile(asked: Asked) -> Profile:
    with asked.run.store() as (_, store):
        return store.profile(asked.profile) or built_in(asked.profile)


@contextmanager
def _account(asked: Asked) -> Iterator[tuple[Account, Profile]]:
    """Models and money; the store stays open only where there is a budget to hold."""
    from worker import trial  # noqa: PLC0415  (keeps mistakes quick)
    from worker.llm import models  # noqa: PLC0415  (the same)

    with asked.run.store() as (_, store):
        found = store.profile(asked.profile) or built_in(asked.profile)
        account = models.account(asked.run.settings, store, asked.run.clock)
        if trial.capped(account):
            yield account, found
            return
    yield trial.unkept(account), found


def _agree(estimate: Estimate, asked: Asked) -> None:
    """Say what it will take; on a terminal, go on only if that is wanted."""
    click.echo(estimate.said(), err=True)
    asks = not asked.yes and sys.stdin.isatty() and sys.stderr.isatty()
    if asks and not click.confirm("Go on?", err=True):
        raise PaperlarkError("No model was asked and nothing spent; --sample and --keep ask less.")
