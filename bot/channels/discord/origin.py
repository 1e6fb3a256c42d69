"""Where a command, a press or a form came from: who, in which place, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import discord

from bot.ports import Asker
from paperlark.target import Target

if TYPE_CHECKING:
    from typing import Any

KIND: Final = "discord"


@dataclass(frozen=True, slots=True)
class Origin:
    """One person in one place, and the key Discord gave us to answer.

    Attributes:
        event: Discord's number of what happened; told once, though it may come twice.
        token: good for 15 minutes of answers. A secret.
        application: our own number, which answers are addressed with.
        user, name: the person's number, and what the person is called.
        place: the channel whose digest it is about: of a thread, the one it belongs to.
        channel: where it happened.
        message: the pressed message; empty where there is none.
        ephemeral: that is one of our own that only this person sees.
        manager: may change the place's settings, and be told who voted.
        alone: the place is the person's own talk with us.
        profile: the profile that was named; empty for the place's usual one.
    """

    event: str
    token: str = field(repr=False)
    application: str
    user: str
    name: str = ""
    place: str = ""
    channel: str = ""
    message: str = ""
    ephemeral: bool = False
    manager: bool = False
    alone: bool = False
    profile: str = ""

    @property
    def asker(self) -> Asker:
        """The person as the desk knows people."""
        where = Target(KIND, self.place or self.user)
        voter = f"{KIND}:{self.user}"
        may, alone = self.manager, self.alone
        return Asker(voter, where, may, self.profile, self.name, named=may, alone=alone)

    @property
    def ref(self) -> str:
        """The pressed message as the ledger knows it; empty for what only this person sees."""
        posted = self.channel and self.message and not self.ephemeral
        return f"{self.channel}:{self.message}" if posted else ""

    @classmethod
    def of(cls, interaction: discord.Interaction[Any]) -> Origin:
        """Where an interaction came from."""
        channel, message = interaction.channel, interaction.message
        here = str(channel.id) if channel else ""
        parent = channel.parent_id if isinstance(channel, discord.Thread) else None
        return cls(
            event=str(interaction.id),
            token=interaction.token,
            application=str(interaction.application_id),
            user=str(interaction.user.id),
            name=interaction.user.display_name,
            place=str(parent) if parent else here,
            channel=here,
            message=str(message.id) if message else "",
            ephemeral=bool(message and message.flags.ephemeral),
            manager=_manages(interaction),
            alone=_talks(interaction),
        )


def _manages(interaction: discord.Interaction[Any]) -> bool:
    """Whether the person may change the place: in a talk with us, everybody may.

    Where only the person has installed us, we are no part of the place, and nobody changes it.
    """
    if not interaction.guild_id:
        return _talks(interaction)
    if interaction.is_user_integration() and not interaction.is_guild_integration():
        return False
    held = interaction.permissions
    return held.manage_channels or held.manage_guild or held.administrator


def _talks(interaction: discord.Interaction[Any]) -> bool:
    """Whether it came from a talk of one person with us."""
    return not interaction.guild_id and not interaction.context.private_channel


class Moments:
    """When things came in, in UTC: no two at once, so that the last word is the last to come.

    Discord tells no moment of a reaction; presses are told by the same clock to compare with it.
    """

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self) -> datetime:
        """Now, or a microsecond after the last answer."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last
