"""The seams of the people side: ways out, ways in, and what people can ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from aiohttp import web

    from bot.replies import Reply, SettingsForm
    from paperlark.domain import Digest, PaperId
    from paperlark.post import Message, Setting
    from paperlark.settings import Where
    from paperlark.subscription import Form
    from paperlark.target import Target
    from paperlark.vote import Door, Thumb


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service allows, as data, so that throttling is written once.

    Attributes:
        per_target: messages a second to one target.
        overall: messages a second of this account in all; 0 where there is no such limit.
        opening: how many messages opening a post's thread counts for there.
        burst: messages that may follow at once after a pause.
        at_once: posts under way at one time in one process; 0 for no such limit.
        waits: seconds after each refusal for now (`Refused`) before the post is tried again; after
            the last it is given up. Empty: the queue's own waits.
        strikes: posts that a target must refuse for good before it is disabled.
    """

    per_target: float = 1.0
    overall: float = 0.0
    opening: int = 0
    burst: int = 1
    at_once: int = 0
    waits: tuple[float, ...] = ()
    strikes: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check-up: what was looked at, whether it is well, and the remedy.

    Attributes:
        state: ``ok``, ``warn`` or ``fail``.
        fix: what to do, one sentence; empty where all is well.
    """

    what: str
    state: str
    said: str = ""
    fix: str = ""


class Channel(Protocol):
    """A way out: composes posts for a service, and sends their messages one by one."""

    @property
    def limits(self) -> Limits:
        """How fast messages may be sent."""

    @property
    def can_find(self) -> bool:
        """Whether the service can be asked if a message arrived."""

    def compose(self, digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
        """The messages of a digest or, with `Setting.notice`, of a notice. Pure; never empty.

        Every message is within the service's limits and can ping nobody, whatever the digest holds.
        The first message is the post's root; messages with ``reply`` go into its thread.
        """

    async def send(self, target: Target, message: Message, *, key: str, root: str) -> str:
        """Send one message once; no retry in here.

        Args:
            target: where to.
            message: as composed.
            key: the message's own name, the same on every attempt: what `find` looks for.
            root: the service's name of the post's first message; empty for that one itself.

        Returns:
            The service's name of it, which an event about it carries too.

        Raises:
            DeliveryError: it was refused, or may or may not have arrived.
        """

    async def find(self, target: Target, message: Message, *, key: str, root: str,
                   since: datetime) -> str | None:  # fmt: skip
        """The service's name of a message sent under `key` since then; None where there is none.

        Raises:
            DeliveryError: the service could not be asked.
        """

    async def check(self, targets: Sequence[Target]) -> tuple[Finding, ...]:
        """Whether tokens, permissions and these targets are well; never raises."""

    async def aclose(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where.

    Attributes:
        voter: the person, as a vote names them: ``slack:U1``.
        where: the place the question came from; a private talk with the bot has its own target.
        manager: may change the place's settings.
        profile: which of the place's profiles is meant, by its name; empty for the place's usual.
        name: what people call the asker, where the service says it.
        named: may be told who voted, where that is known; others are told numbers.
        alone: the place is the asker's own.
        public: everybody in the place reads the answer: nothing of the asker's own is told.
    """

    voter: str
    where: Target
    manager: bool = True
    profile: str = ""
    name: str = ""
    named: bool = True
    alone: bool = False
    public: bool = False


class Desk(Protocol):
    """What people can ask for, the same in every chat. Nothing here raises: a slip is a sentence.

    Nothing asks arXiv or a model, except that a day not in the store may be put on its way.
    """

    async def command(self, asker: Asker, text: str) -> Reply:
        """The words after ``/digest``, as product.md lists them; unknown ones get the help."""

    async def digest(self, asker: Asker, when: str, page: str = "1") -> Reply:
        """``today``, ``latest`` or a date; a page's number, or ``below`` for the near misses."""

    async def abstract(self, asker: Asker, query: str) -> Reply:
        """The paper that an id in any usual form, or a link, means."""

    async def why(self, asker: Asker, query: str) -> Reply:
        """The whole trace of one paper in the place's profile."""

    async def bibtex(self, asker: Asker, paper: PaperId) -> Reply:
        """One paper's BibTeX entry."""

    async def vote(
        self,
        asker: Asker,
        thumb: Thumb,
        door: Door,
        *,
        paper: PaperId = "",
        ref: str = "",
        at: datetime | None = None,
        event: str = "",
        taken: Thumb | None = None,
        mark: str = "",
        again: bool = False,
    ) -> Reply:
        """Cast, change or withdraw a vote.

        Args:
            asker: whose vote, where.
            thumb: NONE withdraws, and without `taken` everything said before.
            door: how it came in.
            paper: which paper, where the button said; else
            ref: the service's name of the message that was reacted to. One that is none of ours
                is ignored: the reply is `Said("")`.
            at: the service's own moment; None for now: such a word follows all that was said.
            event: the service's name of the event; one that was handled is not handled again.
            taken: with NONE, the thumb that was taken off: what else was said stays.
            mark: with a reaction, the exact emoji, skin tone and all: two of them are two words,
                and the latest still on the message counts.
            again: a button was pressed: where this very thumb counts, and was given by a button in
                the subscription the vote belongs to, it is withdrawn. An emoji still on the
                message keeps counting.

        Raises:
            StoreError: only with `ref`: the event could not be kept, nor was it marked as handled;
                whoever brought it must not acknowledge it, so that the service brings it again.
        """

    async def save(self, asker: Asker, paper: PaperId, *, keep: bool = True) -> Reply:
        """Put a paper aside, or take it away again."""

    async def home(self, asker: Asker) -> Reply:
        """Everything about one person on one page."""

    async def settings(self, asker: Asker) -> Reply:
        """The form of the place's profile and subscription."""

    async def change(self, asker: Asker, form: SettingsForm) -> Mapping[str, str]:
        """Apply a filled-in form; what is wrong with it, by field, or nothing."""

    async def categories(self, words: str) -> tuple[tuple[str, str], ...]:
        """Up to 25 categories whose name holds these words: ``("cs.LG", "Machine Learning")``."""

    async def profiles(self, asker: Asker) -> tuple[str, ...]:
        """Names that the asker may name a profile of this place by, the usual one first."""


class Listener(Protocol):
    """A way in: turns a service's commands, buttons and reactions into calls of the desk."""

    async def run(self, desk: Desk) -> None:
        """Listen until cancelled.

        Raises:
            ConfigError: the service refuses our tokens or settings, in one sentence.
        """

    @property
    def connected(self) -> bool:
        """Whether what people do arrives here at this moment; before the service let us in: no."""

    @property
    def routes(self) -> Sequence[Route]:
        """Addresses the small web server must answer for this listener; usually none."""


@dataclass(frozen=True, slots=True)
class Route:
    """One address of the small web server."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


class ChannelModule(Protocol):
    """What a module in ``bot/channels`` offers. A module satisfies it without inheriting."""

    def channel(self, raw: Mapping[str, Any], where: Where) -> Channel:
        """The way out, from the table ``[channels.KIND]``.

        Raises:
            ConfigError: a key or a value in it is wrong or missing.
        """

    def listener(self, raw: Mapping[str, Any], where: Where) -> Listener | None:
        """The way in; None where there is none, or the settings ask for none."""

    def enabled(self, raw: Mapping[str, Any]) -> bool:
        """Whether the settings ask for this channel at all."""
