"""``paperlark mail`` and the raw mail that ``paperlark digest --format mail`` prints."""

from __future__ import annotations

import email
from dataclasses import replace
from email import policy
from typing import TYPE_CHECKING

import pytest

from bot.doubles.smtp.double import SmtpDouble
from paperlark.cli import posting
from paperlark.cli.mail import command
from paperlark.errors import ConfigError, DeliveryError
from paperlark.post import Message, Post, PostKind
from paperlark.settings import Settings, WebSettings, load
from paperlark.store import RedisStore
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from tests.builders import DAY, example
from tests.mail import WEB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import redis


@pytest.fixture
def double() -> Iterator[SmtpDouble]:
    with SmtpDouble() as running:
        yield running


@pytest.fixture
def mail(
    store: redis.Redis,
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    del store  # emptied
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", store_url)

    def run(*args: str) -> str:
        capfd.readouterr()
        command.main(list(args), standalone_mode=False)
        return capfd.readouterr().out

    return run


@pytest.fixture
def set_up(double: SmtpDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("host", "port", "tls", "from"):
        value = str(double.settings[name])
        monkeypatch.setenv(f"PAPERLARK_CHANNELS__MAIL__{name.upper()}", value)


@pytest.mark.usefixtures("set_up")
def test_a_test_mail_is_sent_and_told_of(mail: Callable[..., str], double: SmtpDouble):
    said = mail("test", "ada@example.org")
    assert f"✓ 127.0.0.1:{double.port} took the mail for ada@example.org as <" in said
    (taken,) = double.world.taken
    found = email.message_from_bytes(taken.raw, policy=policy.SMTP)
    assert found["Subject"] == "paperlark can write to you"
    assert found["List-Unsubscribe"] is None
    assert not found.defects


@pytest.mark.usefixtures("set_up")
def test_a_refusal_is_told_in_the_servers_words(mail: Callable[..., str], double: SmtpDouble):
    double.fail("rcpt-550")
    with pytest.raises(DeliveryError, match=r"550 5\.1\.1 no such mailbox"):
        mail("test", "nobody@example.org")


def test_without_a_server_it_says_what_to_set(mail: Callable[..., str]):
    with pytest.raises(ConfigError, match=r"channels\.mail\.host"):
        mail("test", "ada@example.org")


def test_everybody_who_did_not_get_it_is_named(mail: Callable[..., str], store: redis.Redis):
    kept = RedisStore(store)
    day = DAY.isoformat()
    assert "Nobody is known to lack" in mail("undelivered", day)
    for name in ("gone", "late", "left", "fine"):
        made = Subscription(Target("mail", f"{name}@example.org"), "foundations")
        state = State.DISABLED if name == "gone" else State.ACTIVE
        reason = "No such mailbox." if name == "gone" else ""
        kept.subscriptions.save_subscription(replace(made, state=state, reason=reason))
        post = Post(made.id, DAY, PostKind.DIGEST, (Message("mail", {"shared": {"text": "x"}}),))
        kept.ledger.freeze(post)
        if name == "late":
            kept.refusals.put_off(made.id, DAY, (300.0,))
        if name == "left":
            token = kept.ledger.claim(post, post.messages[0]).token
            kept.ledger.give_up(post, post.messages[0], token, "554 not this text.")
    lines = mail("undelivered", day).splitlines()
    assert lines[0] == "mail:gone@example.org/foundations: No such mailbox."
    assert lines[1].startswith("mail:late@example.org/foundations: refused for now; it is tried")
    assert lines[2] == "mail:left@example.org/foundations: 554 not this text."
    assert len(lines) == 3


def test_a_digest_as_a_raw_mail():
    settings = Settings(channels=load({}).channels, web=WebSettings(public_url=WEB))
    found = email.message_from_string(
        posting.messages(settings, example(), "mail"), policy=policy.SMTP
    )
    assert found["Subject"] == "foundations, Thu 19 Nov: 10 of 311 papers"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
