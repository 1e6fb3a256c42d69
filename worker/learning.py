"""At set-up: the last weeks' abstracts and a profile's example papers, fetched politely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark import calendar
from paperlark.errors import SourceError
from worker import pipeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from paperlark.domain import Profile
    from paperlark.ports import Progress
    from paperlark.store import RedisStore
    from worker.sources.arxiv import Arxiv


def load(
    profile: Profile,
    source: Arxiv,
    store: RedisStore,
    days: Sequence[date],
    progress: Progress,
) -> str:
    """Fetch the profile's examples and the given mailing dates of its categories.

    Returns:
        One line about what was loaded, empty where nothing was asked for. Where arXiv cannot be
        reached the line says so: the ranker works from the profile's text alone until the first
        digests fill the store.
    """
    try:
        examples(profile, source, store)
        for done, day in enumerate(days):
            progress("abstracts of the last weeks", done, len(days))
            pipeline.fetch(day, profile.categories, source, store)
    except SourceError as error:
        return f"– Abstracts not loaded: {error} The first digests will fill the gap."
    if not days:
        return ""
    return f"✓ {sum(1 for _ in store.recent()):,} abstracts to learn the field's words from."


def past(now: datetime, count: int) -> tuple[date, ...]:
    """The newest `count` mailing dates at the moment `now`, newest first."""
    days: list[date] = []
    day = calendar.current(now)
    while len(days) < count:
        if calendar.quiet_reason(day) is None:
            days.append(day)
        day = calendar.previous_before(day)
    return tuple(days)


def examples(profile: Profile, source: Arxiv, store: RedisStore) -> None:
    """Fetch the liked and not liked papers that the store does not hold yet, and keep them."""
    wanted = [*profile.liked, *profile.not_liked]
    have = store.papers(wanted)
    missing = [paper for paper in wanted if paper not in have]
    if missing:
        store.keep(source.fetch_examples(missing).values())
    store.keep(have.values())
