"""``paperlark people``: what one person gave, handed out or erased."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import click

from paperlark.cli.app import app
from paperlark.cli.output import show, write
from paperlark.errors import ConfigError, NotFound
from paperlark.render.escape import plain

_VOTER: Final = re.compile(r"[a-z][a-z0-9]*:\S+")


@click.group("people")
def command() -> None:
    """What is kept of one person: votes, saved papers, the name as an owner.

    \b
    paperlark people export slack:U0123          everything, as JSON
    paperlark people erase slack:U0123           for good

    A person is named as votes name them: slack:USER_ID, discord:USER_ID; a reader
    of mails by a key, which `paperlark votes list` shows.
    """  # noqa: D301  (click reads the backslash)


@command.command("export")
@click.argument("voter")
@click.argument("file", type=click.Path(path_type=Path), default=Path("-"))
@click.pass_obj
def export(site: Path | None, voter: str, file: Path) -> None:
    """Write all that is kept of VOTER to FILE as JSON; to standard output without FILE."""
    from bot.desk import people  # noqa: PLC0415  (keeps --help quick)

    with app(site).store() as (_, store):
        whom = people.person(store, _named(voter))
    write(file, people.as_json(whom))


@command.command("erase")
@click.argument("voter")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(site: Path | None, voter: str, *, yes: bool) -> None:
    """Erase all that is kept of VOTER; the line is set without these votes from now on."""
    from bot.desk import people  # noqa: PLC0415  (keeps --help quick)

    with app(site).store() as (_, store):
        whom = people.person(store, _named(voter))
        if not whom:
            raise NotFound(f"Nothing is kept of {plain(voter)}: see `paperlark votes list`.")
        if not yes:
            click.confirm(f"Erase of {plain(voter)}: {plain(whom.said)}?", abort=True)
        people.erase(store, voter)
    show(f"✓ Erased of {plain(voter)}: {plain(whom.said)}.\n")


def _named(voter: str) -> str:
    if not _VOTER.fullmatch(voter) or plain(voter) != voter:
        raise ConfigError(
            f"“{plain(voter)}” names nobody. Write slack:USER_ID, or whom `paperlark votes list` "
            "names."
        )
    return voter
