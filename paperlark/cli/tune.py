"""``paperlark votes tune``: what `/digest tune` is in the chats, on the command line."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)
from typing import Final

import click

from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError
from paperlark.render.escape import plain

_LOOKS: Final = frozenset({"", "try"})
"""Words that decide nothing."""


@click.command("tune", short_help="The line in the open, and decisions about it.")
@click.argument("words", nargs=-1)
@click.option("--profile", "name", default="", help="Whose line. Default: the only profile.")
@click.option("--by", default="", help="Who decides: the name that people will read.")
@click.pass_obj
def command(site: Path | None, words: tuple[str, ...], *, name: str, by: str) -> None:
    """Look at a line and decide about it: what `/digest tune` is in the chats.

    Without WORDS: the line, the votes behind it, where they point, and what can be done about it.
    A decision is kept as a fact, with the name of who took it, and counts from the next day on.

    \b
    paperlark votes tune
    paperlark votes tune try 58                   what that line would have shown
    paperlark votes tune accept 61.5 --by Mira    or undo, freeze, thaw, reset
    paperlark votes tune fewer --by Mira          surer cards; or more, or least 1
    paperlark votes tune want sparse attention --by Mira
                                                  or exclude, drop, no; or back
    """  # noqa: D301  (click reads the backslash)
    who, said = plain(by), plain(" ".join(words))
    if not who and said.partition(" ")[0].lower() not in _LOOKS:
        raise ConfigError(
            f"Say who decides, as people will read it: `paperlark votes tune {said} --by Mira`."
        )
    from paperlark.cli import desk  # noqa: PLC0415  (keeps --help quick)

    run = app(site)
    with run.store() as (_, store):
        rows = desk.tuned(run, store, desk.Typist(who, plain(name)), said)
    show("\n".join(rows) + "\n")
