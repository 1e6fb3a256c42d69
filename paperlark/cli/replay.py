"""``paperlark replay``: what a change would have shown on past days."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paperlark import facts, feedback
from paperlark import profile as profiles
from paperlark.cli.app import app
from paperlark.cli.days import resolve
from paperlark.cli.output import progress, show
from paperlark.errors import ConfigError, NotFound
from paperlark.pasts import pasts, scorer
from paperlark.render import dates, figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from paperlark.domain import PaperId, Profile
    from paperlark.facts import Facts
    from paperlark.feedback import Past, Replayed
    from paperlark.store import RedisStore
    from worker.context import Context

_NAMED = 3
"""Papers a day that are told by their titles."""


@dataclass(frozen=True)
class Change:
    """What is to be tried.

    Attributes:
        line: one line for every day; None for each day's own.
        target: the liked share aimed at, by which each day's line is worked out anew; or None.
        least: cards a day at least; None for as it was.
        other: another profile; None for the same.
    """

    line: float | None = None
    target: float | None = None
    least: int | None = None
    other: Profile | None = None

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.line, self.target, self.least, self.other))


@click.command("replay")
@click.option("--from", "since", required=True, metavar="D", help="The first mailing date.")
@click.option("--to", "until", default="latest", metavar="D", help="The last. Default: the newest.")
@click.option(
    "--profile",
    "named",
    default="",
    metavar="NAME|FILE",
    help="Whose days; or a file with other words for it, which the local ranker ranks them by.",
)
@click.option("--of", "name", default="", help="Whose days, where --profile is a file.")
@click.option("--line", type=click.FloatRange(0, 100), help="Another line, for every day.")
@click.option("--target", type=click.FloatRange(0.05, 0.95), help="Another liked share aimed at.")
@click.option("--least", type=click.IntRange(0, 20), help="At least so many cards a day.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def command(
    site: Path | None, /, since: str, until: str, named: str, *, form: str, **asked: Any
) -> None:
    """Cards won and lost on past days, had the line or the profile been another one.

    Nothing is changed, and no model is asked: scores are those that were kept.

    \b
    paperlark replay --from 2026-10-20 --line 58
    paperlark replay --from 2026-10-20 --to 2026-11-19 --target 0.85 --least 1
    paperlark replay --from 2026-11-02 --profile draft.md --of foundations
    """  # noqa: D301  (click reads the backslash)
    from worker import context  # noqa: PLC0415  (keeps --help quick)

    run = app(site)
    with run.store() as (connection, store):
        on = context.build(run.settings, connection)
        other = _other(named)
        profile = on.profile(asked["name"] if other else named)
        change = Change(asked["line"], asked["target"], asked["least"], other)
        if not change:
            raise ConfigError("Say what to change: --line, --target, --least or --profile FILE.")
        first, last = (resolve(each, on.clock()) for each in (since, until))
        if first > last:
            raise ConfigError(f"--from {since} lies after --to {until}: swap them.")
        found = _replayed(on, profile, change, (first, last))
        titles = _titles(store, profile, found)
    if form == "json":
        show(json.dumps(_document(profile, found), ensure_ascii=False, indent=1) + "\n")
    else:
        show(_text(profile, change, found, titles))


def _other(named: str) -> Profile | None:
    """The profile in the file of that name; None where there is no such file."""
    path = Path(named)
    if not named or not path.is_file():
        return None
    try:
        return profiles.parse("draft", path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as UTF-8 text: {error}.") from error


def _replayed(
    on: Context, profile: Profile, change: Change, span: tuple[date, date]
) -> tuple[Replayed, ...]:
    """Each day under the change.

    Raises:
        NotFound: there is no digest of these days, or its papers are forgotten.
    """
    known = facts.gather(on.store, profile.name, on.hearing.knobs)
    terms = () if change.other else known.followed(profile, span[1])
    days = pasts(on.store, profile.name, *span, terms)
    if not days:
        raise NotFound(
            f"{profile.name} has no digest from {dates.short(span[0])} to {dates.short(span[1])}."
        )
    lined = _lined(days, profile, known, change)
    if change.other:
        lined = _reworded(on, change.other, lined)
    who = scorer(on.store, profile.name, span[1])
    return feedback.replay(
        lined,
        known.votes,
        cap=(change.other or profile).cap,
        line=change.line,
        least=change.least or 0,
        of=feedback.PLAIN if change.other else known.taste(span[1], who),
    )


def _lined(
    days: Sequence[Past], profile: Profile, known: Facts, change: Change
) -> tuple[Past, ...]:
    """The days with the lines that another target would have led to."""
    if change.target is None:
        return tuple(days)
    aimed = replace(known, knobs=feedback.Knobs(change.target, change.least or 0))
    return tuple(
        replace(day, line=aimed.course(profile.base_line, day.date).line.value) for day in days
    )


def _reworded(on: Context, other: Profile, days: Sequence[Past]) -> tuple[Past, ...]:
    from worker.rewording import reworded  # noqa: PLC0415  (keeps --help quick)

    with progress() as report:
        found = tuple(reworded(on.store, other, days, report))
    if not found:
        raise NotFound(
            "The papers of these days are forgotten (they are kept for 35 days): "
            "choose later days for another profile."
        )
    return found


def _titles(
    store: RedisStore, profile: Profile, found: Sequence[Replayed]
) -> Mapping[PaperId, str]:
    """Titles of the papers won and lost, from the digests of their days."""
    wanted = {paper for day in found for paper in (*day.won, *day.lost)}
    titles: dict[PaperId, str] = {}
    for day in found:
        digest = store.digest(profile.name, day.date)
        if digest:
            titles |= {card.paper.id: card.paper.title for card in digest.cards}
            titles |= {each.id: each.title for each in digest.not_shown}
    return {paper: title for paper, title in titles.items() if paper in wanted}


def _text(
    profile: Profile, change: Change, found: Sequence[Replayed], titles: Mapping[PaperId, str]
) -> str:
    lines = [f"{profile.name}, {_said(change)}", ""]
    for day in found:
        lines.append(
            f"{dates.short(day.date):<16} {_signed('+', day.won)} {_signed('−', day.lost)}"
            f"   {figures.many(len(day.kept), 'card')} stay"
        )
        lines += [f"    + {plain(titles.get(each, each))}" for each in day.won[:_NAMED]]
        lines += [f"    − {plain(titles.get(each, each))}" for each in day.lost[:_NAMED]]
    lines += ["", feedback.total(found).said]
    if change.other:
        lines.append("Ranked by the local ranker: a model may grade these papers otherwise.")
    return "\n".join(lines) + "\n"


def _signed(sign: str, papers: Sequence[PaperId]) -> str:
    return f"{sign}{len(papers)}" if papers else " 0"


def _said(change: Change) -> str:
    parts = (
        f"line {figures.line(change.line)}" if change.line is not None else "",
        f"target {100 * change.target:.0f} %" if change.target is not None else "",
        f"at least {change.least} a day" if change.least is not None else "",
        "another profile" if change.other else "",
    )
    return "had it been: " + ", ".join(part for part in parts if part)


def _document(profile: Profile, found: Sequence[Replayed]) -> dict[str, Any]:
    sums = feedback.total(found)
    return {
        "profile": profile.name,
        "days": [
            {
                "date": day.date.isoformat(),
                "won": list(day.won),
                "lost": list(day.lost),
                "kept": list(day.kept),
                "liked_kept": day.liked_kept,
                "liked_lost": day.liked_lost,
                "disliked_lost": day.disliked_lost,
            }
            for day in found
        ],
        "total": {
            "days": sums.days,
            "won": sums.won,
            "lost": sums.lost,
            "kept": sums.kept,
            "liked_kept": sums.liked_kept,
            "liked_lost": sums.liked_lost,
            "disliked_lost": sums.disliked_lost,
        },
    }
