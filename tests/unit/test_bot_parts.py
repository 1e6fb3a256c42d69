"""Listeners under care, health, addresses, and what doctor asks of the people side."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web as aiohttp_web
from structlog.testing import capture_logs

from bot import app, checkup, web
from bot.ports import Route
from bot.wards import Ward
from paperlark import settings as settings_module
from paperlark.errors import ConfigError, StoreError
from paperlark.subscription import State, Subscription
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Desk

ROOT = Path(__file__).resolve().parents[2]
DESK: Any = None
SUB = Subscription(Target("slack", "C1"), "foundations")


class Scripted:
    """A listener that meets its fates one by one, then listens."""

    def __init__(self, *fates: Exception | None) -> None:
        self.fates = list(fates)
        self.listening = asyncio.Event()
        self.ended = False
        self.connected = True

    @property
    def routes(self) -> Sequence[Route]:
        return ()

    async def run(self, desk: Desk) -> None:
        del desk
        if self.fates:
            fate = self.fates.pop(0)
            if fate is not None:
                raise fate
            return
        self.listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


def test_a_listener_that_ends_is_started_again_and_logged():
    async def story() -> None:
        fates = (OSError("gone"), None, StoreError("The store is away."), ConfigError("Refused."))
        listener = Scripted(*fates)
        ward = Ward("slack", listener, shortest_s=0.0)
        tending = asyncio.create_task(ward.tend(DESK))
        await listener.listening.wait()
        assert (ward.up, ward.starts) == (True, 5)
        tending.cancel()
        await asyncio.wait({tending})
        assert (ward.up, listener.ended) == (False, True)

    with capture_logs() as logs:
        asyncio.run(story())
    told = [entry["event"] for entry in logs if entry["event"] != "listener starts again"]
    assert told == ["listener failed", "listener ended", "listener failed", "listener refused"]


def test_a_listener_that_is_refused_at_its_start_ends_the_bot():
    ward = Ward("slack", Scripted(ConfigError("Slack refuses the token.")))
    with pytest.raises(ConfigError, match="refuses the token"):
        asyncio.run(ward.tend(DESK))


def test_waits_double_up_to_a_minute(monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)

    async def story() -> None:
        listener = Scripted(*[OSError("gone")] * 9)
        tending = asyncio.create_task(Ward("x", listener).tend(DESK))
        await listener.listening.wait()
        tending.cancel()
        await asyncio.wait({tending})

    with capture_logs():
        asyncio.run(story())
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_readiness_is_the_store_and_every_listener():
    answers: list[Exception | None] = [None, StoreError("away"), None, None]

    def look() -> None:
        fate = answers.pop(0)
        if fate:
            raise fate

    async def story() -> list[tuple[int, str]]:
        listener = Scripted()
        ward = Ward("slack", listener, up=True)
        health = app.Health([ward], look)
        found = [await health._ready(), await health._ready()]
        ward.up = False
        found.append(await health._ready())
        ward.up, listener.connected = True, False
        return [*found, await health._ready()]

    found = asyncio.run(story())
    assert [status for status, _ in found] == [200, 503, 503, 503]
    assert [json.loads(said)["store"] for _, said in found] == ["ok", "no answer", "ok", "ok"]
    for _, said in found[2:]:
        assert json.loads(said)["listeners"] == {"slack": "down"}


def test_a_store_that_hangs_is_asked_once_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(app, "_ANSWER_S", 0.01)
    let_go, asked = threading.Event(), []

    def look() -> None:
        asked.append(1)
        let_go.wait(60)

    async def story() -> list[int]:
        health = app.Health([], look)
        found = [(await health._ready())[0] for _ in range(3)]
        let_go.set()
        return found

    assert asyncio.run(story()) == [503, 503, 503]
    assert asked == [1]


@pytest.mark.parametrize(
    ("listen", "found"),
    [("127.0.0.1:8080", ("127.0.0.1", 8080)), ("[::1]:0", ("::1", 0)), ("host:80 ", ("host", 80))],
)
def test_addresses_are_read(listen: str, found: tuple[str, int]):
    assert web.address(listen) == found


@pytest.mark.parametrize("listen", ["", "8080", ":8080", "host", "host:port", "h:99999", "h:1/x"])
def test_what_is_no_address_names_the_setting(listen: str):
    with pytest.raises(ConfigError, match=r"`web\.listen`.*write 127\.0\.0\.1:8080.*\(a\.toml"):
        web.address(listen, "a.toml, line 3")


def test_a_page_that_fails_says_no_more_than_a_name():
    async def broken(_request: aiohttp_web.Request) -> aiohttp_web.StreamResponse:
        raise ValueError("a secret")

    async def moved(_request: aiohttp_web.Request) -> aiohttp_web.StreamResponse:
        raise aiohttp_web.HTTPFound("/healthz")

    def get(where: str, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{where}{path}", timeout=60) as got:
                return got.status, got.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    async def story() -> list[tuple[int, str]]:
        routes = [Route("GET", "/broken", broken), Route("GET", "/moved", moved)]
        routes += app.Health([], lambda: None).routes
        async with web.serving("127.0.0.1:0", routes) as where:
            paths = ("/broken", "/moved", "/none")
            return [await asyncio.to_thread(get, where, path) for path in paths]

    with capture_logs() as logs:
        found = asyncio.run(story())
    assert [status for status, _ in found] == [500, 200, 404]
    assert found[0][1] == f"Something paperlark did not expect ({logs[0]['name']}).\n"
    assert "secret" not in found[0][1]


def settings(tmp_path: Path, text: str) -> settings_module.Settings:
    site = tmp_path / "site.toml"
    site.write_text(text, encoding="utf-8")
    return settings_module.load({}, site)


def test_doctor_is_told_what_is_not_set_up(tmp_path: Path):
    off = replace(SUB, profile="x", state=State.DISABLED, reason="the channel is gone")
    chosen = settings(tmp_path, '[web]\nlisten = "127.0.0.1:0"\n')
    found = {f.what: f for f in checkup.findings(chosen, [SUB])}
    assert (found["channels"].state, found["slack"].state) == ("warn", "fail")
    assert "paperlark subs list" in found["slack"].fix
    assert found["web"].state == "ok"
    (told,) = [f for f in checkup.findings(chosen, [off]) if f.what == "slack"]
    assert (told.state, told.said) == ("warn", f"{off.id} is off: the channel is gone")


def test_doctor_looks_at_enabled_channels_and_the_address(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        text = f'[web]\nlisten = "{listen}"\n[channels.console]\npath = "{tmp_path}/no/x"\n'
        found = {f.what: f for f in checkup.findings(settings(tmp_path, text), [])}
    assert (found["console"].state, found["web"].state) == ("fail", "fail")
    assert "in use by another program" in found["web"].said
    offline = checkup.findings(settings(tmp_path, text), [], offline=True)
    assert "console" not in {f.what for f in offline}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[channels.slack]\nbot_tokn = "x"\n', "Did you mean `channels.slack.bot_token`"),
        ("[channels.slak]\nx = 1\n", "Did you mean `channels.slack`"),
    ],
)
def test_a_slip_in_a_channel_that_is_off_is_named(tmp_path: Path, text: str, said: str):
    with pytest.raises(ConfigError, match=said):
        list(checkup.findings(settings(tmp_path, text), [], offline=True))


def test_a_channel_that_was_begun_is_said_to_be_off(tmp_path: Path):
    text = '[channels.mail]\nusername = "x"\n'
    found = checkup.findings(settings(tmp_path, text), [], offline=True)
    assert [f.state for f in found if f.what == "mail"] == ["warn"]


def test_doctor_knows_the_bot_that_listens_already(tmp_path: Path):
    async def story() -> str:
        async with web.serving("127.0.0.1:0", app.Health([], lambda: None).routes) as where:
            chosen = settings(tmp_path, f'[web]\nlisten = "{where}"\n')
            found = await checkup._listening(chosen, needed=True)
            return found.said.replace(where, "HERE")

    assert asyncio.run(story()) == "the bot listens on HERE"


HANGING = """
import time
from bot import app
app.PATIENCE_S = 0.05
with app._watchdog() as stopping:
    stopping.set()
    time.sleep(600)
"""


def test_a_stop_that_hangs_is_cut_short():
    done = subprocess.run([sys.executable, "-c", HANGING], cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 1


def test_a_stop_in_time_is_not():
    with app._watchdog() as stopping:
        assert not stopping.is_set()
    assert stopping.is_set()
