"""One person's own at the desk: their page, what they follow and mute, and their several names."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import words
from bot.channels.discord import replies as discord
from bot.channels.slack import replies as slack
from bot.desk import FrontDesk
from bot.desk.house import House
from bot.ports import Asker
from bot.replies import DigestPage, File, Lines, Said
from paperlark import profile as profiles
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Fate,
    Listing,
    Score,
    Scored,
    Usage,
)
from paperlark.subscription import Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote
from tests import builders
from tests.fakes import MemoryLedger, MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ports import Desk
    from bot.replies import Reply

DAY = builders.DAY
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
HERE = Target("slack", "C1")
ADA = Asker("slack:U1", HERE)
GUEST = Asker("slack:U2", HERE, manager=False)
ABROAD = Asker("discord:7", Target("discord", "9"))
SUB = Subscription(HERE, "foundations", time(8), "Europe/Berlin")
PROFILE = profiles.parse("foundations", builders.PROFILE)
DIGEST = builders.example(further=6)
BEST = DIGEST.cards[0].paper
LAST = DIGEST.cards[-1].paper


@dataclass
class Shelves(MemoryStore):
    """The whole store in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)


class Room:
    """A desk over a day, and two people's doors to it."""

    def __init__(self) -> None:
        self.store = Shelves()
        self.house = House(self.store, lambda: NOON, lambda *_: "")
        self.desk: Desk = FrontDesk(self.house)
        self.store.save_profile(PROFILE)
        self.store.save_digest(DIGEST)
        self.store.subscriptions.save_subscription(SUB)
        self.store.subscriptions.save_subscription(replace(SUB, target=ABROAD.where))

    def __call__(self, text: str, asker: Asker = ADA) -> Reply:
        return asyncio.run(self.desk.command(asker, text))

    def said(self, text: str, asker: Asker = ADA) -> str:
        reply = self(text, asker)
        assert isinstance(reply, Said), reply
        return reply.text

    def page(self, text: str = "mine", asker: Asker = ADA) -> DigestPage:
        reply = self(text, asker)
        assert isinstance(reply, DigestPage), reply
        return reply

    def order(self, asker: Asker = ADA) -> list[str]:
        return [card.paper.id for card in self.page(asker=asker).digest.cards]

    def before(self, ups: int, downs: int = 0, asker: Asker = ADA) -> None:
        """Votes of the days before, on papers of other days."""
        for number in range(ups + downs):
            paper = builders.paper(f"2611.8{number:04}", "Sparse Heads", abstract="Sparse heads.")
            self.store.keep([paper])
            at = NOON - timedelta(days=1 + number)
            thumb = Thumb.UP if number < ups else Thumb.DOWN
            self.store.votes.cast(
                Vote(at, asker.voter, f"{asker.where}/foundations", paper.id, thumb, Door.CLI)
            )


@pytest.fixture
def room() -> Room:
    return Room()


# --- the page -----------------------------------------------------------------------------------


def test_with_nothing_said_the_page_is_the_places_own_and_says_what_is_missing(room: Room):
    page = room.page()
    best = sorted(DIGEST.cards, key=lambda card: -card.score.value)
    assert room.order()[: len(best)] == [card.paper.id for card in best]
    assert page.said == "Vote on 8 papers and this page becomes yours. So far: 0."
    assert (page.own, page.digest.profile, page.page) == (True, "foundations, for you", 1)
    assert page.turned(2) == f"{DAY}:mine 2"
    assert room("mine latest") == room(f"mine {DAY} 1") == room("mine today 1") == page


def test_its_pages_turn_and_its_fates_add_up(room: Room):
    second, below = room.page("mine 2"), room.page("mine below")
    assert second.cards[0].rank == 6
    turned = asyncio.run(room.desk.digest(ADA, str(DAY), second.turned(2).partition(":")[2]))
    assert turned == second
    assert (below.page, below.cards) == (0, ())
    assert room.said("mine 99") == room.said("mine latest 99")
    assert "is no page" in room.said("mine 99")
    counts = second.digest.counts
    total = counts.shown + counts.below + counts.filtered + counts.undecided
    assert total == counts.scanned == len(second.digest.cards) + len(second.digest.not_shown)


