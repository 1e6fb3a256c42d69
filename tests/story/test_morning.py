"""The morning as it runs: real processes, a real Valkey, a loopback arXiv, a file for a channel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paperlark import chosen, cli, queues
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from paperlark.owed import POSTED
from paperlark.store import RedisStore, keys
from paperlark.subscription import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import redis

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
EARLY, NOON = "2026-11-18T22:00:00+00:00", "2026-11-19T12:00:00+00:00"
THURSDAY = date(2026, 11, 19)
SUB = "console:/foundations"


class House:
    """A folder, a store, and paperlark's processes in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERLARK_", "REDIS_"))}
        self.environ = clean | {
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": url,
            "PAPERLARK_DATA_DIR": str(folder / "d"),
            "PAPERLARK_CLOCK__PRETEND": NOON,
            "PAPERLARK_CLOCK__TICK_S": "0.2",
            "PAPERLARK_CHANNELS__CONSOLE__PATH": str(folder / "posts"),
            "PAPERLARK_LOG__FORMAT": "json",
            "HOUSE_OF_A_TEST": str(folder),
            "TZ": "UTC",
        }

    def run(self, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperlark", *args],
            env=self.environ | more,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            stdin=subprocess.DEVNULL,
        )

    def say(self, *args: str, **more: str) -> str:
        done = self.run(*args, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def started(self, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "paperlark", *args],
                env=self.environ,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)

    @property
    def log(self) -> list[dict[str, object]]:
        lines = (self.folder / "log").read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, *names: str) -> list[object]:
        return [line["event"] for line in self.log if line["event"] in names]

    @property
    def posts(self) -> str:
        path = self.folder / "posts"
        return path.read_text() if path.exists() else ""


@pytest.fixture
def house(store_url: str, store: redis.Redis) -> Iterator[House]:
    assert store.dbsize() == 0
    with tempfile.TemporaryDirectory(prefix="pl-", dir="/tmp") as folder:
        yield House(Path(folder), store_url)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def left(house: House) -> list[int]:
    """Processes of the house that still run."""
    mark, found = f"HOUSE_OF_A_TEST={house.folder}".encode(), []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def test_a_clock_puts_on_its_way_what_is_due_and_ends_at_once(house: House, store: redis.Redis):
    house.say("subs", "add", "console:", "--profile", "foundations", PAPERLARK_CLOCK__PRETEND=EARLY)
    with house.started("clock") as clock:
        until(lambda: house.events("fetch"))
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(PATIENCE_S) == 0
    assert house.events("fetch", "deliver", "the clock stops") == ["fetch", "the clock stops"]
    assert store.get(keys.TICK_LOCK) is None
    assert house.say("clock", "--once") == "Nothing is due.\n"


def test_two_clocks_put_one_job_on_its_way(house: House, store: redis.Redis):
    house.say("subs", "add", "console:", "--profile", "foundations", PAPERLARK_CLOCK__PRETEND=EARLY)
    with house.started("clock"), house.started("clock"):
        until(lambda: queues.open_queue(store, "fetch").get_job_ids())
    assert house.events("fetch") == ["fetch"]


def test_everything_in_one_go_posts_the_morning_once(house: House, store: redis.Redis):
    """`paperlark up`: from the announcement to the post, then a clean end of every process."""
    kept = RedisStore(store).subscriptions
    house.say("subs", "add", "console:", "--profile", "foundations", PAPERLARK_CLOCK__PRETEND=EARLY)
    with ArxivDouble(days()) as double:
        house.environ |= {
            "PAPERLARK_SOURCES__ARXIV__RSS_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__SITE_URL": double.url,
            "PAPERLARK_SOURCES__ARXIV__API_URL": f"{double.url}/api/query",
            "PAPERLARK_SOURCES__ARXIV__INTERVAL_S": "0",
        }
        with house.started("up") as up:
            until(lambda: kept.settled(SUB).get(THURSDAY) == POSTED)
            up.send_signal(signal.SIGTERM)
            assert up.wait(PATIENCE_S) in {0, 143}
    assert house.posts.count("\x1e") == 1
    assert "Thursday 19 November 2026" in house.posts
    assert kept.settled(SUB) == {THURSDAY: POSTED}
    started = [line.get("role") for line in house.log if line["event"] == "started"]
    assert started == ["clock", "worker fetch", "worker score", "worker deliver"]
    assert any(str(line["event"]).startswith("no bot: no channel") for line in house.log)
    if sys.platform == "linux":
        until(lambda: not left(house))


