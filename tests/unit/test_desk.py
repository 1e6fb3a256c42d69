"""The front desk over a store in memory: every question, and every slip as one sentence."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.desk import FrontDesk, searching
from bot.desk.house import House
from bot.ports import Asker
from bot.replies import AbstractOf, DigestPage, File, Home, Lines, Papers, Said, SettingsForm
from paperlark import dues, slots
from paperlark import profile as profiles
from paperlark.domain import Fate, Listing
from paperlark.errors import StoreError
from paperlark.post import Message, Post, PostKind, Shown
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb
from tests import builders
from tests.fakes import MemoryLedger, MemoryStore, MemorySubscriptions

if TYPE_CHECKING:
    from bot.ports import Desk
    from bot.replies import Reply

DAY = builders.DAY  # Thu 19 Nov 2026
NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
HERE = Target("slack", "C1")
ADA = Asker("slack:U1", HERE)
GUEST = Asker("slack:U2", HERE, manager=False)
SUB = Subscription(HERE, "foundations", time(8), "Europe/Berlin")
PROFILE = profiles.parse("foundations", builders.PROFILE)
BEST = "2611.90412"


@dataclass
class Shelves(MemoryStore):
    """The whole store in memory."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)


class Room:
    """A desk, and everything around it that a test looks at or changes."""

    def __init__(self, *, subscribed: bool = True, kept: bool = True) -> None:
        self.store = Shelves()
        self.now = NOON
        self.asked: list[tuple[str, date]] = []
        self.failure = ""
        self.house = House(self.store, lambda: self.now, self._fetch)
        self.desk: Desk = FrontDesk(self.house)
        self.store.save_profile(PROFILE)
        if kept:
            self.store.save_digest(builders.example())
        if subscribed:
            self.store.subscriptions.save_subscription(SUB)

    def _fetch(self, profile: str, day: date) -> str:
        self.asked.append((profile, day))
        return self.failure

    def __call__(self, text: str, asker: Asker = ADA) -> Reply:
        return asyncio.run(self.desk.command(asker, text))

    def said(self, text: str, asker: Asker = ADA) -> str:
        reply = self(text, asker)
        assert isinstance(reply, Said), reply
        return reply.text

    def vote(self, thumb: Thumb, asker: Asker = ADA, **more: Any) -> str:
        door = Door.SLACK_REACTION if "ref" in more else Door.SLACK_BUTTON
        reply = asyncio.run(self.desk.vote(asker, thumb, door, **more))
        assert isinstance(reply, Said)
        return reply.text

    def form(self, **changes: Any) -> SettingsForm:
        reply = asyncio.run(self.desk.settings(ADA))
        assert isinstance(reply, SettingsForm), reply
        return replace(reply, **changes)

    def change(self, form: SettingsForm, asker: Asker = ADA) -> dict[str, str]:
        return dict(asyncio.run(self.desk.change(asker, form)))

    @property
    def profile(self) -> Any:
        return self.store.profile("foundations")


@pytest.fixture
def room() -> Room:
    return Room()


# --- digests ------------------------------------------------------------------------------------


def test_todays_digest_comes_five_cards_a_page(room: Room):
    first, second = room("today"), room(f"{DAY} 2")
    assert isinstance(first, DigestPage)
    assert isinstance(second, DigestPage)
    assert (first.page, first.pages) == (1, 2)
    assert [card.rank for card in first.cards] == [1, 2, 3, 4, 5]
    assert [card.rank for card in second.cards] == [6, 7, 8, 9, 10]
    assert room("latest") == room("LATEST 1") == first


def test_below_the_line_are_the_near_misses(room: Room):
    page = room("today below")
    assert isinstance(page, DigestPage)
    assert (page.page, page.cards, len(page.below)) == (0, (), 4)
    assert all(each.fate is Fate.BELOW for each in page.below)


@pytest.mark.parametrize("page", ["3", "0", "-1", "x", "99999999999", "٣"])
def test_a_page_there_is_none_of_is_said(room: Room, page: str):
    assert "is no page: this digest has 2\u00a0pages" in room.said(f"today {page}")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            datetime(2026, 11, 21, 9, tzinfo=UTC),
            "No announcement on weekends. Next: Mon 23 Nov. Newest: Fri 20 Nov",
        ),
        (
            datetime(2026, 11, 27, 9, tzinfo=UTC),
            "No announcement today (Thanksgiving). Next: Mon 30 Nov. Newest: Thu 26 Nov",
        ),
        (
            datetime(2026, 11, 19, 23, 30, tzinfo=UTC),
            "Not out yet. arXiv announces Fri 20 Nov today at 02:00 (Europe/Berlin).",
        ),
    ],
)
def test_today_without_an_announcement_says_when_there_is_one(room: Room, now: datetime, said: str):
    room.now = now
    assert room.said("today").startswith(said)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-21", "No announcement on Sat 21 Nov (weekend). Nearest: Fri 20 Nov and Mon 23"),
        ("2026-11-20", "Not out yet. arXiv announces Fri 20 Nov tonight at 02:00 (Europe/Berlin)"),
        ("2026-11-30", "Not out yet. arXiv announces Mon 30 Nov on that day at 02:00"),
        ("2026-12-28", "No announcement on Mon 28 Dec ("),
        ("2099-01-05", "Not out yet. arXiv announces Mon 5 Jan 2099 on that day at 02"),
        ("9999-12-31", "9999-12-31 is further ahead than anyone plans"),
        ("1990-01-01", "1990-01-01 is before arXiv’s first day, Wed 14 Aug 1991."),
        ("2026-13-01", "“2026-13-01” is no date. Give one as 2026-11-19"),
        ("2026-01-05", "Mon 5 Jan is not in the archive, and arXiv gives announcements of the las"),
    ],
)
def test_a_date_without_a_digest_is_one_sentence(room: Room, when: str, said: str):
    assert room.said(when).startswith(said)
    assert not room.asked


