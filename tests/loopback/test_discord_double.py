"""The Discord double, driven by the real discord.py: what it takes, tells, refuses and breaks."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any

import discord
import httpx
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.doubles import journal
from bot.doubles.discord import DiscordDouble
from bot.doubles.discord.process import DiscordProcess
from bot.doubles.discord.world import ADA, CHANNEL, TOKEN, TOMAS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UP = {"type": 2, "style": 2, "label": "Up", "custom_id": "up"}
ROW = {"type": 1, "components": [UP]}
CARD = {"flags": 1 << 15, "components": [{"type": 10, "content": "A card"}, ROW]}


class Bot(discord.Client):
    """A bare bot: a command, a button, a form, and a note of every reaction."""

    def __init__(self) -> None:
        intents = discord.Intents(guilds=True, guild_reactions=True)
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.1)
        self.reactions: list[tuple[str, str, int]] = []
        self.pause_s = 0.0

    async def on_interaction(self, asked: discord.Interaction[Any]) -> None:
        await asyncio.sleep(self.pause_s)
        if asked.type is discord.InteractionType.modal_submit:
            await asked.response.send_message("Filled in.", ephemeral=True)
        elif asked.type is discord.InteractionType.autocomplete:
            await asked.response.autocomplete([discord.app_commands.Choice(name="A", value="a")])
        elif asked.type is discord.InteractionType.component:
            view = discord.ui.LayoutView()
            view.add_item(discord.ui.TextDisplay("Pressed."))
            await asked.response.edit_message(view=view)
        elif "'form'" in str(asked.data):
            form = discord.ui.Modal(title="A form", custom_id="form")
            field = discord.ui.TextInput[Any](custom_id="words")
            form.add_item(discord.ui.Label(text="Words", component=field))
            await asked.response.send_modal(form)
        else:
            await asked.response.defer(ephemeral=True)
            await asked.followup.send("Here.")

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("+", str(event.emoji), event.user_id))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.reactions.append(("-", str(event.emoji), event.user_id))


@pytest.fixture
def double() -> Iterator[DiscordDouble]:
    with DiscordDouble() as made:
        yield made


@contextmanager
def listening(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bot]:
    """A bare bot on a loop of its own, until the block ends."""
    monkeypatch.setattr(Route, "BASE", double.url.rstrip("/"))
    gateway = yarl.URL(double.settings["gateway_url"])
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> Bot:
        return Bot()

    bot = asyncio.run_coroutine_threadsafe(begin(), loop).result(60)
    running = asyncio.run_coroutine_threadsafe(bot.start(TOKEN), loop)
    try:
        double.wait_connected()
        yield bot
    finally:
        asyncio.run_coroutine_threadsafe(bot.close(), loop).result(60)
        running.exception(60)
        asyncio.run_coroutine_threadsafe(_rest(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _rest() -> None:
    """End what the library leaves behind."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def call(
    double: DiscordDouble, method: str, path: str, body: Any = None, **more: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bot {more.pop('token', TOKEN)}"}
    with httpx.Client(base_url=double.url, trust_env=False, headers=headers) as client:
        return client.request(method, path, json=body, **more)


def posted(double: DiscordDouble, channel: str = CHANNEL) -> dict[str, Any]:
    answer = call(double, "POST", f"channels/{channel}/messages", CARD)
    found: dict[str, Any] = answer.json()
    return found


def test_a_command_is_answered(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch):
    with listening(double, monkeypatch):
        did = double.command("/digest today", {"page": 2})
    assert (did.acked, did.kind, did.said) == (True, 5, "Here.")
    assert did.answers[0]["flags"] & 1 << 6
    assert [m["content"] for m in double.ephemerals()] == ["Here."]
    assert double.messages() == []


def test_a_press_changes_its_message(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch):
    shown = posted(double)
    with listening(double, monkeypatch):
        did = double.press(shown, "up", user=TOMAS)
    assert (did.acked, did.kind, did.said) == (True, 7, "Pressed.")
    assert double.messages()[0]["components"][0]["content"] == "Pressed."


def test_a_form_is_opened_and_filled_in(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch):
    with listening(double, monkeypatch):
        opened = double.command("/form")
        assert opened.modal is not None
        assert opened.modal["title"] == "A form"
        assert double.submit(opened, {"words": "x"}).said == "Filled in."


def test_suggestions(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch):
    with listening(double, monkeypatch):
        did = double.suggest("/digest day", "date", "2026")
    assert did.choices == [{"name": "A", "value": "a"}]


def test_reactions_come_and_go(double: DiscordDouble, monkeypatch: pytest.MonkeyPatch):
    shown = posted(double)
    with listening(double, monkeypatch) as bot:
        double.react(shown, "👍", ADA, times=2)
        double.react(shown, "👍", ADA, added=False)
        double.react({"id": "1", "channel_id": "2"}, "👎", ADA, burst=True)
        while len(bot.reactions) < 4:
            time.sleep(0.01)
        seen = list(bot.reactions)
    assert seen == [
        ("+", "👍", int(ADA)),
        ("+", "👍", int(ADA)),
        ("-", "👍", int(ADA)),
        ("+", "👎", int(ADA)),
    ]


