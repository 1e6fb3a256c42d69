"""A thumb's way in both chats: given, withdrawn, counted once through two doors, told, come true.

The real desk behind the real listeners and loopback doubles; mornings by the real pipeline.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from bot.doubles.discord import limits
from bot.doubles.discord import world as discord_world
from bot.ports import Asker
from paperlark import calendar
from paperlark.feedback import Act
from paperlark.post import Shown
from paperlark.target import Target
from paperlark.vote import Thumb
from tests import discord_bench
from tests import slack as slack_bench
from tests.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from paperlark.domain import Card

_NEXT: Final = re.compile(r"Next: ([\d.]+), ")
_WAIT_S: Final = 60.0


class Chat(Protocol):
    """One chat, as people see it."""

    place: Target
    people: tuple[str, str]

    def tune(self, text: str = "") -> str:
        """``/digest tune …``; the answer."""

    def press(self, label: str) -> str:
        """Press that button of the last answer with buttons; what is said."""

    def react(self, ref: str, *, on: bool = True) -> None:
        """A 👍 on a message, or off it, by the first person."""

    def vote(self, paper: str) -> str:
        """A 👍 by a command, by the first person."""

    def wrongs(self) -> list[Any]:
        """Whatever the service refused, and whomever anything called."""


class InSlack:
    """Slack, by its socket."""

    place = Target("slack", "C1")
    people = ("U1", "U2")

    def __init__(self, double: Any) -> None:
        self.double, self.shown = double, dict[str, Any]()

    def tune(self, text: str = "") -> str:
        did = self.double.command("/digest", f"tune {text}".strip(), "U1")
        return self._told(did)

    def press(self, label: str) -> str:
        [row] = [block for block in self.shown["blocks"] if block["type"] == "actions"]
        [name] = [b["action_id"] for b in row["elements"] if b["text"]["text"] == label]
        return self._told(self.double.press(self.shown, name, "U1"))

    def react(self, ref: str, *, on: bool = True) -> None:
        self.double.react(ref.partition(":")[2], "+1", "U1", added=on)

    def vote(self, paper: str) -> str:
        return str(self.double.command("/digest", f"vote up {paper}", "U1").said)

    def wrongs(self) -> list[Any]:
        return [*self.double.refused, *self.double.pinged]

    def _told(self, did: Any) -> str:
        for payload in did.posts:
            if any(block["type"] == "actions" for block in payload["blocks"]):
                self.shown = payload
        return str(did.said)


class InDiscord:
    """Discord, by its gateway."""

    place = Target("discord", discord_world.CHANNEL)
    people = (discord_world.MIRA, discord_world.TOMAS)

    def __init__(self, double: Any) -> None:
        self.double, self.shown = double, dict[str, Any]()

    def tune(self, text: str = "") -> str:
        did = self.double.command("/digest tune", {"what": text} if text else {})
        return self._told(did)

    def press(self, label: str) -> str:
        named = self._buttons()
        said = self._told(self.double.press(self.shown, named[label]))
        if named[label].startswith("ask:"):
            return self._told(self.double.press(self.shown, self._buttons()["Yes, do it"]))
        return said

    def react(self, ref: str, *, on: bool = True) -> None:
        channel, _, message = ref.partition(":")
        where = {"id": message, "channel_id": channel}
        self.double.react(where, "👍", discord_world.MIRA, added=on)

    def vote(self, paper: str) -> str:
        return str(self.double.command("/digest vote", {"how": "up", "id": paper}).said)

    def wrongs(self) -> list[Any]:
        return [*self.double.refused, *self.double.pinged]

    def _buttons(self) -> dict[str, str]:
        parts = limits.walk(self.shown["components"])
        return {str(p["label"]): str(p["custom_id"]) for p in parts if "custom_id" in p}

    def _told(self, did: Any) -> str:
        for payload in did.answers:
            if any(part.get("type") == 17 for part in payload["components"]):
                self.shown = payload
        return str(did.said).replace("\\", "").replace("\u2060", "")


@contextmanager
def _slack(lab: Lab) -> Iterator[Chat]:
    with slack_bench.bench("socket", lab.desk) as bench:
        bench.double.channel("C1", "reading")
        yield InSlack(bench.double)


@contextmanager
def _discord(lab: Lab) -> Iterator[Chat]:
    with discord_bench.bench(lab.desk) as bench:
        yield InDiscord(bench.double)


CHATS: Final[dict[str, tuple[type[InSlack | InDiscord], Any]]] = {
    "slack": (InSlack, _slack),
    "discord": (InDiscord, _discord),
}


class Story:
    """Three weeks of mornings up to today, by the machine's own date, and a chat beside them."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.where: Target = CHATS[kind][0].place
        first = calendar.current(datetime.now(UTC))
        for _ in range(11):
            first = calendar.previous_before(first)
        self.lab = Lab(0, first, self.where)
        names = CHATS[kind][0].people
        self.people = tuple(Asker(f"{kind}:{name}", self.where, name=name) for name in names)
        self.lab.judged(11, likes="pruning", people=self.people)
        self.lab.morning()
        self.lab.now = max(self.lab.now, datetime.now(UTC))

    def posted(self, card: Card, number: int) -> str:
        """A message of the post that shows that card; its name."""
        ref = f"{self.where.address}:{1_700_000_000 + number}.000100"
        ref = ref if self.kind == "slack" else f"{self.where.address}:{900_000 + number}"
        shown = Shown(self.lab.subscription.id, self.lab.day, card.paper.id, card.rank)
        self.lab.store.ledger.cards[self.kind, ref] = shown
        return ref

    def liked(self, paper: str) -> bool:
        """Whether one 👍 stands on a paper."""
        return self.thumbs(paper) == [Thumb.UP]

    def thumbs(self, paper: str) -> list[Thumb]:
        """What stands on a paper, one word a voter and place."""
        votes = self.lab.store.votes
        every = (vote for where in votes.voted_in() for vote in votes.votes_on(where, paper))
        return [vote.verdict for vote in every if vote.verdict]


