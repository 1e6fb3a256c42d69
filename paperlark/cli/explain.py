"""``paperlark votes explain``: how a line came to where it is, and what votes say of taste."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from paperlark import calendar, facts, pasts
from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError
from paperlark.feedback import Field, heard
from paperlark.render import dates, figures, tally, words
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from paperlark.domain import Profile
    from paperlark.facts import Facts
    from paperlark.feedback import Course, Proposal, Taste
    from paperlark.store import RedisStore

_TERMS = ("relevance", "novelty", "similarity", "words")


@click.command("explain", short_help="How the line came to where it is.")
@click.option("--profile", "name", default="", help="Whose line. Default: the only profile.")
@click.option(
    "--date", "day", metavar="D", default="", help="A mailing date. Default: the next one."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def command(site: Path | None, *, name: str, day: str, form: str) -> None:
    """How the line came to where it is: its moves, the votes and people behind them, and taste.

    Worked out anew from the facts, as the digest of that date has it or will have it.
    """
    from worker import context  # noqa: PLC0415  (keeps --help quick)

    run = app(site)
    with run.store() as (connection, store):
        on = context.build(run.settings, connection)
        profile = on.profile(name)
        at = _given(day) or calendar.next_after(on.clock().date())
        known = facts.gather(store, profile.name, on.hearing.knobs)
        offers = _proposals(store, known, profile, at)
        who = pasts.scorer(store, profile.name, at)
    course, taste = known.course(profile.base_line, at), known.taste(at, who)
    if form == "json":
        document = _document(profile, at, course, taste, offers)
        show(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        return
    rows = [*_line(profile, at, course), *_votes(known, course, at), *_taste(taste)]
    show("\n".join([*rows, *_offers(offers)]) + "\n")


def _given(text: str) -> date | None:
    """The date as typed; one that lies ahead may be asked for too.

    Raises:
        ConfigError: it is none.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"“{text}” is no date. Give one as 2025-09-25.") from None


def _proposals(
    store: RedisStore, known: Facts, profile: Profile, day: date
) -> tuple[Proposal, ...]:
    """Edits the votes speak for; the words of the last weeks are counted only where it can be."""
    if not any(vote.verdict for vote in known.votes):
        return ()
    texts = store.papers({vote.paper for vote in known.votes})
    return known.proposals(profile, day, texts, Field.of(store.recent()))


def _line(profile: Profile, day: date, course: Course) -> Iterator[str]:
    yield f"{profile.name}, {dates.full(day)}"
    base = f". Base {figures.line(course.line.base)}" if course.line.said else ""
    yield f"{words.line(course.line)}{base}"
    knobs = course.knobs
    share, target = round(100 * course.share), round(100 * knobs.target)
    yield f"Liked {share} % as counted, target {target} %; at least {knobs.least} cards a day."
    if course.frozen:
        yield f"Frozen by {plain(course.frozen)}."


def _votes(known: Facts, course: Course, day: date) -> Iterator[str]:
    votes = heard(known.votes, known.shown, day)
    chart = tally.chart(course.moves, votes, day - timedelta(days=1))
    if not chart:
        yield "No votes yet."
        return
    yield from ("", chart, "")
    yield "Who is heard, by agreement with the plain score:"
    for person, trust in course.trust.items():
        count = figures.many(sum(vote.voter == person for vote in votes), "vote")
        yield f"  {plain(person):<28} {100 * trust:>3.0f} %   {count}"


def _taste(taste: Taste) -> Iterator[str]:
    yield ""
    if not any(getattr(taste, term) for term in _TERMS[:3]):
        yield "Taste: the scorer’s own order."
        return
    said = ", ".join(f"{term} {getattr(taste, term):+.2f}" for term in _TERMS)
    yield f"Taste, in log-odds of a 👍 a unit: {said.replace('-', '−')}."


def _offers(offers: tuple[Proposal, ...]) -> Iterator[str]:
    if offers:
        yield ""
        yield "The votes speak for:"
        yield from (f"  {plain(each.said)}" for each in offers)


def _document(
    profile: Profile, day: date, course: Course, taste: Taste, offers: tuple[Proposal, ...]
) -> dict[str, Any]:
    line = course.line
    return {
        "profile": profile.name,
        "date": day.isoformat(),
        "line": {"value": line.value, "base": line.base, "votes": line.votes, "said": line.said},
        "target": course.knobs.target,
        "least": course.knobs.least,
        "share": course.share,
        "frozen": course.frozen,
        "moves": [
            {
                "date": move.date.isoformat(),
                "before": move.before,
                "after": move.after,
                "ups": move.ups,
                "downs": move.downs,
                "people": move.people,
                "share": move.share,
                "target": move.target,
                "why": move.why,
            }
            for move in course.moves
        ],
        "trust": dict(course.trust),
        "taste": {term: getattr(taste, term) for term in ("level", *_TERMS)},
        "proposals": [
            {
                "wish": str(each.wish),
                "phrases": [each.phrase, *each.also],
                "ups": each.ups,
                "downs": each.downs,
                "papers": list(each.papers),
                "sure": each.sure,
                "said": each.said,
            }
            for each in offers
        ],
    }
