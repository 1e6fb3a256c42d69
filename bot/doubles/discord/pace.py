"""How fast Discord lets messages in: some in a window for each channel, told with every answer.

Source: discord.com/developers/docs/topics/rate-limits. Five in five seconds is what a channel is
seen to take; the documentation gives no number. For all calls of an account it gives one: 50 a
second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Pace:
    """A window for each channel, and one of a second for every call.

    Attributes:
        now: seconds of the service's clock.
        most: messages in a window.
        window_s: its length.
        overall: calls a second of the account; 0 for no such limit.
    """

    now: Callable[[], float]
    most: int = 5
    window_s: float = 5.0
    overall: int = 0
    _second: tuple[float, int] = (0.0, 0)
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def call(self) -> float:
        """Take any call, or say how many seconds to wait: the window of all is used up."""
        if not self.overall:
            return 0.0
        ends, used = self._second
        if ends <= self.now():
            ends, used = self.now() + 1.0, 0
        self._second = ends, min(self.overall, used + 1)
        return ends - self.now() if used >= self.overall else 0.0

    def take(self, channel: str) -> tuple[float, dict[str, str]]:
        """Seconds to wait, 0 where the message is let in; and the headers that say so."""
        ends, used = self._windows.get(channel, (0.0, 0))
        if ends <= self.now():
            ends, used = self.now() + self.window_s, 0
        wait = ends - self.now() if used >= self.most else 0.0
        used = min(self.most, used + 1)
        self._windows[channel] = (ends, used)
        return wait, {
            "X-RateLimit-Limit": str(self.most),
            "X-RateLimit-Remaining": str(self.most - used),
            "X-RateLimit-Reset": f"{ends:.3f}",
            "X-RateLimit-Reset-After": f"{ends - self.now():.3f}",
            "X-RateLimit-Bucket": "messages",
        }
