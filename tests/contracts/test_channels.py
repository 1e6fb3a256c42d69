"""What every channel owes, over every module in ``bot/channels``; each against its own double.

A kind without a double here is skipped with the reason, but for what needs no service.
"""

from __future__ import annotations

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import channels
from bot.delivery import Delivery
from bot.doubles.discord import DiscordDouble
from bot.doubles.discord import faults as discord_faults
from bot.doubles.discord.world import CHANNEL, TOKEN
from bot.doubles.matrix import MatrixDouble
from bot.doubles.matrix import faults as matrix_faults
from bot.doubles.matrix.world import ROOM
from bot.doubles.slack.double import SlackDouble
from bot.doubles.slack.faults import limited, page, refused, reset, slow
from bot.doubles.smtp.double import SmtpDouble
from paperlark.errors import ConfigError, DeliveryError
from paperlark.post import Message, Post, PostKind, Setting
from paperlark.settings import Settings
from paperlark.subscription import Form
from paperlark.target import Target
from tests.builders import DAY, example, nasty_digests
from tests.fakes import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

    from bot.ports import Channel, ChannelModule, Limits
    from paperlark.domain import Digest

T = TypeVar("T")
KINDS = channels.kinds()
AGO = datetime.now(UTC) - timedelta(hours=1)
NOWHERE: dict[str, dict[str, Any]] = {
    "discord": {"token": TOKEN, "api_url": "http://127.0.0.1:9/api/v10/"},
    "mail": {"host": "127.0.0.1", "port": 9, "tls": "none", "from": "a@example.org"},
    "matrix": {"homeserver": "http://127.0.0.1:9", "access_token": "x"},
    "slack": {"bot_token": "xoxb-x", "api_url": "http://127.0.0.1:9/api/"},
}
"""Settings that lead to a port where nobody listens."""


class Rig(ABC):
    """A channel's double: what it took, and the faults it can be asked for."""

    target: ClassVar[Target]

    @property
    @abstractmethod
    def raw(self) -> Mapping[str, Any]:
        """The channel's settings."""

    @abstractmethod
    def taken(self) -> list[str]:
        """The service's names of what arrived, in order."""

    def complaints(self) -> list[str]:
        """What the service turned down for its content, and whom anything pinged."""
        return []

    def fault(self, name: str) -> None:
        """The next call is ``lost before``, ``lost after``, ``late``, ``pause`` or ``gone``."""
        pytest.skip(f"{self.target.kind} has no fault {name!r}")


class ConsoleRig(Rig):
    target = Target("console")

    def __init__(self, folder: Path) -> None:
        self.path = folder / "digests.txt"

    @property
    def raw(self) -> Mapping[str, Any]:
        return {"path": str(self.path)}

    def taken(self) -> list[str]:
        records = self.path.read_text().split("\x1e")[1:] if self.path.exists() else []
        return [record.partition("\n")[0] for record in records]


class SlackRig(Rig):
    target = Target("slack", "C1")

    def __init__(self, double: SlackDouble) -> None:
        self.double = double

    @property
    def raw(self) -> Mapping[str, Any]:
        return self.double.settings

    def taken(self) -> list[str]:
        return [f"C1:{message['ts']}" for message in self.double.messages("C1")]

    def complaints(self) -> list[str]:
        return [*map(str, self.double.refused), *self.double.pinged]

    def fault(self, name: str) -> None:
        faults = {
            "lost before": reset(after=False),
            "lost after": reset(after=True),
            "late": slow(1.0),
            "broken": page(500),
            "pause": limited("3"),
            "gone": refused("is_archived"),
        }
        self.double.fail("chat.postMessage", faults[name])


class DiscordRig(Rig):
    target = Target("discord", CHANNEL)

    def __init__(self, double: DiscordDouble) -> None:
        self.double = double

    @property
    def raw(self) -> Mapping[str, Any]:
        return self.double.settings

    def taken(self) -> list[str]:
        found = sorted(self.double.messages(""), key=lambda message: int(message["id"]))
        return [f"{message['channel_id']}:{message['id']}" for message in found]

    def complaints(self) -> list[str]:
        return [*map(str, self.double.refused), *self.double.pinged]

    def fault(self, name: str) -> None:
        faults = {
            "lost before": discord_faults.reset(after=False),
            "lost after": discord_faults.reset(after=True),
            "late": discord_faults.slow(1.0),
            "broken": discord_faults.page(503),
            "pause": discord_faults.limited(3.0),
            "gone": discord_faults.refused(10003),
        }
        self.double.fail("create_message", faults[name])


