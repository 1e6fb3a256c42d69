"""Discord's way in as a process part: let in or not, cut off and back, and what its logs hold."""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.discord import admission
from bot.channels.discord.gateway import Gateway
from bot.channels.discord.settings import read
from bot.doubles.discord import faults, limits
from bot.doubles.discord.double import DiscordDouble
from bot.doubles.discord.world import CHANNEL, GUILD, TOKEN, TOMAS
from paperlark.errors import ConfigError
from paperlark.vote import Thumb
from tests.discord_bench import Bench, bench, listener, until
from tests.slack import NotedDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = {"token": "MTAw.other.of-discord"}
CARD = {"id": "700000000000000001", "channel_id": CHANNEL}


@pytest.fixture
def double() -> Iterator[DiscordDouble]:
    with DiscordDouble() as made:
        yield made


@pytest.fixture
def discord() -> Iterator[Bench]:
    with bench() as made:
        yield made


def start(double: DiscordDouble, **more: str) -> None:
    """Run the listener, which must end by itself."""
    asyncio.run(listener(double, **more).run(NotedDesk()))


def test_it_is_connected_while_a_session_stands(double: DiscordDouble):
    async def story() -> tuple[bool, bool]:
        made = listener(double)
        before = made.connected
        running = asyncio.create_task(made.run(NotedDesk()))
        await asyncio.to_thread(until, lambda: made.connected)
        running.cancel()
        await asyncio.wait({running})
        return before, made.connected

    assert asyncio.run(story()) == (False, False)


class TestAdmission:
    def test_a_refused_token_is_one_sentence(self, double: DiscordDouble) -> None:
        with pytest.raises(ConfigError, match=r"`channels\.discord\.token`: copy it again") as got:
            start(double, **OTHER)
        assert "other" not in str(got.value)

    @pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
    def test_a_closing_for_good_is_one_sentence(self, double: DiscordDouble, code: int) -> None:
        async def run() -> None:
            running = asyncio.create_task(listener(double).run(NotedDesk()))
            await asyncio.to_thread(double.wait_connected)
            await asyncio.to_thread(double.close, code)
            await running

        with pytest.raises(ConfigError) as got:
            asyncio.run(run())
        assert str(got.value).endswith((".", "applications."))

    def test_commands_that_are_refused_say_where_to_look(self, double: DiscordDouble) -> None:
        double.fail("put_commands", faults.refused(50001))
        with pytest.raises(ConfigError, match="application_id"):
            start(double)

    def test_discord_out_of_reach_is_waited_for(self, double: DiscordDouble) -> None:
        names = ("503-html", "429-bare", "200-html", "truncated", "reset-before")
        double.fail("get_me", *(faults.named(name) for name in names))
        double.fail("get_commands", faults.named("503-html"))

        async def admitted() -> int:
            client = Gateway(read(double.settings, lambda _path: ""))
            async with client:
                await admission.admit(client, TOKEN, [0.0])
                return client.application_id or 0

        assert asyncio.run(admitted()) == int(double.settings["application_id"])

    def test_commands_are_told_once(self, double: DiscordDouble) -> None:
        for _ in range(2):
            with Bench(double, NotedDesk()).running():
                until(lambda: double.world.synced >= 1)
        assert double.world.synced == 1

    def test_commands_that_somebody_changed_are_told_again(self, double: DiscordDouble) -> None:
        with Bench(double, NotedDesk()).running():
            until(lambda: double.world.synced == 1)
        double.world.commands.popitem()
        with Bench(double, NotedDesk()).running():
            until(lambda: double.world.synced == 2)

    def test_a_server_of_its_own_is_told_alone(self, double: DiscordDouble) -> None:
        for guild, synced in ((GUILD, 1), (GUILD, 1), ("", 2)):
            with Bench(double, NotedDesk(), guild=guild).running():
                assert double.world.synced == synced
        told = [each for each in double.world.commands.values() if "guild_id" in each]
        assert [(each["name"], each["guild_id"]) for each in told] == [
            ("digest", GUILD),
            ("abstract", GUILD),
        ]
        assert not any("contexts" in each or "integration_types" in each for each in told)
        others = [each for each in double.world.commands.values() if "guild_id" not in each]
        assert [(each["integration_types"], each["contexts"]) for each in others] == [
            ([0, 1], [0, 1, 2])
        ] * 2

    def test_a_server_that_it_is_not_in_is_one_sentence(self, double: DiscordDouble) -> None:
        with pytest.raises(ConfigError, match=r"not in the server 4.*`channels\.discord\.guild`"):
            start(double, guild="400000000000000000")