def test_a_day_that_is_not_kept_is_put_on_its_way(room: Room):
    assert room.said("2026-11-18").startswith("Wed 18 Nov is not in the archive yet. It is on its")
    room.failure = "arXiv did not answer: try again in an hour."
    assert room.said("yesterday").endswith("The last try ended with: " + room.failure)
    assert room.asked == [("foundations", date(2026, 11, 18))] * 2


def test_an_empty_archive_puts_the_newest_day_on_its_way():
    room = Room(kept=False)
    assert "It is on its way" in room.said("latest")
    assert room.asked == [("foundations", DAY)]


def test_the_evening_in_tokyo_is_another_day(room: Room):
    tokyo = replace(SUB, zone="Asia/Tokyo")
    room.store.subscriptions.save_subscription(tokyo)
    room.now = datetime(2026, 11, 19, 22, tzinfo=UTC)  # Fri 07:00 there
    assert "announces Fri 20 Nov today at 10:00 (Asia/Tokyo)" in room.said("today")


# --- places and profiles ------------------------------------------------------------------------


def test_a_place_without_a_subscription_reads_the_only_profile():
    room = Room(subscribed=False)
    assert isinstance(room("latest"), DigestPage)
    assert "No digest comes to this place." in room.said("subscribe")
    assert "Mon–Fri 08:00 (UTC)" in room.said("subscribe")
    assert room.said("unsubscribe").startswith("No digest comes")


def test_several_profiles_or_none_or_a_lost_one_are_one_sentence():
    room = Room(subscribed=False)
    room.store.save_profile(replace(PROFILE, name="other"))
    assert "several profiles (foundations, other)" in room.said("today")
    assert "paperlark subs add slack:C1 --profile foundations" in room.said("today")
    lost = Room()
    lost.store.subscriptions.save_subscription(replace(SUB, profile="gone"))
    lost.store.subscriptions.remove_subscription(SUB.id)
    assert "The profile “gone” of this place does not exist any more" in lost.said("today")
    bare = Room(subscribed=False)
    bare.store.remove_profile("foundations")
    assert bare.said("today").startswith("There is no profile yet")
    assert isinstance(bare("help"), Lines)


def test_the_settings_profile_serves_places_without_one():
    room = Room(subscribed=False)
    room.store.save_profile(replace(PROFILE, name="other"))
    desk = FrontDesk(replace(room.house, default="foundations"))
    assert isinstance(asyncio.run(desk.digest(ADA, "latest")), DigestPage)


# --- papers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [BEST, f"arXiv:{BEST}v2", f"https://arxiv.org/pdf/{BEST}", f"<https://arxiv.org/abs/{BEST}|x>",
     f"have you seen {BEST}, it is good"],
)  # fmt: skip
def test_a_paper_is_understood_in_every_form(room: Room, written: str):
    reply = asyncio.run(room.desk.abstract(ADA, written))
    assert isinstance(reply, AbstractOf)
    assert (reply.paper.id, reply.rank, reply.of, reply.announced) == (BEST, 1, 10, DAY)
    assert reply.profile == "foundations"
    assert reply.vote is None
    assert room(f"abstract {written}") == reply


def test_an_id_alone_is_a_question_too(room: Room):
    assert isinstance(room(f"https://arxiv.org/abs/{BEST}"), AbstractOf)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("2611.9041", "2611.9041 is not an arXiv id. Ids look like 2611.90412 or math/0309136."),
        ("2401.00001", "2401.00001 is not among the papers kept here"),
        ("", "Which paper? Give its id or a link"),
        ("x" * 301, "That is 301\u00a0characters long; give at most 300."),
    ],
)
def test_a_paper_that_is_none_is_one_sentence(room: Room, query: str, said: str):
    for ask in (room.desk.abstract, room.desk.why, room.desk.bibtex, room.desk.save):
        reply = asyncio.run(ask(ADA, query))
        assert isinstance(reply, Said)
        assert reply.text.startswith(said) or ask == room.desk.save


def test_why_tells_the_whole_way_of_a_paper(room: Room):
    room.vote(Thumb.UP, paper=BEST)
    cards = (Message("summary", {}), Message(f"card:{BEST}", {}, paper=BEST, rank=1))
    ledger = room.store.ledger
    post = ledger.freeze(Post(SUB.id, DAY, PostKind.DIGEST, cards))
    told = room(f"why {BEST}")
    assert isinstance(told, Lines)
    assert told.lines[-1] == "delivery: slack:C1/foundations: not sent yet"
    ledger.confirm(post, cards[1], ledger.claim(post, cards[1]).token, "C1:17.1")
    reply = room(f"why {BEST}")
    assert isinstance(reply, Lines)
    assert reply.title.startswith(f"{BEST}: Oscillation")
    whole = " | ".join(reply.lines)
    assert "mailing date: Thu 19 Nov 2026" in whole
    assert "fate: shown, number 1 of 10" in whole
    assert "votes: 1\u00a0👍: slack:U1 👍 | delivery: slack:C1/foundations: sent, as " in whole