class MatrixRig(Rig):
    target = Target("matrix", ROOM)

    def __init__(self, double: MatrixDouble) -> None:
        self.double = double

    @property
    def raw(self) -> Mapping[str, Any]:
        return self.double.settings

    def taken(self) -> list[str]:
        return [f"{ROOM}/{event['event_id']}" for event in self.double.messages()]

    def complaints(self) -> list[str]:
        return [*map(str, self.double.refused), *self.double.pinged]

    def fault(self, name: str) -> None:
        faults = {
            "lost before": matrix_faults.reset(after=False),
            "lost after": matrix_faults.reset(after=True),
            "late": matrix_faults.slow(1.0),
            "broken": matrix_faults.page(500),
            "pause": matrix_faults.limited(3.0),
            "gone": matrix_faults.refused("M_FORBIDDEN"),
        }
        self.double.fail("send", faults[name])


@contextmanager
def console_rig(folder: Path) -> Iterator[Rig]:
    yield ConsoleRig(folder)


class MailRig(Rig):
    target = Target("mail", "ada@example.org")

    def __init__(self, double: SmtpDouble) -> None:
        self.double = double

    @property
    def raw(self) -> Mapping[str, Any]:
        return self.double.settings

    def taken(self) -> list[str]:
        heads = [each.raw.partition(b"\r\nMessage-ID: ")[2] for each in self.double.world.taken]
        return [head.partition(b"\r\n")[0].decode() for head in heads]

    def fault(self, name: str) -> None:
        faults = {
            "lost before": "drop-dot",
            "lost after": "drop-dot-kept",
            "broken": "dot-nonsense",
            "gone": "rcpt-550",
        }
        if name not in faults:
            super().fault(name)
        self.double.fail(faults[name])


@contextmanager
def mail_rig(_folder: Path) -> Iterator[Rig]:
    with SmtpDouble() as double:
        yield MailRig(double)


@contextmanager
def slack_rig(_folder: Path) -> Iterator[Rig]:
    with SlackDouble() as double:
        yield SlackRig(double)


@contextmanager
def matrix_rig(_folder: Path) -> Iterator[Rig]:
    with MatrixDouble() as double:
        yield MatrixRig(double)


@contextmanager
def discord_rig(_folder: Path) -> Iterator[Rig]:
    with DiscordDouble() as double:
        yield DiscordRig(double)


RIGS: dict[str, Callable[[Path], AbstractContextManager[Rig]]] = {
    "console": console_rig,
    "discord": discord_rig,
    "mail": mail_rig,
    "matrix": matrix_rig,
    "slack": slack_rig,
}
"""A new channel adds its own here."""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rigged(kind: str) -> str:
    if kind not in RIGS:
        pytest.skip(f"the channel {kind} has no double in this test yet")
    return kind


