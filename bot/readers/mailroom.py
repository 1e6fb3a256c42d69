"""Sends letters: now, or on a thread of its own, so that no page takes longer for what it sends."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, cast

from bot.context import composer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.mail.client import Mail
    from bot.readers.letters import Letter
    from paperlark.settings import Settings
    from paperlark.target import Target

_AT_ONCE: Final = 2


class Mailroom:
    """The way out for letters.

    Args:
        settings: with a secret to sign links with.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, target: Target, letter: Letter) -> None:
        """Send it once, on an event loop of its own.

        Raises:
            DeliveryError: it was refused, or may or may not have arrived.
            ConfigError: the settings of mail are wrong.
        """
        asyncio.run(self._sent(target, letter))

    async def _sent(self, target: Target, letter: Letter) -> None:
        way = cast("Mail", composer(self._settings, "mail"))
        try:
            await way.send_plain(
                target,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                key=letter.key,
                profile=letter.profile,
            )
        finally:
            await way.aclose()


class Later:
    """Work that is done soon, beside the page that asked for it, two pieces at a time.

    What it cannot end is in the store: `errands.rounds` looks after it.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="letters")

    def __call__(self, work: Callable[[], object]) -> None:
        """Have it done."""
        self._threads.submit(work)
