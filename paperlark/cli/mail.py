"""``paperlark mail``: what an operator does about mail."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING

import click

from paperlark.cli import returned
from paperlark.cli.app import app
from paperlark.cli.days import resolve
from paperlark.cli.output import show
from paperlark.errors import ConfigError
from paperlark.render.escape import plain
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.channels.mail.settings import MailSettings
    from paperlark.settings import Settings
    from paperlark.store import RedisStore


@click.group("mail")
def command() -> None:
    """What an operator does about mail.

    \b
    paperlark mail test ada@example.org      send one mail, and say what became of it
    paperlark mail undelivered 2026-11-19    who did not get that day's digest, and why
    paperlark mail bounce < message          read one mail that came back, as from a pipe
    paperlark mail bounces                   read the mailbox where they come back, once
    paperlark mail suppressed check ada@example.org     may that address be written to

    A digest that comes back for good on two days suspends its subscription, and says
    why in `paperlark subs list`; a reader who calls one spam is never written to again.
    """  # noqa: D301  (click reads the backslash)


command.add_command(returned.bounce)
command.add_command(returned.bounces)
command.add_command(returned.suppressed)


@command.command("test")
@click.argument("address")
@click.pass_obj
def test(site: Path | None, address: str) -> None:
    """Send one mail to ADDRESS, and say what the mail server did with it."""
    from bot.channels.mail.trial import trial  # noqa: PLC0415  (aiosmtplib is slow to import)

    run = app(site)
    to = _table(run.settings)
    with run.store() as (_, store):
        returned.check_allowed(store, address)
    name = trial(to, address)
    click.echo(f"✓ {plain(to.host)}:{to.on_port} took the mail for {plain(address)} as {name}")
    click.echo("See whether it arrives, and where; then: paperlark doctor.")


@command.command("undelivered")
@click.argument("day", default="latest", metavar="[D|today|yesterday|latest]")
@click.pass_obj
def undelivered(site: Path | None, day: str) -> None:
    """Name every reader who did not get the digest of a day, with the reason."""
    run = app(site)
    date = resolve(day, run.clock())
    with run.store() as (_, store):
        found = list(_missing(store, date))
    for subscription, why in found:
        show(f"{plain(subscription)}: {plain(why)}\n")
    if not found:
        show(f"Nobody is known to lack the digest of {date.isoformat()}.\n")


def _missing(store: RedisStore, day: date) -> Iterator[tuple[str, str]]:
    """Ids of mail subscriptions to the reasons why that day's digest did not reach them."""
    for each in store.subscriptions.subscriptions():
        if each.target.kind != "mail":
            continue
        post, rests = store.ledger.post(each.id, day), store.refusals.held(each.id, day)
        if each.state is State.DISABLED:
            yield each.id, each.reason or "disabled"
        elif rests:
            yield each.id, f"refused for now; it is tried again in {rests:.0f} seconds."
        elif post and (given_up := store.ledger.given_up(post)):
            yield each.id, "; ".join(given_up.values())


def _table(settings: Settings) -> MailSettings:
    """The table, complete.

    Raises:
        ConfigError: a part of it is missing or wrong.
    """
    from bot.channels.mail.settings import read  # noqa: PLC0415  (only for this command)

    found = read(
        settings.channels.get("mail", {}), lambda path: settings.place("channels", "mail", *path)
    )
    if not found.host:
        raise ConfigError(
            "Mail is not set up: set `channels.mail.host` and `channels.mail.from`, as "
            "config/default.toml shows."
        )
    return found
