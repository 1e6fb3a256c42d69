"""The least a Discord bot can be, for comparison only: it answers, and it posts.

Usage: ``python -m benchmarks.discord_bare API_URL GATEWAY_URL ANSWER_FILE``: it defers each
command, then answers with the components in that file. `posting` posts without a gateway. The
token is that of the double, which is no secret.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.doubles.discord.world import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


class Ready(discord.ui.Item[discord.ui.LayoutView]):
    """A component that is sent as it is."""

    def __init__(self, part: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library annotates no __init__
        self._part = part

    def to_component_dict(self) -> dict[str, Any]:
        """What Discord gets."""
        return self._part

    def _is_v2(self) -> bool:
        return True

    def is_dispatchable(self) -> bool:
        """Whether presses of it are waited for: no."""
        return False


class Bare(discord.Client):
    """A client with two commands."""

    def __init__(self, answer: Sequence[dict[str, Any]]) -> None:
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


def view(components: Sequence[dict[str, Any]]) -> discord.ui.LayoutView:
    made = discord.ui.LayoutView()
    for part in components:
        made.add_item(Ready(part))
    return made


def answering(answer: Sequence[dict[str, Any]]) -> Any:
    async def said(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.edit_original_response(view=view(answer))

    said.__annotations__ = {"interaction": discord.Interaction, "return": None}
    return said


@asynccontextmanager
async def posting(api_url: str) -> AsyncIterator[discord.Client]:
    """A client that is logged in and listens to nothing."""
    usual, Route.BASE = Route.BASE, api_url.rstrip("/")
    try:
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(TOKEN)
            yield client
    finally:
        Route.BASE = usual


async def post(client: discord.Client, channel: int, messages: Sequence[dict[str, Any]]) -> None:
    """A summary into the channel, the others into a thread off it."""
    first, *others = messages
    root = await client.get_partial_messageable(channel).send(view=view(first["components"]))
    # What the library offers for this wants the server in its cache, which the gateway fills.
    thread = await client.http.start_thread_with_message(
        channel, root.id, name=others[0]["thread"], auto_archive_duration=10_080
    )
    place = client.get_partial_messageable(int(thread["id"]))
    for each in others:
        await place.send(view=view(each["components"]))


def main(api_url: str, gateway_url: str, answer: str) -> None:
    Route.BASE = api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    components = json.loads(Path(answer).read_text(encoding="utf-8"))
    asyncio.run(_run(components))


async def _run(components: Sequence[dict[str, Any]]) -> None:
    await Bare(components).start(TOKEN)


if __name__ == "__main__":
    main(*sys.argv[1:])