@pytest.fixture
def rig(rigged: str, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[rigged](tmp_path) as made:
        yield made


@pytest.fixture
def module(kind: str) -> ChannelModule:
    return channels.load(kind)


def made(module: ChannelModule, raw: Mapping[str, Any]) -> Channel:
    return module.channel(raw, lambda _path: "")


def on(rig: Rig, do: Callable[[Channel], Awaitable[T]], raw: Mapping[str, Any] | None = None) -> T:
    """Do something with the rig's channel, on a loop of its own."""

    async def done() -> T:
        module = channels.load(rig.target.kind)
        channel = made(module, rig.raw if raw is None else raw)
        try:
            return await do(channel)
        finally:
            await channel.aclose()

    return asyncio.run(done())


def composed(module: ChannelModule, form: Form = Form.THREAD) -> tuple[Message, ...]:
    return made(module, {}).compose(example(), form, Setting())


def key(message: Message, post: str = "a") -> str:
    return f"slack:C1/{post}/2026-11-19/{message.part}"


def failure(rig: Rig, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as raised:
        on(rig, lambda way: way.send(rig.target, message, key=key(message), root=""))
    assert str(raised.value).strip().endswith(".")
    assert "!" not in str(raised.value).replace(rig.target.address, "")
    return raised.value


def found(rig: Rig, message: Message, post: str = "a") -> str | None:
    return on(
        rig,
        lambda way: way.find(rig.target, message, key=key(message, post), root="", since=AGO),
    )


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    """Nasty ones, with ids that are ids."""
    drawn = draw(nasty_digests())
    cards = tuple(
        replace(card, paper=replace(card.paper, id=f"2611.9{n:04}"))
        for n, card in enumerate(drawn.cards)
    )
    return replace(drawn, cards=cards)


def the_settings() -> SearchStrategy[Setting]:
    notices = st.just("") | st.just("<!channel> *No announcement* on Fri 27 Nov @here & <b>x</b>")
    late = st.sampled_from([0.0, 10_800.0])
    webs = st.sampled_from(["", "https://digest.example.org"])
    return st.builds(Setting, late_s=late, web=webs, notice=notices)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(digest=digests(), form=st.sampled_from(Form), setting=the_settings())
def test_composing_gives_frozen_messages(
    rigged: str, module: ChannelModule, digest: Digest, form: Form, setting: Setting
):
    del rigged
    messages = made(module, {}).compose(digest, form, setting)
    assert messages, "a post is never empty"
    assert not messages[0].reply, "the first message is the root"
    parts = [message.part for message in messages]
    assert len(set(parts)) == len(parts)
    for message in messages:
        assert json.loads(json.dumps(message.payload)) == message.payload, "it is JSON as it is"
    papers = [message.paper for message in messages if message.paper]
    shown = [card.paper.id for card in digest.cards]
    assert set(papers) <= set(shown)
    assert len(set(papers)) == len(papers)
    if setting.notice:
        assert papers == []
    assert messages == made(module, {}).compose(digest, form, setting), "it is pure"


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(digest=digests(), form=st.sampled_from(Form), setting=the_settings())
def test_whatever_is_composed_is_taken_and_pings_nobody(
    rig: Rig, module: ChannelModule, digest: Digest, form: Form, setting: Setting
):
    messages = made(module, {}).compose(digest, form, setting)

    before = len(rig.taken())

    async def all_of_it(way: Channel) -> None:
        root = ""
        for message in messages:
            thread = root if message.reply else ""
            name = key(message, str(before))  # another post than every one before
            ref = await way.send(rig.target, message, key=name, root=thread)
            root = root or ref

    on(rig, all_of_it)
    assert len(rig.taken()) == before + len(messages)
    assert rig.complaints() == []


def test_what_was_sent_is_found_under_its_own_key(rig: Rig, module: ChannelModule):
    first, *_ = composed(module)
    ref = on(rig, lambda way: way.send(rig.target, first, key=key(first), root=""))
    assert rig.taken() == [ref]
    if not on(rig, _can_find):
        pytest.skip(f"{rig.target.kind} cannot be asked")
    assert found(rig, first) == ref
    assert found(rig, first, post="b") is None


async def _can_find(way: Channel) -> bool:
    return way.can_find


@pytest.mark.parametrize("fault", ["lost before", "lost after", "broken"])
def test_an_answer_that_is_lost_leaves_a_doubt(rig: Rig, module: ChannelModule, fault: str):
    first, *_ = composed(module)
    rig.fault(fault)
    error = failure(rig, first)
    assert (error.uncertain, error.permanent) == (True, False)
    assert len(rig.taken()) == (1 if fault == "lost after" else 0)
    if on(rig, _can_find):
        assert found(rig, first) == next(iter(rig.taken()), None)


def test_a_pause_says_how_long(rig: Rig, module: ChannelModule):
    first, *_ = composed(module)
    rig.fault("pause")
    error = failure(rig, first)
    assert (error.uncertain, error.permanent, error.retry_after) == (False, False, 3)
    assert rig.taken() == []


def test_a_target_that_is_gone_is_gone_for_good(rig: Rig, module: ChannelModule):
    first, *_ = composed(module)
    rig.fault("gone")
    error = failure(rig, first)
    assert (error.uncertain, error.permanent) == (False, True)
    assert rig.taken() == []


def test_where_nobody_listens_nothing_arrived(rig: Rig, module: ChannelModule):
    if rig.target.kind not in NOWHERE:
        pytest.skip(f"{rig.target.kind} does not listen anywhere")
    first, *_ = composed(module)
    with pytest.raises(DeliveryError) as raised:
        on(
            rig,
            lambda way: way.send(rig.target, first, key=key(first), root=""),
            NOWHERE[rig.target.kind],
        )
    assert (raised.value.uncertain, raised.value.permanent) == (False, False)


def test_a_check_up_never_raises(rig: Rig):
    findings = on(rig, lambda way: way.check([rig.target, Target(rig.target.kind, "C404")]))
    assert findings
    assert {finding.state for finding in findings} <= {"ok", "warn", "fail"}
    assert all(finding.fix for finding in findings if finding.state == "fail")


class Unpaced:
    """Rates that make nobody wait."""

    def wait(self, name: str, per_second: float, burst: int, longest_s: float) -> float:
        del name, per_second, burst, longest_s
        return 0.0

    def held(self, name: str) -> float:
        del name
        return 0.0

    def push_back(self, name: str, seconds: float) -> None:
        """Nobody minds."""


@pytest.mark.parametrize("seed", range(3))
def test_a_post_arrives_once_whatever_is_lost(rig: Rig, module: ChannelModule, seed: int):
    if rig.target.kind != "console" and not on(rig, _can_find):
        pytest.skip(f"{rig.target.kind} cannot be asked: delivery.on_ambiguous decides")
    messages = composed(module)
    post = Post(f"{rig.target}/foundations", DAY, PostKind.DIGEST, messages)
    ledger, draw = MemoryLedger(now=datetime.now(UTC)), random.Random(seed)  # noqa: S311  (a seed is the point)
    ledger.freeze(post)

    async def lapse(seconds: float) -> None:
        await asyncio.sleep(0)
        ledger.now += timedelta(seconds=seconds)

    for _ in range(20):
        if rig.target.kind != "console":
            rig.fault(draw.choice(["lost before", "lost after", "pause"]))
        try:
            way = on(rig, lambda way: Delivery(way, ledger, Unpaced(), rig.target, post,
                                               sleep=lapse).run())  # fmt: skip
        except DeliveryError:
            ledger.now += timedelta(seconds=60)
            continue
        if way.done:
            break
    assert sorted(rig.taken()) == sorted(ledger.refs(post).values())
    assert len(rig.taken()) == len(messages)


def test_a_channel_says_how_fast_it_may_be_used(kind: str, module: ChannelModule):
    async def limits() -> Limits:
        return made(module, {}).limits

    found = asyncio.run(limits())
    assert found.per_target >= 0
    assert found.burst >= 1, kind


def test_without_settings_it_composes_and_will_not_send(kind: str, module: ChannelModule):
    first, *_ = composed(module)
    if kind == "console":
        pytest.skip("standard output needs no settings")

    async def send() -> None:
        way = made(module, {})
        try:
            await way.send(Target(kind, "C1"), first, key=key(first), root="")
        finally:
            await way.aclose()

    with pytest.raises(DeliveryError) as raised:
        asyncio.run(send())
    assert not raised.value.permanent, "a slip in one process disables no target"
    assert not raised.value.uncertain


def test_a_wrong_key_is_named(kind: str, module: ChannelModule):
    with pytest.raises(ConfigError, match=rf"channels\.{kind}\.nonsense"):
        module.channel({"nonsense": 1}, lambda _path: "")


def test_no_settings_ask_for_no_channel(kind: str, module: ChannelModule):
    assert module.enabled(Settings().channels.get(kind, {})) is False
    assert module.listener({}, lambda _path: "") is None


def test_the_console_writes_to_standard_output(capsys: pytest.CaptureFixture[str]):
    console = channels.load("console").channel({}, lambda _path: "")
    first, *_ = console.compose(example(), Form.THREAD, Setting())
    ref = asyncio.run(console.send(Target("console"), first, key="k", root=""))
    assert ref == "k"
    assert "foundations" in capsys.readouterr().out
    assert not console.can_find


def test_a_console_file_that_cannot_be_written_is_a_refusal(tmp_path: Path):
    console = channels.load("console").channel({"path": str(tmp_path / "a/b")}, lambda _path: "")
    with pytest.raises(DeliveryError, match="No such file") as raised:
        asyncio.run(console.send(Target("console"), Message("s", {"text": "x"}), key="k", root=""))
    assert not raised.value.uncertain
    assert [each.state for each in asyncio.run(console.check([]))] == ["fail"]


def test_an_unknown_kind_is_told_which_there_are():
    with pytest.raises(ConfigError, match=r"no channel `telegram`\. Those there are: console, "):
        channels.load("telegram")
    with pytest.raises(ConfigError, match="no channel"):
        channels.load("os.path")


def test_other_distributions_may_offer_channels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    told = tmp_path / "loft-1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: loft\nVersion: 1\n")
    (told / "entry_points.txt").write_text(
        "[paperlark.channels]\nloft = loft_channel\nbroken = loft_nowhere\n"
    )
    (tmp_path / "loft_channel.py").write_text("def enabled(raw):\n    return 'loft'\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "loft" in channels.kinds()
    assert channels.load("loft").enabled({}) == "loft"  # type: ignore[comparison-overlap]
    with pytest.raises(ConfigError, match="`broken` cannot be used"):
        channels.load("broken")


def test_every_kind_has_been_counted():
    counted = Counter(KINDS)
    assert set(counted.values()) == {1}
    assert {"console", "slack"} <= set(counted)
