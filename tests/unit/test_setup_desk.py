"""``/digest setup`` at the desk, over a store in memory: every step, and every slip."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from bot.desk import FrontDesk
from bot.desk.house import House
from bot.desk.setup import read
from bot.ports import Asker
from bot.replies import Lines, Reply, Said
from paperlark import profile as profiles
from paperlark.domain import Term
from paperlark.drafting import Asked, Draft, Group, Request, Trial, named
from paperlark.errors import NotFound
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from tests import builders
from tests.fakes import MemoryLedger, MemoryStore

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HERE, THERE = Target("slack", "C1"), Target("slack", "C2")
ADA, BEN = Asker("slack:U1", HERE), Asker("slack:U2", HERE)
IDS = tuple(f"2611.9{n:04d}" for n in range(1, 9))
FIVE = " ".join(IDS[:5])


@dataclass
class Shelves(MemoryStore):
    """The whole store in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)


class Room:
    """A desk, and what was put on its way."""

    def __init__(self) -> None:
        self.store, self.now = Shelves(), NOON
        self.put: list[tuple[str, int]] = []
        self.failed = ""
        self.house = House(self.store, lambda: self.now, lambda *_: "", draft=self._draft)
        self.desk = FrontDesk(self.house)

    def _draft(self, request: str, turn: int) -> str:
        self.put.append((request, turn))
        return self.failed

    def __call__(self, text: str, asker: Asker = ADA) -> Reply:
        return asyncio.run(self.desk.command(asker, text))

    def said(self, text: str, asker: Asker = ADA) -> str:
        reply = self(text, asker)
        assert isinstance(reply, Said), reply
        return reply.text

    def request(self, asker: Asker = ADA) -> Request:
        found = self.store.drafts.request(named(asker.voter, str(asker.where)))
        assert found
        return found

    def answer(self, asker: Asker = ADA, **more: object) -> None:
        """As a worker would."""
        asked = self.request(asker)
        made = replace(trial(asked), **more)  # type: ignore[arg-type]
        assert self.store.drafts.answer(named(asker.voter, str(asker.where)), made)


def trial(request: Request) -> Trial:
    questions = tuple(Asked(f"2611.8000{n}", f"Question {n}", 50.0 - n) for n in range(1, 7))
    return Trial(
        request.turn,
        Draft(
            ("cs.LG", "stat.ML"),
            (Term("sparse attention", 1.5), Term("token pruning")),
            (Term("federated averaging", 0.5),),
            (Group(("sparse attention", "token pruning"), ("Keys That Hold Nothing",)),),
            unsure=("It is little to go by.",),
        ),
        request.liked,
        request.not_liked,
        date(2026, 11, 19),
        311,
        9,
        (Asked("2611.70001", "The Best of Them", 93.2),),
        questions,
    )


@pytest.fixture
def room() -> Room:
    return Room()


def test_links_in_any_usual_form_are_read_and_the_rest_is_said():
    liked, other = read(
        "<https://arxiv.org/abs/2611.90001v2> https://arxiv.org/pdf/2611.90002, "
        "arXiv: 2611.90003 [cs.LG] and 10.48550/arXiv.2611.90004 not math.GT/0309136 2611.90005"
    )
    assert liked == ("2611.90001", "2611.90002", "2611.90003", "2611.90004")
    assert other == ("math/0309136", "2611.90005")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2611.9041", "2611.9041 is not an arXiv id"),
        ("not 2611.90001", "Give links or ids"),
        (f"{IDS[0]} not {IDS[0]}", "as liked and as not liked"),
        (" ".join(f"2611.{n:05d}" for n in range(1, 12)), "at most 10"),
    ],
)
def test_a_slip_is_one_sentence(text: str, said: str):
    with pytest.raises(NotFound, match=said):
        read(text)


def test_it_answers_at_once_and_puts_the_draft_on_its_way(room: Room):
    assert "type `/digest setup`" in room.said(f"setup {FIVE} not {IDS[5]}")
    assert (room.request().liked, room.request().not_liked) == (IDS[:5], IDS[5:6])
    assert room.put == [(named("slack:U1", "slack:C1"), room.request().turn)]
    assert "Still drafting" in room.said("setup")
    assert len(room.put) == 2  # a job that got lost is put on its way again


def test_twenty_links_are_not_too_long_a_question(room: Room):
    every = " ".join(f"https://arxiv.org/abs/2611.{n:05d}" for n in range(1, 21))
    assert "Drafting from 10" in room.said(f"setup {every.replace('00011', '00011', 1)}".replace(
        "https://arxiv.org/abs/2611.00011", "not https://arxiv.org/abs/2611.00011"))  # fmt: skip


def test_the_draft_shows_the_day_and_six_thumbs(room: Room):
    room(f"setup {FIVE}")
    room.answer()
    page = room("setup")
    assert isinstance(page, Lines)
    told = "\n".join((page.title, *page.lines, page.foot)).replace("\u00a0", " ")
    for each in (
        "Draft from 5 liked papers, 0 not liked", "Categories: cs.LG, stat.ML",
        "For: sparse attention, token pruning", "Against: federated averaging",
        "1. Sparse attention, token pruning. As in “Keys That Hold Nothing”.",
        "Thu 19 Nov under it: 9 of 311 papers, line 50.0", "93 · The Best of Them",
        "1. Question 1 (2611.80001)", "6. Question 6", "It is little to go by.",
        "`/digest setup use NAME`",
    ):  # fmt: skip
        assert each in told
    commands = [action.command for action in page.actions]
    assert commands[:2] == ["setup up 2611.80001", "setup down 2611.80001"]
    assert commands[-3:] == ["setup again", "setup use", "setup cancel"]
    assert len(commands) == 15