def test_a_process_that_dies_is_started_again(house: House):
    if sys.platform != "linux":
        pytest.skip("finds its children in /proc")
    with house.started("up") as up:
        until(lambda: len(house.events("started")) == 4)
        children = [line["pid"] for line in house.log if line["event"] == "started"]
        os.kill(int(str(children[0])), signal.SIGKILL)
        until(lambda: house.events("started again"))
        up.terminate()
        assert up.wait(PATIENCE_S) in {0, 143}
    again = next(line for line in house.log if line["event"] == "started again")
    assert again["role"] == "clock"
    until(lambda: not left(house))


def words(*args: str) -> Sequence[str]:
    return args


class Here:
    """paperlark in this process: quick, for what starts nothing."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *args: str) -> tuple[int, str, str]:
        code = cli._run(list(args))
        return (code, *self.capture.readouterr())

    def say(self, *args: str) -> str:
        code, out, error = self(*args)
        assert code == 0, error
        return out


@pytest.fixture
def here(house: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Here:
    for name in [name for name in os.environ if name.startswith(("PAPERLARK_", "REDIS_"))]:
        monkeypatch.delenv(name)
    for name, value in house.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(house.folder)
    return Here(capfd)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (words("add", "foo"), 2, "“foo” is no target. Write slack:CHANNEL_ID"),
        (words("add", "fax:1"), 2, "There is no channel `fax`: use console,"),
        (words("add", "console:", "--profile", "nobody"), 1, "There is no profile “nobody”."),
        (words("add", "console:", "--at", "25:00"), 2, "The time “25:00” does not exist."),
        (words("add", "console:", "--tz", "Europe/Berln"), 2, "Did you mean Europe/Berlin?"),
        (words("add", "console:", "--days", "funday"), 2, "names no weekdays. Write mon-fri"),
        (words("add", "console:", "--owner", "me"), 2, "“me” is no target."),
        (words("add", "console:", "--owner", "fax:1"), 2, "There is no channel `fax`: use"),
        (words("add", "slack:#general"), 2, "“slack:#general” is no slack target. Write one as"),
        (words("add", "slack:X1"), 2, "“slack:X1” is no slack target."),
        (words("add", "discord:general"), 2, "“discord:general” is no discord target."),
        (words("add", "mail:a@b@c"), 2, "“mail:a@b@c” is no mail target. Write one as mail:ada@"),
        (words("add", "mail:ada"), 2, "“mail:ada” is no mail target."),
        (words("add", "console:", "--days", "frimon"), 2, "names no weekdays. Write mon-fri"),
        (words("add", "console:", "--tz", "localtime"), 2, "There is no time zone “localtime”."),
        (words("add", "console:", "--tz", "Factory"), 2, "There is no time zone “Factory”."),
        (words("add", "console:", "--tz", "posixrules"), 2, "There is no time zone “posixrules”."),
        (words("edit", "slack:C1", "--at", "09:00"), 1, "no subscription “slack:C1”: see"),
        (words("edit", "slack:C1"), 2, "Nothing to change"),
        (words("pause", "slack:C1", "--until", "soon"), 1, "no subscription"),
    ],
)
def test_a_slip_is_one_sentence(here: Here, args: Sequence[str], code: int, said: str):
    if args[0] == "add" and "--profile" not in args:
        args = [*args, "--profile", "foundations"]
    ended, out, error = here("subs", *args)
    assert (ended, out) == (code, "")
    assert said in error
    assert error.startswith("paperlark: ")
    assert error.count("\n") == 1


def test_the_life_of_a_subscription(here: Here, store: redis.Redis):
    kept = RedisStore(store).subscriptions
    added = here.say("subs", "add", "slack:C1", "--profile", "foundations", "--tz", "Asia/Tokyo")
    assert "First digest: Fri 20 Nov, 08:00 (Asia/Tokyo)." in added
    assert "All year they are out by 14:30: --at 14:30" in added
    again = here("subs", "add", "slack:C1", "--profile", "foundations")
    assert "`paperlark subs edit slack:C1/foundations …`" in again[2]
    edited = here.say("subs", "edit", "slack:C1", "--at", "15:00", "--days", "tue,fri")
    assert "Next digest: Fri 20 Nov, 15:00 (Asia/Tokyo)." in edited
    paused = here.say("subs", "pause", "slack:C1", "--until", "2026-11-30")
    assert "paused until Mon 30 Nov." in paused
    week = here("subs", "pause", "slack:C1", "--until", "2026-W49-1")
    assert "“2026-W49-1” is no date." in week[2]
    here.say("subs", "edit", "slack:C1", "--owner", "slack:U1")
    assert [each.owner for each in kept.subscriptions()] == ["slack:U1"]
    here.say("subs", "edit", "slack:C1", "--owner", "")
    over = here("subs", "pause", "slack:C1", "--until", "2026-11-01")
    assert "2026-11-01 is over." in over[2]
    here.say("subs", "add", "slack:C1", "--profile", "language", "--quiet", "silent")
    which = here("subs", "remove", "slack:C1", "--yes")
    assert "Which one? slack:C1 has slack:C1/foundations, slack:C1/language." in which[2]
    assert "paused until Mon 30 Nov" in here.say("subs", "list")
    here.say("subs", "resume", "slack:C1/foundations")
    here.say("subs", "remove", "slack:C1/language", "--yes")
    (row,) = json.loads(here.say("subs", "list", "--format", "json"))
    assert row == {
        "id": "slack:C1/foundations",
        "target": "slack:C1",
        "profile": "foundations",
        "at": "15:00",
        "tz": "Asia/Tokyo",
        "days": ["tue", "fri"],
        "wait": "complete",
        "quiet": "notice",
        "form": "thread",
        "since": "2026-11-19",
        "state": "active",
        "until": None,
        "reason": "",
        "owner": "",
        "next": "2026-11-20T15:00:00+09:00",
    }
    (subscription,) = kept.subscriptions()
    assert subscription.state is State.ACTIVE


def test_a_damaged_subscription_is_named_and_can_be_forgotten(here: Here, store: redis.Redis):
    here.say("subs", "add", "console:", "--profile", "foundations")
    store.hset(keys.SUBSCRIPTIONS, "slack:C1/foundations", b"{")
    remedy = "forget it with `paperlark subs remove 'slack:C1/foundations'`"
    code, listed, warned = here("subs", "list")
    assert (code, "console:/foundations" in listed) == (0, True)
    assert remedy in warned
    assert len(json.loads(here("subs", "list", "--format", "json")[1])) == 1
    code, said, _ = here("doctor", "--offline")
    assert (code, remedy in said) == (1, True)
    here.say("subs", "remove", "slack:C1/foundations", "--yes")
    assert here("subs", "list")[2] == ""


def test_a_profile_that_is_delivered_is_not_forgotten_by_a_slip(here: Here, store: redis.Redis):
    kept = RedisStore(store)
    source = chosen.built_in("foundations")
    kept.save_profile(replace(source, name="ours"))
    here.say("subs", "add", "slack:C1", "--profile", "ours", "--tz", "UTC")
    code, _, error = here("profiles", "remove", "ours", "--yes")
    assert (code, kept.profile("ours") is not None) == (2, True)
    assert "“ours” still goes to slack:C1/ours: `paperlark subs remove`" in error
    assert "--with-subscriptions" in error
    kept.remove_profile("ours")
    code, listed, warned = here("subs", "list")
    assert (code, "no such profile" in listed) == (0, True)
    assert "slack:C1/ours has no profile “ours” any more" in warned
    code, said, _ = here("doctor", "--offline")
    assert (code, "has no profile “ours” any more" in said) == (1, True)
    kept.save_profile(replace(source, name="ours"))
    gone = here.say("profiles", "remove", "ours", "--with-subscriptions", "--yes")
    assert gone == "✓ Forgotten: slack:C1/ours.\n✓ Forgotten: “ours”.\n"
    assert kept.subscriptions.subscriptions() == ()
