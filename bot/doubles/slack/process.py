"""The double as a process of its own, for tests that end the app's processes by force."""

from __future__ import annotations

from typing import ClassVar

from bot.doubles.process import DoubleProcess
from bot.doubles.slack.world import Keys


class SlackProcess(DoubleProcess):
    """Slack's double as a child process."""

    service: ClassVar[str] = "slack"

    @property
    def url(self) -> str:
        """What stands for ``https://slack.com/api/``."""
        return f"{self.base}/api/"

    def environ(self, *, http: bool = False) -> dict[str, str]:
        """The settings that lead here, as variables for a child process."""
        keys = Keys()
        proof = {"SIGNING_SECRET": keys.signing} if http else {"APP_TOKEN": keys.app}
        table = {"BOT_TOKEN": keys.bot, "API_URL": self.url, **proof}
        return {f"PAPERLARK_CHANNELS__SLACK__{name}": value for name, value in table.items()}
