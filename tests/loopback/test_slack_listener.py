"""Slack's way in as a process part: let in or not, cut off and back, and what its logs hold."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import hush
from bot.channels import slack
from bot.channels.slack import admission
from bot.channels.slack.client import Slack
from bot.channels.slack.listening import SlackListener
from bot.channels.slack.reactions import Reactions
from bot.channels.slack.settings import read
from bot.doubles.slack import faults
from bot.doubles.slack.double import SlackDouble
from bot.doubles.slack.signed import body_of, headers
from bot.doubles.slack.sockets import Sockets
from bot.work import Work
from paperlark.errors import ConfigError, StoreError
from paperlark.vote import Thumb
from tests.slack import WAYS, Bench, NotedDesk, bench, listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_sdk.web.async_client import AsyncWebClient


@pytest.fixture
def double() -> Iterator[SlackDouble]:
    with SlackDouble() as made:
        yield made


@pytest.fixture(scope="module")
def signed() -> Iterator[Bench]:
    with bench("http") as made:
        yield made


def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def start(double: SlackDouble, way: str = "socket", **more: str) -> None:
    """Run the listener, which must end by itself."""
    asyncio.run(listener(double, way, **more).run(NotedDesk()))


OTHER_BOT = {"bot_token": "xoxb-other"}
OTHER_APP = {"app_token": "xapp-other"}


class TestAdmission:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked"])
    def test_a_refused_bot_token_is_one_sentence(
        self, double: SlackDouble, way: str, code: str
    ) -> None:
        double.fail("auth.test", faults.refused(code))
        with pytest.raises(ConfigError, match=rf"`channels\.slack\.bot_token` \({code}\): ") as got:
            start(double, way)
        assert str(got.value).count(". ") == 0

    def test_a_wrong_token_is_refused_as_it_is(self, double: SlackDouble) -> None:
        with pytest.raises(ConfigError, match=r"bot_token.*copy it again"):
            start(double, **OTHER_BOT)
        with pytest.raises(ConfigError, match=r"app_token.*copy it again"):
            start(double, **OTHER_APP)

    def test_an_app_token_without_its_permission_says_which(self, double: SlackDouble) -> None:
        lacking = {"ok": False, "error": "missing_scope", "needed": "connections:write"}
        fault = faults.Fault("scope", body=json.dumps(lacking).encode())
        double.fail("apps.connections.open", fault)
        with pytest.raises(ConfigError, match="app_token` lacks connections:write"):
            start(double)

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("scope", ["reactions:read", "users:read"])
    def test_a_bot_without_a_needed_scope_says_which(
        self, double: SlackDouble, way: str, scope: str
    ) -> None:
        double.world.scopes.discard(scope)
        with pytest.raises(ConfigError, match=f"lacks {scope}: add it under"):
            start(double, way)

    def test_slack_out_of_reach_is_waited_for(self, double: SlackDouble) -> None:
        spoilt = [faults.named(name) for name in ("500-html", "429-float", "200-html", "truncated")]
        double.fail("auth.test", *spoilt, faults.reset(after=False), faults.refused("fatal_error"))
        double.fail("apps.connections.open", faults.named("503-json"))

        async def admitted() -> admission.Admission:
            channel = Slack(read(double.settings, lambda _path: ""))
            try:
                return await admission.admit(channel.client(), "xapp-double", [0.0])
            finally:
                await channel.aclose()

        found = asyncio.run(admitted())
        assert (found.team, found.bot) == ("T1DOUBLE", "B1DOUBLE")
        assert found.address.startswith("ws://127.0.0.1:")
        assert "ticket" not in repr(found)


@pytest.mark.parametrize("way", WAYS)
def test_it_is_connected_while_slack_lets_it_in(double: SlackDouble, way: str):
    async def story() -> tuple[bool, bool]:
        made = listener(double, way)
        before = made.connected
        running = asyncio.create_task(made.run(NotedDesk()))
        await asyncio.to_thread(until, lambda: made.connected)
        running.cancel()
        await asyncio.wait({running})
        return before, made.connected

    assert asyncio.run(story()) == (False, False)


class TestSocket:
    @pytest.fixture
    def slack(self) -> Iterator[Bench]:
        with bench("socket") as made:
            yield made

    @pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
    @pytest.mark.parametrize("close", [False, True])
    def test_it_outlives_being_sent_away(self, slack: Bench, reason: str, *, close: bool) -> None:
        opened = slack.double.service.sockets.opened
        slack.double.disconnect(reason, close=close)
        self._back(slack, opened)

    def test_it_outlives_a_broken_connection(self, slack: Bench) -> None:
        opened = slack.double.service.sockets.opened
        slack.double.abort()
        self._back(slack, opened)

    def test_it_outlives_a_silent_one(self, slack: Bench) -> None:
        opened = slack.double.service.sockets.opened
        slack.double.deafen()
        until(lambda: slack.double.service.sockets.opened > opened)
        slack.double.deafen(deaf=False)
        self._back(slack, opened)

    def test_it_outlives_a_service_that_gives_no_address_for_a_while(self, slack: Bench) -> None:
        spoilt = [faults.named(n) for n in ("429", "500-html", "reset-before", "truncated")]
        slack.double.fail("apps.connections.open", *spoilt)
        opened = slack.double.service.sockets.opened
        slack.double.abort()
        self._back(slack, opened)

    def test_it_outlives_addresses_that_are_good_for_nothing(
        self, slack: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, given = Sockets.ticket, list[str]()

        def ticket(sockets: Sockets) -> str:
            given.append("stale" if len(given) < 2 else good(sockets))
            return given[-1]

        monkeypatch.setattr(Sockets, "ticket", ticket)
        opened = slack.double.service.sockets.opened
        slack.double.abort()
        self._back(slack, opened)
        assert len(given) > 2

    def _back(self, slack: Bench, opened: int) -> None:
        """Connected anew, and answering."""
        while (
            slack.double.service.sockets.opened <= opened or not slack.double.service.sockets.count
        ):
            pass
        did = slack.double.command("/digest", "today", expect=0)
        while not did.acked:  # an envelope may go down with the old connection
            did = slack.double.command("/digest", "today", expect=0)


class TestSigned:
    @pytest.mark.parametrize("sign", ["stale", "future", "forged", "missing"])
    def test_what_is_not_slacks_is_refused(self, signed: Bench, sign: str) -> None:
        signed.desk.asked.clear()
        did = signed.double.command("/digest", "today", expect=0, sign=sign)
        assert did.status == 401
        assert not signed.desk.asked

    def test_the_address_proves_itself(self, signed: Bench) -> None:
        did = signed.double.verify()
        assert did.ack == {"challenge": "a challenge"}

    @pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b"null", b"payload=%7B", b"payload=[]", b"\xff\xfe", b"[" * 50_000],
    )
    def test_junk_is_turned_away(self, signed: Bench, kind: str, body: bytes) -> None:
        signed.desk.asked.clear()
        for sign in ("good", "missing"):
            assert self._status(signed, kind, body, sign) in {400, 401, 404}
        assert not signed.desk.asked

    def test_a_bare_signed_press_without_anything_in_it_is_outlived(self, signed: Bench) -> None:
        body, kind = body_of("interactive", {"type": "block_actions"})
        assert self._status(signed, kind, body, "good") == 404

    @pytest.mark.parametrize(
        "said",
        [
            {"type": "block_actions", "actions": [{}]},
            {"type": "block_actions", "actions": []},
            {"type": "block_actions", "actions": 5},
            {"type": "view_submission", "view": 5},
            {"type": "event_callback", "event": 5},
            {"type": "shortcut", "user": 3},
            {"command": ["/digest"]},
        ],
    )
    def test_what_is_signed_and_odd_is_400_without_a_trace(
        self, signed: Bench, said: dict[str, Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        body, kind = body_of("interactive", said)
        with capture_logs():
            assert self._status(signed, kind, body, "good") == 400
        assert not [each for each in caplog.records if each.exc_info]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("X-Slack-Request-Timestamp", "abc"),
            ("X-Slack-Request-Timestamp", "٣"),
            ("X-Slack-Request-Timestamp", ""),
            ("X-Slack-Request-Timestamp", "1" * 5000),
            ("X-Slack-Signature", "v0=é"),
        ],
    )
    def test_an_odd_header_proves_nothing(self, signed: Bench, name: str, value: str) -> None:
        body, kind = body_of("interactive", {"type": "block_actions"})
        assert self._status(signed, kind, body, "good", **{name: value}) == 401

    def test_an_odd_charset_is_no_failure(self, signed: Bench) -> None:
        body, kind = body_of("interactive", {"type": "block_actions"})
        odd = f"{kind}; charset=nope"
        assert self._status(signed, odd, body, "missing") in {400, 401}
        assert self._status(signed, odd, body, "good") in {400, 404}

    def _status(self, signed: Bench, kind: str, body: bytes, sign: str, **more: str) -> int:
        carrier: Any = signed.double.service.people.carrier
        proof = headers(signed.double.world.keys.signing, body, sign)
        proof |= {"Content-Type": kind} | more

        async def post() -> int:
            async with (
                aiohttp.ClientSession() as session,
                session.post(carrier.url, data=body, headers=proof) as got,
            ):
                return got.status

        return asyncio.run(post())

    def test_before_it_runs_it_asks_for_patience(self, double: SlackDouble) -> None:
        [route] = listener(double, "http").routes
        got: Any = asyncio.run(_called(route.handler))
        assert (route.method, route.path, got.status) == ("POST", "/slack/events", 503)


async def _called(handler: Any) -> Any:
    return await handler(None)


def test_the_package_offers_its_listener_again_and_again(double: SlackDouble) -> None:
    for _ in range(2):
        assert isinstance(slack.listener(double.settings, lambda _path: ""), SlackListener)


def test_a_socket_needs_no_address(double: SlackDouble) -> None:
    assert not listener(double, "socket").routes


@pytest.mark.parametrize("way", WAYS)
def test_what_is_under_way_at_the_end_comes_to_its_end(way: str) -> None:
    desk = NotedDesk()
    with SlackDouble() as double:
        made = Bench(double, desk, way)
        with made.running():
            slow = desk.slow["command"] = asyncio.Event()
            double.command("/digest", "today", expect=0)
            made.loop.call_soon_threadsafe(made.loop.call_later, 0.1, slow.set)
        assert double.calls("response_url")


def test_being_shut_out_for_good_is_told(
    double: SlackDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.slack.listening.DOWN_S", 0.3)

    async def run() -> None:
        listening = asyncio.ensure_future(listener(double, "socket").run(NotedDesk()))
        await asyncio.to_thread(double.wait_connected)
        double.world.keys = replace(double.world.keys, app="xapp-another")
        double.abort()
        await listening

    with pytest.raises(ConfigError, match=r"refuses `channels\.slack\.app_token`"):
        asyncio.run(run())


def test_logs_hold_neither_tokens_nor_tickets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with bench("socket") as slack:
        slack.double.fail("apps.connections.open", faults.named("500-html"))
        opened = slack.double.service.sockets.opened
        slack.double.abort()
        until(lambda: slack.double.service.sockets.opened > opened)
        slack.double.command("/digest", "today")
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "session" in said
    for secret in ("xoxb-double", "xapp-double", "ticket=", "hooks/H"):
        assert secret not in said.replace("ticket=…", "")
    assert not any(record.exc_info for record in caplog.records if "slack" in record.name)


@pytest.mark.parametrize(
    "text",
    [
        "xoxb-1-a xoxe.xoxp-1-Mi0 xapp-1-A",
        "wss://wss-primary.slack.com/link/?ticket=12ab-34&app_id=9",
        "https://hooks.slack.com/commands/T1/2/abc and https://hooks.slack.com/actions/T1/2/abc",
        "https://hooks.slack.com/services/T1/B1/abc",
        "{'Authorization': 'Bearer xoxb-1'}",
    ],
)
def test_secrets_are_covered(text: str) -> None:
    said = hush.hushed(text)
    for secret in ("xoxb-1", "Mi0", "xapp-1", "12ab", "abc"):
        assert secret not in said


class TestUnwritten:
    """A vote whose event could not be written in time."""

    EVENT: ClassVar[dict[str, Any]] = {
        "user": "U1",
        "reaction": "+1",
        "item": {"type": "message", "channel": "C1", "ts": "1.5"},
        "event_ts": "2.5",
    }

    def _take(self, desk: NotedDesk, *people: Any, **more: Any) -> Any:
        async def run() -> Any:
            work = Work()
            client = _people(*(people or [PERSON]))
            reactions = Reactions(desk, client, work, ack_s=0.05, **more)
            answer = await reactions.added(self.EVENT, {"event_id": "Ev1"})
            for waiting in desk.slow.values():
                waiting.set()
            await work.close()
            return answer

        return asyncio.run(run())

    def test_a_store_that_is_back_at_once_is_not_noticed(self) -> None:
        desk = NotedDesk(fails={"vote": [StoreError("Away."), StoreError("Away.")]})
        assert self._take(desk, retries_s=(0.0, 0.0)) is None
        assert [v["event"] for v in desk.calls("vote")] == ["Ev1"] * 3
        assert desk.calls("vote")[-1]["thumb"] is Thumb.UP

    def test_a_store_that_stays_away_leaves_the_event_unacknowledged(self) -> None:
        desk = NotedDesk(fails={"vote": [StoreError("Away.")] * 3})
        answer = self._take(desk, retries_s=(0.0, 0.0))
        assert answer.status == 503

    def test_a_slow_store_too_and_the_vote_is_written_all_the_same(self) -> None:
        async def slow() -> NotedDesk:
            return NotedDesk(slow={"vote": asyncio.Event()})

        desk = asyncio.run(slow())
        assert self._take(desk).status == 503
        assert desk.held

    @pytest.mark.parametrize("fault", ["ratelimited", "internal_error", "missing_scope", "", "{}"])
    def test_while_slack_does_not_say_who_it_is_nothing_counts(self, fault: str) -> None:
        """A program's thumb does not pass for a person's because a look-up failed."""
        desk = NotedDesk()
        assert self._take(desk, fault, fault, fault, retries_s=(0.0, 0.0)).status == 503
        assert self._take(desk, fault, PROGRAM, retries_s=(0.0,)) is None
        assert not desk.asked
        assert self._take(desk, fault, PERSON, retries_s=(0.0,)) is None
        assert len(desk.calls("vote")) == 1

    @pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
    def test_whom_slack_does_not_show_is_a_person(self, code: str) -> None:
        desk = NotedDesk()
        assert self._take(desk, code) is None
        assert desk.calls("vote")


PERSON: Final = {"user": {"id": "U1"}}
PROGRAM: Final = {"user": {"id": "U1", "is_bot": True}}


def _people(*answers: Any) -> AsyncWebClient:
    """A client that says this of people, one answer a look-up: a table, or a word of refusal.

    "" is no answer in time, "{}" one that holds nobody.
    """
    from slack_sdk.errors import SlackApiError  # noqa: PLC0415  (slow to import)
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415  (slow to import)

    left, refusal = list(answers), cast("Callable[..., Exception]", SlackApiError)

    class People(AsyncWebClient):
        async def users_info(self, **_: Any) -> Any:
            said = left.pop(0)
            if said == "":
                raise TimeoutError
            if isinstance(said, str) and said != "{}":
                raise refusal("", {"ok": False, "error": said})
            return {} if said == "{}" else said

    return People(retry_handlers=[])
