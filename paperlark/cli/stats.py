"""``paperlark stats``: what models took, by digest, by profile and by month."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path  # noqa: TC003  (click reads it)
from typing import TYPE_CHECKING, Any

import click

from paperlark.cli.app import app
from paperlark.cli.output import show
from paperlark.errors import ConfigError
from paperlark.render import figures
from paperlark.render.dates import short
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from paperlark.store.usage import Took, Use

MONTHS = 13
"""How many months the ledger goes back: it is kept for 400 days."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_CENT = 0.005
"""Half of one: below it a month's sum would round to nothing."""


@click.command("stats")
@click.option("--profile", default="", help="Of one profile only.")
@click.option("--month", default="", metavar="YYYY-MM", help="Default: this month.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def command(site: Path | None, *, profile: str, month: str, form: str) -> None:
    """What models took: calls, tokens and cost, by digest, by profile and by month.

    Months are those of the mailing dates.
    """
    run = app(site)
    this = first(month) if month else run.clock().date().replace(day=1)
    with run.store() as (_, store):
        uses = {each: store.spending.usage(each, profile or None) for each in back(this)}
    if form == "json":
        show(json.dumps(table(this, uses), ensure_ascii=False, indent=1) + "\n")
        return
    show("".join(f"{line}\n" for line in lines(this, uses, profile)))


def first(month: str) -> date:
    """The first day of a month written as ``2026-11``; raises `ConfigError`."""
    match = _MONTH.fullmatch(month)
    if not match or not int(match[1]):
        raise ConfigError(f"“{month}” is no month; write it as 2026-11.")
    return date(int(match[1]), int(match[2]), 1)


def back(month: date, number: int = MONTHS) -> Iterator[date]:
    """That month's first day and those of the months before it, newest first."""
    for _ in range(number):
        yield month
        if month.toordinal() == 1:
            return
        month = (month - timedelta(days=1)).replace(day=1)


def table(month: date, uses: Mapping[date, Sequence[Use]]) -> dict[str, Any]:
    """The sums as JSON: of the month, of its profiles and digests, and of each month kept."""
    profiles = [
        {
            "profile": name,
            **_row(found),
            "digests": [
                {"date": day.isoformat(), "models": _models(each), **_row(each)}
                for day, each in _by_day(found)
            ],
        }
        for name, found in _by_profile(uses[month])
    ]
    months = [{"month": f"{at:%Y-%m}", **_row(found)} for at, found in uses.items() if found]
    return {
        "schema": 1,
        "month": f"{month:%Y-%m}",
        **_row(uses[month]),
        "profiles": profiles,
        "months": months,
    }


def _row(uses: Sequence[Use]) -> dict[str, Any]:
    took = _total(uses)
    return {
        "calls": took.calls,
        "prompt_tokens": took.prompt_tokens,
        "cached_tokens": took.cached_tokens,
        "completion_tokens": took.completion_tokens,
        "reasoning_tokens": took.reasoning_tokens,
        "cost_usd": round(took.cost_usd, 9),
        "calls_of_unknown_cost": took.unpriced,
    }


def lines(month: date, uses: Mapping[date, Sequence[Use]], profile: str = "") -> Iterator[str]:
    """The sums as text; one sentence where there is nothing to add up."""
    if not any(uses.values()):
        of = f" for {plain(profile)}" if profile else ""
        yield f"No model was asked{of} up to {_named(month)}. The local ranker costs nothing."
        return
    yield _named(month)
    if not uses[month]:
        yield "  No model was asked."
    for name, found in _by_profile(uses[month]):
        yield _line(f"  {plain(name)}", _total(found), cents=True)
        for day, each in _by_day(found):
            label = f"    {short(day, year=month.year)}  {', '.join(map(plain, _models(each)))}"
            yield _line(label, _total(each), cents=False)
    yield ""
    yield "Months"
    for at, whole in uses.items():
        if whole:
            yield _line(f"  {_named(at)}", _total(whole), cents=True)


def _line(label: str, took: Took, *, cents: bool) -> str:
    tokens = figures.many(took.tokens, "token")
    return f"{label:<36} {figures.many(took.calls, 'call'):>12} {tokens:>20}  {_cost(took, cents)}"


def _cost(took: Took, cents: bool) -> str:  # noqa: FBT001  (private, by place)
    """To a cent a month, to a tenth of a cent a day; what is not known is said to be."""
    known = _month_money(took.cost_usd) if cents else figures.money(took.cost_usd)
    if not took.unpriced:
        return known
    if took.unpriced == took.calls:
        return "cost unknown"
    return f"{known}, and {figures.many(took.unpriced, 'call')} of unknown cost"


def _month_money(usd: float) -> str:
    return "under $0.01" if 0 < usd < _CENT else "$0" if usd == 0 else f"${usd:,.2f}"


def _total(uses: Iterable[Use]) -> Took:
    from paperlark.store.usage import total  # noqa: PLC0415  (redis is slow to import)

    return total(uses)


def _by_profile(uses: Sequence[Use]) -> Iterator[tuple[str, list[Use]]]:
    for name, found in groupby(sorted(uses, key=lambda use: use.profile), lambda use: use.profile):
        yield name, list(found)


def _by_day(uses: Sequence[Use]) -> Iterator[tuple[date, list[Use]]]:
    for day, found in groupby(sorted(uses, key=lambda use: use.day), lambda use: use.day):
        yield day, list(found)


def _models(uses: Iterable[Use]) -> list[str]:
    return sorted({use.model for use in uses})


def _named(month: date) -> str:
    """``Nov 2026``."""
    return short(month).split(" ", 2)[2]