class TestConnection:
    def back(self, discord: Bench) -> None:
        """Connected anew, and answering."""
        discord.double.wait_connected()
        assert discord.double.command("/digest help").acked

    def test_it_connects_anew_when_asked_to(self, discord: Bench) -> None:
        opened = discord.double.service.gateway.opened
        discord.double.reconnect()
        until(lambda: discord.double.service.gateway.opened > opened)
        self.back(discord)
        assert discord.double.service.gateway.resumed

    def test_it_outlives_a_broken_connection(self, discord: Bench) -> None:
        discord.double.abort()
        self.back(discord)
        assert discord.double.service.gateway.resumed == 1

    @pytest.mark.parametrize("code", [1000, 1001, 4000, 4007, 4009])
    def test_it_outlives_being_closed(self, discord: Bench, code: int) -> None:
        discord.double.close(code)
        self.back(discord)

    @pytest.mark.parametrize("resumable", [True, False])
    def test_it_outlives_the_end_of_its_session(self, discord: Bench, *, resumable: bool) -> None:
        opened = discord.double.service.gateway.opened
        discord.double.invalidate(resumable=resumable)
        until(lambda: discord.double.service.gateway.opened > opened)
        self.back(discord)
        assert discord.double.service.gateway.identified == (1 if resumable else 2)

    def test_it_notices_a_connection_that_is_dead(self, discord: Bench) -> None:
        opened = discord.double.service.gateway.opened
        discord.double.deafen()
        until(lambda: discord.double.service.gateway.opened > opened)
        discord.double.deafen(deaf=False)
        self.back(discord)

    def test_an_event_that_makes_no_sense_is_outlived(self, discord: Bench) -> None:
        discord.double.event("INTERACTION_CREATE", {"type": 2})
        discord.double.event("MESSAGE_REACTION_ADD", {"emoji": None})
        self.back(discord)

    def test_what_happens_meanwhile_is_not_lost(self, discord: Bench) -> None:
        discord.double.abort()
        discord.double.react(CARD, "👍", TOMAS)
        until(lambda: discord.desk.calls("vote"))
        self.back(discord)
        [vote] = discord.desk.calls("vote")
        assert vote["thumb"] is Thumb.UP


def test_what_is_under_way_at_the_end_comes_to_its_end(double: DiscordDouble) -> None:
    desk = NotedDesk()
    made = Bench(double, desk)
    with made.running():
        slow = desk.slow["command"] = asyncio.Event()
        did = double.command("/digest today", expect=0)
        made.loop.call_soon_threadsafe(made.loop.call_later, 0.1, slow.set)
    assert did.effects


def test_buttons_from_before_a_restart_count(double: DiscordDouble) -> None:
    with Bench(double, NotedDesk()).running():
        shown = double.command("/digest today").answers[0]
    double.wait_connected(0)
    desk = NotedDesk()
    with Bench(double, desk).running():
        names = (part.get("custom_id", "") for part in limits.walk(shown["components"]))
        name = next(name for name in names if name.startswith("vote:up:"))
        assert "Noted" in double.press(shown, name).said
    assert len(desk.calls("vote")) == 1


def test_of_two_processes_one_does_it(double: DiscordDouble) -> None:
    desk = NotedDesk()
    with Bench(double, desk).running():
        shown = double.command("/digest today").answers[0]
        with _another(double, desk):
            names = (part.get("custom_id", "") for part in limits.walk(shown["components"]))
            name = next(name for name in names if name.startswith("vote:up:"))
            did = double.press(shown, name)
            double.command("/digest help")
            double.command("/digest help")
    assert len(did.answers) == len(desk.calls("vote")) == 1


def test_an_answer_after_a_quarter_of_an_hour_is_given_up(double: DiscordDouble) -> None:
    desk = NotedDesk()
    made = Bench(double, desk)
    with made.running():
        slow = desk.slow["command"] = asyncio.Event()
        did = double.command("/digest today", expect=0)
        double.forward(1_000)
        made.set(slow)
        assert double.command("/digest help").said
    assert not did.effects


def test_other_clients_of_the_process_are_left_alone(double: DiscordDouble) -> None:
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415  (slow to import)
    from discord.http import Route  # noqa: PLC0415

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with Bench(double, NotedDesk()).running():
        assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


def test_logs_hold_neither_tokens_nor_answers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with bench() as made:
        made.double.fail("edit_original", faults.refused(10008))
        did = made.double.command("/digest help", expect=0)
        made.double.abort()
        made.double.wait_connected()
        made.double.command("/digest help")
    said = "\n".join(_told(record) for record in caplog.records)
    assert said
    for secret in (TOKEN, did.token):
        assert secret not in said


@contextmanager
def _another(double: DiscordDouble, desk: NotedDesk) -> Iterator[None]:
    """Another process that listens beside the first."""
    made = Bench(double, desk, others=1)
    with made.running():
        yield


def _told(record: Any) -> str:
    return f"{record.getMessage()} {record.exc_info or ''}"
