"""``[channels.mail]``: what is set, what follows from it, and every slip as one sentence."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.channels import mail as module
from bot.channels.mail.client import Mail
from bot.channels.mail.settings import read
from bot.context import build, composer, signing
from paperlark.errors import ConfigError
from paperlark.settings import Settings, WebSettings, load
from paperlark.store import RedisStore
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.tokens import reader_key
from tests.mail import TABLE, channel

if TYPE_CHECKING:
    import redis

SET = {**TABLE, "host": "mail.example.org"}


def table(**given: Any) -> Any:
    return read({**SET, **given}, lambda _path: "")


def test_the_port_follows_from_tls():
    assert (table().on_port, table(tls="implicit").on_port, table(port=2525).on_port) == (
        587, 465, 2525,
    )  # fmt: skip


def test_the_limits_are_those_of_the_settings():
    limits = channel({**SET, "per_second": 5, "connections": 2, "backoff_s": "1, 2.5"}).limits
    assert (limits.overall, limits.burst, limits.per_target) == (5.0, 5, 0.0)
    assert (limits.at_once, limits.waits, limits.strikes) == (8, (1.0, 2.5), 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from": ""}, r"channels\.mail\.from"),
        ({"tls": "none"}, "for this machine only"),
        ({"backoff_s": "soon"}, "seconds separated by commas"),
        ({"tls": "ssl"}, r"channels\.mail\.tls"),
        ({"passwort": "x"}, r"Did you mean `channels\.mail\.password`"),
    ],
)
def test_a_slip_is_named(given: dict[str, str], words: str):
    with pytest.raises(ConfigError, match=words):
        table(**given)


def test_the_shipped_settings_ask_for_no_mail():
    shipped = load({}).channels["mail"]
    assert not module.enabled(shipped)
    assert module.enabled({**shipped, "host": "mail.example.org"})
    assert read(shipped, lambda _path: "").host == ""


def test_no_secret_shows():
    shown = repr(table(password="hush-hush"))  # noqa: S106  (an invented one)
    assert "hush-hush" not in shown
    assert str(TABLE["link_secret"]) not in shown


def test_links_are_signed_with_the_webs_secret_or_one_that_is_made_once(store: redis.Redis):
    kept = RedisStore(store)
    first, second = signing(Settings(), kept), signing(Settings(), kept)
    assert first.web.secret == second.web.secret
    own = Settings(web=WebSettings(secret=SecretStr("one of sixteen letters or more")))
    assert signing(own, kept).web.secret == own.web.secret
    with pytest.raises(ConfigError, match=r"web\.secret"):
        signing(Settings(web=WebSettings(secret=SecretStr("short"))), kept)
    way = composer(first, "mail")
    assert isinstance(way, Mail)
    assert way._secret.decode() == first.web.secret.get_secret_value()


def test_whom_a_mails_links_mean_is_kept_before_it_goes(store: redis.Redis):
    run = build(load({}), SimpleNamespace(client=store))  # type: ignore[arg-type]  # all it uses
    mine = Subscription(Target("mail", "ada@example.org"), "foundations")
    run.introduce(mine)
    run.introduce(Subscription(Target("slack", "C1"), "foundations"))
    secret = run.settings.web.secret.get_secret_value().encode()
    assert run.store.readers.subscription_of(reader_key(secret, mine.id)) == mine.id
    assert len(store.keys("ad:reader:*")) == 1
