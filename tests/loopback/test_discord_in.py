"""What people do in Discord, by the real gateway client: the listener, a noted desk, the double."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.channels.discord.limits import EPHEMERAL
from bot.doubles.discord import faults, limits
from bot.doubles.discord.world import ADA, APP, CHANNEL, MIRA, TOMAS, Person
from bot.replies import File, Said
from paperlark.errors import StoreError
from paperlark.target import Target
from paperlark.vote import Door, Thumb
from tests.discord_bench import Bench, bench, until
from tests.slack import changed, page

if TYPE_CHECKING:
    from collections.abc import Iterator

PAPER = "2611.90412"


@pytest.fixture(scope="module")
def running() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.fixture
def discord(running: Bench) -> Iterator[Bench]:
    desk = running.desk
    for kept in (desk.asked, desk.answers, desk.held, desk.slow, desk.fails):
        kept.clear()
    yield running
    assert not running.double.refused
    assert not running.double.pinged


def buttons(message: Any) -> list[str]:
    return [p["custom_id"] for p in limits.walk(message["components"]) if "custom_id" in p]


def first_vote(message: Any) -> str:
    return next(name for name in buttons(message) if name.startswith("vote:up:"))


class TestCommands:
    def test_a_command_is_answered_to_the_asker_alone(self, discord: Bench) -> None:
        did = discord.double.command("/digest today", {"page": "2"}, user=TOMAS)
        assert did.acked
        assert "foundations" in did.said
        assert all(answer["flags"] & EPHEMERAL for answer in did.answers)
        [asked] = discord.desk.calls("command")
        assert asked["text"] == "today 2"
        assert asked["asker"].voter == f"discord:{TOMAS}"
        assert asked["asker"].where == Target("discord", CHANNEL)
        assert not asked["asker"].manager

    def test_in_a_thread_the_place_is_its_channel(self, discord: Bench) -> None:
        thread = discord.double.channel("300000000000000077", "t", kind=11, parent=CHANNEL)
        discord.double.command("/digest today", channel=thread.id)
        [asked] = discord.desk.calls("command")
        assert asked["asker"].where == Target("discord", CHANNEL)

    def test_in_a_talk_everybody_manages(self, discord: Bench) -> None:
        place = discord.double.world.talk(ADA)
        discord.double.command("/digest today", user=ADA, channel=place.id)
        [asked] = discord.desk.calls("command")
        assert asked["asker"].where == Target("discord", place.id)
        assert asked["asker"].manager

    def test_where_only_a_person_has_brought_us_nobody_manages(self, discord: Bench) -> None:
        discord.double.command("/digest today", user_install=True)
        [asked] = discord.desk.calls("command")
        assert not asked["asker"].manager

    def test_abstract_takes_any_id(self, discord: Bench) -> None:
        assert discord.double.command("/abstract", {"id": f"arXiv:{PAPER}v2"}).acked
        assert discord.desk.calls("abstract")[0]["query"] == f"arXiv:{PAPER}v2"

    def test_what_is_no_command_of_ours_is_answered_too(self, discord: Bench) -> None:
        assert "not a command" in discord.double.command("/lark").said
        assert "You typed nonsense" in discord.double.command("/digest nonsense").said

    def test_help_is_about_these_commands(self, discord: Bench) -> None:
        assert "`/digest day DATE`" in discord.double.command("/digest help").said

    def test_a_failure_is_one_sentence(self, discord: Bench) -> None:
        discord.desk.fails["command"] = [RuntimeError("no")]
        assert "the log has it as" in discord.double.command("/digest today").said

    def test_a_slow_desk_is_waited_for_and_acknowledged_first(self, discord: Bench) -> None:
        slow = discord.desk.slow["command"] = asyncio.Event()
        did = discord.double.command("/digest today", expect=0)
        assert did.acked
        assert not did.effects
        discord.set(slow)
        until(lambda: did.effects)

    def test_a_file_is_attached(self, discord: Bench) -> None:
        discord.desk.answers["command"] = File("day.bib", "@misc{x}\n", "1 paper.")
        did = discord.double.command("/digest export", {"form": "bibtex"})
        assert did.answers[0]["attachments"][0]["filename"] == "day.bib"

    def test_dates_and_categories_are_suggested(self, discord: Bench) -> None:
        did = discord.double.suggest("/digest day", "date", "2026-")
        assert did.choices
        assert len(did.choices) <= 25
        assert discord.double.suggest("/digest why", "id", "26").choices == []

    def test_profiles_are_suggested(self, discord: Bench) -> None:
        did = discord.double.suggest("/digest tune", "profile", "v")
        assert did.choices == [{"name": "Vision", "value": "Vision"}]
        assert discord.desk.calls("profiles")[0]["asker"].where == Target("discord", CHANNEL)
        discord.desk.fails["profiles"] = [RuntimeError("no")]
        assert discord.double.suggest("/digest tune", "profile", "v").choices == []


class TestTraps:
    def test_too_late_is_left_alone(self, discord: Bench) -> None:
        discord.double.fail("callback", faults.refused(10062))
        did = discord.double.command("/digest today", expect=0)
        assert not did.acked
        assert not discord.desk.asked

    @pytest.mark.parametrize("what", ["/digest today", "press"])
    def test_told_twice_it_is_done_once(self, discord: Bench, what: str) -> None:
        shown = discord.double.command("/digest today").answers[0]
        discord.desk.asked.clear()
        if what == "press":
            did = discord.double.press(shown, first_vote(shown), times=2)
        else:
            did = discord.double.command(what, times=2)
        discord.double.command("/digest help")
        assert len(did.answers) == 1
        assert len(discord.desk.calls("vote" if what == "press" else "command")) == 1

    @pytest.mark.parametrize("fault", ["reset-before", "reset-after", "503-html", "429"])
    def test_an_answer_that_goes_astray_comes_all_the_same(
        self, discord: Bench, fault: str
    ) -> None:
        spoilt = faults.limited(0.05) if fault == "429" else faults.named(fault)
        discord.double.fail("callback", spoilt)
        discord.double.fail("edit_original", spoilt)
        did = discord.double.command("/digest today")
        assert did.acked
        assert len(did.answers) == 1
        assert len(discord.desk.calls("command")) == 1

    def test_a_message_without_its_components_can_be_pressed(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        did = discord.double.press(shown, first_vote(shown), bare=True)
        assert "Noted" in did.said


class TestButtons:
    def test_a_thumb_votes_and_again_takes_it_back(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        up = first_vote(shown)
        for _ in range(2):
            assert "Noted" in discord.double.press(shown, up, TOMAS).said
        discord.double.press(shown, up.replace("up", "down"), TOMAS)
        votes = discord.desk.calls("vote")
        assert [vote["thumb"] for vote in votes] == [Thumb.UP, Thumb.UP, Thumb.DOWN]
        assert all(vote["again"] for vote in votes)  # the desk knows whether it takes one back
        assert {vote["door"] for vote in votes} == {Door.DISCORD_BUTTON}
        assert {vote["paper"] for vote in votes} == {up.removeprefix("vote:up:")}
        assert {vote["ref"] for vote in votes} == {""}
        moments = [vote["at"] for vote in votes]
        assert moments == sorted(moments)

    def test_a_page_is_turned_in_place(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        did = discord.double.press(shown, "page:2026-11-19:2", expect=0)
        until(lambda: "page:2026-11-19:1" in buttons(did.pressed))
        assert did.kind == 6
        discord.desk.answers["digest"] = Said("That day is gone.")
        told = discord.double.press(shown, "page:2026-11-19:1", expect=0)
        until(lambda: "That day is gone." in told.said)
        assert "page:2026-11-19:1" in buttons(shown)

    def test_a_page_of_a_named_profile_is_turned_in_that_profile(self, discord: Bench) -> None:
        discord.desk.answers["command"] = replace(page(), profile="vision")
        shown = discord.double.command("/digest today", {"profile": "vision"}).answers[0]
        discord.double.press(shown, "page:2026-11-19:2:vision", expect=0)
        until(lambda: discord.desk.calls("digest"))
        [asked] = discord.desk.calls("digest")
        assert (asked["page"], asked["asker"].profile) == ("2", "vision")

    def test_a_page_is_shared_with_everybody(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        did = discord.double.press(shown, "share:2026-11-19:1", expect=0)
        until(lambda: "Shared by Mira" in did.said)
        assert not did.answers[-1]["flags"] & EPHEMERAL

    def test_an_abstract_and_its_buttons(self, discord: Bench) -> None:
        shown = discord.double.command("/abstract", {"id": PAPER}).answers[0]
        for name in buttons(shown):
            assert discord.double.press(shown, name, expect=0).acked, name
        until(lambda: len(discord.desk.asked) >= len(buttons(shown)))

    def test_old_buttons_are_answered(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        part: Any = next(p for p in limits.walk(shown["components"]) if "custom_id" in p)
        part["custom_id"] = "dance:all"
        assert "another version" in discord.double.press(shown, "dance:all").said


class TestReactions:
    def card(self) -> dict[str, Any]:
        return {"id": "700000000000000001", "channel_id": CHANNEL}

    def votes(self, discord: Bench, count: int) -> list[Any]:
        until(lambda: len(discord.desk.calls("vote")) >= count)
        discord.double.command("/digest help")
        return list(discord.desk.calls("vote"))

    def test_thumbs_count_and_are_taken_off(self, discord: Bench) -> None:
        card = self.card()
        discord.double.react(card, "👍🏽", TOMAS)
        discord.double.react(card, "👍🏽", TOMAS, added=False)
        discord.double.react(card, "👎", TOMAS, burst=True)
        votes = sorted(self.votes(discord, 3), key=lambda vote: vote["at"])
        assert [v["thumb"] for v in votes] == [Thumb.UP, Thumb.NONE, Thumb.DOWN]
        assert [v["taken"] for v in votes] == [None, Thumb.UP, None]
        assert {v["ref"] for v in votes} == {f"{CHANNEL}:{card['id']}"}
        assert {v["door"] for v in votes} == {Door.DISCORD_REACTION}
        assert {v["asker"].voter for v in votes} == {f"discord:{TOMAS}"}

    def test_what_one_person_does_to_one_message_keeps_its_order(self, discord: Bench) -> None:
        slow = discord.desk.slow["vote"] = asyncio.Event()
        discord.double.react(self.card(), "👍", TOMAS)
        discord.double.react(self.card(), "👍", TOMAS, added=False)
        discord.double.react(self.card(), "👎", MIRA)
        first, other = self.votes(discord, 2)
        assert (first["thumb"], other["thumb"]) == (Thumb.UP, Thumb.DOWN)
        discord.set(slow)
        assert self.votes(discord, 3)[2]["thumb"] is Thumb.NONE

    def test_what_is_no_vote_is_ignored(self, discord: Bench) -> None:
        other = "400000000000000099"
        discord.double.world.people[other] = Person(other, "robot", bot=True)
        card = self.card()
        discord.double.react(card, "🎉", TOMAS)
        discord.double.react(card, "👍", TOMAS, custom="800000000000000001")
        discord.double.react(card, "👍", APP)
        discord.double.react(card, "👍", other)
        discord.double.react(card, "👍", MIRA)
        [vote] = self.votes(discord, 1)
        assert vote["asker"].voter == f"discord:{MIRA}"

    def test_a_store_that_is_away_is_waited_for(self, discord: Bench) -> None:
        discord.desk.fails["vote"] = [StoreError("Away.")]
        discord.double.react(self.card(), "👍", TOMAS)
        first, second = self.votes(discord, 2)
        assert first == second


class TestSettings:
    def open(self, discord: Bench) -> Any:
        did = discord.double.command("/digest settings")
        assert did.kind == 9
        return did

    def test_a_form_is_shown_and_saved(self, discord: Bench) -> None:
        form = self.open(discord)
        typed = {"topics": "Sparse computation.", "when": "07:30 Asia/Tokyo, 20 cards"}
        did = discord.double.submit(form, typed)
        assert "The settings of foundations are saved." in did.said
        wanted = changed(topics="Sparse computation.", at="07:30", zone="Asia/Tokyo", cap=20)
        assert discord.desk.calls("change")[0]["form"] == wanted

    def test_a_slip_is_told_and_what_was_typed_stays(self, discord: Bench) -> None:
        discord.desk.answers["change"] = {"zone": "There is no zone “Mars/Base”."}
        typed = {"topics": "Sparse computation.", "when": "07:30 Mars/Base, 20 cards"}
        did = discord.double.submit(self.open(discord), typed)
        assert "There is no zone" in did.said
        again = discord.double.press(did.answers[0], "settings:open::foundations")
        assert "07:30 Mars/Base, 20 cards" in again.said
        assert "Sparse computation." in again.said
        assert "Sparse computation." not in self.open(discord).said

    def test_what_was_typed_over_what_has_changed_since_is_not_offered_again(
        self, discord: Bench
    ) -> None:
        discord.desk.answers["change"] = {"profile": "Somebody changed these settings."}
        did = discord.double.submit(self.open(discord), {"topics": "Sparse computation."})
        discord.desk.answers["settings"] = changed(stamp="b" * 16, topics="Dense computation.")
        again = discord.double.press(did.answers[0], "settings:open::foundations")
        assert "Dense computation." in again.said
        assert "Sparse computation." not in again.said

    def test_the_form_says_which_settings_it_was_opened_over(self, discord: Bench) -> None:
        discord.desk.answers["settings"] = changed(stamp="a" * 16)
        form = self.open(discord)
        discord.desk.answers["settings"] = changed(stamp="b" * 16)
        discord.double.submit(form, {})
        [given] = discord.desk.calls("change")
        assert (given["form"].stamp, given["asker"].profile) == ("a" * 16, "foundations")

    def test_another_profile_of_the_place_is_chosen_by_its_name(self, discord: Bench) -> None:
        options = {"profile": "vision", "quiet": "silent"}
        assert discord.double.command("/digest settings", {"profile": "vision"}).kind == 9
        assert "saved" in discord.double.command("/digest settings", options).said
        assert {each["asker"].profile for each in discord.desk.calls("settings")} == {"vision"}
        assert discord.desk.calls("change")[0]["form"] == changed(quiet="silent")

    def test_what_cannot_be_read_is_told_at_once(self, discord: Bench) -> None:
        did = discord.double.submit(self.open(discord), {"when": "a dozen"})
        assert "Write a time" in did.said
        assert not discord.desk.calls("change")

    def test_options_are_changed_without_a_form(self, discord: Bench) -> None:
        did = discord.double.command("/digest settings", {"quiet": "silent", "layout": "compact"})
        assert "saved" in did.said
        assert discord.desk.calls("change")[0]["form"] == changed(quiet="silent", form="compact")

    def test_who_may_not_change_it_is_told_so(self, discord: Bench) -> None:
        discord.desk.answers["settings"] = Said("Only managers can change this.")
        assert "Only managers" in discord.double.command("/digest settings").said
        options = {"quiet": "silent"}
        assert "Only managers" in discord.double.command("/digest settings", options).said

    def test_another_channels_settings_are_not_opened_here(self, discord: Bench) -> None:
        shown = discord.double.command("/digest today").answers[0]
        part: Any = next(p for p in limits.walk(shown["components"]) if "custom_id" in p)
        part["custom_id"] = "settings:open:300000000000000099"
        assert "in that channel" in discord.double.press(shown, part["custom_id"]).said
        assert not discord.desk.calls("settings")

    def test_a_failure_is_one_sentence(self, discord: Bench) -> None:
        discord.desk.fails["settings"] = [RuntimeError("no")]
        assert "the log has it as" in discord.double.command("/digest settings").said
        discord.desk.fails["change"] = [RuntimeError("no")]
        did = discord.double.submit(self.open(discord), {})
        assert "the log has it as" in did.said

    def test_a_slow_store_is_told(self, discord: Bench) -> None:
        slow = discord.desk.slow["settings"] = asyncio.Event()
        assert "could not open in time" in discord.double.command("/digest settings").said
        discord.set(slow)


def test_home_is_a_command(discord: Bench) -> None:
    assert "Saved papers" in discord.double.command("/digest home").said
