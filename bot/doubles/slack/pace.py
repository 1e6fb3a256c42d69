"""How fast Slack lets messages in: one a second into a channel, with a little ahead of time.

Source: docs.slack.dev, apis/web-api/rate-limits: about one message a second to a channel, short
bursts allowed, and some hundreds a minute into a workspace.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Pace:
    """A limit for each channel and one for the whole workspace, kept as the moment of its end.

    Attributes:
        now: seconds of the service's clock.
        per_channel: messages a second into one channel.
        overall: messages a second into the workspace; 0 for no such limit.
        burst: messages that may come at once after a pause.
    """

    now: Callable[[], float]
    per_channel: float = 1.0
    overall: float = 0.0
    burst: int = 1
    _ends: dict[str, float] = field(default_factory=dict)

    def take(self, channel: str) -> int:
        """Let one message in, or say how many whole seconds to wait: a Retry-After."""
        now, wants = self.now(), [(channel, self.per_channel)]
        if self.overall:
            wants.append(("", self.overall))
        wait = max(self._wait(name, rate, now) for name, rate in wants)
        if wait > 0:
            return max(1, math.ceil(wait))
        for name, rate in wants:
            self._ends[name] = max(now, self._ends.get(name, 0.0)) + 1 / rate
        return 0

    def _wait(self, name: str, rate: float, now: float) -> float:
        return self._ends.get(name, 0.0) - (self.burst - 1) / rate - now
