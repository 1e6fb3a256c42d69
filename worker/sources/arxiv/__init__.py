"""ArXiv: one mailing date, category by category, each in a named state.

`Settings` is the table ``[sources.arxiv]``; `source` builds the source from it and the gate.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from paperlark.clock import clock as machine_clock
from worker.sources.arxiv.client import Client
from worker.sources.arxiv.fetch import Arxiv, Known
from worker.sources.arxiv.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.clock import Clock
    from paperlark.ports import Progress
    from paperlark.store.gate import Gate

__all__ = ["Arxiv", "Known", "Settings", "source"]


def source(
    settings: Settings,
    gate: Gate,
    *,
    known: Known,
    clock: Clock | None = None,
    progress: Progress | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Arxiv:
    """The arXiv source; `close` it in the end.

    Args:
        settings: where arXiv is and who asks.
        gate: the store's gate, with the interval of the settings.
        known: remembers the batches of earlier days, to tell a stale feed by.
        clock: the time; the machine's where None.
        progress: told before every request, and while waiting for a turn.
        wait: how to sleep before a connection is tried once more.
    """
    client = Client(settings, gate, progress, wait=wait)
    return Arxiv(settings, client, known=known, clock=clock or machine_clock(), progress=progress)
