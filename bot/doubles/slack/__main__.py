"""``python -m bot.doubles.slack --port N --state FILE``: the double as a process of its own."""

from __future__ import annotations

from bot.doubles import standalone
from bot.doubles.slack.server import Service
from bot.doubles.slack.world import World

if __name__ == "__main__":
    standalone.main("slack", __doc__ or "", lambda state, port: Service(World(state=state), port))
