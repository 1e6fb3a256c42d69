"""The double of Slack against Slack's own SDK: what it takes, refuses, sends, and spoils."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doubles import journal
from bot.doubles.slack import faults
from bot.doubles.slack.pace import Pace
from bot.doubles.slack.process import SlackProcess
from bot.doubles.slack.server import Service
from bot.doubles.slack.view import page
from bot.doubles.slack.world import BOT_USER, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

BUTTON = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "go",
            "text": {"type": "plain_text", "text": "Go"},
            "value": "1",
        }
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "at",
            "label": {"type": "plain_text", "text": "At"},
            "element": {"type": "plain_text_input", "action_id": "v", "initial_value": "08:00"},
        }
    ],
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@asynccontextmanager
async def running(world: World | None = None) -> AsyncIterator[Service]:
    service = Service(world)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


def client(service: Service, token: str = "", timeout: int = 30) -> AsyncWebClient:
    return AsyncWebClient(
        token or service.world.keys.bot,
        base_url=service.api_url,
        timeout=timeout,
        retry_handlers=[],
    )


def play(story: Callable[[Service], Coroutine[Any, Any, None]], world: World | None = None) -> None:
    async def run() -> None:
        async with running(world) as service:
            await story(service)

    asyncio.run(run())


async def refusal(work: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await work
    return caught.value.response


def app(service: Service) -> AsyncApp:
    made = AsyncApp(client=client(service), signing_secret=service.world.keys.signing)

    @made.command("/digest")
    async def digest(ack: Any, respond: Any, body: Any, client: Any) -> None:
        await ack()
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        else:
            await respond(text=f"You said {body['text']}", blocks=[BUTTON])

    @made.action("go")
    async def go(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Gone", replace_original=True)

    @made.view("form")
    async def form(ack: Any, view: Any) -> None:
        said = view["state"]["values"]["at"]["v"]["value"]
        wrong = {"response_action": "errors", "errors": {"at": "No such time."}}
        await ack(**(wrong if said == "25:00" else {}))

    @made.event("reaction_added")
    async def reacted(event: Any, client: Any) -> None:
        where = {"channel": event["item"]["channel"], "user": event["user"]}
        await client.chat_postEphemeral(text=event["reaction"], **where)

    @made.event("app_home_opened")
    async def home(event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    return made


@asynccontextmanager
async def by_socket(service: Service) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app(service), service.world.keys.app, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await service.sockets.until(1)
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        await handler.client.aiohttp_client_session.close()


@asynccontextmanager
async def by_http(service: Service) -> AsyncIterator[None]:
    bolt = app(service)

    async def answer(request: web.Request) -> web.Response:
        asked = AsyncBoltRequest(body=await request.text(), headers=dict(request.headers))
        said = await bolt.async_dispatch(asked)
        flat = {name: values[0] for name, values in said.headers.items()}
        return web.Response(status=said.status, text=said.body, headers=flat)

    server = web.Application()
    server.router.add_post("/slack/events", answer)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.by_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("way", [by_socket, by_http], ids=["socket", "http"])
def test_people_and_app_meet_by_both_ways(way: Any):
    async def story(service: Service) -> None:
        people, world = service.people, service.world
        async with way(service):
            said = await people.command("/digest", "today")
            assert (said.acked, said.said) == (True, "You said today\nGo")
            await people.press(said.posts[0], "go")
            assert [shown["text"] for shown in world.ephemerals] == ["Gone"]
            opened = await people.command("/digest", "form")
            wrong = await people.submit(opened.views[0], {"at": "25:00"})
            assert wrong.ack == {"response_action": "errors", "errors": {"at": "No such time."}}
            assert (await people.submit(opened.views[0])).acked
            reacted = await people.react("1.000001", "+1", "U2", times=2, expect=2)
            assert [shown["user_shown"] for shown in reacted.ephemerals] == ["U2", "U2"]
            await people.open_home("U3")
            assert world.homes["U3"]["type"] == "home"

    play(story)


def test_sockets_come_back_after_each_way_of_going():
    async def story(service: Service) -> None:
        async with by_socket(service):
            for reason in ("warning", "refresh_requested", "link_disabled"):
                opened = service.sockets.opened
                await service.sockets.disconnect(reason)
                await service.sockets.until(1, opened=opened + 1)
            service.sockets.abort()
            await service.sockets.until(1, opened=opened + 2)
            assert (await service.people.command("/digest", "again")).said.startswith("You said")

    play(story)


def test_a_proof_that_is_not_good_is_refused():
    async def story(service: Service) -> None:
        async with by_http(service):
            seen = {}
            for sign in ("good", "stale", "future", "forged", "missing"):
                expect = int(sign == "good")
                did = await service.people.command("/digest", "x", sign=sign, expect=expect)
                seen[sign] = did.status
            assert seen == {"good": 200, "stale": 401, "future": 401, "forged": 401, "missing": 401}
            assert (await service.people.command("/digest", "x", expect=0)).status == 200
            again = await service.people.command("/digest", "y", sign="replayed", expect=0)
            assert again.status == 200
            assert (await service.people.verify()).ack == {"challenge": "a challenge"}

    play(story)


def test_messages_are_kept_and_found_again_with_their_metadata():
    async def story(service: Service) -> None:
        slack = client(service)
        assert (await slack.auth_test())["user_id"] == BOT_USER
        metadata = {"event_type": "post", "event_payload": {"key": "a"}}
        root = await slack.chat_postMessage(channel="C1", text="root", metadata=metadata)
        for number in range(3):
            await slack.chat_postMessage(channel="C1", text=str(number), thread_ts=root["ts"])
        after = await slack.chat_postMessage(channel="C1", text="after")
        found = await slack.conversations_history(
            channel="C1", oldest=root["ts"], inclusive=True, include_all_metadata=True
        )
        assert [m["text"] for m in found["messages"]] == ["after", "root"]
        assert found["messages"][1]["metadata"] == metadata
        plain = await slack.conversations_history(channel="C1", oldest=root["ts"])
        assert [m["ts"] for m in plain["messages"]] == [after["ts"]]
        first = await slack.conversations_replies(channel="C1", ts=root["ts"], limit=3)
        cursor = first["response_metadata"]["next_cursor"]
        second = await slack.conversations_replies(
            channel="C1", ts=root["ts"], limit=3, cursor=cursor
        )
        texts = [m["text"] for m in (*first["messages"], *second["messages"])]
        assert texts == ["root", "0", "1", "2"]

    play(story)


def test_calls_are_refused_with_slacks_own_codes():
    async def story(service: Service) -> None:
        world, slack = service.world, client(service)
        world.add_place("C2", member=False)
        world.add_place("C3", archived=True)
        codes = {"C2": "not_in_channel", "C3": "is_archived", "C9": "channel_not_found"}
        for channel, code in codes.items():
            assert (await refusal(slack.chat_postMessage(channel=channel, text="x")))[
                "error"
            ] == code
        long = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
        said = await refusal(slack.chat_postMessage(channel="C1", text="x", blocks=long))
        assert said["error"] == "invalid_blocks"
        assert "/blocks/0/text/text" in said["response_metadata"]["messages"][0]
        assert (await refusal(client(service, "xoxb-other").auth_test()))["error"] == "invalid_auth"
        world.scopes.discard("chat:write")
        said = await refusal(slack.chat_postMessage(channel="C1", text="x"))
        assert (said["error"], said["needed"]) == ("missing_scope", "chat:write")
        world.revoked = True
        assert (await refusal(slack.auth_test()))["error"] == "token_revoked"

    play(story)


def test_triggers_and_response_urls_end():
    async def story(service: Service) -> None:
        async with by_socket(service):
            await service.people.command("/digest", "x")
        world, slack = service.world, client(service)
        trigger, hook = min(world.triggers), min(world.hooks)
        async with aiohttp.ClientSession() as session:
            statuses = []
            for _ in range(5):
                async with session.post(f"{service.url}/hooks/{hook}", json={"text": "x"}) as got:
                    statuses.append(got.status)
        assert statuses == [200, 200, 200, 200, 404]
        world.skew += 4
        said = await refusal(slack.views_open(trigger_id=trigger, view=FORM))
        assert said["error"] == "expired_trigger_id"

    play(story)


OUTCOMES = {
    "429": ("SlackApiError", 0),
    "429-float": ("SlackApiError", 0),
    "429-missing": ("SlackApiError", 0),
    "429-huge": ("SlackApiError", 0),
    "reset-before": ("ServerDisconnectedError", 0),
    "reset-after": ("ServerDisconnectedError", 1),
    "500-html": ("SlackApiError", 0),
    "503-json": ("SlackApiError", 0),
    "200-html": ("SlackApiError", 0),
    "truncated": ("SlackApiError", 1),
    "slow": ("TimeoutError", 1),
    "error:is_archived": ("SlackApiError", 0),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_each_fault_shows_as_it_does_at_slack(name: str):
    async def story(service: Service) -> None:
        service.world.faults.add(
            "chat.postMessage", faults.named(name, seconds=2 * (name == "slow"))
        )
        slack = client(service, timeout=1 if name == "slow" else 30)
        with pytest.raises((SlackApiError, aiohttp.ClientError, TimeoutError)) as caught:
            await slack.chat_postMessage(channel="C1", text="x")
        assert (caught.type.__name__, len(service.world.messages())) == OUTCOMES[name]

    play(story)


def test_messages_come_no_faster_than_slack_lets_them():
    async def story(service: Service) -> None:
        world, slack = service.world, client(service)
        moment = [0.0]
        world.pace = Pace(lambda: moment[0])
        await slack.chat_postMessage(channel="C1", text="x")
        said = await refusal(slack.chat_postMessage(channel="C1", text="x"))
        assert (said.status_code, said.headers["Retry-After"]) == (429, "1")
        moment[0] += 1
        await slack.chat_postMessage(channel="C1", text="x")

    play(story)


def test_what_a_process_took_outlives_it(tmp_path: Path):
    state = tmp_path / "slack.jsonl"

    def post(slack: SlackProcess, text: str) -> Any:
        return asyncio.run(
            AsyncWebClient(slack.environ()["PAPERLARK_CHANNELS__SLACK__BOT_TOKEN"],
                           base_url=slack.url).chat_postMessage(channel="C1", text=text)
        )  # fmt: skip

    with SlackProcess(state) as slack:
        post(slack, "one")
        slack.set("fail", method="chat.postMessage", names=["error:fatal_error"])
        with pytest.raises(SlackApiError):
            post(slack, "two")
        assert [message["text"] for message in slack.get()["messages"]] == ["one"]
    with SlackProcess(state) as slack:
        post(slack, "three")
        assert [message["text"] for message in slack.messages()] == ["one", "three"]
        assert len(slack.get()["messages"]) == 2
    assert [kind for kind, _entry in journal.entries(state)] == ["message", "message"]


HOSTILE = '<script>alert(1)</script> <javascript:x|y> <https://a"onload=x|z> \ue0005\ue001 *b* `c`'


def test_the_page_shows_everything_and_runs_nothing():
    async def story(service: Service) -> None:
        slack = client(service)
        marked = {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}}
        plain = {"type": "header", "text": {"type": "plain_text", "text": HOSTILE[:100]}}
        root = await slack.chat_postMessage(channel="C1", text=HOSTILE, blocks=[plain, marked])
        await slack.chat_postMessage(channel="C1", text=HOSTILE, thread_ts=root["ts"])
        drawn = page(service.world)
        assert "<script" not in drawn
        assert 'href="javascript' not in drawn
        assert 'href="https://a&#34;onload=x"' in drawn
        assert "<b>b</b> <code>c</code>" in drawn
        assert "1 reply" in drawn
        assert json.dumps(service.world.messages())

    play(story)
