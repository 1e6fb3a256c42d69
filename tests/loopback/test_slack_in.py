"""What people do in Slack, by Socket Mode and by signed HTTP: the real listener, a noted desk."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.doubles.slack import faults
from bot.doubles.slack.world import BOT_USER
from bot.replies import File, Said
from paperlark.errors import StoreError
from paperlark.target import Target
from paperlark.vote import Door, Thumb
from tests.slack import DIGEST, FORM, WAYS, Bench, NotedDesk, bench, changed, page

if TYPE_CHECKING:
    from collections.abc import Iterator

CARD = DIGEST.cards[0].paper.id


@pytest.fixture(scope="module", params=WAYS)
def _bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with bench(request.param) as made:
        yield made


@pytest.fixture
def slack(_bench: Bench) -> Bench:
    """The module's bench with a fresh desk's memory, and nothing spoilt."""
    fresh = NotedDesk()
    vars(_bench.desk).update(vars(fresh))
    _bench.double.faults.clear()
    _bench.double.channel("C1", "reading")
    return _bench


def posted(slack: Bench, action: str = "") -> dict[str, Any]:
    """A message of ours in the channel, with that button."""
    button = {
        "type": "button",
        "action_id": action or f"vote:up:{CARD}",
        "text": {"type": "plain_text", "text": "B"},
        "value": CARD,
    }
    message = {
        "channel": "C1",
        "text": "A card",
        "blocks": [{"type": "actions", "elements": [button]}],
    }
    double = slack.double
    from bot.doubles.slack.posting import post  # noqa: PLC0415  (the double's own door)

    ts = double._now(lambda: post(double.world, message))["ts"]
    return next(each for each in double.messages("C1") if each["ts"] == ts)


def finish(slack: Bench) -> None:
    """Wait until what was begun after acknowledgements has ended."""

    async def done() -> None:
        names = ("Work", "_guarded")
        while True:
            tasks = [t for t in asyncio.all_tasks() if any(n in repr(t) for n in names)]
            if not tasks:
                return
            await asyncio.wait(tasks)

    slack.do(done())


class TestCommands:
    def test_a_digest_is_answered_to_the_asker_alone(self, slack: Bench) -> None:
        did = slack.double.command("/digest", "today")
        assert did.acked
        assert did.ack is None
        [given] = slack.desk.calls("command")
        assert given["text"] == "today"
        assert (given["asker"].voter, given["asker"].where) == ("slack:U1", Target("slack", "C1"))
        [answer] = did.posts
        assert answer["response_type"] == "ephemeral"
        assert DIGEST.cards[0].paper.title in did.said
        assert not slack.double.refused

    def test_a_private_talk_is_the_persons_own_place(self, slack: Bench) -> None:
        did = slack.double.command("/digest", "today", channel="DU1")
        assert slack.desk.calls("command")[0]["asker"].where == Target("slack", "U1")
        assert did.posts[0]["channel"] == "DU1"

    @pytest.mark.parametrize(
        ("typed", "asked"),
        [
            ("2611.90412", "2611.90412"),
            (" arXiv:2611.90412v2 ", "arXiv:2611.90412v2"),
            ("<https://arxiv.org/abs/2611.90412|arxiv.org>", None),
            ("&lt;https://arxiv.org/abs/2611.90412&gt;", "<https://arxiv.org/abs/2611.90412>"),
            ("a &amp;amp; b", "a &amp; b"),
            ("payload", "payload"),
        ],
    )
    def test_the_desk_gets_what_was_typed(
        self, slack: Bench, typed: str, asked: str | None
    ) -> None:
        assert slack.double.command("/abstract", typed).acked
        assert slack.desk.calls("abstract")[0]["query"] == (asked or typed)

    def test_a_command_without_a_paper_says_how_to_name_one(self, slack: Bench) -> None:
        assert "/abstract 2611.90412" in slack.double.command("/abstract", " ").said
        assert not slack.desk.asked

    def test_a_command_nobody_knows_is_answered(self, slack: Bench) -> None:
        did = slack.double.command("/lark", "x")
        assert did.acked
        assert "/lark is not a command of paperlark" in did.said

    def test_the_acknowledgement_does_not_wait_for_the_desk(self, slack: Bench) -> None:
        slow = slack.desk.slow["command"] = asyncio.Event()
        did = slack.double.command("/digest", "today", expect=0)
        assert did.acked
        assert not did.effects
        slack.set(slow)
        finish(slack)
        assert did.posts

    def test_a_failure_is_one_sentence_with_its_number_in_the_log(
        self, slack: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slack.desk.fails["command"] = [RuntimeError("xoxb-12-secret <!channel>")]
        did = slack.double.command("/digest", "today")
        assert did.acked
        [answer] = did.posts
        number = re.search(r"the log has it as ([0-9a-f]{6})\.", answer["text"])
        assert number
        assert "RuntimeError" not in did.said
        log = capsys.readouterr().out
        assert number[1] in log
        assert "xoxb-12-secret" not in log

    def test_a_failure_with_a_remedy_says_it(self, slack: Bench) -> None:
        slack.desk.fails["command"] = [StoreError("The store is away: try again.")]
        assert "The store is away: try again." in slack.double.command("/digest", "today").said


class TestAnswers:
    def test_a_long_file_is_begun_and_the_rest_pointed_at(self, slack: Bench) -> None:
        lines = "\n".join(f"@misc{{p{n}, title={{A title of some length}}}}" for n in range(1500))
        slack.desk.answers["command"] = File("saved.bib", lines, "All saved papers.")
        did = slack.double.command("/digest", "export bibtex", expect=5)
        assert len(did.posts) == 5
        assert "p0," in did.said
        assert "paperlark archive export" in did.said
        assert not slack.double.refused

    def test_a_used_up_address_gives_way_to_an_ephemeral_message(self, slack: Bench) -> None:
        slow = slack.desk.slow["command"] = asyncio.Event()
        did = slack.double.command("/digest", "today", expect=0)
        for hook in slack.double.world.hooks.values():
            hook.uses = 5
        slack.set(slow)
        finish(slack)
        assert not did.posts
        assert did.ephemerals

    def test_an_address_that_ran_out_gives_way_too(self, slack: Bench) -> None:
        slow = slack.desk.slow["command"] = asyncio.Event()
        did = slack.double.command("/digest", "today", expect=0)
        slack.double.forward(1_801)
        slack.set(slow)
        finish(slack)
        assert not did.posts
        assert did.ephemerals

    @pytest.mark.parametrize("fault", ["500-html", "reset-before", "truncated"])
    def test_a_broken_address_does_not_lose_the_answer(self, slack: Bench, fault: str) -> None:
        slack.double.fail("response_url", faults.named(fault))
        assert slack.double.command("/digest", "today").effects

    def test_where_we_are_no_member_the_answer_comes_as_a_letter(self, slack: Bench) -> None:
        slack.double.channel("C1", "reading", member=False)
        slack.double.fail("response_url", faults.page(500))
        did = slack.double.command("/digest", "today")
        assert did.messages
        assert did.messages[0]["channel"] == "DU1"

    def test_slack_out_of_reach_is_outlived(self, slack: Bench) -> None:
        slack.double.fail("", faults.reset(after=False), times=4)
        assert slack.double.command("/digest", "today", expect=0).acked
        finish(slack)
        slack.double.faults.clear()
        assert slack.double.command("/digest", "today").posts


class TestButtons:
    def test_the_same_thumb_again_takes_it_back_and_the_other_one_changes_it(
        self, slack: Bench
    ) -> None:
        up, down = posted(slack), posted(slack, f"vote:down:{CARD}")
        slack.double.press(up, f"vote:up:{CARD}")
        slack.double.press(up, f"vote:up:{CARD}")
        slack.double.press(up, f"vote:up:{CARD}")
        did = slack.double.press(down, f"vote:down:{CARD}")
        votes = slack.desk.calls("vote")
        assert [v["thumb"] for v in votes] == [Thumb.UP, Thumb.UP, Thumb.UP, Thumb.DOWN]
        assert all(v["again"] for v in votes)
        assert not slack.desk.calls("abstract")  # the desk knows what stands, and for which profile
        assert {v["door"] for v in votes} == {Door.SLACK_BUTTON}
        assert {v["paper"] for v in votes} == {CARD}
        assert votes[0]["ref"] == f"C1:{up['ts']}"
        assert len({v["event"] for v in votes}) == 4
        assert abs((datetime.now(UTC) - votes[0]["at"]).total_seconds()) < 3_600
        assert did.posts[0]["response_type"] == "ephemeral"
        assert did.posts[0]["replace_original"] is False

    def test_a_replayed_press_has_the_same_name(self, slack: Bench) -> None:
        if slack.way == "socket":
            pytest.skip("only a signed request can be replayed")
        message = posted(slack)
        slack.double.press(message, f"vote:up:{CARD}")
        slack.double.press(message, f"vote:up:{CARD}", sign="replayed", expect=0)
        finish(slack)
        first, second = slack.desk.calls("vote")
        assert first["event"] == second["event"]

    @pytest.mark.parametrize(
        ("action", "asked"),
        [
            (f"abstract:{CARD}", ("abstract", {"query": CARD})),
            (f"save:{CARD}", ("save", {"paper": CARD, "keep": True})),
            (f"unsave:{CARD}", ("save", {"paper": CARD, "keep": False})),
            ("bib", ("bibtex", {"paper": CARD})),
            ("tune:open", ("command", {"text": "tune"})),
            ("mine:open", ("command", {"text": "mine"})),
            ("votes:list", ("command", {"text": "votes"})),
            ("export:bib", ("command", {"text": "export bibtex saved"})),
        ],
    )
    def test_every_button_asks_for_its_thing(
        self, slack: Bench, action: str, asked: tuple[str, dict[str, Any]]
    ) -> None:
        did = slack.double.press(posted(slack, action), action)
        name, given = asked
        assert {k: slack.desk.calls(name)[0][k] for k in given} == given
        assert did.posts

    @pytest.mark.parametrize(
        ("value", "name"), [("save", "save"), ("why", "why"), ("bib", "bibtex")]
    )
    def test_the_menu_of_a_card(self, slack: Bench, value: str, name: str) -> None:
        [shown] = slack.double.command("/digest", "today").posts
        did = slack.double.press(shown, f"more:{CARD}", value=f"{value}:{CARD}")
        assert CARD in slack.desk.calls(name)[0].values()
        assert did.posts

    def test_our_own_answer_is_turned_in_place(self, slack: Bench) -> None:
        [shown] = slack.double.command("/digest", "today").posts
        did = slack.double.press(shown, "page:2")
        assert slack.desk.calls("digest")[0]["when"] == "2026-11-19"
        assert did.posts[0]["replace_original"] is True
        assert DIGEST.cards[5].paper.title in did.said
        again = slack.double.press(did.posts[0], "page:below")
        assert slack.desk.calls("digest")[1]["page"] == "below"
        assert again.posts[0]["replace_original"] is True

    def test_a_message_for_all_is_not_replaced(self, slack: Bench) -> None:
        did = slack.double.press(posted(slack, "page:2"), "page:2")
        assert did.posts[0]["replace_original"] is False

    def test_a_page_is_shared_without_what_is_the_askers_own(self, slack: Bench) -> None:
        [shown] = slack.double.command("/digest", "today").posts
        slack.desk.answers["digest"] = page()
        did = slack.double.press(shown, "share")
        [shared] = did.posts
        assert shared["response_type"] == "in_channel"
        assert shared["replace_original"] is False
        assert "Shared by u1" in did.said
        names = re.findall(r'"action_id": "([^"]+)"', json.dumps(shared))
        assert not [name for name in names if name.startswith(("page:", "share"))]
        assert not slack.double.pinged

    def test_a_paper_is_shared(self, slack: Bench) -> None:
        [shown] = slack.double.command("/abstract", CARD).posts
        did = slack.double.press(shown, "share")
        assert slack.desk.calls("abstract")[-1]["query"] == CARD
        assert did.posts[0]["response_type"] == "in_channel"

    def test_sharing_where_we_are_no_member_says_what_to_do(self, slack: Bench) -> None:
        [shown] = slack.double.command("/digest", "today").posts
        slack.double.channel("C1", "reading", member=False)
        slack.double.fail("response_url", faults.page(500))
        assert "/invite @paperlark" in slack.double.press(shown, "share").said

    def test_a_button_to_a_page_is_only_acknowledged(self, slack: Bench) -> None:
        assert slack.double.press(posted(slack, "open:day"), "open:day", expect=0).acked
        finish(slack)
        assert not slack.desk.asked

    def test_a_button_of_another_version_is_answered(self, slack: Bench) -> None:
        did = slack.double.press(posted(slack, "polish:all"), "polish:all")
        assert did.acked
        assert "another version" in did.said

    def test_an_answer_stays_in_its_thread(self, slack: Bench) -> None:
        message = posted(slack)
        message["thread_ts"] = posted(slack)["ts"]
        slack.double.press(message, f"vote:up:{CARD}")
        assert slack.double.calls("response_url")[-1]["thread_ts"] == message["thread_ts"]


class TestReactions:
    @pytest.mark.parametrize(
        ("name", "thumb"),
        [
            ("+1", Thumb.UP),
            ("thumbsup", Thumb.UP),
            ("+1::skin-tone-3", Thumb.UP),
            ("thumbsup::skin-tone-6", Thumb.UP),
            ("-1", Thumb.DOWN),
            ("thumbsdown", Thumb.DOWN),
            ("-1::skin-tone-2", Thumb.DOWN),
        ],
    )
    def test_a_thumb_is_a_vote_and_taking_it_off_takes_it_back(
        self, slack: Bench, name: str, thumb: Thumb
    ) -> None:
        ts = posted(slack)["ts"]
        assert slack.double.react(ts, name, "U2").acked
        assert slack.double.unreact(ts, name, "U2").acked
        on, off = slack.desk.calls("vote")
        assert (on["thumb"], on["taken"]) == (thumb, None)
        assert (off["thumb"], off["taken"]) == (Thumb.NONE, thumb)
        assert {on["mark"], off["mark"]} == {name}
        assert {on["ref"], off["ref"]} == {f"C1:{ts}"}
        assert {on["door"], off["door"]} == {Door.SLACK_REACTION}
        assert on["asker"].voter == "slack:U2"
        assert on["at"] < off["at"]
        assert on["event"] != off["event"]

    @pytest.mark.parametrize("name", ["tada", "+11", "thumbsup_all", "skin-tone-3", ""])
    def test_any_other_emoji_is_nothing(self, slack: Bench, name: str) -> None:
        assert slack.double.react(posted(slack)["ts"], name).acked
        assert not slack.desk.asked

    def test_programs_do_not_vote(self, slack: Bench) -> None:
        slack.double.world.people["U9"] = slack.double.world.people[BOT_USER]
        ts = posted(slack)["ts"]
        assert slack.double.react(ts, "+1", BOT_USER).acked
        assert slack.double.react(ts, "+1", "U9").acked
        assert not slack.desk.asked

    def test_who_cannot_be_looked_up_is_a_person(self, slack: Bench) -> None:
        slack.double.fail("users.info", faults.refused("user_not_found"))
        slack.double.react(posted(slack)["ts"], "+1", "U77")
        assert slack.desk.calls("vote")

    def test_a_repeated_event_keeps_its_name(self, slack: Bench) -> None:
        slack.double.react(posted(slack)["ts"], "+1", times=3)
        assert len({v["event"] for v in slack.desk.calls("vote")}) == 1

    def test_without_the_writer_of_the_message_it_counts_too(self, slack: Bench) -> None:
        slack.double.react(posted(slack)["ts"], "+1", item_user="")
        assert slack.desk.calls("vote")

    def test_on_something_else_than_a_message_it_is_nothing(self, slack: Bench) -> None:
        event = {"type": "reaction_added", "user": "U1", "reaction": "+1", "item": {"type": "file"}}
        assert slack.double.event(event).acked
        assert slack.double.event({"type": "reaction_added"}).acked
        assert not slack.desk.asked


class TestHome:
    def test_it_is_drawn_for_whoever_opens_it(self, slack: Bench) -> None:
        did = slack.double.open_home("U2")
        assert did.acked
        assert slack.desk.calls("home")[0]["asker"].voter == "slack:U2"
        home = slack.double.home("U2")
        assert home
        assert home["type"] == "home"
        assert not slack.double.refused

    def test_a_sentence_fills_it_where_nothing_else_can(self, slack: Bench) -> None:
        slack.desk.answers["home"] = Said("There is no profile yet.")
        assert "There is no profile yet." in slack.double.open_home().said

    def test_the_messages_tab_needs_nothing(self, slack: Bench) -> None:
        slack.double.event({"type": "app_home_opened", "user": "U1", "tab": "messages"})
        assert not slack.desk.asked

    def test_a_failure_is_outlived(self, slack: Bench) -> None:
        slack.desk.fails["home"] = [RuntimeError("no")]
        assert slack.double.open_home(expect=0).acked
        finish(slack)
        assert slack.double.open_home().views

    def test_the_newest_digest_opens_in_a_window_and_is_turned_there(self, slack: Bench) -> None:
        slack.double.open_home()
        home = slack.double.home()
        assert home
        [view] = slack.double.press(home, "today").views
        assert slack.desk.calls("digest")[0]["when"] == "2026-11-19"
        assert view["type"] == "modal"
        [turned] = slack.double.press(view, "page:2").views
        assert turned["id"] == view["id"]
        assert DIGEST.cards[5].paper.title in json.dumps(turned, ensure_ascii=False)
        other = DIGEST.cards[5].paper.id
        [pushed] = slack.double.press(turned, f"abstract:{other}").views
        assert pushed["id"] != view["id"]

    def test_what_is_removed_there_is_drawn_anew(self, slack: Bench) -> None:
        slack.double.open_home()
        home = dict(slack.double.home() or {})
        home["blocks"] = posted(slack, f"unsave:{CARD}")["blocks"]
        did = slack.double.press(home, f"unsave:{CARD}")
        assert slack.desk.calls("save")[0]["keep"] is False
        assert did.views
        assert len(slack.desk.calls("home")) == 2

    def test_an_expired_trigger_becomes_a_letter(self, slack: Bench) -> None:
        slack.double.open_home()
        home = slack.double.home()
        assert home
        slow = slack.desk.slow["digest"] = asyncio.Event()
        did = slack.double.press(home, "today", expect=0)
        slack.double.forward(4)
        slack.set(slow)
        finish(slack)
        assert did.messages[0]["channel"] == "DU1"


class TestSettings:
    def open(self, slack: Bench) -> dict[str, Any]:
        [view] = slack.double.command("/digest", "settings").views
        found: dict[str, Any] = view
        return found

    def test_the_form_opens_filled_in(self, slack: Bench) -> None:
        view = self.open(slack)
        assert view["callback_id"] == "settings"
        assert FORM.topics in json.dumps(view)
        assert json.loads(view["private_metadata"])["channel"] == "C1"
        assert not slack.double.refused

    def test_unchanged_it_comes_back_as_it_was(self, slack: Bench) -> None:
        did = slack.double.submit(self.open(slack), expect=1)
        [given] = slack.desk.calls("change")
        assert given["form"] == FORM
        assert given["asker"].where == Target("slack", "C1")
        assert "settings of foundations are saved" in did.said

    def test_what_was_filled_in_arrives(self, slack: Bench) -> None:
        answers = {
            "topics": "Sparse computation.",
            "categories": ["cs.LG", "stat.ML"],
            "authors": " Ada Example \n\n Şirin Aktaş",
            "at": "07:30",
            "zone": "Asia/Tokyo",
            "cap": "20",
            "days": ["0", "4"],
            "form": "compact",
            "wait": "asap",
            "quiet": "silent",
            "line": "frozen",
        }
        slack.double.submit(self.open(slack), answers, expect=1)
        expected = changed(
            topics="Sparse computation.",
            categories=("cs.LG", "stat.ML"),
            authors=("Ada Example", "Şirin Aktaş"),
            at="07:30",
            zone="Asia/Tokyo",
            cap=20,
            days=(0, 4),
            form="compact",
            wait="asap",
            quiet="silent",
            line="frozen",
        )
        assert slack.desk.calls("change")[0]["form"] == expected

    def test_slips_are_told_beside_their_fields(self, slack: Bench) -> None:
        wrong = {"zone": "There is no zone “Mars/Base”.", "elsewhere": "Nor that."}
        slack.desk.answers["change"] = wrong
        did = slack.double.submit(self.open(slack), {"zone": "Mars/Base"})
        assert did.ack == {
            "response_action": "errors",
            "errors": {"zone": wrong["zone"], "topics": wrong["elsewhere"]},
        }

    def test_a_number_that_is_none_is_told_at_once(self, slack: Bench) -> None:
        did = slack.double.submit(self.open(slack), {"cap": "a dozen"})
        assert did.ack
        assert did.ack["errors"]["cap"].startswith("Give a whole number")
        assert not slack.desk.calls("change")

    def test_a_failure_is_told_in_the_form(self, slack: Bench) -> None:
        view = self.open(slack)
        slack.desk.fails["change"] = [RuntimeError("no"), StoreError("The store is away.")]
        first, second = slack.double.submit(view), slack.double.submit(view)
        assert first.ack
        assert "the log has it as" in first.ack["errors"]["topics"]
        assert second.ack
        assert second.ack["errors"]["topics"] == "The store is away."

    def test_who_may_not_change_it_is_told_so(self, slack: Bench) -> None:
        slack.desk.answers["settings"] = Said("Only managers can change this.")
        assert "Only managers" in slack.double.command("/digest", "settings").said

    def test_a_slow_store_opens_an_empty_window_first(self, slack: Bench) -> None:
        slow = slack.desk.slow["settings"] = asyncio.Event()
        did = slack.double.command("/digest", "settings", expect=1)
        [waiting] = did.views
        assert "One moment" in json.dumps(waiting, ensure_ascii=False)
        slack.set(slow)
        finish(slack)
        filled = did.views[-1]
        assert (filled["id"], filled["callback_id"]) == (waiting["id"], "settings")

    def test_a_window_does_not_wait_for_its_turn(self, slack: Bench) -> None:
        slow = slack.desk.slow["command"] = asyncio.Event()
        before = [slack.double.command("/digest", "today", expect=0) for _ in range(10)]
        assert slack.double.command("/digest", "settings").views
        assert not any(did.effects for did in before)
        slack.set(slow)
        finish(slack)
        assert all(did.posts for did in before)

    def test_a_slow_store_saves_after_the_acknowledgement(self, slack: Bench) -> None:
        view = self.open(slack)
        slow = slack.desk.slow["change"] = asyncio.Event()
        did = slack.double.submit(view)
        assert did.ack
        assert did.ack["response_action"] == "update"
        slack.set(slow)
        finish(slack)
        assert "Saved." in json.dumps(did.views[-1])

    def test_an_expired_trigger_is_one_sentence(self, slack: Bench) -> None:
        slack.double.fail("views.open", faults.refused("expired_trigger_id"))
        did = slack.double.command("/digest", "settings")
        assert "could not open in time" in did.said

    def test_another_refusal_is_one_sentence_too(self, slack: Bench) -> None:
        slack.double.fail("views.open", faults.refused("internal_error"))
        assert "the log has it as" in slack.double.command("/digest", "settings").said

    def test_categories_are_suggested(self, slack: Bench) -> None:
        view = self.open(slack)
        did = slack.double.suggest(view, "categories", "cs.l")
        assert did.ack
        assert did.ack["options"][0]["value"] == "cs.LG"
        assert slack.desk.calls("categories")[0]["words"] == "cs.l"
        slack.desk.fails["categories"] = [RuntimeError("no")]
        assert slack.double.suggest(view, "categories", "cs.l").ack == {"options": []}

    def test_from_the_home_tab_it_is_about_the_channel_named_there(self, slack: Bench) -> None:
        slack.double.open_home()
        home = dict(slack.double.home() or {})
        home["blocks"] = posted(slack, "settings:open:0")["blocks"]
        home["blocks"][0]["elements"][0]["value"] = "C7"
        [view] = slack.double.press(home, "settings:open:0").views
        assert slack.desk.calls("settings")[0]["asker"].where == Target("slack", "C7")
        did = slack.double.submit(view, expect=1)
        assert slack.desk.calls("change")[0]["asker"].where == Target("slack", "C7")
        assert did.views[-1]["type"] == "home"


class TestNoise:
    def test_events_nobody_asked_for_are_acknowledged(self, slack: Bench) -> None:
        for kind in ("message", "member_joined_channel", "team_join"):
            assert slack.double.event({"type": kind, "user": "U1", "channel": "C1"}).acked
        assert not slack.desk.asked

    def test_windows_nobody_knows_are_acknowledged(self, slack: Bench) -> None:
        [view] = slack.double.command("/digest", "settings").views
        assert slack.double.submit(view | {"callback_id": "other"}).acked
        assert slack.double.suggest(view | {"callback_id": "other"}, "categories", "x").acked