def test_where_else_a_paper_went_is_counted_for_most(room: Room):
    talk = Subscription(Target("slack", "U9"), "foundations")
    room.store.subscriptions.save_subscription(talk)
    card = Message(f"card:{BEST}", {}, paper=BEST, rank=1)
    for each in (SUB, talk):
        room.store.ledger.freeze(Post(each.id, DAY, PostKind.DIGEST, (card,)))
    ours = "delivery: slack:C1/foundations: not sent yet"
    for asker in (GUEST, replace(ADA, named=False), replace(ADA, alone=True)):
        told = room(f"why {BEST}", asker)
        assert isinstance(told, Lines)
        assert told.lines[-2:] == (ours, "delivery: 1\u00a0other place besides")
        assert "U9" not in " ".join(told.lines)
    told = room(f"why {BEST}")
    assert isinstance(told, Lines)
    assert "delivery: slack:U9/foundations: not sent yet" in told.lines


def test_bibtex_of_one_paper_and_of_a_digest(room: Room):
    one, whole = room(f"bibtex {BEST}"), room("export bibtex")
    assert isinstance(one, File)
    assert isinstance(whole, File)
    assert (one.name, whole.name) == (f"{BEST}.bib", f"foundations-{DAY}.bib")
    assert whole.text.count("@misc{") == 10
    assert whole.text.startswith(one.text)
    as_json = room(f"export json {DAY}")
    assert isinstance(as_json, File)
    assert json.loads(as_json.text)["date"] == str(DAY)
    assert "Say which form" in room.said("export pdf")
    assert "It is on its way" in room.said("export bibtex 2026-11-18")
    assert "Nothing saved yet" in room.said("export bibtex saved")


# --- votes and saved papers ---------------------------------------------------------------------


def test_a_vote_is_noted_changed_and_taken_back(room: Room):
    assert room.vote(Thumb.UP, paper=BEST).startswith("Noted: 👍 for “Oscillation Pays for Itself")
    assert room.vote(Thumb.DOWN, paper=BEST).startswith("Changed to 👎")
    assert room.vote(Thumb.NONE, paper=BEST) == "Vote taken back."
    assert room.vote(Thumb.NONE, paper=BEST).startswith("There is no vote of yours on")
    (kept,) = room.store.votes.votes(SUB.id)
    assert (kept.verdict, kept.digest, kept.rank, kept.score) == (Thumb.NONE, DAY, 1, 93.38)
    assert room.store.examples.keys() == set()  # nothing is kept twice: the digest holds it


def test_an_event_counts_once_and_a_late_one_not_at_all(room: Room):
    assert room.vote(Thumb.UP, paper=BEST, at=NOON, event="Ev1")
    assert room.vote(Thumb.DOWN, paper=BEST, at=NOON, event="Ev1") == ""
    early = room.vote(Thumb.DOWN, paper=BEST, at=NOON - timedelta(seconds=1), event="Ev2")
    assert early.startswith("A later vote of yours on")
    assert room.store.votes.votes(SUB.id)[0].verdict is Thumb.UP


def test_a_reaction_means_the_paper_its_message_shows(room: Room):
    room.store.ledger.cards["slack", "C1:17.1"] = Shown("slack:C1/other", DAY, BEST, 3, 71.0)
    assert room.vote(Thumb.UP, ref="C1:17.1", event="Ev1") == f"Noted: 👍 for “{BEST}”."
    assert room.vote(Thumb.UP, ref="C1:99.9", event="Ev2") == ""
    (kept,) = room.store.votes.votes_of(ADA.voter)
    assert (kept.subscription, kept.rank, kept.door) == ("slack:C1/other", 3, Door.SLACK_REACTION)
    assert room.vote(Thumb.NONE, ref="C1:17.1", taken=Thumb.DOWN).startswith("A later vote")


def test_a_reaction_that_cannot_be_kept_is_neither_marked_nor_acknowledged(room: Room):
    class Away(MemoryLedger):
        def shown(self, kind: str, ref: str) -> Shown | None:
            raise StoreError(f"{kind} {ref}: The store does not answer.")

    room.store.ledger = Away()
    with pytest.raises(StoreError):
        room.vote(Thumb.UP, ref="C1:17.1", event="Ev1")
    assert not room.store.seen.handled("slack", "Ev1")


def test_a_vote_in_a_place_without_subscription_is_kept_under_the_id_it_would_have(room: Room):
    private = Asker("slack:U1", Target("slack", "D1"))
    room.vote(Thumb.UP, private, paper=BEST)
    assert room.store.votes.votes("slack:D1/foundations")[0].paper == BEST


