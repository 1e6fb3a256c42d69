"""The least a Discord bot can be: defer, then answer with a fixed text. For comparison only.

Usage: ``python -m benchmarks.discord_bare API_URL GATEWAY_URL ANSWER_FILE``. The token is that of
the double, which is no secret.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.doubles.discord.world import TOKEN


class Bare(discord.Client):
    """A client with two commands."""

    def __init__(self, answer: str) -> None:
        intents = discord.Intents(guilds=True, guild_reactions=True)
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.2)
        self.tree = app_commands.CommandTree(self)
        group = app_commands.Group(name="digest", description="The day's papers")
        for name in ("help", "latest"):
            group.command(name=name, description="An answer")(answering(answer))
        self.tree.add_command(group)

    async def setup_hook(self) -> None:
        """Tell Discord of the commands."""
        await self.tree.sync()


def answering(answer: str) -> Any:
    async def said(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        view = discord.ui.LayoutView().add_item(discord.ui.TextDisplay(answer))
        await interaction.edit_original_response(view=view)

    said.__annotations__ = {"interaction": discord.Interaction, "return": None}
    return said


def main(api_url: str, gateway_url: str, answer: str) -> None:
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    Bare(Path(answer).read_text(encoding="utf-8")).run(TOKEN, log_handler=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
