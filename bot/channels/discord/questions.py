"""What people ask by commands: each is acknowledged, then asked at the desk, then answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import commands
from bot.channels.discord.answers import Ack
from bot.replies import Lines, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.discord.answers import Answers
    from bot.channels.discord.forms import Forms
    from bot.channels.discord.origin import Origin
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_SHOWN: Final = 40


class Questions:
    """Answers to slash commands."""

    def __init__(self, desk: Desk, answers: Answers, forms: Forms, work: Work) -> None:
        self._desk, self._answers, self._forms, self._work = desk, answers, forms, work

    async def asked(self, origin: Origin, data: Mapping[str, Any]) -> None:
        """Any command, known or not. Settings are a form, which is a first answer of its own."""
        name, sub, filled = commands.chosen(data)
        if (name, sub) == ("digest", "settings"):
            await self._forms.asked(origin, filled)
        elif await self._answers.ack(origin, Ack.THINKING):
            self._work.start(
                self._answer(origin, name, sub, filled),
                f"/{name} {sub}".strip()[:_SHOWN],
                lambda said: self._answers.give(origin, Said(said)),
            )

    async def _answer(self, origin: Origin, name: str, sub: str, filled: Mapping[str, str]) -> None:
        await self._answers.give(origin, await self._reply(origin, name, sub, filled))

    async def _reply(self, origin: Origin, name: str, sub: str, filled: Mapping[str, str]) -> Reply:
        if name == "abstract":
            return await self._abstract(origin, filled.get("id", ""))
        if name != "digest":
            return Said(
                f"/{name[:_SHOWN]} is not a command of paperlark. `/digest help` lists those "
                "there are."
            )
        if sub == "help":
            return Lines("What paperlark understands", commands.help_lines())
        if sub == commands.HOME:
            return await self._desk.home(origin.asker)
        return await self._desk.command(origin.asker, commands.words(sub, filled))

    async def _abstract(self, origin: Origin, query: str) -> Reply:
        if not query:
            return Said("Which paper? Give its id or a link: `/abstract 2611.90412`.")
        return await self._desk.abstract(origin.asker, query)
