"""Discord's way in without Discord: words, suggestions, emoji, first answers, forms."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.discord import commands, limits, settings_view
from bot.channels.discord.answers import LATE, TAKEN, TRIES, Ack, Answers
from bot.channels.discord.commands import COMMANDS, chosen, focused, help_lines, words
from bot.channels.discord.forms import filled
from bot.channels.discord.origin import Moments, Origin
from bot.channels.discord.reactions import thumb
from bot.channels.discord.register import fingerprint
from bot.channels.discord.suggestions import suggest
from bot.channels.discord.wire import Told
from bot.desk import days
from bot.desk.commands import QUESTIONS
from bot.replies import File, Said
from paperlark import calendar
from paperlark.vote import Thumb
from tests.lab import Lab
from tests.slack import FORM, NotedDesk, changed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Origin("1", "key", "9", "5", "Ada", place="7", channel="7")
_NAME = re.compile(r"[a-z-]{1,32}")


def asked(sub: str, **given: str) -> dict[str, Any]:
    """What Discord says of a command below ``/digest``."""
    inner = [{"type": 3, "name": name, "value": value} for name, value in given.items()]
    return {"name": "digest", "options": [{"type": 1, "name": sub, "options": inner}]}


def every(options: Any) -> Iterator[Mapping[str, Any]]:
    for each in options:
        yield each
        yield from every(each.get("options", ()))


class TestCommands:
    def test_discord_takes_them(self) -> None:
        for command in COMMANDS:
            assert len(command["options"]) <= 25
            said = 0
            for each in every([command]):
                assert _NAME.fullmatch(each["name"])
                assert 1 <= len(each["description"]) <= 100
                said += len(each["name"]) + len(each["description"])
                said += sum(2 * len(choice["name"]) for choice in each.get("choices", ()))
                needed = [option.get("required", False) for option in each.get("options", ())]
                assert needed == sorted(needed, reverse=True)
            assert said <= 8_000

    def test_the_desk_knows_every_one(self) -> None:
        ours = {each["name"] for each in COMMANDS[0]["options"]}
        assert ours - {commands.DAY, commands.HOME, "help"} <= set(QUESTIONS) | set(days.WORDS)

    def test_every_word_of_the_desk_has_its_way_in(self) -> None:
        ours = {each["name"]: each["options"] for each in COMMANDS[0]["options"]}
        for word in QUESTIONS:
            name, _, said = commands.LED.get(word, word).partition(" ")
            assert name in ours, f"Discord has no way in for /digest {word}"
            assert not said or any(not each.get("choices") for each in ours[name])
        assert QUESTIONS["abs"] is QUESTIONS["abstract"]
        assert words("link", {"code": "off"}) == commands.LED["unlink"]

    def test_help_names_every_one_and_what_it_needs(self) -> None:
        told = "\n".join(help_lines())
        assert "`/digest why ID`" in told
        assert "`/digest export bibtex|json|mine`" in told
        assert len(help_lines()) == len(COMMANDS[0]["options"])

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (asked("today"), "today"),
            (asked("today", page="2"), "today 2"),
            (asked("day", date="2026-11-19"), "2026-11-19"),
            (asked("day", page="below", date="2026-11-19"), "2026-11-19 below"),
            (asked("why", id=" 2611.90412 "), "why 2611.90412"),
            (asked("follow", what="Ada Example", kind="author"), "follow author Ada Example"),
            (asked("vote", id="2611.90412", how="up"), "vote up 2611.90412"),
            (asked("export", of="saved", form="json"), "export json saved"),
            (asked("today", profile="vision", page="2"), "today 2 profile:vision"),
            (asked("day", date="2026-11-19", profile="vision"), "2026-11-19 profile:vision"),
            (asked("tune", profile="vision"), "tune profile:vision"),
            (asked("tune", what="want sparse attention"), "tune want sparse attention"),
            (
                asked("follow", what="cs.LG", kind="category", **{"for": "here"}),
                "follow here category cs.LG",
            ),
            (asked("mute", kind="word", what="survey"), "mute word survey"),
            (asked("setup", papers="2611.90412 not 2611.90266"), "setup 2611.90412 not 2611.90266"),
            (asked("setup"), "setup"),
            (asked("mine"), "mine"),
            (asked("mine", topics="mirror descent"), "mine topics mirror descent"),
            (asked("mine", page="2", date="2026-11-19"), "mine 2026-11-19 2"),
            (asked("link", code="off"), "link off"),
            (asked("forget", what="me yes"), "forget me yes"),
            (asked("votes"), "votes"),
            (asked("saved"), "saved"),
            (asked("nonsense", a="b"), "nonsense b"),
        ],
    )
    def test_what_was_chosen_is_what_would_be_typed(self, data: dict[str, Any], said: str) -> None:
        name, sub, given = chosen(data)
        assert (name, words(sub, given)) == ("digest", said)

    @pytest.mark.parametrize("data", [{}, {"options": None}, {"options": [None, "x", {}]}])
    def test_junk_is_no_command(self, data: dict[str, Any]) -> None:
        assert chosen(data)[:2] == ("", "")
        assert focused(data) == ("", "")


class TestFingerprint:
    def test_what_discord_adds_or_leaves_out_is_the_same(self) -> None:
        theirs = [_stored(each) for each in COMMANDS]
        assert fingerprint(theirs) == fingerprint(COMMANDS) == fingerprint(theirs[::-1])

    def test_a_word_changed_is_another(self) -> None:
        theirs = [_stored(each) for each in COMMANDS]
        theirs[0]["options"][0]["description"] += "."
        assert fingerprint(theirs) != fingerprint(COMMANDS)
        assert fingerprint(theirs[1:]) != fingerprint(COMMANDS)


def _stored(command: Mapping[str, Any]) -> dict[str, Any]:
    """A command as Discord gives it back."""
    made = {k: v for k, v in command.items() if v is not False and v != []}
    if "options" in made:
        made["options"] = [_stored(each) for each in made["options"]]
    more = {"id": "1", "version": "2", "nsfw": False, "description_localizations": None}
    return {**made, **more}


class TestSuggestions:
    def _suggest(self, data: dict[str, Any]) -> list[str]:
        inner = data["options"][0]["options"][-1]
        inner["focused"] = True
        return [each["value"] for each in asyncio.run(suggest(NotedDesk(), HERE.asker, data))]

    def test_dates_are_those_of_announcements(self) -> None:
        found = self._suggest(asked("day", date=""))
        assert len(found) == limits.CHOICES
        assert found == sorted(found, reverse=True)
        newest = calendar.current(datetime.now(UTC)).isoformat()
        assert newest in found
        assert self._suggest(asked("day", date=newest)) == [newest]
        assert self._suggest(asked("day", date="1999-13")) == []

    def test_saved_is_offered_for_files(self) -> None:
        assert self._suggest(asked("export", form="json", of="sa")) == ["saved"]

    def test_categories_are_offered_for_categories_alone(self) -> None:
        assert self._suggest(asked("follow", kind="category", what="cs")) == ["cs.LG"]
        assert self._suggest(asked("follow", kind="author", what="cs")) == []

    def test_the_profiles_of_the_place_are_offered(self) -> None:
        assert self._suggest(asked("latest", profile="")) == ["foundations", "Vision"]
        assert self._suggest(asked("settings", profile="vis")) == ["Vision"]

    def test_what_can_be_decided_about_a_line_is_offered_word_by_word(self) -> None:
        offered = self._suggest(asked("tune", what=""))
        known = Lab().said("tune xyzzy").partition("There are ")[2]
        assert {*re.findall(r"[a-z]+", known)} - {"and"} == {*offered}
        assert self._suggest(asked("tune", what="fr")) == ["freeze"]
        assert self._suggest(asked("tune", what="want sparse")) == []

    def test_here_is_offered_for_where_digests_go(self) -> None:
        assert self._suggest(asked("subscribe", where="")) == ["here"]
        assert self._suggest(asked("subscribe", where="ada@")) == []

    def test_nothing_is_offered_where_there_is_nothing(self) -> None:
        assert self._suggest(asked("why", id="26")) == []


class TestEmoji:
    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("👍", Thumb.UP),
            ("👎", Thumb.DOWN),
            ("👍🏿", Thumb.UP),
            ("👎🏻", Thumb.DOWN),
            ("👍\ufe0f", Thumb.UP),
            ("🎉", None),
            ("", None),
        ],
    )
    def test_thumbs_in_any_skin_tone(self, name: str, meant: Thumb | None) -> None:
        assert thumb(discord.PartialEmoji(name=name)) is meant

    def test_one_of_a_servers_own_means_nothing(self) -> None:
        assert thumb(discord.PartialEmoji(name="👍", id=3)) is None


def test_no_two_moments_are_the_same() -> None:
    moments = Moments()
    told = [moments.next() for _ in range(1_000)]
    assert sorted(set(told)) == told


@dataclass
class Line:
    """A wire that says what it is told to, then that all is well; `said` holds the calls."""

    answers: list[Told | Exception] = field(default_factory=list)
    said: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    async def call(self, method: str, path: str, payload: Any, files: Any) -> Told:
        self.said.append((method, path, payload, files))
        told = self.answers.pop(0) if self.answers else Told(204)
        if isinstance(told, Exception):
            raise told
        return told


def acked(*told: Told | Exception, ack_s: float = 30.0) -> tuple[bool, int]:
    line: Any = Line(list(told))
    ours = asyncio.run(Answers(line, ack_s=ack_s).ack(HERE, Ack.THINKING))
    return ours, len(line.said)


DROP = aiohttp.ServerDisconnectedError()


class TestFirstAnswer:
    def test_a_taken_one_is_ours(self) -> None:
        assert acked() == (True, 1)

    def test_too_late_is_left_alone(self) -> None:
        assert acked(Told(404, LATE)) == (False, 1)

    def test_what_another_process_answers_is_left_alone(self) -> None:
        assert acked(Told(400, TAKEN)) == (False, 1)

    def test_one_that_seemed_lost_and_arrived_is_ours(self) -> None:
        assert acked(DROP, Told(400, TAKEN)) == (True, 2)

    @pytest.mark.parametrize("told", [DROP, Told(503), Told(429, 0, 0.01), TimeoutError()])
    def test_one_that_did_not_arrive_is_given_again(self, told: Told | Exception) -> None:
        assert acked(told) == (True, 2)

    def test_another_refusal_is_no_end_of_the_world(self) -> None:
        assert acked(Told(401, 50027)) == (False, 1)

    def test_it_gives_up_when_discord_has(self) -> None:
        assert not acked(*[Told(503)] * 9, ack_s=0.05)[0]
        assert acked(DROP, *[Told(503)] * 9, ack_s=0.15)[0]


class TestLaterAnswers:
    def _line(self, *told: Told | Exception) -> tuple[Any, Answers]:
        line: Any = Line(list(told))
        return line, Answers(line)

    def test_an_answer_stands_in_the_place_of_thinking(self) -> None:
        line, answers = self._line(DROP, Told(503))
        asyncio.run(answers.give(HERE, Said("Noted.")))
        assert [each[:2] for each in line.said] == [
            ("PATCH", "/webhooks/9/key/messages/@original")
        ] * 3
        payload = line.said[0][2]
        assert payload["allowed_mentions"] == {"parse": []}
        assert payload["flags"] == limits.V2

    def test_nothing_to_say_takes_thinking_away(self) -> None:
        line, answers = self._line()
        asyncio.run(answers.give(HERE, Said("")))
        assert line.said[0][:2] == ("DELETE", "/webhooks/9/key/messages/@original")

    def test_a_file_is_attached(self) -> None:
        line, answers = self._line()
        asyncio.run(answers.give(HERE, File("a.bib", "@misc{x}", "1 paper.")))
        assert line.said[0][3] == {"a.bib": b"@misc{x}\n"}

    def test_what_makes_a_message_is_not_sent_twice(self) -> None:
        for told in (DROP, Told(503)):
            line, answers = self._line(told)
            asyncio.run(answers.say(HERE, "Noted."))
            assert len(line.said) == 1
        line, answers = self._line(Told(429, 0, 0.01))
        asyncio.run(answers.say(HERE, "Noted."))
        assert len(line.said) == 2

    def test_it_ends_where_discord_stays_away(self) -> None:
        line, answers = self._line(*[Told(503)] * 9)
        asyncio.run(answers.give(HERE, Said("Noted.")))
        assert len(line.said) == TRIES


class TestForm:
    def _typed(self, **values: str) -> dict[str, Any]:
        held = [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
            for name, value in values.items()
        ]
        line = {"type": 3, "custom_id": "line", "values": ["frozen"]}
        return {"components": [*held, {"type": 18, "component": line}]}

    def test_every_field_is_read(self) -> None:
        form, wrong = filled(
            FORM,
            self._typed(
                topics="Sparse computation.",
                categories="cs.LG,stat.ML  math.OC",
                authors=" Ada Example \n\n Şirin Aktaş",
                when="7:30 Asia/Tokyo, 20 cards",
            ),
        )
        assert not wrong
        assert (form.topics, form.line) == ("Sparse computation.", "frozen")
        assert form.categories == ("cs.LG", "stat.ML", "math.OC")
        assert form.authors == ("Ada Example", "Şirin Aktaş")
        assert (form.at, form.zone, form.cap) == ("07:30", "Asia/Tokyo", 20)

    @given(st.text("0123456789abcdef", max_size=16), st.from_regex(r"[\w.-]{1,64}", fullmatch=True))
    def test_its_name_says_what_it_was_opened_with(self, stamp: str, profile: str) -> None:
        opened = settings_view.modal(changed(stamp=stamp, profile=profile))
        assert settings_view.named(opened["custom_id"]) == (stamp, profile)

    def test_one_of_an_earlier_version_has_a_stamp_that_is_none(self) -> None:
        assert settings_view.named("settings:foundations") == ("foundations", "")

    def test_what_is_absent_stays(self) -> None:
        form, wrong = filled(FORM, {"components": []})
        assert (form, wrong) == (FORM, {})

    def test_a_slip_is_told_and_the_rest_kept(self) -> None:
        form, wrong = filled(FORM, self._typed(topics="Sparse.", when="a dozen"))
        assert form.topics == "Sparse."
        assert "number" in wrong[settings_view.WHEN]

    @given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
    def test_nothing_typed_breaks_it(self, categories: str, authors: str, when: str) -> None:
        form, _ = filled(FORM, self._typed(categories=categories, authors=authors, when=when))
        assert all(each.strip() == each and each for each in (*form.categories, *form.authors))
