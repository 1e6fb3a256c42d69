"""What people type: ``/digest …``, ``/abstract …``, and commands nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack.origin import Origin
from bot.replies import Said, SettingsForm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.channels.slack.answers import Answers
    from bot.channels.slack.forms import Forms
    from bot.channels.slack.managers import Managers
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_ANY: Final = re.compile(".*")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_SHOWN: Final = 40


class Commands:
    """Answers to slash commands; each is acknowledged before anything else is done."""

    def __init__(
        self, desk: Desk, answers: Answers, forms: Forms, work: Work, managers: Managers
    ) -> None:
        self._desk, self._answers, self._forms, self._work = desk, answers, forms, work
        self._managers = managers

    def register(self, app: AsyncApp) -> None:
        """Listen to both commands, and to any other that points here."""
        app.command("/digest")(self.digest)
        app.command("/abstract")(self.abstract)
        app.command(_ANY)(self.unknown)

    async def digest(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """``/digest …``: the desk knows the words; settings are a form of their own."""
        await ack()
        origin, text = Origin.of_command(body), typed(body)
        if text.lower() == "settings":
            self._start(origin, self._forms.open(origin), "/digest settings", urgent=True)
        else:
            self._start(origin, self._digest(origin, text), "/digest")

    async def abstract(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """``/abstract ID-or-link``."""
        await ack()
        origin, text = Origin.of_command(body), typed(body)
        self._start(origin, self._abstract(origin, text), "/abstract")

    async def unknown(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """A command the app offers and this version does not know."""
        await ack()
        origin, name = Origin.of_command(body), str(body.get("command", ""))[:_SHOWN]
        said = f"{name} is not a command of paperlark. `/digest help` lists those there are."
        self._start(origin, self._answers.say(origin, said), "unknown command")

    async def _digest(self, origin: Origin, text: str) -> None:
        asker = (await self._managers.known(origin)).asker
        reply = await self._desk.command(asker, text)
        if isinstance(reply, SettingsForm):
            await self._forms.show(origin, reply)
        else:
            await self._answers.give(origin, reply)

    async def _abstract(self, origin: Origin, text: str) -> None:
        reply: Reply = Said("Which paper? Give its id or a link: `/abstract 2611.90412`.")
        if text:
            reply = await self._desk.abstract(origin.asker, text)
        await self._answers.give(origin, reply)

    def _start(self, origin: Origin, doing: Any, what: str, *, urgent: bool = False) -> None:
        def tell(said: str) -> Awaitable[None]:
            return self._answers.say(origin, said)

        self._work.start(doing, what, tell, urgent=urgent)


def typed(body: Mapping[str, Any]) -> str:
    """The words after the command, as they were typed: Slack escapes three signs."""
    text = str(body.get("text") or "")
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return text.strip()