def test_a_day_there_is_none_of_is_said(room: Room):
    assert room.said("mine 2026-11-21").startswith("No announcement on Sat 21 Nov")
    assert room.said("mine nonsense").startswith("“nonsense” is no date")


def test_votes_of_eight_papers_make_it_ones_own(room: Room):
    room.before(7)
    assert room.page().said.endswith("So far: 7.")
    at = NOON - timedelta(days=1)
    room.store.saved.keep_for(ADA.voter, BEST.id, at)
    assert room.page().said == "Ranked for you alone, by what you said of 8\u00a0papers."
    room.store.saved.drop_for(ADA.voter, BEST.id)
    room.store.saved.keep_for(ADA.voter, BEST.id, NOON)
    assert room.page().said.endswith("So far: 7."), "it counts from tomorrow on"


def test_stored_scores_give_grades_and_reasons_to_papers_that_were_not_shown(room: Room):
    under = next(each for each in DIGEST.not_shown if each.fate is Fate.BELOW)
    text = builders.paper(under.id, under.title, abstract="Sparse heads. " * 9)
    row = Listing(under.id, 1, AnnounceType.CROSS)
    batch = Batch(DAY, "cs.LG", BatchState.COMPLETE, (row,))
    room.store.save(Announcement(DAY, (batch,), {under.id: text}))
    scored = Scored({under.id: Score(under.score or 0, 9, 8, "A reason.")}, {}, Usage("local"))
    revision = DIGEST.provenance.revision
    room.store.save_scores("foundations", revision, DAY, DIGEST.usage.scorer, scored)
    room("follow word sparse heads")
    card = room.page().digest.cards[0]
    assert (card.paper, card.announce_type) == (text, AnnounceType.CROSS)
    assert (card.score.relevance, card.score.novelty) == (9, 8)
    assert card.score.comment == "Names “sparse heads”. A reason."


def test_what_the_page_shows_is_remembered_for_taste(room: Room):
    cards = room.page().digest.cards
    (kept,) = room.store.layers.shown(ADA.voter, "foundations")
    assert [seen.paper for seen in kept.cards] == [card.paper.id for card in cards]


# --- what is followed and muted -----------------------------------------------------------------


def test_following_is_for_oneself_and_leaves_the_place_alone(room: Room):
    author = LAST.authors[0].name
    said = room.said(f"follow author {author}")
    assert said.startswith(f"Papers by {author} are marked and rise on your page, `/digest mine`.")
    assert f"To undo: `/digest mute author {author}`." in said
    assert f"For everyone here: `/digest follow here author {author}`." in said
    assert "For everyone" not in room.said("follow word bubble", GUEST)
    assert room.store.profile("foundations") == PROFILE
    cards = {card.paper.id: card for card in room.page().digest.cards}
    assert author in cards[LAST.id].followed
    assert cards[LAST.id].rank < DIGEST.cards[-1].rank
    assert room.order(GUEST) == room.order(replace(GUEST, voter="slack:U3"))
    assert room.said(f"follow author {author.upper()}").endswith("is followed already.")
    assert room.said(f"mute author {author}").startswith(f"{author} is no longer followed.")


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        (f"author {BEST.authors[0].name}", BEST.authors[0].name),
        ("word pays for itself", "“pays for itself”"),
        (f"category {BEST.primary.lower()}", BEST.primary),
    ],
)
def test_what_is_muted_is_taken_off_counted_and_said(room: Room, wish: str, rule: str):
    before = room.page().digest.counts
    assert "taken off your page" in room.said(f"mute {wish}")
    page = room.page()
    assert BEST.id not in [card.paper.id for card in page.digest.cards]
    gone = [each for each in page.digest.not_shown if (each.rule or "").startswith("muted by you")]
    assert BEST.id in [each.id for each in gone]
    assert {each.rule for each in gone} == {f"muted by you: {rule}"}
    assert page.digest.counts.filtered == before.filtered + len(gone)
    assert page.digest.counts.scanned == before.scanned
    assert f"{len(gone)}\u00a0paper" in page.said
    assert "taken off by what you mute." in page.said
    assert "is no longer muted" in room.said(f"follow {wish}")
    assert room.page().digest.counts == before


