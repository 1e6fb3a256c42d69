"""The double as a process of its own, for tests that end the app's processes by force."""

from __future__ import annotations

from typing import ClassVar

from bot.doubles.discord.world import APP, TOKEN
from bot.doubles.process import DoubleProcess


class DiscordProcess(DoubleProcess):
    """Discord's double as a child process."""

    service: ClassVar[str] = "discord"

    @property
    def url(self) -> str:
        """What stands for ``https://discord.com/api/v10/``."""
        return f"{self.base}/api/v10/"

    def environ(self) -> dict[str, str]:
        """The settings that lead here, as variables for a child process."""
        table = {
            "TOKEN": TOKEN,
            "APPLICATION_ID": APP,
            "API_URL": self.url,
            "GATEWAY_URL": f"{self.base}/gw/".replace("http://", "ws://"),
        }
        return {f"PAPERLARK_CHANNELS__DISCORD__{name}": value for name, value in table.items()}
