"""Mails that come back, from the sending to the silence: by the pipe, by the mailbox, by hand."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from datetime import date, timedelta
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.doubles.imap.double import ImapDouble
from bot.doubles.imap.world import Fault
from bot.doubles.smtp.double import SmtpDouble
from bot.returns import rounds
from paperlark.cli import subs
from paperlark.cli.mail import command
from paperlark.cli.returned import TRY_AGAIN
from paperlark.errors import ConfigError
from paperlark.settings import Settings
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from tests import builders
from tests.returned import BOUNCES, bounced, complaint, dsn, mail
from tests.town import FORM, ITS_HOUR, Town, link, title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import click
    import redis

ADA = "mail:ada@example.org/foundations"
FRIDAY = date(2026, 11, 20)


class Street(Town):
    """A town whose mails come back to a mailbox."""

    def __init__(self, client: redis.Redis, double: SmtpDouble, box: ImapDouble) -> None:
        self.box = box
        own = SimpleNamespace(
            settings={**double.settings, "bounces": BOUNCES, "imap": box.settings},
            world=double.world,
        )
        super().__init__(client, own)  # type: ignore[arg-type]  # all it uses

    def visit(self) -> list[str]:
        """What the bot logs of one visit to the mailbox."""
        with structlog.testing.capture_logs() as logs:
            rounds.once(self.context, rounds.table(self.settings))
        return [str(line.get("said") or line.get("why")) for line in logs]

    def confirmed(self) -> None:
        self.post("/subscribe", FORM)
        self.press(link(self.mails[0], "confirm"))
        for day in (builders.DAY, FRIDAY):
            self.store.save_digest(replace(builders.example(), date=day))

    @property
    def kept(self) -> Subscription | None:
        return self.store.subscriptions.subscription(ADA)


@pytest.fixture
def street(store: redis.Redis) -> Iterator[Street]:
    with SmtpDouble() as double, ImapDouble() as box:
        yield Street(store, double, box)


def test_two_days_that_come_back_are_the_last(street: Street):
    street.confirmed()
    street.until(ITS_HOUR)
    asking, thursday = street.double.world.taken
    street.box.world.put(bounced(thursday))
    assert "1 of 2 digests that suspend it" in street.visit()[0]
    street.until(ITS_HOUR + timedelta(days=1))
    (*_, friday) = street.double.world.taken
    assert len({asking.sender, thursday.sender, friday.sender}) == 3
    street.box.world.put(bounced(friday))
    said = street.visit()
    assert any(line.endswith("suspended.") for line in said)
    assert any("no longer reaches mail:a…@example.org" in line for line in said), "the notice"
    assert "ada@" not in "".join(said)
    assert street.kept
    assert street.kept.state is State.DISABLED
    assert street.kept.reason.startswith("2 digests came back for good (550 5.1.1")
    street.until(ITS_HOUR + timedelta(days=12))
    assert len(street.double.world.taken) == 3, "nothing more is sent"


def test_whoever_complains_hears_nothing_more_and_nobody_can_tell(street: Street):
    street.confirmed()
    street.until(ITS_HOUR)
    (_, digest) = street.double.world.taken
    street.box.world.put(complaint(f"Return-Path: <{digest.sender}>\r\n".encode() + digest.raw))
    assert "never written to again" in street.visit()[0]
    street.post(link(street.mails[1], "manage"), {"do": "erase-all"})
    asked = street.post("/subscribe", FORM)
    other = street.post("/subscribe", {**FORM, "address": "eve@example.org"})
    assert title(asked) == title(other) == "Look into your inbox."
    assert asked.status_code == other.status_code
    assert asked.text.replace("ada@", "eve@") == other.text
    street.store.subscriptions.save_subscription(
        Subscription(Target("mail", "ADA@example.org"), "foundations", since=FRIDAY)
    )
    street.until(ITS_HOUR + timedelta(days=4))
    assert [each.recipient for each in street.double.world.taken[2:]] == ["eve@example.org"]
    (left,) = street.store.subscriptions.subscriptions()
    assert left.state is State.DISABLED, "what is added past the door is not served"


def test_a_mail_to_the_way_out_ends_it(street: Street):
    street.confirmed()
    street.until(ITS_HOUR)
    way = re.search(
        r"<mailto:([^?]+)\?subject=unsubscribe>", str(street.mails[1]["List-Unsubscribe"])
    )
    assert way
    street.box.world.put(mail(way[1], Subject="unsubscribe"))
    street.box.fail(Fault("STORE", drop=True))
    assert street.visit()[-1].endswith("its reader asks to leave: ended.")
    assert street.kept is None
    assert street.visit() == ["It was read before, and counts once."]
    assert street.visit() == []
    street.until(ITS_HOUR + timedelta(days=4))
    assert len(street.double.world.taken) == 2


def test_the_rounds_go_on_whatever_a_visit_comes_to(street: Street):
    street.box.world.put(dsn(BOUNCES))
    street.box.fail(Fault("GREETING", drop=True))
    seen: list[float | None] = []

    class Twice(Event):
        def wait(self, timeout: float | None = None) -> bool:
            seen.append(timeout)
            return len(seen) == 2

    with structlog.testing.capture_logs() as logs:
        rounds.rounds(street.context, rounds.table(street.settings), Twice())
    assert [line["event"] for line in logs] == ["mailbox not read", "mail came back"]
    assert seen == [600.0, 600.0]


@pytest.fixture
def run(
    store: redis.Redis,
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    del store  # emptied
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", store_url)

    def ran(*args: str, given: bytes = b"", of: click.Group = command, code: int = 0) -> str:
        capfd.readouterr()
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
        assert (of.main(list(args), standalone_mode=False) or 0) == code
        return capfd.readouterr().out

    return ran


def test_the_pipe_says_one_line_a_mail(run: Callable[..., str], street: Street, tmp_path: Path):
    street.confirmed()
    street.until(ITS_HOUR)
    came = bounced(street.double.world.taken[1])
    assert "1 of 2 digests that suspend it" in run("bounce", given=came)
    assert run("bounce", given=came) == "It was read before, and counts once.\n"
    assert run("bounce", given=b"") == (
        "Neither a bounce nor a complaint nor a request to leave: nothing is done.\n"
    )
    one, box = tmp_path / "one.eml", tmp_path / "box"
    one.write_bytes(mail(text="Hello."))
    box.write_bytes(b"".join(
        b"From MAILER-DAEMON Thu Nov 19 08:00:00 2026\n" + each.replace(b"\r\n", b"\n") + b"\n"
        for each in (came, mail(Precedence="bulk"), dsn(BOUNCES))
    ))  # fmt: skip
    lines = run("bounce", str(one), "--mbox", str(box)).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "Neither a bounce nor a complaint nor a request to leave",
        "It was read before, and counts once.",
        "An automatic reply",
        "It names no mail of this house, or somebody of whom nothing is kept",
    ]


def test_what_cannot_be_kept_stays_with_the_mail_server(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/nobody")
    run("bounce", given=dsn(BOUNCES), code=TRY_AGAIN)


def test_the_list_by_hand(run: Callable[..., str], street: Street):
    street.confirmed()
    assert run("suppressed", "list") == "0 addresses.\n"
    assert run("suppressed", "add", "Ada@example.org").splitlines() == [
        "✓ Ada@example.org is never written to again.", f"Off: {ADA}.",
    ]  # fmt: skip
    assert run("suppressed", "list") == "1 address: 1 by hand.\n"
    assert '"addresses": 1' in run("suppressed", "list", "--format", "json")
    assert "is never written to again (by hand, " in run("suppressed", "check", "ada@example.org")
    listed = run("list", of=subs.command)
    assert "disabled: A mail was called spam, or the address asked for none" in listed
    for more in ([], ["--confirmed"]):
        with pytest.raises(ConfigError, match="mail suppressed remove ada@example"):
            run("add", "mail:ada@example.org", "--profile", "language", *more, of=subs.command)
    with pytest.raises(ConfigError, match="is no mail address"):
        run("suppressed", "add", "ada")
    assert "may be written to again" in run("suppressed", "remove", "ada@example.org")
    assert "is not on the list" in run("suppressed", "remove", "ada@example.org")
    assert "is not on the list" in run("suppressed", "check", "ada@example.org")


def test_the_mailbox_by_hand(
    run: Callable[..., str], street: Street, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(ConfigError, match=r"channels\.mail\.imap\.host"):
        run("bounces")
    own = street.settings.channels["mail"]
    for name, value in {
        **own,
        **{f"imap__{key}": each for key, each in own["imap"].items()},
    }.items():
        if name not in {"imap", "link_secret"}:
            monkeypatch.setenv(f"PAPERLARK_CHANNELS__MAIL__{name.upper()}", str(value))
    assert run("bounces") == "Nothing to read.\n"
    street.box.world.put(dsn(BOUNCES))
    assert run("bounces").startswith("It names no mail of this house")


def test_without_a_mailbox_none_is_read():
    assert rounds.table(Settings()).host == ""
