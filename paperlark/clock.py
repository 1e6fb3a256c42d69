"""What time it is: the machine's clock, or a moment that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from paperlark.errors import ConfigError

Clock: TypeAlias = Callable[[], datetime]
"""Gives an aware moment in UTC."""


def clock(pretend: str = "") -> Clock:
    """The clock to go by.

    Args:
        pretend: an ISO moment with an offset; empty for the machine's clock.

    Raises:
        ConfigError: the moment cannot be read, or has no offset.
    """
    if not pretend:
        return lambda: datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(pretend)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"`clock.pretend`: “{pretend}” is no moment; write it as 2026-11-19T12:00:00+00:00."
        )
    still = moment.astimezone(UTC)
    return lambda: still
