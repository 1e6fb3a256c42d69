"""One person in two chats: linked by a code, heard once, and with a page of their own in both."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from paperlark import facts, feedback
from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from tests.chats import Bot, DiscordChat, SlackChat, post
from tests.story.test_cli import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.story.test_cli import Program


@contextmanager
def kept(run: Program) -> Iterator[RedisStore]:
    with connect(None, Path(run.environ["PAPERLARK_DATA_DIR"])) as store:
        yield RedisStore(store.client)


def test_two_doors_one_person() -> None:
    with ExitStack() as stack:
        arxiv = stack.enter_context(ArxivDouble(days()))
        run = stack.enter_context(program(arxiv))
        slack = stack.enter_context(SlackChat("socket"))
        discord = stack.enter_context(DiscordChat())
        run.environ |= {**slack.environ(), **discord.environ()}
        post(run, slack, line=5)
        assert run("digest", "--profile", "foundations").returncode == 0
        assert run("subs", "add", discord.target, "--profile", "foundations").returncode == 0
        bot = Bot(run)
        try:
            slack.meet(bot)
            discord.meet(bot)
            _story(run, slack, discord)
        finally:
            code = bot.stop()
        assert code == 0, bot.log
        assert "failed" not in bot.log, bot.log
        assert not slack.wrongs()
        assert not discord.wrongs()


def _story(run: Program, slack: SlackChat, discord: DiscordChat) -> None:
    mira = discord.people["U1"]
    paper = slack.paper(slack.cards()[0])
    slack.press(slack.cards()[0], "up", "U1")
    discord.double.command("/digest vote", {"how": "up", "id": paper}, user=mira)
    assert _voters(run) == ["discord:" + mira, "slack:U1"], "two strangers so far"

    code = re.search(r"/digest link (\w{10})", slack.command("/digest link", "U1"))
    assert code
    told = discord.double.command("/digest link", {"code": code[1]}, user=mira).said
    assert "are one person now" in told
    assert _voters(run) == ["discord:" + mira], "one voice"

    changed = discord.double.command("/digest vote", {"how": "down", "id": paper}, user=mira)
    assert "Changed to 👎" in changed.said
    with kept(run) as store:
        known = facts.gather(store, "foundations")
    [heard] = feedback.heard(known.votes, known.shown, date(2999, 1, 1))
    assert (heard.paper, heard.voter) == (paper, f"discord:{mira}"), "counted once"

    slack.command("/digest mute word gradient", "U1")
    here, there = slack.command("/digest mine", "U1"), discord.command("/digest mine", "U1")
    assert "foundations, for you" in here
    assert re.search(r"becomes yours\. So far: [01]\.", here)
    assert "for you" in there
    assert "Share here" not in here
    assert "Share here" not in there
    assert "unlink" in slack.command("/digest help", "U1")
    assert "person of its own again" in slack.command("/digest unlink", "U1")
    assert _voters(run) == ["discord:" + mira, "slack:U1"]


def _voters(run: Program) -> list[str]:
    with kept(run) as store:
        return sorted({vote.voter for vote in facts.gather(store, "foundations").votes})
