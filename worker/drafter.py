"""A request for a profile, answered: papers fetched, a draft made, and tried on the newest day."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from paperlark import drafting, selection
from paperlark.domain import Profile
from paperlark.drafting import Asked, Trial
from paperlark.errors import ConfigError, NotFound, SourceError
from worker import learning, pipeline
from worker.local import SETTLED, LocalScorer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from paperlark.domain import Candidate, Paper, PaperId
    from paperlark.drafting import Draft, Request
    from paperlark.ports import Progress
    from paperlark.store import RedisStore
    from worker.sources.arxiv import Arxiv

DAYS: Final = 6
"""Mailing dates that are loaded at most: people wait for the answer."""
MOST_FIELD: Final = 3_000
"""Papers of the last weeks that words are counted in."""
BEST: Final = 8
"""Titles of the day that are shown."""
_NAME: Final = "draft"
_LOST: Final = "arXiv does not know {which}: check the ids, and give the links again."
_STEP: Final = "abstracts of the last days"


def tried(
    request: Request,
    source: Arxiv,
    store: RedisStore,
    now: datetime,
    progress: Progress | None = None,
) -> Trial:
    """The draft of a request, and what the newest day would be under it.

    Papers and days that the store holds are not fetched again. Where arXiv gives no day, the
    newest one kept is looked at; where none is kept, the draft is made of the papers alone.

    Raises:
        SourceError: the papers are not kept here, and arXiv did not give them.
    """
    unknown = learning.examples(_bare(request), source, store)
    papers = store.papers([*request.liked, *request.not_liked])
    liked = [papers[each] for each in request.liked if each in papers]
    other = [papers[each] for each in request.not_liked if each in papers]
    try:
        categories = drafting.draft(liked, other, ()).categories
    except ConfigError as error:
        lost = _LOST.format(which=", ".join(unknown)) if unknown else str(error)
        return Trial(request.turn, unknown=tuple(unknown), problem=lost)
    days = _loaded(categories, source, store, now, progress)
    field = _field(store, categories)
    made = drafting.draft(liked, other, field)
    plain = Trial(request.turn, made, request.liked, request.not_liked, unknown=tuple(unknown))
    found = _newest(store, made, days)
    return _on_a_day(plain, *found, [*papers.values(), *field]) if found else plain


def _bare(request: Request) -> Profile:
    return Profile(_NAME, (), liked=request.liked, not_liked=request.not_liked)


def _loaded(
    categories: Sequence[str],
    source: Arxiv,
    store: RedisStore,
    now: datetime,
    progress: Progress | None,
) -> tuple[date, ...]:
    """The newest mailing dates, newest first, fetched until the ranker knows enough papers."""
    days = learning.past(now, DAYS)
    seen: set[PaperId] = set()
    for done, day in enumerate(days):
        if progress:
            progress(_STEP, done, len(days))
        try:
            batches = pipeline.fetch(day, categories, source, store)
            learning.usable(batches)
        except NotFound:
            continue  # not out yet
        except SourceError:
            break  # the days before it would fail the same way
        seen |= {row.paper for batch in batches for row in batch.listings}
        if len(seen) >= SETTLED:
            break
    if progress:
        progress(_STEP, len(days), len(days))
    return days


def _field(store: RedisStore, categories: Sequence[str]) -> list[Paper]:
    """The newest papers of these categories that are kept."""
    wanted = frozenset(categories)
    own = (paper for paper in store.recent() if wanted.intersection(paper.categories))
    return list(deque(own, MOST_FIELD))


def _newest(
    store: RedisStore, made: Draft, days: Iterable[date]
) -> tuple[date, Sequence[Candidate]] | None:
    """The newest of the days that has papers for the draft, with these."""
    profile = drafting.filed(_NAME, made)
    for day in days:
        batches = store.batches(day, made.categories)
        listed = {row.paper for batch in batches for row in batch.listings}
        found = selection.candidates(batches, store.papers(listed), profile).candidates
        if found:
            return day, found
    return None


def _on_a_day(
    plain: Trial, day: date, found: Sequence[Candidate], background: Iterable[Paper]
) -> Trial:
    """The trial with its line, and with what the day would be under it."""
    assert plain.draft is not None  # noqa: S101  (narrows what `tried` has made)
    profile = drafting.filed(_NAME, plain.draft, plain.liked, plain.not_liked)
    scored = LocalScorer(background, {}).score(found, profile).scores
    values = {key: score.value for key, score in scored.items()}
    made = drafting.fitted(plain.draft, values.values())
    papers = {candidate.paper.id: candidate.paper for candidate in found}
    ranked = sorted(values, key=lambda key: (-values[key], key))
    shown = [key for key in ranked if values[key] >= made.base_line][: profile.cap]
    known = {*plain.liked, *plain.not_liked}
    themes = drafting.themes(papers.values())
    picked = drafting.questions(values, made.base_line, themes, known=known)
    return replace(
        plain,
        draft=made,
        day=day,
        scanned=len(papers),
        shown=len(shown),
        best=tuple(_asked(shown[:BEST], papers, values)),
        questions=tuple(_asked(picked, papers, values)),
    )


def _asked(
    keys: Iterable[PaperId], papers: Mapping[PaperId, Paper], scores: Mapping[PaperId, float]
) -> Iterator[Asked]:
    return (Asked(key, papers[key].title, scores[key]) for key in keys)


def answer(name: str, turn: int, source: Arxiv, store: RedisStore, now: datetime) -> Trial | None:
    """Answer the kept request of that name; None where another turn was asked for, or none is.

    Raises:
        SourceError: arXiv did not give the papers; kept as the answer until a later try.
    """
    request = store.drafts.request(name)
    if request is None or request.turn != turn:
        return None
    try:
        made = tried(request, source, store, now)
    except SourceError as error:
        store.drafts.answer(name, Trial(turn, problem=str(error)))
        raise
    store.drafts.answer(name, made)
    return made
