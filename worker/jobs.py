"""What RQ calls: fetch, score, publish. Each takes ids and dates, and may run twice.

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
from worker import pipeline

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
    name, make = run.scorer()
    pipeline.score(run.profile(profile), date.fromisoformat(day), run.store, name, make)
    queues.enqueue(connection().queue, "publish", profile, day)


def publish(profile: str, day: str) -> None:
    """Make the day's digest for the profile, and keep it."""
    run = context()
    name, _ = run.scorer()
    pipeline.publish(run.profile(profile), date.fromisoformat(day), run.store, name, run.clock())
