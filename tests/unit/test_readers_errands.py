"""Mails that ask are owed in the store: sent once, whatever dies on the way."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot import readers
from bot.readers import errands
from paperlark import profile as profiles
from paperlark.errors import ConfigError, DeliveryError, PaperlarkError, Refused, StoreError
from paperlark.store import RedisStore
from paperlark.subscription import Subscription
from paperlark.target import Target
from tests import builders

if TYPE_CHECKING:
    from collections.abc import Callable

    import redis

    from bot.readers.letters import Letter

NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
SUB = Subscription(Target("mail", "ada@example.org"), "foundations", zone="Europe/Berlin")
SILENT = DeliveryError("No answer after the last dot.", uncertain=True)


class Killed(BaseException):
    """The process ends here."""


class Post:
    """A post box that fails as it is told, and an office over the test's store."""

    def __init__(self, client: redis.Redis) -> None:
        self.client, self.store = client, RedisStore(client)
        self.store.save_profile(profiles.parse("foundations", builders.PROFILE))
        self.sent: list[tuple[str, str]] = []
        self.fails: list[BaseException | None] = []
        self.office = readers.Office(
            self.store, lambda: NOW, b"sixteen bytes or more", "https://d.example.org", self._send,
            later=self._later,
        )  # fmt: skip
        self.dying = False

    def _send(self, target: Target, letter: Letter) -> None:
        error = self.fails.pop(0) if self.fails else None
        if error:
            raise error
        self.sent.append((target.address, letter.text))

    def _later(self, work: Callable[[], object]) -> None:
        if not self.dying:
            work()

    def ask(self) -> str:
        return readers.begin(self.office, SUB, "192.0.2.1")

    def waits_end(self) -> None:
        """Let every wait, and every lease of a process that died, be over."""
        for name in self.store.errands.owed():
            self.client.zadd("ad:errands", {name: 0})
        for key in self.client.keys("ad:post:confirm*"):
            rows: dict[bytes, bytes] = self.client.hgetall(key)  # type: ignore[assignment]  # bytes
            for field, row in rows.items():
                if field.startswith(b"m:"):
                    state, _lease, rest = row.split(b" ", 2)
                    self.client.hset(key, field, b"%s 0 %s" % (state, rest))


@pytest.fixture
def post(store: redis.Redis) -> Post:
    return Post(store)


def test_a_mail_is_sent_and_nothing_is_owed(post: Post):
    post.ask()
    assert [to for to, _ in post.sent] == ["ada@example.org"]
    assert post.store.errands.owed() == ()
    errands.look(post.office)
    assert len(post.sent) == 1


def test_whoever_is_killed_before_sending_sends_after_the_restart_once(post: Post):
    post.dying = True
    post.ask()
    assert post.sent == []
    again = replace(post.office, later=lambda work: work())
    for _ in range(3):
        errands.look(again)
    assert len(post.sent) == 1
    assert post.store.errands.owed() == ()


def test_a_link_is_the_same_on_every_attempt(post: Post):
    post.fails = [SILENT]
    post.office = replace(post.office, repeat=True)
    seen: list[str] = []

    def send(target: Target, letter: Letter) -> None:
        seen.append(letter.text + letter.key)
        post._send(target, letter)

    post.office = replace(post.office, send=send)
    post.ask()
    post.waits_end()
    errands.look(post.office)
    assert len(seen) == 2
    assert seen[0] == seen[1]


@pytest.mark.parametrize(("repeat", "mails"), [(False, 0), (True, 1)])
def test_killed_while_sending_it_is_settled_by_policy(post: Post, *, repeat: bool, mails: int):
    post.office = replace(post.office, repeat=repeat)
    post.fails = [Killed()]
    with pytest.raises(Killed):
        post.ask()
    post.waits_end()
    for _ in range(2):
        errands.look(post.office)
    assert len(post.sent) == mails
    assert post.store.errands.owed() == ()


@pytest.mark.parametrize(("repeat", "mails"), [(False, 0), (True, 1)])
def test_a_server_that_falls_silent_is_settled_by_policy(post: Post, *, repeat: bool, mails: int):
    post.office = replace(post.office, repeat=repeat)
    post.fails = [SILENT]
    post.ask()
    post.waits_end()
    errands.look(post.office)
    assert len(post.sent) == mails


@pytest.mark.parametrize(
    "error", [Refused("Greylisted."), ConfigError("`channels.mail` is wrong.")]
)
def test_a_refusal_for_now_is_tried_again_and_not_at_once(post: Post, error: PaperlarkError):
    post.fails = [error, error]
    post.ask()
    errands.look(post.office)
    assert (len(post.sent), len(post.store.errands.owed())) == (0, 1), "the wait has just begun"
    for _ in range(2):
        post.waits_end()
        errands.look(post.office)
    assert len(post.sent) == 1


def test_after_the_last_wait_it_is_given_up_and_does_not_count(post: Post):
    post.fails = [Refused("Full.")] * 9
    post.ask()
    for _ in range(len(errands.WAITS_S) + 2):
        post.waits_end()
        errands.look(post.office)
    assert len(post.fails) == 9 - 1 - len(errands.WAITS_S)
    assert post.store.errands.owed() == ()
    assert post.store.readers.waiting() == ()


def test_what_is_confirmed_or_over_is_not_sent(post: Post):
    post.dying = True
    post.ask()
    (name,) = post.store.errands.owed()
    post.store.readers.answered(name)
    errands.look(post.office)
    assert (post.sent, post.store.errands.owed()) == ([], ())


def test_limits_hold_for_what_is_owed(post: Post):
    post.dying = True
    for _ in range(5):
        post.ask()
    assert len(post.store.errands.owed()) == 2


def test_two_who_look_at_once_send_one(post: Post):
    post.dying = True
    post.ask()
    inside, out = threading.Event(), threading.Event()

    def slow(target: Target, letter: Letter) -> None:
        inside.set()
        assert out.wait(60)
        post._send(target, letter)

    slowly = replace(post.office, send=slow)
    other = threading.Thread(target=errands.look, args=(slowly,))
    other.start()
    assert inside.wait(60)
    errands.look(post.office)
    assert post.sent == []
    out.set()
    other.join()
    errands.look(post.office)
    assert len(post.sent) == 1


def test_rounds_outlive_a_store_that_is_away_and_end_when_told(post: Post):
    post.dying = True
    post.ask()
    stop, tries = threading.Event(), iter([True, False])

    class Away:
        def __getattr__(self, name: str) -> Any:
            if next(tries, False):
                raise StoreError("The store is away.")
            stop.set()
            return getattr(post.store, name)

    away = replace(post.office, store=Away())  # type: ignore[arg-type]  # it fails
    errands.rounds(away, stop, 0.0)
    assert len(post.sent) == 1