def test_of_several_profiles_the_one_that_showed_the_paper_is_meant(room: Room):
    other = replace(PROFILE, name="another")
    room.store.save_profile(other)
    room.store.subscriptions.save_subscription(replace(SUB, profile="another"))
    room.vote(Thumb.UP, paper=BEST)
    assert room.store.votes.voted_in() == (SUB.id,)
    reply = asyncio.run(room.desk.abstract(ADA, BEST))
    assert isinstance(reply, AbstractOf)
    assert (reply.profile, reply.vote) == ("foundations", Thumb.UP)


def test_a_button_under_another_profiles_card_is_about_that_profiles_vote(room: Room):
    """F4: two profiles in one channel show one paper: what one says does not toggle the other."""
    ledger, others = room.store.ledger, "slack:C1/other"
    ledger.cards["slack", "C1:1.1"] = Shown(SUB.id, DAY, BEST, 1, 93.0)
    ledger.cards["slack", "C1:2.2"] = Shown(others, DAY, BEST, 3, 71.0)

    def press(ref: str) -> str:
        asked = room.desk.vote(
            ADA, Thumb.UP, Door.SLACK_BUTTON, paper=BEST, ref=ref, at=room.now, again=True
        )
        room.now += timedelta(seconds=1)
        reply = asyncio.run(asked)
        assert isinstance(reply, Said)
        return reply.text

    assert press("C1:1.1").startswith("Noted: 👍")
    assert press("C1:2.2").startswith("Noted: 👍")
    assert press("C1:2.2") == "Vote taken back."
    assert [each.verdict for each in room.store.votes.votes(SUB.id)] == [Thumb.UP]
    assert [each.verdict for each in room.store.votes.votes(others)] == [Thumb.NONE]


def test_an_emoji_still_on_the_message_outlives_the_button(room: Room):
    room.store.ledger.cards["slack", "C1:1.1"] = Shown(SUB.id, DAY, BEST, 1, 93.0)
    room.vote(Thumb.UP, ref="C1:1.1", at=NOON, mark="+1::skin-tone-2")
    assert room.vote(Thumb.UP, paper=BEST, again=True).startswith("Noted: 👍")
    kept = room.vote(Thumb.UP, paper=BEST, again=True)
    assert kept == "Your 👍 under the message still counts: take it off there."
    off: dict[str, Any] = {"ref": "C1:1.1", "at": NOON + timedelta(1), "taken": Thumb.UP}
    room.vote(Thumb.NONE, mark="+1", **off)
    assert room.store.votes.votes(SUB.id)[0].verdict is Thumb.UP
    assert room.vote(Thumb.NONE, mark="+1::skin-tone-2", **off) == "Vote taken back."


def test_a_clock_of_ours_that_is_ahead_silences_nobody(room: Room):
    room.now = NOON + timedelta(hours=1)
    assert room.said(f"vote up {BEST}").startswith("Noted: 👍")
    later = NOON + timedelta(minutes=5)
    assert room.vote(Thumb.DOWN, paper=BEST, at=later, again=True).startswith("Changed to 👎")
    assert room.vote(Thumb.DOWN, paper=BEST, at=later, again=True) == "Vote taken back."
    room.now = NOON
    assert room.said(f"vote up {BEST}").startswith("Noted: 👍")


def test_votes_can_be_typed(room: Room):
    assert room.said(f"vote up {BEST}").startswith("Noted: 👍")
    assert room.said(f"vote 👎 {BEST}").startswith("Changed to 👎")
    assert room.said("vote sideways").startswith("Say how and on what")
    assert room.said("vote up 2401.00001").startswith("2401.00001 is not among")
    listed = room("votes")
    assert isinstance(listed, Lines)
    assert listed.lines[0].startswith("👎 ")
    assert room.said("votes", GUEST) == "No votes yet. The line stays at its base, 50.0."


def test_papers_are_saved_listed_exported_and_taken_away(room: Room):
    assert room.said(f"save {BEST}").startswith("Saved: “Oscillation")
    assert room.said(f"save {BEST}").startswith("Saved before")
    listed = room("saved")
    assert isinstance(listed, Papers)
    assert [hit.id for hit in listed.hits] == [BEST]
    assert BEST in room.store.examples
    page = room("today")
    assert isinstance(page, DigestPage)
    assert page.saved == {BEST}
    exported = room("export json saved")
    assert isinstance(exported, File)
    assert json.loads(exported.text)[0]["id"] == BEST
    assert room.said(f"unsave {BEST}") == "No longer saved."
    assert room.said(f"unsave {BEST}") == f"{BEST} was not saved."
    empty = room("saved")
    assert isinstance(empty, Papers)
    assert empty.empty == "Nothing saved yet. Press Save on a card."


def test_home_is_about_one_person(room: Room):
    room.vote(Thumb.UP, paper=BEST)
    room(f"save {BEST}")
    home = asyncio.run(room.desk.home(ADA))
    assert isinstance(home, Home)
    assert home.digest == builders.example()
    assert [hit.id for hit, _ in home.saved] == [BEST]
    assert [each.paper for each in home.votes] == [BEST]
    assert home.subscriptions == (SUB,)
    page = room("today")
    assert isinstance(page, DigestPage)
    assert page.votes == {BEST: Thumb.UP}


# --- search -------------------------------------------------------------------------------------


def hits(reply: Reply) -> list[str]:
    assert isinstance(reply, Papers)
    return [hit.id for hit in reply.hits]