def test_both_layers_are_listed(room: Room):
    room("follow word mirror descent", GUEST)
    room("mute category cs.RO", GUEST)
    room("mine topics sparse attention; not: benchmarks", GUEST)
    listed = room("follow", GUEST)
    assert isinstance(listed, Lines)
    assert listed.title == "What you and foundations follow and mute"
    for line in (
        "You follow words: mirror descent",
        "You mute categories: cs.RO",
        "Your topics: sparse attention; not: benchmarks",
        "foundations: authors followed: Şirin Aktaş",
    ):
        assert line in listed.lines
    assert room("mute", GUEST) == listed


def test_topics_are_kept_read_back_and_taken_back(room: Room):
    empty = room("mine topics")
    assert isinstance(empty, Lines)
    assert empty.lines == ("None yet.",)
    before = room.order()
    said = room.said(f"mine topics {LAST.title}")
    assert said.startswith("Kept. They are read as “")
    assert room.order().index(LAST.id) < before.index(LAST.id)
    assert room.said("mine topics none") == "Your topics are taken back."
    assert room.order() == before
    assert "no phrase in it tells papers apart" in room.said("mine topics of the and")


@given(st.text(max_size=200))
@settings(max_examples=30)
def test_no_words_make_the_desk_raise(text: str):
    room = Room()
    for verb in ("mine", "mine topics", "follow", "mute", "mute author", "link", "unlink"):
        reply = room(f"{verb} {text}")
        assert not (isinstance(reply, Said) and "did not expect" in reply.text)


# --- one person under several names -------------------------------------------------------------


def linked(room: Room) -> None:
    code = room.said("link").split("`")[1].removeprefix("/digest link ")
    assert room.said(f"link {code.lower()}", ABROAD).startswith(
        "Linked: Discord 7 and Slack U1 are one person now."
    )


def test_a_code_from_one_chat_links_in_another_once(room: Room):
    assert "for 15 minutes and one use" in room.said("link")
    linked(room)
    assert room.store.links.persons() == {"discord:7": "discord:7", "slack:U1": "discord:7"}
    assert "Linked so far: Discord 7 and Slack U1." in room.said("link")
    assert room.said("link short").startswith("That is no code")
    assert room.said("link 2222222222", GUEST).startswith("That code is not known")
    own = room.store.links.offer(GUEST.voter)
    assert room.said(f"link {own}", GUEST).startswith("That code is of this very name")
    assert room.said("unlink").startswith("This name is a person of its own again.")
    assert room.said("link off").startswith("This name is linked with no other.")


def test_no_code_is_given_where_everybody_reads_it(room: Room):
    talk = Asker("matrix:@ada:example.org", Target("matrix", "!r:example.org"), alone=True)
    open_ = replace(talk, alone=False, public=True)
    assert room.said("link", open_) == words.YOURS_ALONE
    assert "for 15 minutes and one use" in room.said("link", talk)
    code = room.store.links.offer(ADA.voter)
    said = room.said(f"link {code}", open_)
    assert said.startswith("Linked. With whom")
    assert ADA.voter.partition(":")[2] not in said
    assert room.store.links.of(ADA.voter) == (open_.voter, ADA.voter)
    assert room.said(f"link {code}", GUEST).startswith("That code is not known")


