"""Listeners under care: each is run, and run again when it ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from paperlark.errors import ConfigError, PaperlarkError

if TYPE_CHECKING:
    from bot.ports import Desk, Listener

_log: Final = structlog.get_logger(__name__)
SHORTEST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S: Final = 60.0
"""A listener that ran this long has its waits forgotten, and is past its start."""


@dataclass
class Ward:
    """One listener, and how it is.

    Attributes:
        up: it is running now.
        starts: how often it was started.
        shortest_s: the first wait before it is started again; it doubles.
    """

    kind: str
    listener: Listener
    up: bool = False
    starts: int = 0
    shortest_s: float = SHORTEST_WAIT_S

    @property
    def ready(self) -> bool:
        """Whether it runs, and the service has let it in."""
        return self.up and self.listener.connected

    async def tend(self, desk: Desk) -> None:
        """Run the listener until cancelled; start it again when it ends, later each time.

        Raises:
            ConfigError: it could not be started at all, for a reason that will not pass.
        """
        wait_s, loop = 0.0, asyncio.get_running_loop()
        while True:
            since = loop.time()
            await self._run(desk, since)
            if loop.time() - since > STEADY_S:
                wait_s = 0.0
            wait_s = min(LONGEST_WAIT_S, max(self.shortest_s, 2 * wait_s))
            await asyncio.sleep(wait_s)
            _log.info("listener starts again", kind=self.kind, waited_s=wait_s)

    async def _run(self, desk: Desk, since: float) -> None:
        self.up, self.starts = True, self.starts + 1
        try:
            await self.listener.run(desk)
            _log.warning("listener ended", kind=self.kind)
        except ConfigError as error:
            if self.starts == 1 and asyncio.get_running_loop().time() - since < STEADY_S:
                raise
            _log.error("listener refused", kind=self.kind, why=str(error))
        except PaperlarkError as error:
            _log.warning("listener failed", kind=self.kind, why=str(error))
        except Exception:  # noqa: BLE001  (the others go on, and so does it, later)
            _log.exception("listener failed", kind=self.kind)
        finally:
            self.up = False