def test_search_finds_words_and_phrases_wherever_they_stand(room: Room):
    assert hits(room("search oscillation schedule")) == [BEST]
    assert hits(room('search "pays for itself"')) == [BEST]
    assert hits(room('search "itself pays"')) == []
    assert BEST in hits(room("search HRUSKOVICOVA"))  # Želmíra Hruškovičová
    assert hits(room("search textbook predicts")) == [BEST]  # in the abstract
    found = room("search oscillation")
    assert isinstance(found, Papers)
    assert found.hits[0].note == "Thu 19 Nov 2026, number 1 of 10"


def test_search_says_since_when_the_archive_reaches(room: Room):
    nothing = room('search "heavy-ball"')
    assert isinstance(nothing, Papers)
    assert nothing.empty == (
        'No paper with "heavy-ball" since 19 Nov 2026, the first day in the archive.'
    )
    bare = Room(kept=False)("search x")
    assert isinstance(bare, Papers)
    assert bare.empty.startswith("The archive is empty")
    assert room.said('search ""').startswith("Which words?")
    assert room.said(f"search {'x ' * 200}").startswith("That is")


def test_search_finds_papers_on_no_digest_newest_first(room: Room):
    from paperlark.domain import Announcement, AnnounceType, Batch, BatchState  # noqa: PLC0415

    other = builders.paper("2611.90009", "Oscillation without an End", "Ada Example")
    row = Listing(other.id, 1, AnnounceType.NEW)
    day = date(2026, 11, 20)
    batch = Batch(day, "cs.AI", BatchState.COMPLETE, (row,))
    room.store.save(Announcement(day, (batch,), {other.id: other}))
    found = room("search oscillation")
    assert hits(found) == [other.id, BEST]
    assert isinstance(found, Papers)
    assert found.hits[0].note == "Fri 20 Nov 2026, on no digest"


# --- follow, mute, settings ---------------------------------------------------------------------


def test_an_author_is_followed_and_no_longer(room: Room):
    before = room.profile
    said = room.said("follow here author Ada Example")
    assert said == (
        "Papers by Ada Example are marked. From the next digest on. "
        "To undo: `/digest mute here author Ada Example`."
    )
    assert room.profile.authors == ("Şirin Aktaş", "Ada Example")
    assert room.profile.revision != before.revision
    assert room.said("follow here author ADA EXAMPLE").endswith("is followed already.")
    assert room.said("mute here author Ada Example").startswith(
        "Ada Example is no longer followed."
    )
    assert room.profile.source == before.source
    assert "Only words and categories can be muted" in room.said("mute here author Nobody")


def test_words_and_categories_are_followed_and_muted(room: Room):
    before = room.profile
    assert "are filtered, and counted as such" in room.said("mute here word “quantum annealing”")
    assert room.profile.exclusions[-1].text == "quantum annealing"
    assert room.profile.exclusions[-1].weight is None
    assert "is no longer muted" in room.said("follow here word quantum annealing")
    assert room.profile == before
    assert "speaks for a paper now" in room.said("follow here word mirror descent")
    assert "is no longer followed" in room.said("mute here word invariant")  # a table with a weight
    assert {term.text for term in room.profile.keywords} == {"large steps", "mirror descent"}
    assert "is read too" in room.said("follow here category cs.ds")
    assert room.profile.categories == ("cs.LG", "math.OC", "stat.ML", "cs.DS")
    assert "is no longer read" in room.said("mute here category math.oc")
    assert "is not among the categories" in room.said("mute here category hep-th")
    for code in ("cs.LG", "stat.ML"):
        room(f"mute here category {code}")
    assert room.said("mute here category cs.DS").startswith("cs.DS is the only category")


def test_what_cannot_be_followed_is_one_sentence(room: Room):
    assert room.said("follow here Ada Example").startswith("Say what: `/digest follow author NAME`")
    assert "arXiv has no category “cs.LX”" in room.said("follow here category cs.LX")
    assert "too long for a name" in room.said(f"follow here word {'x' * 150}")
    assert room.said("follow here word x", GUEST).startswith("Only people who manage this place")
    listed = room("follow here", GUEST)
    assert isinstance(listed, Lines)
    assert "Authors followed: Şirin Aktaş" in listed.lines


def test_a_built_in_profile_becomes_ones_own_when_it_is_changed():
    room = Room(subscribed=False)
    room.store.remove_profile("foundations")
    room.store.subscriptions.save_subscription(SUB)
    room("follow here author Ada Example")
    assert "Ada Example" in room.profile.authors
    assert "# architecture" in room.profile.source


