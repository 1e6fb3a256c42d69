"""A draft as the desk shows it: what it says, what it would have shown, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.replies import Action, Lines
from paperlark.drafting import themes_of
from paperlark.render import dates, figures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from paperlark.domain import PaperId, Term
    from paperlark.drafting import Asked, Draft, Request, Trial

_BEST: Final = 5
"""Titles of the day on a page."""


def page(request: Request, trial: Trial, today: date) -> Lines:
    """The draft, the newest day under it, and the papers to ask about with their thumbs."""
    assert trial.draft is not None  # noqa: S101  (a trial without a problem has one)
    return Lines(
        f"Draft from {figures.many(len(trial.liked), 'liked paper')}, "
        f"{figures.count(len(trial.not_liked))} not liked",
        (
            *_said(trial.draft),
            *_day(trial, today),
            *_questions(request, trial),
            *_lost(trial),
            *(f"Unsure: {each}" for each in trial.draft.unsure),
        ),
        _next(request, trial),
        actions=tuple(_actions(request, trial)),
    )


def _said(draft: Draft) -> Iterator[str]:
    yield f"Categories: {', '.join(draft.categories)}"
    yield f"For: {_terms(draft.keywords) or 'no phrase'}"
    yield f"Against: {_terms(draft.exclusions) or 'nothing'}"
    yield from themes_of(draft)


def _terms(terms: tuple[Term, ...]) -> str:
    return ", ".join(term.text for term in terms)


def _day(trial: Trial, today: date) -> Iterator[str]:
    if trial.day is None or trial.draft is None:
        yield "No day could be had from arXiv to try it on; the first digest will be the trial."
        return
    day = dates.short(trial.day, year=today.year)
    yield (
        f"{day} under it: {trial.shown} of {figures.many(trial.scanned, 'paper')}, "
        f"line {figures.line(trial.draft.base_line)}"
    )
    yield from (f"{each.score:.0f} · {words.short(each.title)}" for each in trial.best[:_BEST])


def _questions(request: Request, trial: Trial) -> Iterator[str]:
    if trial.questions:
        yield "Would you want these? The most uncertain first:"
    for number, each in enumerate(trial.questions, 1):
        said = _thumb(request, each.id)
        yield f"{number}. {f'{said} ' if said else ''}{words.short(each.title)} ({each.id})"


def _thumb(request: Request, paper: PaperId) -> str:
    return "👍" if paper in request.liked else "👎" if paper in request.not_liked else ""


def _lost(trial: Trial) -> Iterator[str]:
    if trial.unknown:
        yield f"arXiv does not know {', '.join(trial.unknown)}."


def _next(request: Request, trial: Trial) -> str:
    fresh = (request.liked, request.not_liked) != (trial.liked, trial.not_liked)
    again = "`/digest setup again` drafts with your new thumbs. " if fresh else ""
    return (
        f"{again}`/digest setup up ID` or `down ID` gives a thumb; `/digest setup use NAME` makes "
        "it the profile of this place; `/digest setup cancel` forgets it."
    )


def _actions(request: Request, trial: Trial) -> Iterator[Action]:
    for number, each in enumerate(trial.questions, 1):
        if not _thumb(request, each.id):
            yield Action(f"{number} 👍", f"setup up {each.id}")
            yield Action(f"{number} 👎", f"setup down {each.id}")
    yield Action("Draft again", "setup again")
    yield Action("Use it here", "setup use", "primary")
    yield Action("Cancel", "setup cancel", "danger")


def noted(paper: PaperId, up: bool | None, request: Request, trial: Trial | None) -> str:  # noqa: FBT001  (a thumb)
    """What is said after a thumb on the draft."""
    asked: tuple[Asked, ...] = (*trial.questions, *trial.best) if trial else ()
    title = next((each.title for each in asked if each.id == paper), paper)
    questions = trial.questions if trial else ()
    done = sum(bool(_thumb(request, each.id)) for each in questions)
    head = "Taken back" if up is None else f"Noted: {'👍' if up else '👎'}"
    so_far = f" {done} of {len(questions)} so far." if questions else ""
    return (
        f"{head} for “{words.short(title)}”.{so_far} `/digest setup again` drafts with it, "
        "`/digest setup use` takes it as it is."
    )