def test_thumbs_go_into_the_draft_and_the_next_turn(room: Room):
    room(f"setup {FIVE}")
    room.answer()
    before = room.request().turn
    assert "Noted: 👍 for “Question 1”. 1 of 6 so far." in room.said("setup up 2611.80001")
    assert "2 of 6" in room.said("setup 👎 https://arxiv.org/abs/2611.80002")
    assert "Taken back" in room.said("setup none 2611.80001")
    room.said("setup +1 2611.80003")
    assert room.request() == Request((*IDS[:5], "2611.80003"), ("2611.80002",), before)
    page = room("setup")
    assert isinstance(page, Lines)
    assert "2. 👎 Question 2 (2611.80002)" in page.lines
    assert len(page.actions) == 11
    assert "Drafting anew" in room.said("setup again")
    assert room.request().turn > before
    assert "Still drafting" in room.said("setup")


def test_use_makes_the_profile_and_the_subscription(room: Room):
    room(f"setup {FIVE} not {IDS[5]}")
    room.answer()
    room("setup up 2611.80001")
    said = room.said("setup use")
    assert "Kept as “sparse-attention”" in said
    assert "First digest: Fri 20 Nov, 08:00 (UTC)." in said
    made = room.store.profile("sparse-attention")
    assert made
    assert set(made.liked) == {*IDS[:5], "2611.80001"}
    assert made.not_liked == (IDS[5],)
    own = room.store.subscriptions.subscription("slack:C1/sparse-attention")
    assert own
    assert own.state is State.ACTIVE
    assert "Nothing is being drafted" in room.said("setup")


def test_a_name_is_free_or_refused_and_a_profile_that_comes_here_stays(room: Room):
    room.store.save_profile(profiles.parse("sparse-attention", builders.PROFILE))
    own = Subscription(HERE, "sparse-attention", zone="Europe/Berlin")
    room.store.subscriptions.save_subscription(own)
    room(f"setup {FIVE}")
    room.answer()
    assert "already" in room.said("setup use Sparse-Attention")
    assert "already" in room.said("setup use foundations")
    assert "cannot name a profile" in room.said("setup use a/b")
    said = room.said("setup use")
    assert "“sparse-attention-2”" in said
    assert "(Europe/Berlin)" in said
    assert "`/digest unsubscribe here profile:sparse-attention`" in said
    assert len(room.store.subscriptions.subscriptions()) == 2


def test_two_people_at_once_have_drafts_of_their_own(room: Room):
    room(f"setup {IDS[0]}", ADA)
    room(f"setup {IDS[1]}", BEN)
    room(f"setup {IDS[2]}", replace(ADA, where=THERE))
    assert [room.request(each).liked for each in (ADA, BEN, replace(ADA, where=THERE))] == [
        (IDS[0],), (IDS[1],), (IDS[2],)
    ]  # fmt: skip
    assert "forgotten" in room.said("setup cancel", BEN)
    assert "Nothing was" in room.said("setup cancel", BEN)
    assert room.request(ADA).liked == (IDS[0],)


def test_an_answer_to_an_earlier_turn_is_not_kept(room: Room):
    room(f"setup {IDS[0]}")
    late = trial(room.request())
    room(f"setup {IDS[1]}")
    assert not room.store.drafts.answer(named("slack:U1", "slack:C1"), late)
    assert "Still drafting" in room.said("setup")


def test_what_went_wrong_is_said(room: Room):
    room(f"setup {IDS[0]}")
    room.answer(draft=None, unknown=(IDS[0],), problem=f"arXiv does not know {IDS[0]}: check.")
    assert room.said("setup") == f"No draft: arXiv does not know {IDS[0]}: check."
    room(f"setup {IDS[0]}")
    room.answer(draft=None, problem="arXiv did not answer.")
    assert "No draft yet: arXiv did not answer. It is tried again" in room.said("setup")
    assert "No draft yet" in room.said("setup use")


def test_a_place_with_a_digest_is_its_managers(room: Room):
    guest = replace(BEN, manager=False)
    assert "Drafting" in room.said(f"setup {FIVE}", guest)
    room.store.subscriptions.save_subscription(Subscription(HERE, "foundations"))
    assert "Only people who manage" in room.said("setup use", guest)


@pytest.mark.parametrize("text", ["setup again", "setup use x", "setup up 2611.90001", "setup"])
def test_without_a_draft_every_step_says_how_to_begin(room: Room, text: str):
    assert "Give links or ids" in room.said(text)


def test_using_a_draft_twice_at_once_makes_one_profile(room: Room):
    room(f"setup {FIVE}")
    room.answer()

    async def pressed() -> list[Reply]:
        return await asyncio.gather(*(room.desk.command(ADA, "setup use") for _ in range(4)))

    told = [reply.text for reply in asyncio.run(pressed()) if isinstance(reply, Said)]
    assert sum(text.startswith("Kept as") for text in told) == 1
    assert len(room.store.profiles()) == len(room.store.subscriptions.subscriptions()) == 1
