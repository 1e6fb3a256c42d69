"""A bot that is killed while a mail that asks is owed: sent after the restart, once."""

from __future__ import annotations

import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from bot.doubles.smtp.double import SmtpDouble
from paperlark import profile as profiles
from paperlark.store import RedisStore
from paperlark.store.keys import ERRANDS
from tests import builders
from tests.story.test_bot import PATIENCE_S, bot, environ, folder
from tests.town import FORM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import redis

__all__ = ["environ", "folder"]


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def ask(web: str) -> int:
    """Send the form."""
    form = urllib.parse.urlencode(FORM).encode()
    with urllib.request.urlopen(f"http://{web}/subscribe", form, timeout=PATIENCE_S) as page:
        return int(page.status)


def with_mail(environ: Mapping[str, str], double: SmtpDouble) -> dict[str, str]:
    table = {key: str(value) for key, value in double.settings.items() if key != "link_secret"}
    named = {f"PAPERLARK_CHANNELS__MAIL__{key.upper()}": value for key, value in table.items()}
    return {**environ, **named, "PAPERLARK_WEB__PUBLIC_URL": "https://digest.example.org"}


def test_killed_between_two_tries_it_sends_after_the_restart_once(
    environ: dict[str, str], folder: str, store: redis.Redis
):
    kept = RedisStore(store)
    kept.save_profile(profiles.parse("foundations", builders.PROFILE))
    with SmtpDouble() as double:
        double.world.faults.add("rcpt-450")
        environ = with_mail(environ, double)
        with bot(environ, folder) as first:
            assert ask(first.until("bot started")["web"]) == 200
            first.until("confirmation not sent")
            until(kept.errands.owed, "it is owed")
            until(lambda: not kept.errands.due(), "it waits")
            first.process.kill()
        assert double.recipients() == []
        store.zadd(ERRANDS, dict.fromkeys(kept.errands.owed(), 0))  # the wait is over
        for _ in range(2):
            with bot(environ, folder) as again:
                again.until("bot started")
                until(lambda: not kept.errands.owed(), "it is sent")
                assert again.stop() == 0
        assert double.recipients() == ["ada@example.org"]
        assert len(kept.readers.waiting()) == 1