OWN = (
    "mine", "mine 2", "mine topics sparsity", "saved", "votes", "export mine", "export json mine",
    "export bibtex saved", "forget me", "forget me yes", "follow", "mute", "Mine", "link",
    "mine profile:foundations", "follow profile:foundations",
)  # fmt: skip


@pytest.mark.parametrize("text", OWN)
def test_what_is_the_askers_alone_is_not_told_where_everybody_reads_it(room: Room, text: str):
    room.before(5)
    open_ = replace(ADA, public=True)
    assert room.said(text, open_) == words.YOURS_ALONE
    assert room(text) != Said(words.YOURS_ALONE)


def test_ones_own_page_is_not_shown_where_everybody_reads_it(room: Room):
    assert asyncio.run(room.desk.home(replace(ADA, public=True))) == Said(words.YOURS_ALONE)


@pytest.mark.parametrize("text", ["today", "follow author Ada", "follow here", "why 1", "search x",
                                  "tune", "link off", "export bibtex", "votesx"])  # fmt: skip
def test_what_is_everybodys_is_told_to_everybody(room: Room, text: str):
    assert room(text, replace(ADA, public=True)) != Said(words.YOURS_ALONE)


def test_what_was_said_through_two_doors_is_one_persons(room: Room):
    room.before(5)
    for vote in room.store.votes.votes_of(ADA.voter):
        place = f"{ABROAD.where}/foundations"
        room.store.votes.cast(replace(vote, voter=ABROAD.voter, subscription=place))
    room.before(0)
    assert room.page().said.endswith("So far: 5.")
    linked(room)
    assert room.page().said.endswith("So far: 5."), "the same papers, counted once"
    room("follow word sparsity", ABROAD)
    room("mute word benchmark")
    both = room("follow")
    assert isinstance(both, Lines)
    assert {"You follow words: sparsity", "You mute words: benchmark"} <= set(both.lines)
    assert room.order() == room.order(ABROAD)
    room("mute word sparsity")
    assert room.store.layers.layer(ABROAD.voter).words == ()


def test_export_and_erasure_know_every_name_and_the_layer(room: Room):
    room.before(2)
    linked(room)
    room("follow author Ada Example", ABROAD)
    room("mine topics mirror descent", ABROAD)
    handed = room("export json mine", ABROAD)
    assert isinstance(handed, File)
    table = json.loads(handed.text)
    assert table["identities"] == ["discord:7", "slack:U1"]
    assert {vote["voter"] for vote in table["votes"]} == {"slack:U1"}
    assert (table["follows"]["author"], table["topics"]) == (["Ada Example"], "mirror descent")
    assert handed == room("export mine", ABROAD)
    asked = room.said("forget me", ABROAD)
    assert "what you follow and mute for yourself" in asked
    assert "the link of Discord 7 and Slack U1" in asked
    room("mine")
    room("forget me yes", ABROAD)
    assert room.store.votes.votes_of(ADA.voter) == ()
    assert not room.store.links.persons()
    assert not room.store.layers.layer(ABROAD.voter)
    assert room.store.layers.shown(ADA.voter, "foundations") == ()
    assert room.said("forget me") == "Nothing is kept of you: no vote, no saved paper."


# --- as chats show it ---------------------------------------------------------------------------


@pytest.mark.parametrize("render", [slack.render, discord.render])
def test_a_page_of_ones_own_says_so_and_is_not_shared(
    room: Room, render: Callable[[Reply], dict[str, Any]]
):
    pages = (render(room.page(text)) for text in ("today", "mine"))
    whole, own = (json.dumps(each, ensure_ascii=False) for each in pages)
    assert "Share here" in whole
    assert "Share here" not in own
    assert "foundations, for you" in own
    assert "becomes yours. So far: 0." in own
    assert f"{DAY}:mine 2" in own
    assert f"{DAY}:mine 2" not in whole
