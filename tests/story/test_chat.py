"""A group's morning: the announcement, the post, thumbs, commands, settings and one's own page.

Real processes: clock, workers and bot over an embedded store, a loopback arXiv and a chat's double.
"""

from __future__ import annotations

import time
from datetime import time as at
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paperlark.demo.double import ArxivDouble
from paperlark.demo.samples import days
from paperlark.store import RedisStore
from paperlark.store.connection import connect
from paperlark.vote import Thumb
from tests.chats import CHATS, Bot, Chat, chat, post
from tests.story.test_cli import Program, program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.subscription import Subscription

SECRETS = ("xoxb-", "xapp-", "signs-for", "ticket=", "/hooks/", "double.of-discord", "token-",
           "syt_")  # fmt: skip


@pytest.fixture(params=CHATS)
def here(request: pytest.FixtureRequest) -> Iterator[Chat]:
    with chat(request.param) as made:
        yield made


@pytest.fixture
def run(here: Chat) -> Iterator[Program]:
    with ArxivDouble(days()) as arxiv, program(arxiv) as made:
        made.environ |= here.environ()
        yield made


@pytest.fixture
def bot(run: Program, here: Chat) -> Iterator[Bot]:
    post(run, here, line=5)
    made = Bot(run)
    try:
        here.meet(made)
        yield made
    finally:
        code = made.stop()
    assert code == 0, made.log
    assert "failed" not in made.log, made.log
    assert not any(secret in made.log for secret in SECRETS)


def votes(run: Program, here: Chat) -> dict[tuple[str, str], int]:
    """The last words that are kept: (person, paper) to verdict."""
    with connect(None, Path(run.environ["PAPERLARK_DATA_DIR"])) as store:
        found = RedisStore(store.client).votes.votes(f"{here.target}/foundations")
    known = {name: who for who, name in here.people.items()}
    return {(known[vote.voter.partition(":")[2]], vote.paper): int(vote.verdict) for vote in found}


def until(true: Callable[[], object], state: Callable[[], object]) -> None:
    """Wait for what nobody is told of."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, state()
        time.sleep(0.05)


def subscription(run: Program, here: Chat) -> Subscription:
    with connect(None, Path(run.environ["PAPERLARK_DATA_DIR"])) as store:
        found = RedisStore(store.client).subscriptions.subscription(f"{here.target}/foundations")
    assert found
    return found


def test_a_morning(run: Program, here: Chat, bot: Bot) -> None:
    cards = here.cards()
    assert len(cards) > 5
    _thumbs(run, here)
    _digests(here)
    _papers(here)
    _shelf(here)
    _settings(run, here)
    assert not here.wrongs()
    assert bot.log


def _thumbs(run: Program, here: Chat) -> None:
    first, second, third, fourth = here.cards()[:4]
    paper = here.paper(first)
    assert "Noted: 👍" in here.press(first, "up", "U1")
    assert votes(run, here)["U1", paper] == Thumb.UP
    assert "Vote taken back." in here.press(first, "up", "U1")
    assert votes(run, here)["U1", paper] == Thumb.NONE
    here.press(first, "up", "U1")
    assert "Changed to 👎" in here.press(first, "down", "U1")
    here.react(second, "up", "U2", times=3)
    here.react(third, "down", "U2")
    here.react(third, "down", "U2", on=False)
    here.react(third, "up", "U1")
    here.react(third, "down", "U1")
    here.react(third, "up", "U1", on=False)  # the later word was the other thumb: it stays
    here.react_backwards(fourth, "up", "U2")
    here.noise(fourth)
    wanted = {
        ("U1", paper): Thumb.DOWN,
        ("U2", here.paper(second)): Thumb.UP,
        ("U2", here.paper(third)): Thumb.NONE,
        ("U1", here.paper(third)): Thumb.DOWN,
        ("U2", here.paper(fourth)): Thumb.NONE,
    }
    until(lambda: votes(run, here) == wanted, lambda: votes(run, here))


def _digests(here: Chat) -> None:
    first, second, below = here.pages()
    assert "1–5 of" in first
    assert "6–" in second
    assert "just below the line" in below
    shared = here.share()
    assert shared is None or "shared by u1" in shared.lower()
    day = here.command("/digest 2026-11-19")
    assert day == here.command("/digest today") == here.command("/digest latest")
    for asked, said in {
        "/digest 2026-11-21": "No announcement on Sat 21 Nov",
        "/digest 2026-11-20": "Not out yet.",
        "/digest 2999-01-01": "Not out yet.",
        "/digest 2026-13-45": "is no date",
        "/digest 2019-01-04": "arXiv gives announcements of the last 90 days only",
        "/digest today 9": "is no page",
        f"/digest search {'heavy ' * 80}": "at most 300",
        "/digest nonsense": "There is no `/digest nonsense`",
        "/digest help": "/digest why ID",
        "/digest tune": "The line is 5.0",
        "/digest tune try 60": "With the line at 60.0",
        "/digest tune accept": "the line is",
        "/digest tune undo": "the line is 5.0 again",
    }.items():
        assert said in here.command(asked), asked
    unknown = here.unknown()
    assert unknown is None or "is not a command of paperlark" in unknown


def _papers(here: Chat) -> None:
    card = here.cards()[0]
    paper = here.paper(card)
    shown = here.press(card, "abstract", "U3")
    assert paper in shown
    for form in (
        "{0}", "{0}v1", "arXiv:{0}", "arxiv: {0}v1", "oai:arXiv.org:{0}", "arXiv:{0}v1 [cs.LG]",
        "http://arxiv.org/abs/{0}", "https://www.arxiv.org/abs/{0}v1", "arxiv.org/pdf/{0}",
        "https://export.arxiv.org/pdf/{0}v1.pdf", "https://arxiv.org/html/{0}v1",
        "https://arxiv.org/format/{0}", "10.48550/arXiv.{0}", "https://doi.org/10.48550/arXiv.{0}",
        "&lt;https://arxiv.org/abs/{0}&gt;", "<https://arxiv.org/abs/{0}|arxiv.org/abs/{0}>",
    ):  # fmt: skip
        answer = here.command(f"/abstract {form.format(paper)}", "U3")
        assert answer == shown, form
    assert "not an arXiv id" in here.command("/abstract 2611.9041")
    assert "is not among the papers kept here" in here.command("/abstract math.GT/0309136")
    assert "Which paper?" in here.command("/abstract")
    assert paper in here.command(f"/digest why {paper}")


def _shelf(here: Chat) -> None:
    card = here.cards()[1]
    assert "Nothing saved yet" in here.home("U3")
    assert "Saved" in here.press(card, "save", "U3")
    assert "Saved papers (1)" in here.home("U3")
    assert "Nothing saved yet" in here.command("/digest saved", "U1")


def _settings(run: Program, here: Chat) -> None:
    before = subscription(run, here)
    said = here.settings(zone="Mars/Base", cap="a dozen")
    assert "whole number" in said or "Write a time" in said
    assert "Mars/Base" in here.settings(zone="Mars/Base")
    assert subscription(run, here) == before
    assert "saved" in here.settings(zone="Asia/Tokyo", at="07:30", cap="7", quiet="silent")
    after = subscription(run, here)
    assert (after.zone, after.at, after.quiet) == ("Asia/Tokyo", at(7, 30), "silent")
    if stale := here.stale(zone="Asia/Tokyo", cap="9"):
        assert "Somebody changed these settings" in stale
        assert subscription(run, here).zone == "Europe/Oslo"
