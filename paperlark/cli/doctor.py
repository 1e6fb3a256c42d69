"""``paperlark doctor``: everything paperlark needs, one line each, with the fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import click

from paperlark import chosen
from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError, PaperlarkError
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.cli.app import App
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection
    from worker.context import Context


class Grade(IntEnum):
    """How a check went; the worst decides the exit code."""

    FINE = 0
    NOTE = 1
    BROKEN = 2
    MISCONFIGURED = 3


MARKS = {Grade.FINE: "✓", Grade.NOTE: "–", Grade.BROKEN: "✗", Grade.MISCONFIGURED: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    grade: Grade
    subject: str
    said: str


@click.command("doctor")
@click.option("--strict", is_flag=True, help="Count notes (–) as failures.")
@click.option("--offline", is_flag=True, help="Ask nothing of arXiv and the chats.")
@click.pass_context
def command(ctx: click.Context, *, strict: bool, offline: bool) -> None:
    """Check everything paperlark needs.

    One line a check: ✓ works, – works but see the note, ✗ does not, with the fix. Leaves with
    0 where all works, 1 where something does not, 2 where the configuration is wrong.
    """
    worst = Grade.FINE
    for finding in _findings(app(ctx.obj), offline=offline):
        show(f"{MARKS[finding.grade]} {finding.subject:<10} {plain(finding.said)}\n")
        worst = max(worst, finding.grade)
    if worst is Grade.MISCONFIGURED:
        ctx.exit(2)
    ctx.exit(1 if worst is Grade.BROKEN or (strict and worst is Grade.NOTE) else 0)


def _findings(run: App, *, offline: bool) -> Iterator[Finding]:
    from worker import context  # noqa: PLC0415  (keeps --help quick)
    from worker.llm import models  # noqa: PLC0415

    try:
        context.arxiv_table(run.settings)
        models.table(run.settings)
        yield Finding(Grade.FINE, "settings", f"read; clock {run.clock():%Y-%m-%d %H:%M} UTC")
    except ConfigError as error:
        yield Finding(Grade.MISCONFIGURED, "settings", str(error))
        return
    try:
        with run.store() as (connection, store):
            yield _store(connection, run)
            yield from _inside(run, connection, store, offline=offline)
    except ConfigError as error:
        yield Finding(Grade.MISCONFIGURED, "settings", str(error))
    except PaperlarkError as error:
        yield Finding(Grade.BROKEN, "store", str(error))


def _store(connection: Connection, run: App) -> Finding:
    kind = "embedded, in " if connection.embedded else "shared, as REDIS_URL says"
    place = str(run.settings.data_dir(run.environ)) if connection.embedded else ""
    return Finding(Grade.FINE, "store", f"{kind}{place}; {connection.describe()}")


def _inside(
    run: App, connection: Connection, store: RedisStore, *, offline: bool
) -> Iterator[Finding]:
    from worker import context  # noqa: PLC0415  (keeps --help quick)

    on = context.build(run.settings, connection)
    yield _profiles(store)
    yield _papers(store)
    yield from _damaged(store)
    yield _contact(on)
    if not offline:
        yield _arxiv(on)
    yield from _channels(run, store, offline=offline)


def _channels(run: App, store: RedisStore, *, offline: bool) -> Iterator[Finding]:
    from bot import checkup  # noqa: PLC0415  (keeps --help quick)

    subscriptions = store.subscriptions.subscriptions()
    for found in checkup.findings(run.settings, subscriptions, offline=offline):
        grade = {"ok": Grade.FINE, "warn": Grade.NOTE}.get(found.state, Grade.BROKEN)
        yield Finding(grade, found.what, f"{found.said.rstrip('.')}. {found.fix}".rstrip(". "))


def _profiles(store: RedisStore) -> Finding:
    names = store.profiles()
    if not names:
        return Finding(Grade.NOTE, "profiles", "none of yours yet: paperlark init")
    return Finding(Grade.FINE, "profiles", ", ".join(profile.name for profile in names))


def _papers(store: RedisStore) -> Finding:
    count = sum(1 for _ in store.recent())
    if not count:
        said = "none yet: the local ranker gets better with some weeks of abstracts"
        return Finding(Grade.NOTE, "papers", said)
    return Finding(Grade.FINE, "papers", f"{count:,} kept, of the last 35 days")


def _damaged(store: RedisStore) -> Iterator[Finding]:
    from paperlark.store.subscriptions import unreadable  # noqa: PLC0415  (keeps --help quick)

    found, damaged = store.subscriptions.kept()
    for identifier in damaged:
        yield Finding(Grade.BROKEN, "subs", unreadable(identifier))
    for each in chosen.lost(store, found):
        yield Finding(Grade.BROKEN, "subs", chosen.without(each))


def _contact(on: Context) -> Finding:
    if on.source.settings.contact:
        return Finding(Grade.FINE, "contact", "arXiv can reach you")
    said = "set sources.arxiv.contact to your address: arXiv asks who is calling"
    return Finding(Grade.NOTE, "contact", said)


def _arxiv(on: Context) -> Finding:
    try:
        return Finding(Grade.FINE, "arXiv", on.source.check())
    except PaperlarkError as error:
        return Finding(Grade.BROKEN, "arXiv", str(error))
