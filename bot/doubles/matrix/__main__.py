"""``python -m bot.doubles.matrix --port N --state FILE``: the double as a process of its own."""

from __future__ import annotations

from bot.doubles import standalone
from bot.doubles.matrix.server import Service
from bot.doubles.matrix.world import World

if __name__ == "__main__":
    standalone.main("matrix", __doc__ or "", lambda state, port: Service(World(state=state), port))
