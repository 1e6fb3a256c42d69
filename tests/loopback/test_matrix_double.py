"""The homeserver's double itself: what it finds wrong, whom it sees called, what it can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.doubles.matrix import MatrixDouble, faults, limits
from bot.doubles.matrix.pings import pings
from bot.doubles.matrix.process import MatrixProcess
from bot.doubles.matrix.world import ADA, ME, MIRA, ROOM, TOKEN
from paperlark.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

API = "/_matrix/client/v3/"
WELL = {"msgtype": "m.text", "body": "x", "m.mentions": {}}


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>a <strong><a href='https://a.example'>b</a></strong><br>c</p>", []),
        ("<small>a</small>", ["<small> is not shown"]),
        ("<p onclick='x'>a</p>", ["<p onclick> is not allowed"]),
        ("<a href='javascript:x'>a</a>", ["a link to 'javascript:x'"]),
        ("<a href='/x'>a</a>", ["a link to '/x'"]),
        ("<p>a", ["<p> is not closed"]),
        ("<b><i>a</b></i>", ["</b> closes nothing", "<b> is not closed"]),
        ("<!-- x -->", ["a comment: ' x '"]),
        ("<div>" * 101 + "</div>" * 101, ["nested too deep"]),
    ],
)
def test_html_that_no_client_shows_is_found(html: str, said: list[str]):
    assert limits.html_problems(html) == said


@pytest.mark.parametrize(
    ("content", "called"),
    [
        ({"m.mentions": {}}, []),
        ({"m.mentions": {"user_ids": [ADA]}}, [ADA]),
        ({"m.mentions": {"room": True}}, ["@room"]),
        ({"body": "Ada, come"}, ["ada"]),
        ({"m.mentions": {}, "body": "@room"}, ["@room"]),
        ({"m.mentions": {}, "body": "@\u2060room @\u2060ada:example.org"}, []),
        ({"m.mentions": {}, "formatted_body": "see #a:example.org"}, ["#a:example.org"]),
        (
            {"m.mentions": {}, "formatted_body": "<a href='https://x.example'>@ada:b.org</a>"},
            ["@ada:b.org"],
        ),
    ],
)
def test_whoever_is_called_is_seen(content: dict[str, Any], called: list[str]):
    assert list(pings(content, ["ada"])) == called


def put(client: httpx.Client, content: dict[str, Any], transaction: str = "t") -> httpx.Response:
    return client.put(f"{API}rooms/{ROOM}/send/m.room.message/{transaction}", json=content)


def client(url: str, token: str = TOKEN) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=url, headers=headers, trust_env=False)


def test_it_refuses_as_a_homeserver_does():
    with MatrixDouble() as double:
        with client(double.url, "") as nobody:
            assert nobody.get(f"{API}account/whoami").json()["errcode"] == "M_MISSING_TOKEN"
        with client(double.url, "wrong") as stranger:
            assert stranger.get(f"{API}sync").json()["errcode"] == "M_UNKNOWN_TOKEN"
            login = {"type": "m.login.password", "password": "no"}
            assert stranger.post(f"{API}login", json=login).status_code == 403
        with client(double.url) as me:
            assert me.get(f"{API}nothing").json()["errcode"] == "M_UNRECOGNIZED"
            assert me.get(f"{API}sync?since=x").json()["errcode"] == "M_INVALID_PARAM"
            assert me.get(f"{API}rooms/{ROOM}/event/$x").json()["errcode"] == "M_NOT_FOUND"
            assert me.post(f"{API}join/!x:y").json()["errcode"] == "M_FORBIDDEN"
            assert me.get(f"{API}user/{MIRA}/account_data/x").json()["errcode"] == "M_FORBIDDEN"
            assert put(me, {"body": "x" * 70_000}).status_code == 413
            first = put(me, WELL, "a").json()["event_id"]
            assert put(me, WELL, "a").json()["event_id"] == first
            reply = {**WELL, "m.relates_to": {"rel_type": "m.thread", "event_id": first}}
            second = put(me, reply, "b").json()["event_id"]
            nested = {**WELL, "m.relates_to": {"rel_type": "m.thread", "event_id": second}}
            assert put(me, nested, "c").json()["errcode"] == "M_UNKNOWN"
            assert me.get(f"{API}rooms/{ROOM}/event/{first}").json()["sender"] == ME
            assert put(me, {"msgtype": "m.odd"}, "d").status_code == 200
        assert [kind for kind, _ in double.refused] == ["m.room.message"] * 2


def test_what_people_cannot_do_is_told():
    with MatrixDouble() as double:
        with pytest.raises(NotFound, match="no room"):
            double.say("x", MIRA, "!x:y")
        with pytest.raises(NotFound, match="no event"):
            double.redact("$x")
    with pytest.raises(NotFound, match="no fault"):
        faults.named("rain")
    assert faults.named("slow", seconds=2).delay_s == 2
    assert b"3000" in (faults.named("429", seconds=3).body or b"")


def test_as_a_process_it_can_be_told_and_looked_at(tmp_path: Path):
    with MatrixProcess(tmp_path / "state.jsonl") as running, client(running.url) as me:
        running.set("fail", method="send", names=["500-html", "error:M_FORBIDDEN"])
        assert [put(me, WELL).status_code for _ in range(2)] == [500, 403]
        html = {"format": "org.matrix.custom.html", "formatted_body": "<p><b>bold</b></p>"}
        root = put(me, {**WELL, **html}).json()["event_id"]
        reply = {"m.relates_to": {"rel_type": "m.thread", "event_id": root}, "body": "<i>x</i>"}
        put(me, {**WELL, **reply}, "u")
        page = httpx.get(f"{running.url}/_double/view", trust_env=False).text
        assert "<p><b>bold</b></p>" in page
        assert "&lt;i&gt;x&lt;/i&gt;" in page
        assert "limits: nothing was wrong, nobody was called." in page
        did = running.do("say", text="hello", expect=0)
        assert did["name"] == "hello"
        running.set("revoke")
        assert me.get(f"{API}account/whoami").status_code == 401
        assert running.get()["refused"] == []
        assert running.environ()["PAPERLARK_CHANNELS__MATRIX__HOMESERVER"] == running.url
