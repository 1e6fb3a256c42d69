"""Mails that came back, and addresses that are never written to: parts of ``paperlark mail``."""

from __future__ import annotations

import json
import mailbox
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import click

from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError, DeliveryError, PaperlarkError
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.context import Context
    from bot.returns.policy import Outcome
    from paperlark.store import RedisStore

TRY_AGAIN: Final = 75
"""What a mail server understands as: keep the mail, and call again later (EX_TEMPFAIL)."""
_CHUNK: Final = 1 << 20
_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("bounce")
@click.argument("files", nargs=-1, type=_FILE)
@click.option(
    "--mbox", "boxes", multiple=True, type=_FILE, help="A file of many mails; repeatable."
)
@click.pass_context
def bounce(ctx: click.Context, files: tuple[Path, ...], boxes: tuple[Path, ...]) -> None:
    """Read mails that came back: one from standard input, or those in FILES.

    \b
    paperlark mail bounce < message
    paperlark mail bounce message.eml another.eml
    paperlark mail bounce --mbox /var/mail/bounce

    In /etc/aliases of Postfix, with recipient_delimiter = + and the settings' own file:

    \b
    bounce: "|paperlark --config /etc/paperlark.toml mail bounce"

    Says in one line a mail what became of it: a bounce for good counts towards a
    suspension, one for now is only named, a complaint ends all mails to that address, a
    request to leave is met. What is none of these, or is forged, changes nothing. A mail
    that is read twice counts once. Leaves with 0; from standard input with 75 where
    nothing could be kept, so that the mail server keeps the mail and calls again.
    """  # noqa: D301  (click reads the backslash)
    try:
        _take_all(ctx.obj, _raw(files, boxes))
    except PaperlarkError as error:
        if files or boxes:
            raise
        click.echo(f"paperlark: {plain(str(error))}", err=True)
        ctx.exit(TRY_AGAIN)


@click.command("bounces")
@click.pass_obj
def bounces(site: Path | None) -> None:
    """Read the mailbox where mails come back, once.

    The bot does so every channels.mail.imap.every_min minutes by itself. A mail is marked as
    read, or moved, after what it says was kept.
    """
    from bot.returns import rounds  # noqa: PLC0415  (keeps --help quick)
    from bot.returns.mailbox import Mailbox  # noqa: PLC0415

    run = app(site)
    table = rounds.table(run.settings)
    if not table.host:
        raise ConfigError(
            "No mailbox is set up: set `channels.mail.bounces` and `channels.mail.imap.host`, as "
            "config/default.toml shows; or hand mails to `paperlark mail bounce`."
        )
    with run.store() as (connection, _):
        work = _context(site, connection)
        heard: list[Outcome] = []
        try:
            rounds.visit(Mailbox(table), rounds.returns(work).take, heard.append)
        finally:
            _told(work, heard)
    if not heard:
        show("Nothing to read.\n")


@click.group("suppressed")
def suppressed() -> None:
    """Addresses that are never written to again.

    Whoever calls a mail spam is put on the list. Only salted hashes are kept, so nobody
    can read addresses from it, and it outlives the erasure of a reader. It is asked at
    every sign-up and before every mail.
    """


@suppressed.command("add")
@click.argument("address")
@click.pass_obj
def add(site: Path | None, address: str) -> None:
    """Never write to ADDRESS again; its subscriptions end."""
    from bot.returns.suppression import BY_HAND, suppress  # noqa: PLC0415  (keeps --help quick)

    run, address = app(site), _address(address)
    with run.store() as (_, store):
        ended = suppress(store, address, BY_HAND, run.clock())
    show(plain(f"✓ {address} is never written to again.") + "\n")
    for each in ended:
        show(plain(f"Off: {each.id}.") + "\n")