def until(true: Callable[[], object]) -> None:
    """Wait for what nobody is told of."""
    end = time.monotonic() + _WAIT_S
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def told(answer: str) -> float:
    """The line that the next digest will have, as `tune` said."""
    found = _NEXT.search(answer)
    assert found, answer
    return float(found[1])


@pytest.mark.parametrize("kind", CHATS)
def test_a_thumbs_way_to_tomorrows_digest(kind: str) -> None:
    story = Story(kind)
    lab = story.lab
    with CHATS[kind][1](lab) as chat:
        before = told(chat.tune())
        cards = lab.digest().cards[:4]
        refs = [story.posted(card, number) for number, card in enumerate(cards)]
        paper = cards[0].paper.id
        chat.react(refs[0])
        until(lambda: story.thumbs(paper) == [Thumb.UP])
        chat.react(refs[0], on=False)
        until(lambda: story.thumbs(paper) == [])
        assert told(chat.tune()) == before  # a withdrawn vote leaves no trace
        for ref, card in zip(refs, cards, strict=True):
            chat.react(ref)
            until(partial(story.liked, card.paper.id))
        votes = lab.lines(asker=story.people[0]).chart
        assert "👍" in chat.vote(paper)  # the same person, through another door
        assert story.thumbs(paper) == [Thumb.UP]
        assert lab.lines(asker=story.people[0]).chart == votes
        expected = told(chat.tune())
        assert round(lab.morning().line.value, 1) == expected
        assert not chat.wrongs()


@pytest.mark.parametrize("kind", CHATS)
def test_buttons_decide_once_and_tomorrow_has_it(kind: str) -> None:
    story = Story(kind)
    lab = story.lab
    now = f"{lab.digest().line.value:.1f}"
    with CHATS[kind][1](lab) as chat:
        chat.tune()
        assert f"stays at {now}" in chat.press(f"Freeze at {now}")
        assert "frozen already" in chat.press(f"Freeze at {now}")
        [(decision, by)] = lab.store.choices.decided.values()
        assert (decision.kind, by) == (Act.FREEZE, story.people[0].voter)
        assert decision.who not in {"", "somebody"}
        assert "votes move the line again" in chat.tune("thaw")
        chat.tune()
        undo = _undo(lab)
        back = float(undo.rpartition(" ")[2])
        assert f"is {back:.1f} again" in chat.press(undo)
        chat.tune()
        assert "speaks for a paper" in chat.press("Follow “network pruning”")
        assert told(chat.tune()) == back
        made = lab.morning()
        assert round(made.line.value, 1) == back
        assert "pruning" in made.cards[0].paper.title
        assert not chat.wrongs()


def _undo(lab: Lab) -> str:
    asker = Asker("x:1", lab.subscription.target)
    return next(a.label for a in lab.lines(asker=asker).actions if a.label.startswith("Undo"))
