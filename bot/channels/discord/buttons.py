"""What people press: thumbs, abstracts, pages, and everything else on our messages.

A button's name says what it does and about what: ``vote:up:2611.90412``. Nothing else is known of
it, so that buttons of messages from before a restart, and presses without their message, count.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import boards
from bot.channels.discord.answers import Ack
from bot.replies import Said
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from datetime import datetime

    from bot.channels.discord.answers import Answers
    from bot.channels.discord.forms import Forms
    from bot.channels.discord.origin import Moments, Origin
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_BUTTON: Final = 2
_WORDS: Final[Mapping[str, str]] = {
    "tune:open": "tune",
    "mine:open": "mine",
    "votes:list": "votes",
    "export:bib:saved": "export bibtex saved",
}
"""Buttons that say what a command would."""
_OLD: Final = (
    "That button is from another version of paperlark. `/digest today` shows the digest afresh."
)


class Buttons:
    """Answers to presses; each is acknowledged before anything is done.

    Discord takes one acknowledgement of each press: whoever gives it does what was asked, and no
    other process does it again.
    """

    def __init__(
        self, desk: Desk, answers: Answers, forms: Forms, work: Work, moments: Moments
    ) -> None:
        self._desk, self._answers, self._work = desk, answers, work
        self._forms, self._moments = forms, moments
        self._asked: Mapping[str, Callable[[Origin, str], Awaitable[Reply]]] = {
            "abstract": lambda origin, about: desk.abstract(origin.asker, about),
            "bib": lambda origin, about: desk.bibtex(origin.asker, about),
            "why": lambda origin, about: desk.why(origin.asker, about),
            "save": lambda origin, about: desk.save(origin.asker, about),
            "unsave": lambda origin, about: desk.save(origin.asker, about, keep=False),
            "page": self._page,
            "today": self._page,
            boards.DO: lambda origin, about: desk.command(origin.asker, about),
        }

    async def pressed(self, origin: Origin, data: Mapping[str, Any]) -> None:
        """Any press of a button."""
        name, at = str(data.get("custom_id", "")), self._moments.next()
        verb, _, about = name.partition(":")
        if data.get("component_type") != _BUTTON:
            await self._answers.ack(origin, Ack.STAYING)
        elif (verb, about.partition(":")[0]) == ("settings", "open"):
            _, _, place = about.partition(":")
            channel, _, profile = place.partition(":")
            await self._forms.open(replace(origin, profile=profile), channel)
        elif verb == "share" or (verb == "page" and origin.ephemeral):
            await self._start(origin, Ack.STAYING, verb, self._stay(origin, verb, about))
        else:
            await self._start(origin, Ack.THINKING, verb, self._tell(origin, name, at))

    async def _start(
        self, origin: Origin, ack: Ack, verb: str, doing: Coroutine[Any, Any, None]
    ) -> None:
        def tell(said: str) -> Awaitable[None]:
            if ack is Ack.STAYING:
                return self._answers.say(origin, said)
            return self._answers.give(origin, Said(said))

        if await self._answers.ack(origin, ack):
            self._work.start(doing, f"button {verb}", tell)
        else:
            doing.close()

    async def _stay(self, origin: Origin, verb: str, about: str) -> None:
        if verb == "share":
            await self._answers.share(origin, await self._shared(origin, about))
        else:
            await self._answers.turn(origin, await self._page(origin, about))

    async def _tell(self, origin: Origin, name: str, at: datetime) -> None:
        await self._answers.give(origin, await self._reply(origin, name, at))

    async def _reply(self, origin: Origin, name: str, at: datetime) -> Reply:
        verb, _, about = name.partition(":")
        if verb == "vote":
            way, _, paper = about.partition(":")
            return await self._vote(origin, Thumb.UP if way == "up" else Thumb.DOWN, paper, at)
        if name in _WORDS:
            return await self._desk.command(origin.asker, _WORDS[name])
        if verb == boards.ASK:
            return boards.asked(about)
        if verb in self._asked:
            return await self._asked[verb](origin, about)
        return Said(_OLD)

    async def _vote(self, origin: Origin, thumb: Thumb, paper: str, at: datetime) -> Reply:
        """The same thumb again takes it back; the other one changes it: the desk says which."""
        return await self._desk.vote(
            origin.asker,
            thumb,
            Door.DISCORD_BUTTON,
            paper=paper,
            ref=origin.ref,
            at=at,
            event=origin.event,
            again=True,
        )

    async def _page(self, origin: Origin, about: str) -> Reply:
        """``2026-11-19:2``, with a profile's name behind it where that was asked for."""
        day, _, rest = about.partition(":")
        page, _, profile = rest.partition(":")
        asker = replace(origin, profile=profile).asker
        return await self._desk.digest(asker, day, page or "1")

    async def _shared(self, origin: Origin, about: str) -> Reply:
        """A page of a digest, or one paper."""
        if _DAY.fullmatch(about.partition(":")[0]):
            return await self._page(origin, about)
        return await self._desk.abstract(origin.asker, about)
