"""What the tests over the loopback arXiv share: papers, a source, and waits that do not sleep."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from paperlark.demo.wire import Announced
from paperlark.domain import AnnounceType
from paperlark.store.gate import KEY, Gate
from worker.sources.arxiv import Arxiv, Settings, source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import redis

    from paperlark.demo.double import ArxivDouble
    from paperlark.domain import Announcement, Batch

DAY = date(2026, 11, 19)
BEFORE = date(2026, 11, 18)


def announced(number: int, *categories: str, **other: Any) -> Announced:
    """One made-up paper; the number is its id's."""
    given: dict[str, Any] = {
        "id": f"2611.{number:05d}",
        "version": 1,
        "title": f"Title {number}",
        "abstract": f"Abstract {number}.",
        "authors": ("Ada Example (Univ. A, Lab B)", "Bob Sample Jr."),
        "categories": categories or ("cs.LG",),
    }
    return Announced(**(given | other))


def two_days() -> dict[date, list[Announced]]:
    """Wednesday and Thursday: on Thursday cs.LG has 5 new or cross-listed papers, stat.ML 2."""
    return {
        BEFORE: [announced(number) for number in range(1, 5)],
        DAY: [
            *(announced(number) for number in range(11, 14)),
            announced(14, "cs.LG", "stat.ML"),
            announced(15, "stat.ML", "cs.LG"),
            announced(2, version=2, announce_type=AnnounceType.REPLACE),
        ],
    }


class Naps:
    """A wait that moves the gate's past instead of sleeping."""

    def __init__(self, store: redis.Redis) -> None:
        self.store, self.slept = store, list[float]()

    def __call__(self, seconds: float) -> None:
        """As if `seconds` had gone by."""
        self.slept.append(seconds)
        for field in ("last", "lease", "until"):
            value = self.store.hget(KEY, field)
            if value is not None:
                self.store.hset(KEY, field, f"{float(value) - seconds * 1e6:.0f}")


class Memory:
    """The batches of earlier announcements."""

    def __init__(self, *earlier: Announcement) -> None:
        self.batches = [batch for each in earlier for batch in each.batches]

    def last_batch(self, category: str, before: date) -> Batch | None:
        """The newest one with listings."""
        own = [b for b in self.batches if b.category == category and b.date < before and b.listings]
        return max(own, key=lambda batch: batch.date, default=None)


@contextmanager
def asking(
    double: ArxivDouble,
    store: redis.Redis,
    memory: Memory | None = None,
    *,
    wait: Naps | None = None,
    now: datetime | None = None,
    **settings: Any,
) -> Iterator[Arxiv]:
    """A source over the double, at 17:00 UTC of the double's day or at `now`."""
    table: Mapping[str, Any] = double.settings | settings
    gate = Gate(store, interval_s=float(table["interval_s"]), wait=wait or Naps(store))
    arxiv = source(
        Settings.model_validate(table),
        gate,
        known=memory or Memory(),
        clock=lambda: now or datetime.combine(double.now, time(17), UTC),
        wait=gate._wait,
    )
    try:
        yield arxiv
    finally:
        arxiv.close()
