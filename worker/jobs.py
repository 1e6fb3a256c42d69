"""What RQ calls: fetch, score, publish, setup. Each takes ids and dates, and may run twice.

A job is a hint; the store is the truth. Each step enqueues the next one by name.
"""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from paperlark import queues, settings
from paperlark.store.connection import ours as connection
from worker import context as contexts
from worker import drafter, pipeline

if TYPE_CHECKING:
    from worker.context import Context


@cache
def context() -> Context:
    """This process's collaborators: the only process-wide state there is."""
    return contexts.build(settings.load(os.environ), connection())


def fetch(profile: str, day: str) -> None:
    """Fetch what the profile's categories announced that day, then have it scored."""
    run, on = context(), date.fromisoformat(day)
    pipeline.fetch(on, run.profile(profile).categories, run.source, run.store)
    queues.enqueue(connection().queue, "score", profile, day)


def score(profile: str, day: str) -> None:
    """Score the day's papers for the profile, then have the digest made."""
    run = context()
    name, make = run.scorer(run.choice(profile))
    on = date.fromisoformat(day)
    pipeline.score(run.profile(profile), on, run.store, name, make, hearing=run.hearing)
    queues.enqueue(connection().queue, "publish", profile, day)


def publish(profile: str, day: str) -> None:
    """Make the day's digest for the profile, and keep it."""
    run = context()
    name, _ = run.scorer(run.choice(profile))
    on = date.fromisoformat(day)
    pipeline.publish(
        run.profile(profile), on, run.store, name, now=run.clock(), hearing=run.hearing
    )


def setup(request: str, turn: str) -> None:
    """Draft the profile that a person asked for, and keep the draft under their request."""
    run = context()
    drafter.answer(request, int(turn), run.source, run.store, run.clock())
