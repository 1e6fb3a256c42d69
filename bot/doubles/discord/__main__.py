"""``python -m bot.doubles.discord --port N --state FILE``: the double as a process of its own."""

from __future__ import annotations

from bot.doubles import standalone
from bot.doubles.discord.server import Service
from bot.doubles.discord.world import World

if __name__ == "__main__":
    standalone.main("discord", __doc__ or "", lambda state, port: Service(World(state=state), port))
