"""``paperlark votes``: the facts behind the line."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperlark import ids
from paperlark import profile as profiles
from paperlark.cli import explain, factrows, tune
from paperlark.cli.app import app
from paperlark.cli.output import show, write
from paperlark.errors import ConfigError
from paperlark.render.dates import short
from paperlark.render.escape import plain
from paperlark.render.trace import SIGNS
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paperlark.store import RedisStore

_AHEAD = timedelta(hours=1)
"""How far clocks of services may be ahead of ours."""
_NAMED = re.compile(r"[a-z][a-z0-9]*:\S*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_RANKS = 100_000
_LONG = 64
"""Bits of a number that a mistake still writes out."""


@click.group("votes")
def command() -> None:
    """The facts behind the line.

    \b
    paperlark votes list                     everybody's last words
    paperlark votes explain                  how the line came to where it is
    paperlark votes tune                     the same as people see it, and decide
    paperlark votes export votes.jsonl       one vote a line
    paperlark votes import votes.jsonl       the last word of each counts, in any order
    """  # noqa: D301  (click reads the backslash)


command.add_command(explain.command)
command.add_command(tune.command)


@command.command("list")
@click.option("--subscription", default="", help="Only this one's, as slack:C1/foundations.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def list_(site: Path | None, *, subscription: str, form: str) -> None:
    """Every last word, oldest first; withdrawals too."""
    with app(site).store() as (_, store):
        found = _votes(store, subscription)
    if form == "json":
        show(json.dumps([row(vote) for vote in found], ensure_ascii=False, indent=1) + "\n")
        return
    for vote in found:
        sign = SIGNS.get(vote.verdict, "–")
        show(
            f"{short(vote.at.date()):<16} {sign} {vote.paper:<16} {plain(vote.voter)}  "
            f"{plain(vote.subscription)}  {vote.door}\n"
        )
    if not found:
        show("No votes yet.\n")


@command.command("export", short_help="Write them to a file; with --facts all there is.")
@click.argument("file", type=click.Path(path_type=Path), default=Path("-"))
@click.option("--subscription", default="", help="Only this one's.")
@click.option(
    "--facts",
    is_flag=True,
    help="With decisions, words and what digests showed: all that lines are worked out from.",
)
@click.pass_obj
def export(site: Path | None, file: Path, *, subscription: str, facts: bool) -> None:
    """Write every vote to FILE as JSONL, oldest first; to standard output without FILE."""
    with app(site).store() as (_, store):
        found = [row(vote) for vote in _votes(store, subscription)]
        if facts:
            names = store.digest_profiles()
            found += [each for name in names for each in factrows.rows(store, name)]
    write(file, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in found))


@command.command("import", short_help="Read a file as exported, all of it or nothing.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(site: Path | None, file: Path) -> None:
    """Read votes from FILE, JSONL as exported: all of them, or none where a line is wrong."""
    run = app(site)
    limit = run.clock() + _AHEAD
    found = list(_read(file, limit))
    votes = [each for each in found if isinstance(each, Vote)]
    others = [each for each in found if not isinstance(each, Vote)]
    with run.store() as (_, store):
        kept = sum(store.votes.cast(vote) for vote in votes)
        for profile, fact in others:
            factrows.keep(store, profile, fact)
    show(f"✓ {len(votes):,} read, {kept:,} kept; of the others a later word is known.\n")
    if others:
        show(f"✓ {len(others):,} other facts kept.\n")


def _votes(store: RedisStore, subscription: str) -> list[Vote]:
    wanted = (subscription,) if subscription else store.votes.voted_in()
    found = [vote for each in wanted for vote in store.votes.votes(each)]
    return sorted(found, key=lambda vote: (vote.at, vote.subscription, vote.paper, vote.voter))


def row(vote: Vote) -> dict[str, Any]:
    """The vote in its public form, as JSON values."""
    return {
        "at": vote.at.isoformat(),
        "voter": vote.voter,
        "subscription": vote.subscription,
        "paper": vote.paper,
        "verdict": int(vote.verdict),
        "door": str(vote.door),
        "digest": vote.digest.isoformat() if vote.digest else None,
        "rank": vote.rank,
        "score": vote.score,
    }


def vote_of(values: Any) -> Vote:
    """The vote that JSON values in the public form mean.

    Raises:
        ValueError: they are no vote's, in one clause.
    """
    if not isinstance(values, dict):
        raise ValueError("it is no object")  # noqa: TRY004  (one kind of error for one line)
    try:
        made = Vote(
            at=_moment(_text(values, "at")),
            voter=_named(values, "voter"),
            subscription=_place(values),
            paper=ids.canonical(_text(values, "paper"))[0],
            verdict=_thumb(values),
            door=Door(_text(values, "door")),
            digest=_date(_text(values, "digest")) if values.get("digest") is not None else None,
        )
        return replace(made, rank=_rank(values), score=_score(values))
    except KeyError as error:
        raise ValueError(f"`{error.args[0]}` is missing") from error
    except (TypeError, OverflowError, ConfigError) as error:
        raise ValueError(str(error).rstrip(".")) from error


def _text(values: dict[str, Any], key: str) -> str:
    value = values[key]
    if not isinstance(value, str) or plain(value) != value:
        raise ValueError(f"`{key}` is {_cut(value)}")
    return value


def _cut(value: object) -> str:
    """The value as a mistake names it; what is long or deep is not written out."""
    if isinstance(value, int) and value.bit_length() > _LONG:
        return "too large a number"
    return repr(value)[:60] if isinstance(value, str | int | float | None) else "no text"


def _named(values: dict[str, Any], key: str) -> str:
    name = _text(values, key)
    if not _NAMED.fullmatch(name):
        raise ValueError(f"`{key}` is {_cut(name)}, not KIND:NAME")
    return name


def _place(values: dict[str, Any]) -> str:
    name = _named(values, "subscription")
    target, stroke, profile = name.rpartition("/")
    if not stroke or ":" not in target:
        raise ValueError(f"`subscription` is {_cut(name)}, not KIND:ADDRESS/PROFILE")
    profiles.check_name(profile)
    return name


def _moment(text: str) -> datetime:
    """The moment in UTC."""
    _date(text[:10])
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("`at` has no offset")
    return moment.astimezone(UTC)


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{_cut(text)} is no date like 2026-11-19")
    return date.fromisoformat(text)


def _thumb(values: dict[str, Any]) -> Thumb:
    verdict = values["verdict"]
    if type(verdict) is not int:
        raise ValueError(f"`verdict` is {_cut(verdict)}")
    return Thumb(verdict)


def _rank(values: dict[str, Any]) -> int | None:
    rank = values.get("rank")
    if rank is not None and (type(rank) is not int or not 1 <= rank <= _MOST_RANKS):
        raise ValueError(f"`rank` is {_cut(rank)}")
    return rank


def _score(values: dict[str, Any]) -> float | None:
    score = values.get("score")
    if score is None:
        return None
    if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
        raise ValueError(f"`score` is {_cut(score)}")
    return float(score)


def _read(file: Path, limit: datetime) -> Iterator[Vote | factrows.Row]:
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            found = _fact(line, limit)
        except ValueError as error:
            raise ConfigError(
                f"{file}, line {number} is no vote ({error}): nothing was imported."
            ) from error
        yield found


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:  # Python reads no more than 4,300 digits
        raise ValueError("a number in it is too large") from error


def _fact(line: str, limit: datetime) -> Vote | factrows.Row:
    try:
        values = json.loads(line, parse_int=_integer)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    other = factrows.fact_of(values) if isinstance(values, dict) else None
    return other or _vote(values, limit)


def _vote(values: Any, limit: datetime) -> Vote:
    vote = vote_of(values)
    if vote.at > limit:
        raise ValueError("`at` lies ahead")
    return vote


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{file} cannot be read: {reason}.") from error
