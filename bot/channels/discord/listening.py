"""Discord's way in: commands, presses, forms and reactions, by the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from bot import hush
from bot.channels.discord.admission import admit, refusal
from bot.channels.discord.answers import Ack, Answers
from bot.channels.discord.buttons import Buttons
from bot.channels.discord.forms import Forms
from bot.channels.discord.gateway import BEAT_S, IDENTIFY_S, SILENCE_S, Gateway
from bot.channels.discord.origin import Moments, Origin
from bot.channels.discord.questions import Questions
from bot.channels.discord.reactions import Reactions
from bot.channels.discord.suggestions import suggest
from bot.channels.discord.wire import Wire
from bot.work import Work, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.channels.discord.settings import DiscordSettings
    from bot.ports import Desk, Route

_log: Final = structlog.get_logger(__name__)
_LIBRARY: Final = tuple(f"discord{part}" for part in ("", ".client", ".gateway", ".http", ".state"))
"""Who of the library writes logs: a filter holds for one of them alone."""


class DiscordListener:
    """Turns what people do in Discord into calls of the desk.

    Args:
        settings: the checked table, with a token.
        beat_s, silence_s, identify_s: the patience of the connection: see `Gateway`.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        *,
        beat_s: float = BEAT_S,
        silence_s: float = SILENCE_S,
        identify_s: float = IDENTIFY_S,
    ) -> None:
        self._settings = settings
        self._client: People | None = None
        self._patience = {"beat_s": beat_s, "silence_s": silence_s, "identify_s": identify_s}

    @property
    def connected(self) -> bool:
        """Whether a session with Discord stands."""
        return self._client is not None and self._client.connected

    @property
    def routes(self) -> Sequence[Route]:
        """No address: Discord is called, and does not call."""
        return ()

    async def run(self, desk: Desk) -> None:
        """Listen until cancelled; what is under way then comes to its end.

        Raises:
            ConfigError: Discord refuses the token, or what we ask of it.
        """
        for name in _LIBRARY:
            hush.logger(name)
        wire, work = Wire(self._settings.api_url), Work()
        client = People(self._settings, desk, wire, work, self._patience)
        try:
            async with client:
                token = self._settings.token.get_secret_value()
                await admit(client, token, guild=self._settings.guild)
                self._client = client
                await client.connect()
        except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as error:
            raise refusal(error) from error
        finally:
            self._client = None
            await work.close()
            await wire.aclose()


class People(Gateway):
    """The connection, and everybody behind it."""

    def __init__(
        self,
        settings: DiscordSettings,
        desk: Desk,
        wire: Wire,
        work: Work,
        patience: Mapping[str, float],
    ) -> None:
        super().__init__(settings, **patience)
        self._desk, self._work = desk, work
        self._answers, moments = Answers(wire), Moments()
        self._forms = Forms(desk, self._answers, work)
        self._questions = Questions(desk, self._answers, self._forms, work)
        self._buttons = Buttons(desk, self._answers, self._forms, work, moments)
        self._reactions = Reactions(desk, work, moments)

    async def on_connect(self) -> None:
        """Discord has begun to tell us what happens."""
        _log.info("discord listens")

    async def on_resumed(self) -> None:
        """It goes on where it broke off, and has told what happened meanwhile."""
        _log.info("discord listens again")

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A command, a press, a form, or letters typed into a command."""
        self._work.start(self._take(interaction), interaction.type.name, urgent=True)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """An emoji was put on a message."""
        self._reactions.take(event, self._me, on=True)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """An emoji was taken off a message."""
        self._reactions.take(event, self._me, on=False)

    @property
    def _me(self) -> int | None:
        return self.user.id if self.user else None

    async def _take(self, interaction: discord.Interaction[Any]) -> None:
        origin = Origin.of(interaction)
        data: Mapping[str, Any] = dict(interaction.data or {})
        match interaction.type:
            case discord.InteractionType.application_command:
                await self._questions.asked(origin, data)
            case discord.InteractionType.autocomplete:
                await self._suggest(origin, data)
            case discord.InteractionType.component:
                await self._buttons.pressed(origin, data)
            case discord.InteractionType.modal_submit:
                await self._forms.submitted(origin, data)
            case _:
                _log.warning("discord told of something unknown", kind=str(interaction.type))

    async def _suggest(self, origin: Origin, data: Mapping[str, Any]) -> None:
        """Choices for the letters typed so far; none where they are not found."""
        try:
            found = await suggest(self._desk, origin.asker, data)
        except Exception as error:  # noqa: BLE001  (whatever it was, the list must be answered)
            failed("suggestions", error)
            found = []
        await self._answers.ack(origin, Ack.SUGGESTING, {"choices": found})
