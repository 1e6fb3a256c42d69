"""What people press: thumbs, abstracts, pages, and everything else on our messages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack import boards
from bot.channels.slack.origin import Origin, Surface, moment
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp

    from bot.channels.slack.answers import Answers
    from bot.channels.slack.forms import Forms
    from bot.channels.slack.home import HomeTab
    from bot.channels.slack.managers import Managers
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_ANY: Final = re.compile(".*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS: Final[Mapping[str, str]] = {
    "tune:open": "tune",
    "tune:accept": "tune accept",
    "tune:undo": "tune undo",
    "tune:freeze": "tune freeze",
    "mine:open": "mine",
    "votes:list": "votes",
    "export:bib": "export bibtex saved",
    "mail:open": "subscribe",
}
"""Buttons that say what a command would."""
_OLD: Final = (
    "That button is from another version of paperlark. `/digest today` shows the digest afresh."
)


class Buttons:
    """Answers to presses; each is acknowledged before anything else is done.

    An ``action_id`` is a verb, with what it is about after a colon where one message holds several;
    the ``value`` says it in full.
    """

    def __init__(
        self,
        desk: Desk,
        answers: Answers,
        forms: Forms,
        home: HomeTab,
        work: Work,
        *,
        managers: Managers,
    ) -> None:
        self._desk, self._answers, self._work = desk, answers, work
        self._forms, self._home, self._managers = forms, home, managers
        self._verbs: Mapping[str, Callable[[Origin, str], Awaitable[None]]] = {
            "abstract": self._abstract,
            "bib": self._bibtex,
            "why": self._why,
            "save": self._save,
            "unsave": self._unsave,
            "page": self._page,
            "today": self._page,
            "share": self._share,
        }

    def register(self, app: AsyncApp) -> None:
        """Listen to every button there is: one nobody answers would spin and then complain."""
        app.action(_ANY)(self.pressed)

    async def pressed(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """Any press. Buttons that open a page, and fields of forms, need no more than the ack."""
        await ack()
        if action.get("type") not in {"button", "overflow"} or "url" in action:
            return
        name, value = str(action.get("action_id", "")), str(action.get("value") or "")
        if chosen := action.get("selected_option"):
            name = value = str(chosen.get("value", ""))
        if name.startswith("open:"):
            return
        origin = Origin.of_press(body)
        self._work.start(
            self._answer(origin, name, value, action),
            f"button {name.partition(':')[0]}",
            lambda said: self._answers.say(origin, said),
            urgent=origin.surface is not Surface.MESSAGE,  # a window opens within seconds
        )

    def _answer(
        self, origin: Origin, name: str, value: str, action: Mapping[str, Any]
    ) -> Coroutine[Any, Any, None]:
        verb, _, rest = name.partition(":")
        if verb == "vote":
            way, _, paper = rest.partition(":")
            return self._vote(origin, Thumb.UP if way == "up" else Thumb.DOWN, paper, action)
        if (verb, *rest.split(":")[:1]) == ("settings", "open"):
            return self._forms.open(origin, value)
        if name in _WORDS:
            return self._command(origin, _WORDS[name])
        if verb == boards.DO and value:
            return self._command(origin, value)
        if verb in self._verbs:
            return self._do(verb, origin, value or rest)
        return self._answers.say(origin, _OLD)

    async def _do(self, verb: str, origin: Origin, about: str) -> None:
        await self._verbs[verb](origin, about.removeprefix(f"{verb}:"))

    async def _say(self, origin: Origin, asked: Awaitable[Reply]) -> None:
        await self._answers.give(origin, await asked)

    async def _command(self, origin: Origin, words: str) -> None:
        asker = (await self._managers.known(origin)).asker
        await self._say(origin, self._desk.command(asker, words))

    async def _vote(
        self, origin: Origin, thumb: Thumb, paper: str, action: Mapping[str, Any]
    ) -> None:
        """The same thumb again takes it back; the other one changes it: the desk knows which."""
        stamp = str(action.get("action_ts") or "")
        reply = await self._desk.vote(
            origin.asker,
            thumb,
            Door.SLACK_BUTTON,
            paper=paper,
            ref=origin.ref,
            at=moment(stamp),
            event=f"{origin.user} {stamp} {paper}" if stamp else "",
            again=True,
        )
        await self._answers.give(origin, reply)

    async def _abstract(self, origin: Origin, paper: str) -> None:
        await self._say(origin, self._desk.abstract(origin.asker, paper))

    async def _why(self, origin: Origin, paper: str) -> None:
        asker = (await self._managers.known(origin)).asker
        await self._say(origin, self._desk.why(asker, paper))

    async def _bibtex(self, origin: Origin, paper: str) -> None:
        await self._say(origin, self._desk.bibtex(origin.asker, paper))

    async def _save(self, origin: Origin, paper: str, *, keep: bool = True) -> None:
        reply = await self._desk.save(origin.asker, paper, keep=keep)
        if origin.surface is Surface.HOME:
            await self._home.publish(origin.user)
        else:
            await self._answers.give(origin, reply)

    async def _unsave(self, origin: Origin, paper: str) -> None:
        await self._save(origin, paper, keep=False)

    async def _page(self, origin: Origin, value: str) -> None:
        """``2026-11-19:2``: turned in place where it is the person's own answer."""
        reply = await self._turned(origin, value)
        own = origin.ephemeral or origin.surface is Surface.MODAL
        await self._answers.give(origin, reply, replace=own)

    async def _share(self, origin: Origin, value: str) -> None:
        """A page of a digest, or one paper, for everyone in the channel."""
        if not origin.channel:
            await self._answers.say(origin, "Type `/digest today` in a channel to share it there.")
        elif _DAY.fullmatch(value.partition(":")[0]):
            await self._answers.share(origin, await self._turned(origin, value))
        else:
            await self._answers.share(origin, await self._desk.abstract(origin.asker, value))

    async def _turned(self, origin: Origin, value: str) -> Reply:
        """The page that ``2026-11-19:2`` means, or ``2026-11-19:2:PROFILE``."""
        day, _, rest = value.partition(":")
        page, _, profile = rest.partition(":")
        asker = replace(origin, profile=profile).asker
        return await self._desk.digest(asker, day, page or "1")
