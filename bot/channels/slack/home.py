"""The Home tab: everything about one person on one page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.channels.slack import home_view
from bot.channels.slack.answers import messages
from bot.channels.slack.origin import Origin, Surface
from bot.replies import Home

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.ports import Desk
    from bot.work import Work


class HomeTab:
    """Drawn anew whenever it is opened, and after what was done on it."""

    def __init__(self, desk: Desk, client: AsyncWebClient, work: Work) -> None:
        self._desk, self._client, self._work = desk, client, work

    def register(self, app: AsyncApp) -> None:
        """Listen for the tab being opened."""
        app.event("app_home_opened")(self.opened)

    async def opened(self, event: dict[str, Any]) -> None:
        """Somebody opened the app's page; its tab with messages needs nothing."""
        user = str(event.get("user") or "")
        if user and event.get("tab", "home") == "home":
            self._work.start(self.publish(user), "home")

    async def publish(self, user: str) -> None:
        """Draw the tab of that person."""
        origin = Origin(user=user, surface=Surface.HOME)
        found = await self._desk.home(origin.asker)
        if isinstance(found, Home):
            view = home_view.home(found, year=datetime.now(UTC).year)
        else:
            view = {"type": "home", "callback_id": "home", "blocks": messages(found)[0]["blocks"]}
        await self._client.views_publish(user_id=user, view=view)