@pytest.mark.parametrize("how", ["reconnect", "abort", "close", "resumable"])
def test_a_session_is_taken_up_again(
    double: DiscordDouble, monkeypatch: pytest.MonkeyPatch, how: str
):
    shown = posted(double)
    with listening(double, monkeypatch) as bot:
        opened = double.service.gateway.opened
        if how == "resumable":
            double.invalidate(resumable=True)
        else:
            getattr(double, how)()
        while double.service.gateway.resumed == 0:
            time.sleep(0.01)
        double.wait_connected()
        double.react(shown, "👍", ADA)
        while not bot.reactions:
            time.sleep(0.01)
    assert double.service.gateway.opened == opened + 1
    assert double.service.gateway.identified == 1


def test_what_was_told_meanwhile_is_told_again(
    double: DiscordDouble, monkeypatch: pytest.MonkeyPatch
):
    shown = posted(double)
    with listening(double, monkeypatch) as bot:
        double.abort()
        double.react(shown, "👎", TOMAS)
        while not bot.reactions:
            time.sleep(0.01)
    assert double.service.gateway.resumed == 1


def test_an_interaction_ends_after_three_seconds(double: DiscordDouble):
    exchange = double.world.begin("/digest", ADA, CHANNEL)
    path = f"interactions/{exchange.id}/{exchange.token}/callback"
    double.forward(3.5)
    answer = call(double, "POST", path, {"type": 5})
    assert (answer.status_code, answer.json()["code"]) == (404, 10062)
    assert not exchange.acked


def test_an_interaction_is_acknowledged_once(double: DiscordDouble):
    exchange = double.world.begin("/digest", ADA, CHANNEL)
    path = f"interactions/{exchange.id}/{exchange.token}/callback"
    assert call(double, "POST", path, {"type": 5}).status_code == 204
    again = call(double, "POST", path, {"type": 5})
    assert (again.status_code, again.json()["code"]) == (400, 40060)
    double.forward(901)
    late = call(double, "POST", f"webhooks/1/{exchange.token}", {"content": "x"})
    assert (late.status_code, late.json()["code"]) == (401, 50027)


def test_an_answer_with_a_file(double: DiscordDouble):
    exchange = double.world.begin("/digest export", ADA, CHANNEL)
    told = {"type": 4, "data": {"content": "A file", "flags": 64}}
    answer = httpx.post(
        f"{double.url}interactions/{exchange.id}/{exchange.token}/callback?with_response=true",
        files={"payload_json": (None, json.dumps(told)), "files[0]": ("a.bib", b"@misc{}")},
        trust_env=False,
    )
    assert answer.json()["resource"]["message"]["attachments"][0]["filename"] == "a.bib"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "channels/9", None, 404, 10003),
        ("POST", "channels/9/messages", {"content": "x"}, 404, 10003),
        ("POST", f"channels/{CHANNEL}/messages", {"content": "x" * 2001}, 400, 50035),
        ("POST", f"channels/{CHANNEL}/messages", {}, 400, 50006),
        ("POST", f"channels/{CHANNEL}/messages/9/threads", {"name": "x"}, 404, 10008),
        ("GET", "guilds/9/roles", None, 404, 10004),
        ("POST", "webhooks/1/none", {"content": "x"}, 404, 10015),
        ("GET", "nowhere", None, 404, 0),
    ],
)
def test_what_is_wrong_has_discords_own_code(  # noqa: PLR0917  (a row of the table each)
    double: DiscordDouble, method: str, path: str, body: Any, status: int, code: int
):
    answer = call(double, method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/json"


def test_a_token_that_is_wrong_or_taken_back(double: DiscordDouble):
    assert call(double, "GET", "users/@me", token="x").status_code == 401  # noqa: S106  (made up)
    double.world.revoked = True
    assert call(double, "GET", "users/@me").status_code == 401


def test_the_journal_outlives_the_process(tmp_path: Path):
    path = tmp_path / "discord.jsonl"
    with DiscordDouble(state=path) as first:
        shown = posted(first)
        call(first, "POST", f"channels/{CHANNEL}/messages/{shown['id']}/threads", {"name": "t"})
        posted(first, shown["id"])
    assert [m["channel_id"] for m in journal.messages(path)] == [CHANNEL, shown["id"]]
    with DiscordDouble(state=path) as second:
        assert len(second.replies(shown["id"])) == 1
        assert int(posted(second, shown["id"])["id"]) > int(shown["id"])


def test_the_double_as_a_process(tmp_path: Path):
    with DiscordProcess(tmp_path / "d.jsonl") as double:
        double.set("place", identifier="300000000000000009", name="more")
        double.set("fail", method="create_message", names=["503-html"])
        headers = {"Authorization": f"Bot {TOKEN}"}
        for status in (503, 200):
            answer = httpx.post(
                f"{double.url}channels/300000000000000009/messages",
                json=CARD,
                headers=headers,
                trust_env=False,
            )
            assert answer.status_code == status
        told = double.get()
        view = httpx.get(f"{double.base}/_double/view", trust_env=False)
    assert len(told["messages"]) == len(double.messages()) == 1
    assert told["calls"][0]["fault"] == "503-html"
    assert "A card" in view.text
