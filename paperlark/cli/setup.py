"""A profile drafted on the command line: papers, a draft, the newest day under it, six thumbs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from paperlark import ids
from paperlark import profile as files
from paperlark.cli.output import progress, show
from paperlark.drafting import MOST_EXAMPLES, Request, source, themes_of
from paperlark.errors import ConfigError, NotFound, PaperlarkError, SourceError
from paperlark.render import dates, figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from paperlark.cli.app import App
    from paperlark.domain import PaperId
    from paperlark.drafting import Draft, Trial

_APART: Final = re.compile(r"[\s,;]+")
_AWAY: Final = (
    "{error} A draft needs arXiv once, for the papers. Without a network: `paperlark init "
    "--no-papers --no-learn` asks six questions instead, and `paperlark demo` shows all of it."
)


def examples(liked: Iterable[str], not_liked: Iterable[str]) -> Request:
    """The papers that links or ids in any usual form name, several in one text too.

    Raises:
        ConfigError: one is no id, one is named twice over, or there are too many.
    """
    ours, theirs = _papers(liked), _papers(not_liked)
    both = [each for each in ours if each in theirs]
    if both:
        raise ConfigError(f"{both[0]} is named as liked and as not liked: name it once.")
    if max(len(ours), len(theirs)) > MOST_EXAMPLES:
        raise ConfigError(f"Give at most {MOST_EXAMPLES} liked papers, and as many not liked.")
    if theirs and not ours:
        raise ConfigError("Papers you did not like need some that you did: give --liked.")
    return Request(ours, theirs)


def _papers(texts: Iterable[str]) -> tuple[PaperId, ...]:
    parts = [part for text in texts for part in _APART.split(text) if part]
    return tuple(dict.fromkeys(ids.canonical(part)[0] for part in parts))


def asked(given: Request) -> Request:
    """Ask for papers until the answer can be read; without any liked one, as it was."""
    while True:
        liked = click.prompt(
            "2/3 Papers it liked, as arXiv links or ids; five are best (empty: questions instead)",
            default="",
            show_default=False,
        )
        other = liked and click.prompt(
            "3/3 Papers it did not like; three are best (may be empty)",
            default="",
            show_default=False,
        )
        try:
            return examples([liked], [other]) if liked.strip() else given
        except PaperlarkError as error:
            click.echo(f"    {error}", err=True)


def conversation(run: App, request: Request, *, yes: bool) -> str:
    """The text of a profile drafted from the papers, as accepted, edited, or with thumbs.

    Raises:
        SourceError: arXiv did not give the papers; the sentence says what can be done without.
        NotFound: arXiv does not know them.
    """
    trial = _tried(run, request)
    _told(trial)
    if yes:
        return _text(trial, request)
    thumbs = _thumbs(trial, request)
    if thumbs != request:
        trial, request = _tried(run, thumbs), thumbs
        show("\nWith your thumbs:\n\n")
        _told(trial)
    return _accepted(_text(trial, request))


def _tried(run: App, request: Request) -> Trial:
    from worker import context, drafter  # noqa: PLC0415  (keeps mistakes quick)

    try:
        with run.store() as (connection, _), progress() as report:
            on = context.build(run.settings, connection, report)
            trial = drafter.tried(request, on.source, on.store, on.clock(), report)
    except SourceError as error:
        raise SourceError(_AWAY.format(error=error)) from error
    if trial.problem:
        raise NotFound(trial.problem)
    return trial


def _text(trial: Trial, request: Request) -> str:
    assert trial.draft is not None  # noqa: S101  (a trial without a problem has one)
    lost = set(trial.unknown)
    kept = replace(request, liked=tuple(each for each in request.liked if each not in lost))
    other = [each for each in request.not_liked if each not in lost]
    return source(trial.draft, kept.liked, other)


def _told(trial: Trial) -> None:
    """Print the draft, and the newest day under it."""
    assert trial.draft is not None  # noqa: S101  (a trial without a problem has one)
    for line in (*_said(trial.draft), *_day(trial)):
        show(f"{plain(line)}\n" if line else "\n")


def _said(draft: Draft) -> Iterator[str]:
    yield f"Categories  {', '.join(draft.categories)}"
    yield f"For         {', '.join(term.text for term in draft.keywords) or 'no phrase'}"
    yield f"Against     {', '.join(term.text for term in draft.exclusions) or 'nothing'}"
    yield from themes_of(draft)
    yield from (f"Unsure: {each}" for each in draft.unsure)
    yield ""


def _day(trial: Trial) -> Iterator[str]:
    if trial.unknown:
        yield f"arXiv does not know {', '.join(trial.unknown)}: left out."
    if trial.day is None or trial.draft is None:
        yield "No day could be had from arXiv to try it on: the first digest will be the trial."
        return
    yield (
        f"{dates.short(trial.day)} under it: {trial.shown} of "
        f"{figures.many(trial.scanned, 'paper')}, line {figures.line(trial.draft.base_line)}"
    )
    yield from (f"{each.score:4.0f}  {each.title}" for each in trial.best)


def _thumbs(trial: Trial, request: Request) -> Request:
    """Ask about a few papers; the request with the answers."""
    if trial.questions:
        show("\nWould you want these? The most uncertain first: y, n, or Enter for neither.\n")
    for number, each in enumerate(trial.questions, 1):
        said = click.prompt(
            f"{number}/{len(trial.questions)} {plain(each.title)}",
            type=click.Choice(["y", "n", ""]),
            default="",
            show_choices=False,
            show_default=False,
        )
        if said:
            request = request.with_thumb(each.id, said == "y")
    return request


def _accepted(text: str) -> str:
    """The text as it is, or as it comes out of an editor; asked until it can be read."""
    while True:
        said = click.prompt(
            "Keep it? Enter keeps it, e edits it first (EDITOR)",
            type=click.Choice(["", "e"]),
            default="",
            show_choices=False,
            show_default=False,
        )
        if not said:
            return text
        changed = click.edit(text, extension=".md") or text
        try:
            files.parse("draft", changed)
        except PaperlarkError as error:
            click.echo(f"    {error}", err=True)
        else:
            text = changed
