"""``paperlark evaluate``: how well a scorer agrees with labelled days."""

from __future__ import annotations

import json
import re
from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING, Any

import click

from paperlark.cli.app import app
from paperlark.cli.output import progress, show

if TYPE_CHECKING:
    from collections.abc import Mapping

TRAIN = re.compile(r"cold|past|examples:[1-9]\d{0,3}")


def _train(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not TRAIN.fullmatch(value):
        raise click.BadParameter(f"“{value}” is not cold, examples:N (as examples:20) or past.")
    return value


@click.command("evaluate")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--profile", required=True, help="Whose taste the labels are.")
@click.option("--scorer", type=click.Choice(["local", "llm"]), default="local", show_default=True)
@click.option(
    "--train",
    callback=_train,
    default="cold",
    show_default=True,
    help="What the scorer knows: cold (the profile only), examples:N liked papers, or past: every "
    "day is ranked with the labels of earlier days.",
)
@click.option(
    "--keep",
    type=click.FloatRange(0.05, 1),
    default=1.0,
    show_default=True,
    help="Close the loop: only this share of a day, and a random 5 %, give labels.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def command(
    site: Path | None,
    *,
    files: tuple[str, ...],
    profile: str,
    scorer: str,
    train: str,
    keep: float,
    form: str,
) -> None:
    """Rank labelled days and compare.

    A labelled day is JSONL, one paper a line (gzip too): date, id, title, authors, abstract,
    categories, selected (true or false), relevance and novelty (1 to 10 or null). Figures that
    the labels do not allow are left open.

    \b
    paperlark evaluate days.jsonl.gz --profile foundations --train past --format json
    """  # noqa: D301  (click reads the backslash)
    from worker import context, evaluation  # noqa: PLC0415  (keeps mistakes quick)

    run = app(site)
    with run.store() as (_, store):
        found = store.profile(profile) or context.built_in(profile)
    with progress() as report:
        result = evaluation.evaluate(
            files, found, train=train, keep=keep, scorer=scorer, progress=report
        )
    if form == "json":
        show(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    else:
        show(_table(result))


def _table(result: Mapping[str, Any]) -> str:
    overall = result["overall"]
    lines = [
        f"{result['scorer']} scorer, trained {result['train']}, {len(result['days'])} days",
        "",
    ]
    for name, value in overall.items():
        if isinstance(value, dict):
            for at, inner in value.items():
                lines.append(f"  {name} {at:<12} {_figure(inner)}")
        else:
            lines.append(f"  {name:<20} {_figure(value)}")
    return "\n".join(lines) + "\n"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
