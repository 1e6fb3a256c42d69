"""The bot process as people run it: it starts, answers, says what is wrong, and stops."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.doubles.slack import SlackDouble
from paperlark import profile as profiles
from paperlark.store import RedisStore
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.vote import Thumb
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
BEST = "2611.90412"


class Bot:
    """One bot process, and every line it logged."""

    def __init__(self, environ: Mapping[str, str], folder: str, *args: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *(args or ("paperlark", "bot"))],
            env=environ,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self._fresh: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line)
            self._fresh.put(line)

    def until(self, event: str) -> dict[str, Any]:
        """The next log line of that event."""
        while True:
            try:
                line = self._fresh.get(timeout=PATIENCE_S)
            except queue.Empty:
                pytest.fail(f"no “{event}” in: {self.log}")
            if line.startswith("{") and json.loads(line)["event"] == event:
                return dict(json.loads(line))

    def get(self, started: Mapping[str, Any], path: str) -> tuple[int, str, Mapping[str, str]]:
        try:
            with urllib.request.urlopen(
                f"http://{started['web']}{path}", timeout=PATIENCE_S
            ) as got:
                return got.status, got.read().decode(), dict(got.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), dict(error.headers)

    def ready(self, started: Mapping[str, Any]) -> tuple[int, str, Mapping[str, str]]:
        """What it says once it is ready: on a busy machine the store may be slow to answer."""
        end = time.monotonic() + PATIENCE_S
        while True:
            found = self.get(started, "/readyz")
            if found[0] == HTTPStatus.OK or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.end()

    def end(self) -> int:
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    @property
    def log(self) -> str:
        return "".join(self.lines)


@pytest.fixture
def folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as made:
        yield made


@pytest.fixture
def environ(store: redis.Redis, store_url: str, folder: str) -> dict[str, str]:
    del store  # emptied
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
    return clean | {
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": store_url,
        "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
        "PAPERLARK_WEB__LISTEN": "127.0.0.1:0",
        "PAPERLARK_CHANNELS__CONSOLE__PATH": f"{folder}/console.txt",
    }


@contextmanager
def bot(environ: Mapping[str, str], folder: str, *args: str) -> Iterator[Bot]:
    made = Bot(environ, folder, *args)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.end()
        if made.process.stderr:
            made.process.stderr.close()


@pytest.mark.parametrize(("number", "args"), [(signal.SIGTERM, ()), (signal.SIGINT, ("bot",))])
def test_it_starts_tells_how_it_is_and_stops(
    environ: dict[str, str], folder: str, number: int, args: tuple[str, ...]
):
    with bot(environ, folder, *args) as process:
        started = process.until("bot started")
        assert process.get(started, "/healthz")[:2] == (200, "ok\n")
        status, said, headers = process.ready(started)
        assert (status, json.loads(said)) == (200, {"store": "ok", "listeners": {}})
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Server" not in headers
        status, said, headers = process.get(started, "/x")
        assert (status, "There is no page at this address." in said) == (404, True)
        assert "'unsafe" not in headers["Content-Security-Policy"]
        assert process.stop(number) == 0
    assert process.until("bot stopped")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PAPERLARK_CHANNELS__SLAK__BOT_TOKEN", "x", "Unknown key `channels.slak`. Did you mean"),
        ("PAPERLARK_CHANNELS__SLACK__BOT_TOKEN", "xapp-1", "swap the two"),
    ],
)
def test_wrong_settings_are_one_sentence_and_exit_2(
    environ: dict[str, str], folder: str, name: str, value: str, said: str
):
    with bot(environ | {name: value}, folder) as process:
        assert process.end() == 2
    assert said in process.log
    assert "Traceback" not in process.log


def test_a_busy_port_names_the_setting(environ: dict[str, str], folder: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with bot(environ | {"PAPERLARK_WEB__LISTEN": listen}, folder) as process:
            assert process.end() == 2
    assert f"`web.listen`: {listen} is in use by another program" in process.log


def test_a_store_that_is_away_is_one_sentence_and_exit_1(environ: dict[str, str], folder: str):
    with bot(environ | {"REDIS_URL": f"unix://{folder}/none"}, folder) as process:
        assert process.end() == 1
    assert process.log.count("\n") == 1


def test_it_answers_in_slack_and_keeps_its_tokens_to_itself(
    environ: dict[str, str], folder: str, store: redis.Redis
):
    kept = RedisStore(store)
    kept.save_profile(profiles.parse("foundations", builders.PROFILE))
    kept.save_digest(builders.example())
    own = Subscription(Target("slack", "C1"), "foundations")
    kept.subscriptions.save_subscription(own)
    with SlackDouble() as slack:
        more = slack.environ() | {"PAPERLARK_LOG__LEVEL": "debug"}
        with bot(environ | more, folder) as process:
            started = process.until("bot started")
            slack.wait_connected()
            shown = slack.command("/digest", "today")
            assert shown.acked
            assert "Oscillation" in json.dumps(shown.posts or shown.ephemerals, ensure_ascii=False)
            voted = slack.command("/digest", f"vote up {BEST}")
            assert "Noted" in json.dumps(voted.posts or voted.ephemerals)
            assert json.loads(process.get(started, "/readyz")[1])["listeners"] == {"slack": "up"}
            assert process.stop() == 0
        assert not slack.refused
        secrets = [value for name, value in more.items() if name.endswith(("TOKEN", "SECRET"))]
    (vote,) = kept.votes.votes(own.id)
    assert (vote.paper, vote.verdict, vote.voter) == (BEST, Thumb.UP, "slack:U1")
    assert secrets
    assert not [line for line in process.lines for secret in secrets if secret in line]


def test_a_service_that_is_away_is_tried_again(environ: dict[str, str], folder: str):
    away = {
        "PAPERLARK_CHANNELS__SLACK__BOT_TOKEN": "xoxb-bot-secret",
        "PAPERLARK_CHANNELS__SLACK__APP_TOKEN": "xapp-app-secret",
        "PAPERLARK_CHANNELS__SLACK__API_URL": "http://127.0.0.1:1/",
    }
    with bot(environ | away, folder) as process:
        started = process.until("bot started")
        for _ in range(2):
            process.until("slack cannot be reached")
        assert process.get(started, "/healthz")[0] == 200
        assert process.stop() == 0
    assert "secret" not in process.log


def test_a_token_that_is_refused_is_one_sentence_and_exit_2(environ: dict[str, str], folder: str):
    with SlackDouble() as slack:
        wrong = {"PAPERLARK_CHANNELS__SLACK__BOT_TOKEN": "xoxb-wrong-secret"}
        with bot(environ | slack.environ() | wrong, folder) as process:
            assert process.end() == 2
    assert "secret" not in process.log
    assert "Traceback" not in process.log
    assert [line for line in process.lines if line.startswith("paperlark: ")]
