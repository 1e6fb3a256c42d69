"""The way out to Matrix over a homeserver's double: each outcome told for what it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import pytest

from bot.channels.matrix import marks
from bot.channels.matrix.client import Matrix
from bot.channels.matrix.settings import read
from bot.doubles.matrix import MatrixDouble, faults
from bot.doubles.matrix.process import MatrixProcess
from bot.doubles.matrix.world import ADA, ME, MIRA, PASSWORD, ROOM, TOKEN
from paperlark.errors import ConfigError, DeliveryError, Refused
from paperlark.post import Message, Setting
from paperlark.subscription import Form
from paperlark.target import Target
from tests.builders import example

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

T = TypeVar("T")
TARGET = Target("matrix", ROOM)
AGO = datetime.now(UTC) - timedelta(hours=1)
KEY = f"matrix:{ROOM}/foundations/2026-11-19/summary"


@pytest.fixture
def double() -> Iterator[MatrixDouble]:
    with MatrixDouble() as made:
        yield made


def on(double: MatrixDouble, do: Callable[[Matrix], Awaitable[T]], **more: Any) -> T:
    async def done() -> T:
        way = Matrix(read({**double.settings, **more}, lambda _path: ""))
        try:
            return await do(way)
        finally:
            await way.aclose()

    return asyncio.run(done())


def messages() -> tuple[Message, ...]:
    way = Matrix(read({}, lambda _path: ""))
    return way.compose(example(), Form.THREAD, Setting())


def sent(double: MatrixDouble, message: Message, key: str = KEY, root: str = "") -> str:
    return on(double, lambda way: way.send(TARGET, message, key=key, root=root))


def found(double: MatrixDouble, message: Message, since: datetime = AGO) -> str | None:
    return on(double, lambda way: way.find(TARGET, message, key=KEY, root="", since=since))


def failure(double: MatrixDouble, fault: Any) -> DeliveryError:
    double.fail("send", fault)
    with pytest.raises(DeliveryError) as raised:
        sent(double, messages()[0])
    return raised.value


def test_a_repeat_under_the_same_key_is_the_same_message(double: MatrixDouble):
    root, card, *_ = messages()
    first = sent(double, root)
    assert first == sent(double, root)
    assert len(double.messages()) == 1
    assert sent(double, card, key=f"{KEY}/card", root=first) != first
    reply = double.messages()[1]["content"]["m.relates_to"]
    event = first.removeprefix(f"{ROOM}/")
    assert reply == {
        "rel_type": "m.thread",
        "event_id": event,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": event},
    }


def test_the_transaction_is_drawn_from_the_key_alone():
    assert marks.transaction(KEY) == marks.transaction(KEY) != marks.transaction(f"{KEY}2")
    assert len(marks.transaction("\ud800")) == 32


def test_what_the_homeserver_forgot_is_found_by_its_mark(double: MatrixDouble):
    root = messages()[0]
    first = sent(double, root)
    double.world.forgetful = True
    assert found(double, root) == first
    assert found(double, root, datetime.now(UTC) + timedelta(hours=1)) is None


def test_our_message_is_found_behind_pages_of_talk_and_of_our_own(double: MatrixDouble):
    root = messages()[0]
    first = sent(double, root)
    for number in range(130):
        double.world.add(ROOM, ME, "m.room.message", {"body": str(number), "msgtype": "m.notice"})
    assert found(double, root) == first
    assert len(double.calls("messages")) == 2


def test_somebody_elses_copy_of_our_mark_is_not_ours(double: MatrixDouble):
    content = marks.marked(messages()[0].payload, KEY)
    double.world.add(ROOM, ADA, "m.room.message", content)
    assert found(double, messages()[0]) is None


@pytest.mark.parametrize(
    ("fault", "flags", "said"),
    [
        (faults.reset(after=False), "uncertain", "broke the connection"),
        (faults.reset(after=True), "uncertain", "broke the connection"),
        (faults.page(500), "uncertain", "has trouble (status 500)"),
        (faults.page(200), "uncertain", "nothing that can be read"),
        (faults.NAMED["truncated"], "uncertain", "nothing that can be read"),
        (faults.NAMED["empty"], "uncertain", "nothing that can be read"),
        (faults.refused("M_UNKNOWN", 500), "uncertain", "has trouble"),
        (faults.page(404), "", "should be a homeserver's"),
        (faults.refused("M_UNRECOGNIZED"), "", "M_UNRECOGNIZED"),
        (faults.refused("M_RESOURCE_LIMIT_EXCEEDED"), "", "M_RESOURCE_LIMIT_EXCEEDED"),
        (faults.refused("M_FORBIDDEN"), "permanent", "Invite it"),
        (faults.refused("M_NOT_FOUND"), "permanent", "has no room"),
        (faults.refused("M_UNKNOWN_TOKEN"), "permanent", "refuses the access token"),
        (faults.refused("M_USER_DEACTIVATED"), "permanent", "deactivated"),
        (faults.refused("M_TOO_LARGE"), "final", "report it"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_every_failure_is_told_for_what_it_is(
    double: MatrixDouble, fault: faults.Fault, flags: str, said: str
):
    error = failure(double, fault)
    final = isinstance(error, Refused) and error.final
    told = {"uncertain": error.uncertain, "permanent": error.permanent, "final": final}
    assert {name for name, true in told.items() if true} == ({flags} if flags else set())
    assert said in str(error)
    assert TOKEN not in str(error)
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (faults.limited(2.5), 2.5),
        (faults.limited(7, header=True), 7.0),
        (faults.limited(None), 5.0),
        (faults.limited(1e9), 3600.0),
        (faults.limited(-1), 5.0),
    ],
)
def test_a_pause_is_as_long_as_it_says(double: MatrixDouble, fault: faults.Fault, wait: float):
    assert failure(double, fault).retry_after == wait


def test_a_slow_homeserver_leaves_a_doubt(double: MatrixDouble, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.channels.matrix.rest.Rest.put", _hasty)
    error = failure(double, faults.slow(2.0))
    assert error.uncertain
    assert "took too long" in str(error)


async def _hasty(self: Any, *path: str, body: Mapping[str, Any], place: str = "") -> Any:
    return await self.call("PUT", *path, place=place, body=body, timeout_s=0.05)


def test_messages_a_homeserver_cannot_list_are_a_doubt(double: MatrixDouble):
    double.fail("messages", faults.NAMED["empty"])
    with pytest.raises(DeliveryError, match="nothing that can be read"):
        found(double, messages()[0])


def test_a_room_is_reached_whatever_its_name_holds(double: MatrixDouble):
    room = "!a.b~c=d+e_-Z"  # a room of version 12 has no homeserver in its name
    double.room(room, "new")
    ref = on(
        double,
        lambda way: way.send(Target("matrix", room), messages()[0], key="k", root=""),
    )
    assert ref.startswith(f"{room}/$")
    assert len(double.messages(room)) == 1


class TestCheckUp:
    def test_a_room_that_is_well(self, double: MatrixDouble) -> None:
        me, room = on(double, lambda way: way.check([TARGET]))
        assert (me.state, me.said) == ("ok", ME)
        assert (room.state, room.said) == ("ok", "reading")

    def test_without_a_token(self, double: MatrixDouble) -> None:
        [only] = on(double, lambda way: way.check([TARGET]), access_token="")
        assert only.state == "fail"
        assert "docs/matrix.md" in only.fix

    def test_a_token_that_was_taken_back(self, double: MatrixDouble) -> None:
        double.world.revoked = True
        [only] = on(double, lambda way: way.check([TARGET]))
        assert (only.state, "Log in anew" in only.fix) == ("fail", True)

    def test_a_room_we_are_not_in(self, double: MatrixDouble) -> None:
        double.room("!far:example.org", members={MIRA: "join"})
        _, room = on(double, lambda way: way.check([Target("matrix", "!far:example.org")]))
        assert (room.state, "Invite it" in room.fix) == ("fail", True)

    def test_a_room_where_we_may_not_write(self, double: MatrixDouble) -> None:
        double.room(ROOM, "reading", levels={"users": {MIRA: 100}, "events_default": 50})
        _, room = on(double, lambda way: way.check([TARGET]))
        assert (room.state, "power level" in room.fix) == ("fail", True)

    def test_a_room_that_is_encrypted(self, double: MatrixDouble) -> None:
        double.room(ROOM, "reading", state={"m.room.encryption": {"algorithm": "m.megolm"}})
        _, room = on(double, lambda way: way.check([TARGET]))
        assert (room.state, "cannot be read" in room.said) == ("warn", True)


class TestSettings:
    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            ({"homeserver": "matrix.example.org"}, "should be an address like https://"),
            ({"homeserver": "http://matrix.example.org"}, "should begin with https://"),
            ({"access_token": "x"}, "no homeserver"),
            ({"per_second": -1}, "per_second"),
        ],
    )
    def test_slips_are_named(self, raw: dict[str, Any], said: str) -> None:
        with pytest.raises(ConfigError, match=said):
            read(raw, lambda _path: "")

    def test_what_was_copied_with_it_is_left_out(self) -> None:
        made = read(
            {"homeserver": " https://m.example.org/ ", "access_token": " Bearer x\n"},
            lambda _path: "",
        )
        assert (made.homeserver, made.token) == ("https://m.example.org", "x")
        assert "x" not in repr(made.access_token)


class TestTarget:
    @pytest.mark.parametrize("good", ["!a:example.org", "!a_B-c.d:[::1]:8448", "!abcDEF_-"])
    def test_room_ids_fit(self, good: str) -> None:
        assert Target.parse(f"matrix:{good}").fitting() == Target("matrix", good)

    @pytest.mark.parametrize("bad", ["#a:example.org", "@a:example.org", "!", "!a/b:c", "!ä:c"])
    def test_others_do_not(self, bad: str) -> None:
        with pytest.raises(ValueError, match="the room's ID and not its alias"):
            Target.parse(f"matrix:{bad}").fitting()


def test_the_double_as_a_process_keeps_what_it_took(tmp_path: Path):
    state = tmp_path / "matrix.jsonl"
    body = {"msgtype": "m.text", "body": "x", "m.mentions": {}}
    path = f"/_matrix/client/v3/rooms/{ROOM}/send/m.room.message/t1"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with MatrixProcess(state) as running:
        login = {"type": "m.login.password", "password": PASSWORD,
                 "identifier": {"type": "m.id.user", "user": "paperlark"}}  # fmt: skip
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            who = client.post("/_matrix/client/v3/login", json=login).json()
            assert who["access_token"] == TOKEN
            first = client.put(path, json=body, headers=headers).json()
        assert running.get()["messages"][0]["event_id"] == first["event_id"]
    with MatrixProcess(state) as again:
        answer = httpx.put(again.url + path, json=body, headers=headers, trust_env=False)
        assert answer.json() == first, "it remembers the transaction, too"
    assert len(again.messages()) == 1