def test_the_form_shows_what_there_is_and_changes_it(room: Room):
    form = room.form()
    assert (form.at, form.zone, form.cap, form.quiet) == ("08:00", "Europe/Berlin", 12, "notice")
    assert (form.line_now, form.first) == (61.5, "")
    assert room.change(form) == {}
    assert room.profile.source == PROFILE.source
    topics = "## What we want\nOnly proofs."
    changed = replace(form, at="7:30", zone="Asia/Tokyo", cap=5, topics=topics, quiet="silent",
                      authors=("Şirin Aktaş", "B"), categories=("cs.LG", "stat.ML"))  # fmt: skip
    assert room.change(changed) == {}
    own = room.store.subscriptions.subscription(SUB.id)
    assert own is not None
    assert (own.at, own.zone, own.quiet) == (time(7, 30), "Asia/Tokyo", "silent")
    assert (room.profile.cap, room.profile.topics) == (5, topics)
    assert room.profile.authors == ("Şirin Aktaş", "B")
    assert room.profile.categories == ("cs.LG", "stat.ML")
    assert room.profile.exclusions == PROFILE.exclusions


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("at", "25:00", "The time “25:00” doesn’t exist. Give one from 00:00 to 23:59."),
        ("zone", "Europe/Berln", "There is no time zone “Europe/Berln”. Did you mean Europe/Berl"),
        ("cap", 0, "Give a number from 1 to 100."),
        ("quiet", "loud", "Choose one of notice, silent."),
        ("form", "poem", "Choose one of thread, compact"),
        ("wait", "for ever", "Choose one of complete, asap."),
        ("days", (), "Choose at least one day"),
        ("categories", ("cs.LX",), "arXiv has no category “cs.LX”."),
        ("categories", (), "Choose at least one category"),
        ("topics", "  ", "Say what you want to read"),
        ("topics", "x" * 20_001, "That is too long"),
        ("line", "melted", "Choose one of auto, frozen."),
        ("profile", "other", "This place has another profile by now"),
    ],
)
def test_a_slip_in_the_form_is_said_at_its_field_and_nothing_is_changed(
    room: Room, field: str, value: Any, said: str
):
    wrong = room.change(room.form(cap=3) if field != "cap" else room.form(), ADA)
    assert wrong == {}
    before = room.profile, room.store.subscriptions.subscriptions()
    wrong = room.change(room.form(**{"zone": "Asia/Tokyo", "authors": ("X",), field: value}))
    assert list(wrong) == [field]
    assert wrong[field].startswith(said)
    assert (room.profile, room.store.subscriptions.subscriptions()) == before


def test_a_text_that_the_form_cut_off_is_left_as_it_was(room: Room):
    long = replace(PROFILE, topics="", source="")
    long = profiles.parse("foundations", builders.PROFILE + "\n" + "More of it. " * 300)
    room.store.save_profile(long)
    wrong = room.change(room.form(topics=long.topics[:3000]))
    assert wrong["topics"].startswith("The form has cut this text off")
    assert room.profile == long


def test_only_managers_see_and_change_the_form(room: Room):
    assert room.said("settings", GUEST).startswith("Only people who manage")
    assert list(room.change(room.form(cap=1), GUEST)) == ["profile"]
    assert room.profile == PROFILE


@pytest.mark.parametrize("part", ["card", "summary"])
def test_of_two_profiles_of_a_place_the_one_whose_message_was_pressed_counts(room: Room, part: str):
    other = replace(SUB, profile="other")
    room.store.save_profile(replace(PROFILE, name="other"))
    room.store.save_digest(replace(builders.example(), profile="other"))
    room.store.subscriptions.save_subscription(other)
    messages = (Message("summary", {}), Message("card", {}, paper=BEST))
    for each, stamp in ((SUB, "1"), (other, "2")):
        late = DAY + timedelta(days=1)  # a catch-up
        post = room.store.ledger.freeze(Post(each.id, late, PostKind.DIGEST, messages))
        for message in messages:
            token = room.store.ledger.claim(post, message).token
            room.store.ledger.confirm(post, message, token, f"C1:{stamp}.{message.part}")
    room.vote(Thumb.UP, paper=BEST, ref=f"C1:2.{part}")
    assert room.store.votes.votes(SUB.id) == ()
    (vote,) = room.store.votes.votes(other.id)
    assert (vote.verdict, vote.rank) == (Thumb.UP, None if part == "card" else 1)


def test_the_form_starts_the_digest_of_a_new_place():
    room = Room(subscribed=False)
    form = room.form(zone="Europe/Berlin")
    assert form.first.startswith("First digest: Fri 20 Nov, 08:00 (UTC). To see the newest now")
    assert room.change(form) == {}
    (own,) = room.store.subscriptions.subscriptions()
    assert (own.id, own.since, own.made_at) == (SUB.id, date(2026, 11, 20), NOON)


@pytest.mark.parametrize(
    ("at", "first"), [("20:00", date(2026, 11, 19)), ("12:30", date(2026, 11, 20))]
)
def test_a_digest_begun_in_a_chat_owes_no_date_whose_hour_has_been(at: str, first: date):
    room = Room(subscribed=False)
    assert room.change(room.form(at=at, zone="Europe/Berlin")) == {}
    (own,) = room.store.subscriptions.subscriptions()
    assert own.since == slots.since(own, NOON) == first
    other = Room(subscribed=False)
    assert other.said("subscribe here").startswith("First digest: Fri 20 Nov, 08:00 (UTC).")
    (own,) = other.store.subscriptions.subscriptions()
    assert own.since == slots.since(own, NOON) == date(2026, 11, 20)
    assert dues.coming(own, {}, lambda _: None, NOON) == ()


def test_a_digest_begun_again_makes_up_for_nothing(room: Room):
    room.said("unsubscribe here")
    room.said("subscribe here")
    (own,) = room.store.subscriptions.subscriptions()
    assert own.since == slots.since(own, NOON) == date(2026, 11, 20)


