"""The least a Slack app can be: acknowledge, then answer with a fixed text. For comparison only.

Usage: ``python -m benchmarks.slack_bare API_URL ANSWER_FILE [PORT]``, without a port by Socket
Mode. The tokens are those of the double, which are no secrets.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.doubles.slack.world import Keys

PATH = "/slack/events"


def app(api_url: str, answer: dict[str, Any]) -> AsyncApp:
    client = AsyncWebClient(Keys().bot, base_url=api_url)
    bare = AsyncApp(client=client, signing_secret=Keys().signing)

    @bare.command("/digest")
    async def digest(ack: Any, respond: Any) -> None:
        await ack()
        await respond(**answer)

    return bare


async def main(api_url: str, answer: str, port: str = "") -> None:
    text = await asyncio.to_thread(Path(answer).read_text, encoding="utf-8")
    bare = app(api_url, json.loads(text))
    if port:
        runner = web.AppRunner(bare.web_app(PATH), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(port)).start()
        await asyncio.Event().wait()
    else:
        await AsyncSocketModeHandler(bare, Keys().app).start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
