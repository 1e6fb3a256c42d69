"""``/digest subscribe ADDRESS`` in a chat, and ``paperlark subs add mail:ADDRESS``."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.desk import FrontDesk
from bot.desk.house import House
from bot.doubles.smtp.double import SmtpDouble
from bot.ports import Asker
from bot.readers.limits import TooMany
from bot.replies import Said
from paperlark import profile as profiles
from paperlark.cli import subs
from paperlark.store import RedisStore
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from tests import builders
from tests.fakes import MemoryStore

if TYPE_CHECKING:
    import redis

HERE = Target("slack", "C1")
SUB = Subscription(HERE, "foundations", time(9, 15), "Europe/Berlin", days=(0, 3))
NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


class Counter:
    """A desk whose requests are written down."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        self.store.subscriptions.save_subscription(SUB)
        self.asked: list[tuple[Subscription, str]] = []
        self.failing: Exception | None = None
        self.house = House(
            self.store,  # type: ignore[arg-type]  # no question here needs a ledger
            lambda: NOON,
            lambda *_: "",
            mail=True,
            invite=self._invite,
        )

    def _invite(self, wanted: Subscription, source: str) -> str:
        if self.failing:
            raise self.failing
        self.asked.append((wanted, source))
        return "A mail asks."

    def said(self, text: str) -> str:
        desk = FrontDesk(self.house)
        reply = asyncio.run(desk.command(Asker("slack:U1", HERE, manager=False), text))
        assert isinstance(reply, Said)
        return reply.text


@pytest.mark.parametrize(
    "address", ["ada@Example.org", "<mailto:ada@example.org|ada@example.org>", " ada@example.org "]
)
def test_an_address_is_asked_for_the_places_digest_at_its_hour(address: str):
    counter = Counter()
    assert counter.said(f"subscribe {address}") == "A mail asks."
    ((wanted, source),) = counter.asked
    assert source == "slack:U1"
    assert (wanted.target, wanted.profile) == (Target("mail", "ada@example.org"), "foundations")
    assert (wanted.at, wanted.zone, wanted.days) == (SUB.at, SUB.zone, SUB.days)
    assert counter.store.subscriptions.subscriptions() == (SUB,)


def test_slips_and_limits_are_said():
    counter = Counter()
    assert "no mail address" in counter.said("subscribe ada@ex ample.org, bob@example.org")
    counter.failing = TooMany("Too many digests were asked for from here: try again in an hour.")
    assert "try again in an hour" in counter.said("subscribe ada@example.org")
    assert counter.asked == []
    counter.house = replace(counter.house, mail=False)
    assert counter.said("subscribe ada@example.org").startswith("Mail is not set up here.")


class Terminal:
    """The program over the test's store, with or without a mail server."""

    def __init__(self, url: str, client: redis.Redis, double: SmtpDouble | None) -> None:
        self.store = RedisStore(client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        self.environ: dict[str, str | None] = {
            "REDIS_URL": url,
            "PAPERLARK_CLOCK__PRETEND": "2026-11-19T12:00:00+00:00",
            "PAPERLARK_WEB__PUBLIC_URL": "https://digest.example.org",
        }
        for key, value in (double.settings if double else {}).items():
            if key != "link_secret":
                self.environ[f"PAPERLARK_CHANNELS__MAIL__{key.upper()}"] = str(value)

    def add(self, *more: str) -> str:
        args = ["add", "mail:ada@example.org", "--tz", "Europe/Berlin", *more]
        return self.run(*args)

    def run(self, *args: str) -> str:
        ran = CliRunner().invoke(subs.command, list(args), env=self.environ)
        return " ".join(f"{ran.output} {ran.exception or ''}".split())


def test_an_operator_asks_first(store: redis.Redis, store_url: str):
    with SmtpDouble() as double:
        terminal = Terminal(store_url, store, double)
        said = terminal.add()
        assert "✓ Asked mail:ada@example.org to confirm foundations within 48 hours." in said
        assert double.recipients() == ["ada@example.org"]
        assert terminal.store.subscriptions.subscriptions() == ()
        assert "pending" in terminal.run("list")
        terminal.add()
        assert "was asked twice within a day" in terminal.add()
        assert len(double.world.taken) == 2


def test_an_operator_who_has_consent_asks_nobody(store: redis.Redis, store_url: str):
    with SmtpDouble() as double:
        terminal = Terminal(store_url, store, double)
        assert "✓ Added mail:ada@example.org/foundations." in terminal.add("--confirmed")
        assert double.recipients() == []
        (made,) = terminal.store.subscriptions.subscriptions()
        assert made.state is State.ACTIVE


def test_an_operator_without_a_server_is_told(store: redis.Redis, store_url: str):
    terminal = Terminal(store_url, store, None)
    assert "Mail is not set up" in terminal.add()
    assert terminal.store.subscriptions.subscriptions() == ()
    assert terminal.store.readers.waiting() == ()