def test_a_place_stops_and_starts_again(room: Room):
    assert "comes to this place Mon–Fri 08:00 (Europe/Berlin)" in room.said("subscribe")
    assert "To stop it: `/digest unsubscribe here`" in room.said("unsubscribe")
    assert room.said("unsubscribe here", GUEST).startswith("Only people who manage")
    assert room.said("unsubscribe here").startswith("Stopped: foundations")
    assert room.store.subscriptions.subscriptions()[0].state is State.PAUSED
    assert room.said("subscribe").startswith("The digest of this place is paused.")
    started = room.said("subscribe here")
    assert started.startswith("First digest: Fri 20 Nov, 08:00 (Europe/Berlin).")
    assert room.store.subscriptions.subscriptions()[0].state is State.ACTIVE
    assert "already" in room.said("subscribe here")
    off = replace(SUB, state=State.DISABLED, reason="the channel is gone")
    room.store.subscriptions.save_subscription(off)
    assert "is off: the channel is gone." in room.said("subscribe")


def test_mail_is_honest_about_what_there_is(room: Room):
    assert room.said("subscribe ada@example.org").startswith("Mail is not set up here.")
    desk = FrontDesk(replace(room.house, mail=True))
    reply = asyncio.run(desk.command(ADA, "subscribe ada@example.org"))
    assert isinstance(reply, Said)
    assert "paperlark subs add mail:ADDRESS --profile foundations" in reply.text


# --- the rest -----------------------------------------------------------------------------------


def test_unknown_words_get_the_help_and_the_nearest_word(room: Room):
    reply = room("serch steps")
    assert isinstance(reply, Lines)
    assert reply.title == "There is no `/digest serch`. Did you mean `/digest search`?"
    assert reply.lines == room("help").lines  # type: ignore[union-attr]
    assert room("") == room("help") == room(" HELP ")


def test_categories_are_found_by_code_and_name(room: Room):
    found = asyncio.run(room.desk.categories("learning"))
    assert ("cs.LG", "Machine Learning") in found
    assert asyncio.run(room.desk.categories("cs.l"))[0][0] == "cs.LG"
    assert len(asyncio.run(room.desk.categories(""))) == 25


def test_a_store_that_is_away_is_one_sentence_without_its_address(room: Room):
    class Away(MemorySubscriptions):
        def subscriptions(self) -> tuple[Subscription, ...]:
            raise StoreError("The server at secret:6379 does not answer.")

    room.store.subscriptions = Away()
    with capture_logs() as logs:
        said = room.said("today")
        wrong = room.change(SettingsForm("x", "", (), (), "", "", 1, ""))
    assert said.startswith("paperlark cannot reach what it keeps: try again in a minute (")
    assert "secret" not in said
    assert list(wrong) == ["profile"]
    assert f"({logs[0]['name']})" in said


def test_a_bug_is_one_sentence_with_a_name_for_the_log(room: Room):
    class Broken(MemorySubscriptions):
        def subscriptions(self) -> tuple[Subscription, ...]:
            raise ZeroDivisionError

    room.store.subscriptions = Broken()
    with capture_logs() as logs:
        said = room.said("today")
        assert room.vote(Thumb.UP, ref="x:1", paper=BEST).startswith("Something paperlark")
    assert said.startswith(f"Something paperlark did not expect ({logs[0]['name']}): whoever runs")


@given(st.text(max_size=320))
@settings(max_examples=40)
def test_no_text_makes_the_desk_raise(text: str):
    desk = Room().desk
    verbs = ("abstract", "why", "search", "follow word", "export json", "vote up", "today", "save")

    async def ask() -> None:
        for asker in (ADA, GUEST):
            assert not isinstance(await desk.command(asker, text), Home)
        for verb in verbs:
            reply = await desk.command(ADA, f"{verb} {text}")
            assert not (isinstance(reply, Said) and "did not expect" in reply.text)

    asyncio.run(ask())


WORDS = st.text(st.sampled_from("aAbéÉßøØ-– ,.1İı"), max_size=12)


@given(WORDS, st.lists(WORDS, max_size=3))
def test_what_matches_does_so_word_by_word(query: str, texts: list[str]):
    wanted = searching.terms(query)
    hay = f" {searching.folded(' '.join(texts))}"
    assert searching.matches(wanted, *texts) is all(f" {term}" in hay for term in wanted)
    assert all(searching.folded(term) == term for term in wanted)


def test_a_pause_that_is_over_is_none(room: Room):
    over = replace(SUB, state=State.PAUSED, until=DAY - timedelta(days=3))
    room.store.subscriptions.save_subscription(over)
    assert room.said("subscribe").startswith("foundations comes to this place Mon–Fri 08:00")
    assert "comes to this place already" in room.said("subscribe here")
    assert room.store.subscriptions.subscriptions() == (over,)


# --- one person's own ---------------------------------------------------------------------------


