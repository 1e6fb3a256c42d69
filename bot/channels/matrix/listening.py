"""Matrix's way in: what is new, by long polling, in its order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog

from bot.channels.matrix import events
from bot.channels.matrix.diary import Diary
from bot.channels.matrix.ears import MOST, Ears
from bot.channels.matrix.refusals import TOKENS, Failed, TurnedDown
from bot.channels.matrix.rest import Rest
from bot.hush import hushed
from bot.work import RETRIES_S, Work
from paperlark.errors import ConfigError, DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.matrix.settings import MatrixSettings
    from bot.ports import Desk, Route

_log: Final = structlog.get_logger(__name__)
WAIT_S: Final = 30.0
"""How long the homeserver keeps an answer back where there is nothing new."""
SLACK_S: Final = 15.0
"""How much later than that an answer may be."""
SHORTEST_S, LONGEST_S = 1.0, 60.0
"""Waits after a failed call; they double."""
_BAD_PLACE: Final = frozenset({"M_INVALID_PARAM", "M_UNKNOWN", "M_UNKNOWN_POS"})


class MatrixListener:
    """Turns what people do in Matrix into calls of the desk.

    Thumbs are written one after the other, as the homeserver tells of them, before it is asked for
    more: where one cannot be kept, listening begins anew where it was.

    Args:
        settings: the checked table, with a token.
        wait_s: how long the homeserver keeps an answer back.
        shortest_s: the first wait after a failed call.
        retries_s: waits before a thumb that could not be kept is tried again.
    """

    def __init__(
        self,
        settings: MatrixSettings,
        *,
        wait_s: float = WAIT_S,
        shortest_s: float = SHORTEST_S,
        retries_s: tuple[float, ...] = RETRIES_S,
    ) -> None:
        self._rest = Rest(settings)
        self._wait_s, self._shortest_s = wait_s, shortest_s
        self._retries_s, self._connected = retries_s, False

    @property
    def connected(self) -> bool:
        """Whether the last question for news was answered."""
        return self._connected

    @property
    def routes(self) -> Sequence[Route]:
        """No address: a homeserver is asked, and does not call."""
        return ()

    async def run(self, desk: Desk) -> None:
        """Listen until cancelled; what is under way then comes to its end.

        Raises:
            ConfigError: the homeserver refuses the token.
            DeliveryError, StoreError: it has to be begun anew, later.
        """
        work = Work()
        try:
            me = events.word(await self._admitted(), "user_id")
            diary = Diary(self._rest, me)
            await diary.read()
            ears = Ears(desk, self._rest, work, diary, me, retries_s=self._retries_s)
            await self._listen(ears, diary)
        finally:
            self._connected = False
            await work.close()
            await self._rest.aclose()

    async def _admitted(self) -> Mapping[str, Any]:
        try:
            return await self._rest.get("account", "whoami")
        except Failed as error:
            raise _refusal(error) from error

    async def _listen(self, ears: Ears, diary: Diary) -> None:
        wait_s = self._shortest_s
        while True:
            try:
                await self._turn(ears, diary)
            except DeliveryError as error:
                self._connected = False
                pause = self._failed(error, diary, wait_s)
                wait_s = min(LONGEST_S, 2 * wait_s)
                await asyncio.sleep(pause)
            else:
                wait_s = self._shortest_s

    async def _turn(self, ears: Ears, diary: Diary) -> None:
        """Hear what is new, and note how far that was.

        What fails in between is heard again: votes count once, and answers are sent once.
        """
        news = await self._news(ears, diary)
        if not self._connected:
            _log.info("matrix listens")
            self._connected = True
        await ears.invited(news)
        # The first time only the place counts: what was said before is no matter.
        heard = not diary.since or await ears.hear(news)
        diary.since = events.word(news, "next_batch") or diary.since
        if heard:
            await diary.write()

    async def _news(self, ears: Ears, diary: Diary) -> dict[str, Any]:
        params: dict[str, Any] = {"filter": ears.wanted(1 if not diary.since else MOST)}
        if diary.since:
            params |= {"since": diary.since, "timeout": int(self._wait_s * 1000)}
        return await self._rest.get("sync", timeout_s=self._wait_s + SLACK_S, params=params)

    def _failed(self, error: DeliveryError, diary: Diary, wait_s: float) -> float:
        """What is done about a failed call: the seconds to wait.

        Raises:
            ConfigError: the homeserver refuses the token.
        """
        if isinstance(error, Failed) and error.code in TOKENS:
            raise _refusal(error) from error
        _log.warning("matrix does not answer", why=hushed(str(error)))
        if diary.since and _lost(error):
            _log.warning("matrix has forgotten our place, listening from now on")
            diary.since = ""
        return wait_s if error.retry_after is None else error.retry_after


def _lost(error: DeliveryError) -> bool:
    """Whether the homeserver does not know how far we had listened."""
    told = isinstance(error, Failed | TurnedDown) and error.code in _BAD_PLACE
    return told and not error.uncertain


def _refusal(error: DeliveryError) -> Exception:
    """A token that is good for nothing is a setting; anything else passes."""
    if isinstance(error, Failed) and error.code in TOKENS:
        return ConfigError(str(error))
    return error