@suppressed.command("remove")
@click.argument("address")
@click.pass_obj
def remove(site: Path | None, address: str) -> None:
    """Let ADDRESS be written to again, because its reader wants that."""
    with app(site).store() as (_, store):
        gone = store.suppressed.remove(_address(address))
        left = store.suppressed.why(_address(address))
    if left:  # without what follows the +, it is on the list
        show(plain(f"{address} stays barred: its mailbox is on the list ({left}).") + "\n")
        return
    if not gone:
        show(plain(f"{address} is not on the list.") + "\n")
        return
    show(plain(f"✓ {address} may be written to again.") + "\n")
    show("What was ended stays off until: paperlark subs resume TARGET/PROFILE\n")


@suppressed.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def list_(site: Path | None, form: str) -> None:
    """How many addresses are on the list, and why; which ones, nobody can read."""
    with app(site).store() as (_, store):
        counted = dict(sorted(store.suppressed.counted().items()))
    total = sum(counted.values())
    if form == "json":
        show(json.dumps({"addresses": total, "why": counted}) + "\n")
        return
    whys = ", ".join(f"{number} {why}" for why, number in counted.items())
    many = "1 address" if total == 1 else f"{total:,} addresses"
    show(plain(f"{many}{f': {whys}' if whys else ''}.") + "\n")


@suppressed.command("check")
@click.argument("address")
@click.pass_obj
def check(site: Path | None, address: str) -> None:
    """Say whether ADDRESS is on the list, and why."""
    with app(site).store() as (_, store):
        why = store.suppressed.why(_address(address))
    said = f"is never written to again ({why})" if why else "is not on the list"
    show(plain(f"{address} {said}.") + "\n")


def check_allowed(store: RedisStore, address: str) -> None:
    """See that the address may be written to.

    Raises:
        ConfigError: it is on the list; the sentence names the way off it.
    """
    if why := store.suppressed.why(address):
        raise ConfigError(
            f"{address} is never written to again ({why}). Where its reader wants mails after "
            f"all: `paperlark mail suppressed remove {address}`."
        )


def _address(text: str) -> str:
    """The bare address: the hash of anything else would keep a promise to nobody."""
    from bot.channels.mail.headers import bare  # noqa: PLC0415  (keeps --help quick)

    try:
        return bare(text.strip().removeprefix("mail:"))
    except DeliveryError as error:
        said = f"“{plain(text)}” is no mail address: give one as ada@example.org."
        raise ConfigError(said) from error


def _take_all(site: Path | None, mails: Iterable[bytes]) -> None:
    from bot.returns import rounds  # noqa: PLC0415  (keeps --help quick)

    run = app(site)
    with run.store() as (connection, _):
        work = _context(site, connection)
        returns = rounds.returns(work)
        for raw in mails:
            _told(work, [returns.take(raw)])


def _told(work: Context, heard: Sequence[Outcome]) -> None:
    """Say what became of each, and tell the owners of what is off."""
    from bot.returns.policy import tell  # noqa: PLC0415  (keeps --help quick)

    for each in heard:
        show(plain(each.said) + "\n")
    tell(work, [one for each in heard for one in each.off])


def _context(site: Path | None, connection: Any) -> Context:
    from bot.context import build  # noqa: PLC0415  (keeps --help quick)

    return build(app(site).settings, connection)


def _raw(files: Iterable[Path], boxes: Iterable[Path]) -> Iterator[bytes]:
    """The mails, each cut where nobody reads on."""
    if not files and not boxes:
        yield _cut(sys.stdin.buffer, drain=True) if sys.stdin else b""
    for path in files:
        with path.open("rb") as file:
            yield _cut(file)
    for path in boxes:
        box = mailbox.mbox(path, create=False)
        try:
            for key in box.iterkeys():
                yield _cut(box.get_file(key))
        finally:
            box.close()


class _Source(Protocol):
    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def _cut(source: _Source, *, drain: bool = False) -> bytes:
    """The first bytes; where a program writes into `source`, all of it is taken from it."""
    from bot.returns.reading import LARGEST  # noqa: PLC0415  (keeps --help quick)

    kept = source.read(LARGEST)
    while drain and source.read(_CHUNK):
        pass
    return kept