def test_what_one_person_gave_is_handed_out_and_erased_when_asked_twice(room: Room):
    room.store.subscriptions.save_subscription(replace(SUB, owner=ADA.voter))
    room.vote(Thumb.UP, paper=BEST)
    room.vote(Thumb.DOWN, GUEST, paper=BEST)
    room(f"save {BEST}")
    handed = room("export mine")
    assert isinstance(handed, File)
    everything = json.loads(handed.text)
    assert [each["paper"] for each in everything["votes"]] == [BEST]
    assert [each["paper"] for each in everything["saved"]] == [BEST]
    assert everything["owner_of"] == [SUB.id]
    asked = room.said("forget me")
    assert "1\u00a0vote, 1\u00a0saved paper, the name on slack:C1/foundations" in asked
    assert "`/digest forget me yes`" in asked
    assert room.store.votes.votes_of(ADA.voter), "asked only"
    assert room.said("forget me yes").startswith("Erased: 1\u00a0vote")
    assert room.store.votes.votes_of(ADA.voter) == ()
    assert not room.store.saved.kept_for(ADA.voter)
    assert [each.owner for each in room.store.subscriptions.subscriptions()] == [""]
    assert [each.voter for each in room.store.votes.votes(SUB.id)] == [GUEST.voter]
    assert room.said("forget me yes") == "Nothing is kept of you: no vote, no saved paper."


@pytest.mark.parametrize("text", ["forget", "forget you", "forget me no", "forget me yes please"])
def test_nothing_is_erased_by_other_words(room: Room, text: str):
    room.vote(Thumb.UP, paper=BEST)
    assert "Say `/digest forget me`" in room.said(text)
    assert room.store.votes.votes_of(ADA.voter)


# --- two at one form ----------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["profile", "subscription"])
def test_a_form_undoes_nothing_that_was_changed_while_it_was_open(room: Room, change: str):
    form = room.form(at="09:00")
    if change == "profile":
        room("follow here author Grace Hopper")
    else:
        room.store.subscriptions.save_subscription(replace(SUB, zone="Asia/Tokyo"))
    before = room.profile, room.store.subscriptions.subscriptions()
    wrong = room.change(form)
    assert list(wrong) == ["profile"]
    assert "nothing was saved: open it again" in wrong["profile"]
    assert (room.profile, room.store.subscriptions.subscriptions()) == before
    assert room.change(room.form(at="09:00")) == {}


# --- a place with several profiles ----------------------------------------------------------------


@pytest.fixture
def shared() -> Room:
    """A place that gets two digests."""
    room = Room()
    source = builders.PROFILE.replace("base_line", "language = 'en'\nbase_line", 1)
    room.store.save_profile(profiles.parse("vision", source))
    room.store.save_digest(replace(builders.example(), profile="vision"))
    room.store.subscriptions.save_subscription(replace(SUB, profile="vision"))
    return room


@pytest.mark.parametrize("name", ["vision", "VISION"])
def test_a_profile_of_the_place_is_meant_where_it_is_named(shared: Room, name: str):
    shown = shared(f"today 2 profile:{name}")
    assert isinstance(shown, DigestPage)
    assert (shown.digest.profile, shown.profile) == ("vision", "vision")
    assert shown.turned(1) == f"{DAY}:1:vision"
    usual = shared("today")
    assert isinstance(usual, DigestPage)
    assert (usual.digest.profile, usual.turned(1)) == ("foundations", f"{DAY}:1")
    form = shared(f"settings profile:{name}")
    assert isinstance(form, SettingsForm)
    assert form.profile == "vision"


def test_a_change_is_made_to_the_profile_that_was_named(shared: Room):
    before = shared.profile
    assert "From the next digest on" in shared.said("follow here word sparsity profile:vision")
    assert shared.profile == before
    vision = shared.store.profile("vision")
    assert vision is not None
    assert "sparsity" in vision.source
    shared.said("unsubscribe here profile:vision")
    states = {each.profile: each.state for each in shared.store.subscriptions.subscriptions()}
    assert states == {"foundations": State.ACTIVE, "vision": State.PAUSED}


def test_one_that_is_not_the_places_is_one_sentence(shared: Room):
    assert shared.said("today profile:physics") == (
        "“physics” is no profile of this place: leave it out, or name foundations, vision."
    )
    alone = Room(subscribed=False)
    assert isinstance(alone("today profile:foundations"), DigestPage)
    alone.store.save_profile(profiles.parse("other", builders.PROFILE))
    alone.house = replace(alone.house, default="foundations")
    alone.desk = FrontDesk(alone.house)
    assert alone.said("today profile:other").endswith("leave it out, or name foundations.")


def test_the_names_there_are_to_choose_from(shared: Room):
    def names(room: Room) -> tuple[str, ...]:
        return asyncio.run(room.desk.profiles(ADA))

    assert names(shared) == ("foundations", "vision")
    assert names(Room(subscribed=False)) == ("foundations",)
    lost = Room(subscribed=False)
    lost.store.save_profile(profiles.parse("other", builders.PROFILE))
    assert names(lost) == ()


def test_of_two_who_save_at_once_one_is_told(room: Room):
    mine, theirs = room.form(cap=7), room.form(cap=9)

    async def both() -> list[Any]:
        return list(await asyncio.gather(*(room.desk.change(ADA, each) for each in (mine, theirs))))

    first, second = asyncio.run(both())
    assert (first, list(second)) == ({}, ["profile"])
    assert second["profile"].startswith("Somebody changed these settings")
    assert room.profile.cap == 7
