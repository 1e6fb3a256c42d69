"""``paperlark demo``: three built-in sample days through the whole program."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paperlark import log
from paperlark.cli.app import colour, width
from paperlark.cli.output import show, write
from paperlark.domain import Neighbours
from paperlark.errors import PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from paperlark.domain import Digest

FILES = {"text": "digest.txt", "md": "digest.md", "html": "index.html", "json": "digest.json"}


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Folder to leave the pages in; made if missing.",
)
def command(*, out: Path) -> None:
    """Three built-in sample days through the whole program, in seconds.

    No account, no key, no network: fictional papers from a loopback double of arXiv, fetched,
    queued, ranked by the local ranker, rendered and posted to a loopback double of Slack by the
    real program. Between the days fictional people vote, and one of them moves the line. Ends by
    itself and leaves nothing running. Your own settings and store are not touched.
    """
    begun = time.monotonic()
    log.configure("error")  # the lines below say what happens
    _ready(out)
    show(
        "Three built-in sample days of fictional papers through the whole program.\n"
        "No account, no key, no network. From so few papers the ranker learns little, so\n"
        "its scores are low, and the demo puts the line at 15 instead of 50. Between the\n"
        "days three fictional people vote. Votes move a line once they are from 3 days;\n"
        "here they are from 2, so one of these people lowers it.\n\n"
    )
    from paperlark.demo.run import run  # noqa: PLC0415  (the greeting comes at once)

    made = run(_line)
    _leave(out, made.digests)
    write(out / "slack.html", made.slack_page)
    write(out / "slack.json", made.slack_json)
    show("\n" + _last(made.digests[-1]) + _guide(out, made.digests))
    show(f"Done in {time.monotonic() - begun:.1f} s. Nothing was left running.\n")


def _ready(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PaperlarkError(f"{out} cannot be made: {error.strerror or error}.") from error


def _line(step: str, said: str, seconds: float) -> None:
    columns = width()
    show(f"✓ {step:<8} {said:<{columns - 19}} {seconds:5.1f} s\n")


def _leave(out: Path, digests: Sequence[Digest]) -> None:
    from paperlark.render import render  # noqa: PLC0415  (slow to import)
    from paperlark.render.page import page  # noqa: PLC0415

    days = [None, *(digest.date for digest in digests), None]
    for number, digest in enumerate(digests):
        folder = out / "site" / digest.date.isoformat()
        _ready(folder)
        near = Neighbours(days[number], days[number + 2])
        html = page(digest, neighbours=near, day_href="../{}/index.html", json_href=FILES["json"])
        write(folder / FILES["html"], html)
        for form in ("text", "md", "json"):
            write(folder / FILES[form], render(digest, form, width=100))


def _last(digest: Digest) -> str:
    from paperlark.render.terminal import terminal  # noqa: PLC0415  (slow to import)

    return terminal(digest, width=width(), colour=colour(os.environ), hint=False)


def _guide(out: Path, digests: Sequence[Digest]) -> str:
    folder = out / "site" / digests[-1].date.isoformat()
    return (
        f"\nLook at what it made, in {out / 'site'}, a folder a day:\n"
        f"    {folder / FILES['html']}    the page; open it in your browser\n"
        f"    {folder / FILES['json']}   the same as data\n"
        f"    {folder / FILES['md']}     the same as Markdown\n"
        f"And {out / 'slack.html'}: its messages in Slack, with the thumbs, as they would look.\n"
        "\n"
        "Next  paperlark init     for your own group, from papers it liked\n"
    )
