"""At set-up: the last weeks' abstracts and a profile's example papers, fetched politely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import calendar
from paperlark.domain import BatchState
from paperlark.errors import SourceError
from worker import pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from paperlark.domain import Batch, Profile
    from paperlark.ports import Progress
    from paperlark.store import RedisStore
    from worker.sources.arxiv import Arxiv

_NOTHING = frozenset({BatchState.FAILED, BatchState.THROTTLED, BatchState.BLOCKED})


def load(
    profile: Profile,
    source: Arxiv,
    store: RedisStore,
    days: Sequence[date],
    progress: Progress,
) -> str:
    """Fetch the profile's examples and the given mailing dates of its categories.

    Returns:
        Lines about what was loaded, empty where nothing was asked for. Where arXiv cannot be
        reached a line says so: the ranker works from the profile's text alone until the first
        digests fill the store.
    """
    unknown: list[str] = []
    try:
        unknown = examples(profile, source, store)
        for done, day in enumerate(days):
            progress("abstracts of the last weeks", done, len(days))
            usable(pipeline.fetch(day, profile.categories, source, store))
    except SourceError as error:
        return f"– Abstracts not loaded: {error} The first digests will fill the gap."
    lines = [f"– arXiv does not know {', '.join(unknown)}: check the ids."] if unknown else []
    if days:
        count = sum(1 for _ in store.recent())
        lines.append(f"✓ {count:,} abstracts to learn the field's words from.")
    return "\n".join(lines)


def examples(profile: Profile, source: Arxiv, store: RedisStore) -> list[str]:
    """Fetch the liked and not liked papers that the store does not hold yet, and keep them.

    Returns:
        The ids that arXiv does not know.
    """
    wanted = [*profile.liked, *profile.not_liked]
    have = store.papers(wanted)
    missing = [paper for paper in wanted if paper not in have]
    found = source.fetch_examples(missing) if missing else {}
    store.keep([*have.values(), *found.values()])
    return [paper for paper in missing if paper not in found]


def usable(batches: Sequence[Batch]) -> None:
    """Stop at a day of which nothing came: the days before it would fail the same way."""
    if batches and all(batch.state in _NOTHING for batch in batches):
        raise SourceError(f"{batches[0].detail or 'arXiv gave nothing'}.")


def past(now: datetime, count: int) -> tuple[date, ...]:
    """The newest `count` mailing dates at the moment `now`, newest first."""
    days: list[date] = []
    day = calendar.current(now)
    while len(days) < count:
        if calendar.quiet_reason(day) is None:
            days.append(day)
        day = calendar.previous_before(day)
    return tuple(days)
