"""What follows an acknowledgement: tasks of their own, out of which nothing gets."""

from __future__ import annotations

import asyncio
import secrets
import traceback
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.hush import hushed
from paperlark.errors import PaperlarkError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager

_log: Final = structlog.get_logger(__name__)
AT_ONCE: Final = 8
"""More would not be done sooner, and acknowledgements would wait for their turn among them."""
RETRIES_S: Final = (1.0, 10.0, 60.0)
"""Waits before what could not be kept is tried again."""
CLOSING_S: Final = 5.0
"""What is under way when the bot stops may take this long to come to its end."""


class Work:
    """The tasks of one listener.

    A task that fails is logged under a short number, and `tell` gets one sentence that names it:
    the framework must never see an error, for it would lose the acknowledgement.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def start(
        self,
        doing: Coroutine[Any, Any, None],
        what: str,
        tell: Callable[[str], Awaitable[None]] | None = None,
        *,
        urgent: bool = False,
    ) -> None:
        """Do it in a task of its own.

        Args:
            doing: the work.
            what: names it in the log.
            tell: says a sentence to whoever waits for an answer.
            urgent: it has seconds, and does not wait for its turn.
        """
        room = nullcontext() if urgent else self._room
        task = asyncio.create_task(_guarded(doing, what, tell, room))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, patience_s: float = CLOSING_S) -> None:
        """Wait for what is under way; end what does not come to its end."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(set(self._tasks), timeout=patience_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)


def failed(what: str, error: Exception) -> str:
    """Log the failure under a short number; the sentence for whoever waits for an answer."""
    if isinstance(error, PaperlarkError):
        _log.warning("work failed", what=what, error=hushed(str(error)))
        return str(error)
    number = secrets.token_hex(3)
    trace = hushed("".join(traceback.format_exception(error)))
    _log.error("work failed", what=what, number=number, trace=trace)
    return (
        f"Something broke here; the log has it as {number}. "
        "Try again, or give that number to whoever runs paperlark."
    )


async def _guarded(
    doing: Coroutine[Any, Any, None],
    what: str,
    tell: Callable[[str], Awaitable[None]] | None,
    room: AbstractAsyncContextManager[object],
) -> None:
    try:
        async with room:
            await doing
    except Exception as error:  # noqa: BLE001  (the last resort: `failed` logs it)
        said = failed(what, error)
        if tell:
            with suppress(Exception):  # who cannot be told was logged above
                await tell(said)


async def insisted(
    act: Callable[[], Awaitable[object]], what: str, waits_s: Sequence[float] = RETRIES_S
) -> None:
    """Do it until it is done, after each of the waits; what stops the last try gets out.

    Args:
        act: may be begun again.
        what: names it in the log: ``reaction``.
        waits_s: seconds before each further try.
    """
    for wait_s in (*waits_s, None):
        try:
            await act()
        except Exception as error:
            if wait_s is None:
                raise
            _log.warning("not kept yet", what=what, error=hushed(repr(error)), again_s=wait_s)
            await asyncio.sleep(wait_s)
        else:
            return
