"""What people do in Matrix, by long polling: the listener, a noted desk, the double."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.matrix import events, powers, replies
from bot.channels.matrix.diary import KIND, LARGEST, THUMBS
from bot.doubles.matrix import MatrixDouble, faults
from bot.doubles.matrix.world import ADA, ME, MIRA, ROOM, TOMAS
from bot.replies import File, Lines, Said
from paperlark.errors import ConfigError, StoreError
from paperlark.target import Target
from paperlark.vote import Door, Thumb
from tests.matrix import Bench, accepted, bench
from tests.slack import NotedDesk, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.replies import Reply


@pytest.fixture
def double() -> Iterator[MatrixDouble]:
    with MatrixDouble() as made:
        yield made
        assert not made.refused
        assert not made.pinged


@pytest.fixture
def matrix(double: MatrixDouble) -> Iterator[Bench]:
    with bench(double=double) as made:
        yield made


def posted(double: MatrixDouble) -> str:
    """A message of ours; its event."""
    content = {"msgtype": "m.notice", "body": "a card", "m.mentions": {}}
    return str(double.world.add(ROOM, ME, "m.room.message", content)["event_id"])


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


class TestQuestions:
    def test_an_answer_is_a_notice_in_the_thread_of_the_question(self, matrix: Bench) -> None:
        did = matrix.double.say("!digest today", TOMAS)
        [answer] = did.answers
        assert "foundations" in did.said
        assert answer["content"]["msgtype"] == "m.notice"
        assert answer["content"]["m.relates_to"]["event_id"] == did.event["event_id"]
        [asked] = matrix.desk.calls("command")
        assert asked["text"] == "today"
        assert asked["asker"].voter == f"matrix:{TOMAS}"
        assert asked["asker"].where == Target("matrix", ROOM)
        assert not asked["asker"].manager

    def test_a_question_in_a_thread_is_answered_there(self, matrix: Bench) -> None:
        root = posted(matrix.double)
        did = matrix.double.say("/abstract 2611.90412", thread=root)
        [answer] = did.answers
        told = answer["content"]["m.relates_to"]
        assert told["event_id"] == root
        assert told["m.in_reply_to"] == {"event_id": did.event["event_id"]}
        assert matrix.desk.calls("abstract")[0]["query"] == "2611.90412"

    def test_older_clients_quote_what_they_reply_to(self, matrix: Bench) -> None:
        text = "> <@mira:example.org> !digest saved\n> more\n\n!Digest  search a b"
        assert matrix.double.say(text).answers
        assert [each["text"] for each in matrix.desk.calls("command")] == ["search a b"]

    @pytest.mark.parametrize(
        "more",
        [
            {"text": "digest today"},
            {"text": "we should !digest it"},
            {"text": "!digests"},
            {"text": "!lark"},
            {"text": "!digest today", "msgtype": "m.notice"},
            {"text": "!digest today", "msgtype": "m.image"},
            {"text": "!digest today", "msgtype": 3},
            {"text": "!digest today", "m.relates_to": {"rel_type": "m.replace", "event_id": "$x"}},
        ],
    )
    def test_other_words_are_nobodys_business(self, matrix: Bench, more: dict[str, Any]) -> None:
        assert not matrix.double.say(more.pop("text"), expect=0, **more).answers
        matrix.double.heard()
        assert not matrix.desk.asked

    def test_a_question_of_an_hour_ago_is_not_answered(self, double: MatrixDouble) -> None:
        with bench(double=double):
            double.heard()
        double.say("!digest today", expect=0)
        double.forward(3600)
        with bench(double=double) as again:
            double.heard()
            assert not again.desk.asked

    def test_who_may_change_the_room_may_change_its_digest(self, matrix: Bench) -> None:
        matrix.double.say("!digest unsubscribe here", MIRA)
        matrix.double.say("!digest unsubscribe here", ADA)
        managers = [each["asker"].manager for each in matrix.desk.calls("command")]
        assert managers == [True, False]

    def test_who_made_a_room_of_a_new_version_stands_above_its_levels(self, matrix: Bench) -> None:
        version = {"m.room.create": {"room_version": "12", "additional_creators": [TOMAS]}}
        matrix.double.room(ROOM, creator=ADA, state=version, levels={"users": {}})
        for who in (ADA, TOMAS, MIRA):
            matrix.double.say("!digest tune", who)
        managers = [each["asker"].manager for each in matrix.desk.calls("command")]
        assert managers == [True, True, False]

    def test_settings_are_shown_and_changed_by_words(self, matrix: Bench) -> None:
        shown = matrix.double.say("!digest settings").said
        assert "`at=08:00` the time of day" in shown
        assert "`days=mon,tue,wed,thu,fri`" in shown
        said = matrix.double.say('!digest settings at=07:30 zone="Asia/Tokyo" days=mon,fri cap=7')
        assert "The settings of foundations are saved." in said.said
        [change] = matrix.desk.calls("change")
        wanted = changed(at="07:30", zone="Asia/Tokyo", days=(0, 4), cap=7)
        assert change["form"] == wanted

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("cap=many", "whole number"),
            ("cap=" + "9" * 99, "whole number"),
            ("days=someday", "three letters"),
            ("colour=red", "There is no setting “colour”"),
            ("at 07:30", "is no setting: write it as `at=07:30`"),
        ],
    )
    def test_settings_that_cannot_be_read_are_told(
        self, matrix: Bench, typed: str, said: str
    ) -> None:
        assert said in matrix.double.say(f"!digest settings {typed}").said
        assert not matrix.desk.calls("change")

    def test_a_page_of_ones_own(self, matrix: Bench) -> None:
        assert "Saved papers (0)" in matrix.double.say("!digest home").said
        assert "Which paper?" in matrix.double.say("!abstract").said

    def test_a_file_comes_as_text(self, matrix: Bench) -> None:
        matrix.desk.answers["command"] = File("a.bib", "@misc{a,\n  x = 1\n}\n" * 900, "All of it.")
        did = matrix.double.say("!digest export bibtex", expect=3)
        assert did.said.startswith("All of it.")
        assert len(did.answers) > 1
        assert "<pre><code>@misc" in did.answers[1]["content"]["formatted_body"]

    def test_an_answer_is_sent_until_it_is_taken_and_is_there_once(self, matrix: Bench) -> None:
        send = (faults.reset(after=True), faults.page(502), faults.limited(0.01))
        matrix.double.fail("send", *send)
        did = matrix.double.say("!digest today")
        until(lambda: len(matrix.double.calls("send")) == 4)
        assert len(did.answers) == 1

    def test_a_failure_is_told_under_a_number(self, matrix: Bench) -> None:
        matrix.desk.fails["command"] = [RuntimeError("no")]
        assert "Something broke here; the log has it as" in matrix.double.say("!digest today").said
        matrix.desk.answers["command"] = Said("")
        assert not matrix.double.say("!digest x", expect=0).answers


TALK = "!talk:example.org"


class TestHearers:
    """Answers stand in the room: who else reads them is asked where it matters."""

    def _asked(self, matrix: Bench, text: str, **room: Any) -> Any:
        if room:
            matrix.double.room(TALK, **room)
        assert matrix.double.say(text, TOMAS, TALK if room else ROOM).answers
        return matrix.desk.asked[-1][1]["asker"]

    @pytest.mark.parametrize("text", ["mine", "saved", "home", "link", "why 2611.90412", "tune"])
    def test_a_room_of_several_is_public_and_a_room_of_two_is_not(
        self, matrix: Bench, text: str
    ) -> None:
        open_ = self._asked(matrix, f"!digest {text}")
        assert (open_.public, open_.alone, open_.named) == (True, False, False)
        talk = self._asked(matrix, f"!digest {text}", members={ME: "join", TOMAS: "join"})
        assert (talk.public, talk.alone, talk.named) == (False, True, True)

    @pytest.mark.parametrize(
        "room",
        [
            {"members": {ME: "join", TOMAS: "join", ADA: "invite"}},
            {"members": {ME: "join", MIRA: "join"}},
            {"members": {ME: "join", TOMAS: "join"},
             "state": {"m.room.join_rules": {"join_rule": "public"}}},
            {"members": {ME: "join", TOMAS: "join"},
             "state": {"m.room.history_visibility": {"history_visibility": "world_readable"}}},
        ],
    )  # fmt: skip
    def test_who_may_come_in_or_look_in_reads_it_too(
        self, matrix: Bench, room: dict[str, Any]
    ) -> None:
        assert self._asked(matrix, "!digest saved", **room).public

    def test_who_left_or_is_barred_reads_nothing(self, matrix: Bench) -> None:
        members = {ME: "join", TOMAS: "join", ADA: "leave", MIRA: "ban"}
        assert not self._asked(matrix, "!digest saved", members=members).public

    def test_nobody_is_counted_for_what_everybody_may_read(self, matrix: Bench) -> None:
        assert self._asked(matrix, "!digest today").public
        assert not matrix.double.calls("members")


class TestThumbs:
    def test_a_thumb_is_a_vote_and_taken_back_it_is_none(self, matrix: Bench) -> None:
        card = posted(matrix.double)
        put = matrix.double.react(card, "👍🏽", TOMAS)
        gone = matrix.double.world
        matrix.double.heard()
        taken = matrix.double.redact(put, TOMAS)
        matrix.double.heard()
        on, off = matrix.desk.calls("vote")
        assert (on["thumb"], off["thumb"], off["taken"]) == (Thumb.UP, Thumb.NONE, Thumb.UP)
        assert {on["door"], off["door"]} == {Door.REACTION}
        assert {on["ref"], off["ref"]} == {f"{ROOM}/{card}"}
        assert {on["mark"], off["mark"]} == {"👍🏽"}
        assert (on["event"], off["event"]) == (put, taken)
        assert on["asker"].voter == f"matrix:{TOMAS}"
        told = datetime.fromtimestamp(gone.by_id[put]["origin_server_ts"] / 1000, UTC)
        assert on["at"] == told

    def test_other_emoji_and_our_own_are_no_votes(self, matrix: Bench) -> None:
        card = posted(matrix.double)
        matrix.double.react(card, "🎉")
        matrix.double.react(card, "👍", ME)
        matrix.double.redact(card)
        matrix.double.heard()
        assert not matrix.desk.asked

    def test_what_is_not_as_it_should_be_is_left_alone(self, matrix: Bench) -> None:
        world = matrix.double.world
        for content in ({}, {"m.relates_to": 1}, {"m.relates_to": {"key": 2}}):
            world.add(ROOM, ADA, "m.reaction", dict(content))
        world.add(ROOM, ADA, "m.reaction", {"m.relates_to": {"rel_type": "x", "key": "👍"}})
        world.add(ROOM, ADA, "m.room.redaction", {})
        world.add(ROOM, ADA, "m.room.message", {"body": ["!digest"], "msgtype": "m.text"})
        matrix.double.say("!digest today")
        matrix.double.heard()
        assert [name for name, _ in matrix.desk.asked] == ["command"]

    def test_while_the_bot_rests_nothing_is_lost(self, double: MatrixDouble) -> None:
        card = posted(double)
        with bench(double=double):
            first = double.react(card, "👎", ADA)
            double.heard()
        double.redact(first, ADA)
        second = double.react(card, "👍", ADA)
        with bench(double=double) as again:
            double.heard()
            votes = again.desk.calls("vote")
        assert [(v["thumb"], v["taken"]) for v in votes] == [
            (Thumb.NONE, Thumb.DOWN),
            (Thumb.UP, None),
        ]
        kept = double.world.account_data[KIND]
        assert kept["thumbs"] == {second: [ROOM, card, "👍", ADA]}

    def test_more_than_fits_one_answer_is_fetched(self, double: MatrixDouble) -> None:
        card = posted(double)
        with bench(double=double):
            pass
        double.react(card, "👍", ADA)
        for number in range(250):
            double.world.add(
                ROOM, MIRA, "m.room.message", {"msgtype": "m.text", "body": str(number)}
            )
        double.react(card, "👎", MIRA)
        with bench(double=double) as again:
            double.heard()
            votes = again.desk.calls("vote")
        assert [v["thumb"] for v in votes] == [Thumb.UP, Thumb.DOWN]

    def test_the_oldest_thumbs_are_forgotten(self, double: MatrixDouble) -> None:
        card = posted(double)
        with bench(double=double):
            names = [double.react(card, "👍", f"@p{n}:example.org") for n in range(THUMBS + 5)]
            double.heard()
        kept = double.world.account_data[KIND]["thumbs"]
        assert list(kept) == names[5:]

    def test_a_store_that_is_away_begins_it_anew_where_it_was(self, double: MatrixDouble) -> None:
        card, desk = posted(double), NotedDesk()
        desk.fails["vote"] = [StoreError("The store is away.") for _ in range(2)]
        with bench(desk, double) as made:
            put = double.react(card, "👍", ADA)
            assert isinstance(made.ended(), StoreError)
        with bench(desk, double):
            double.heard()
        assert [vote["event"] for vote in desk.calls("vote")] == [put, put, put]


class TestConnection:
    def test_failed_calls_are_made_again(self, matrix: Bench) -> None:
        spoilt = (faults.page(502), faults.reset(after=False), faults.limited(0.01),
                  faults.page(200))  # fmt: skip
        matrix.double.fail("sync", *spoilt)
        matrix.double.fail("put_data", faults.page(500))
        card = posted(matrix.double)
        matrix.double.react(card, "👍")
        matrix.double.react(card, "👎")
        until(lambda: len(matrix.desk.calls("vote")) == 2)
        assert matrix.double.say("!digest today").answers

    def test_a_token_that_is_refused_is_a_setting(self, double: MatrixDouble) -> None:
        with bench(double=double) as made:
            double.world.revoked = True
            double.say("hello", expect=0)
            assert isinstance(made.ended(), ConfigError)
            assert "Log in anew" in str(made.ended())
        double.world.revoked = False

    def test_a_place_the_homeserver_forgot_is_left(self, double: MatrixDouble) -> None:
        double.world.account_data[KIND] = {"since": "gone", "thumbs": {"$x": 1, "$y": ["a"]}}
        with bench(double=double) as made:
            assert made.double.say("!digest today").answers
        assert double.world.account_data[KIND]["since"].startswith("s")

    def test_what_was_said_before_the_first_time_is_no_matter(self, double: MatrixDouble) -> None:
        double.say("!digest today", expect=0)
        double.react(posted(double), "👍")
        with bench(double=double) as made:
            double.heard()
            assert not made.desk.asked

    def test_it_comes_where_its_own_people_invite_it(self, double: MatrixDouble) -> None:
        near, far = "!near:example.org", "!far:example.org"
        for room in (near, far):
            double.room(room, members={MIRA: "join", "@eve:elsewhere.org": "join"})
        with bench(double=double):
            double.invite(near)
            double.invite(far, "@eve:elsewhere.org")
            until(lambda: double.world.rooms[near].members.get(ME) == "join")
            double.heard()
        assert double.world.rooms[far].members[ME] == "invite"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("👍", Thumb.UP), ("👍️", Thumb.UP), ("👍🏿", Thumb.UP), ("👎🏻", Thumb.DOWN), ("+1", None),
        ("", None), ("👍👍", None),
    ],
)  # fmt: skip
def test_thumbs_in_any_dress(key: str, meant: Thumb | None):
    assert events.thumb(key) is meant


def test_moments_that_are_none():
    for odd in (None, "x", 1e300, float("nan")):
        assert events.moment({"origin_server_ts": odd}) is None
    assert events.moment({}) is None
    assert events.age_s({"unsigned": {"age": "old"}}) == 0


class TestAttacks:
    """What anybody may put into an event."""

    def test_a_thumb_is_no_place_to_keep_things_in(
        self, matrix: Bench, double: MatrixDouble
    ) -> None:
        card = posted(double)
        double.react(card, "👍" + "\U0001f3fd" * 20_000)
        double.react("$" + "x" * 20_000, "👍")
        named = double.react(card, "👍🏽")
        double.heard()
        assert len(matrix.desk.calls("vote")) == 1
        assert set(double.world.account_data[KIND]["thumbs"]) == {named}

    def test_what_is_noted_always_fits(self, double: MatrixDouble) -> None:
        with bench(double=double):
            names = [double.react("$" + f"{n:0>250}", "👍") for n in range(THUMBS)]
            double.heard()
        kept = double.world.account_data[KIND]["thumbs"]
        assert len(json.dumps(kept)) <= LARGEST
        assert list(kept)[-1] == names[-1], "the newest stay"

    def test_a_thumb_that_a_keeper_takes_off_was_its_authors(
        self, matrix: Bench, double: MatrixDouble
    ) -> None:
        card = posted(double)
        mine, _ = double.react(card, "👍", MIRA), double.react(card, "👍", ADA)
        double.redact(mine, ADA)
        double.heard()
        last = matrix.desk.calls("vote")[-1]
        assert (last["thumb"], last["asker"].voter) == (Thumb.NONE, f"matrix:{MIRA}")

    def test_numbers_without_an_end_are_none(self) -> None:
        assert powers._number(float("inf"), 50) == 50


@pytest.mark.parametrize(
    "reply",
    [
        Said('\U0001f600"&<>@room ' * 5_000),
        Lines("t" * 999, tuple('\U0001f600"&<>#a:b.c ' * 60 for _ in range(99)), "f"),
        File("x.json", "\U0001f600" * 60_000 + "\n" + '"&<>\n' * 9_000),
    ],
)
def test_an_answer_of_any_length_is_taken(reply: Reply) -> None:
    for each in replies.render(reply, year=2026):
        accepted(each)
