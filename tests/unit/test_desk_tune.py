"""The line in the open: what `/digest tune` shows, what people decide, and that it comes true."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from threading import Event
from time import sleep
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import words
from bot.desk.memory import Memory
from bot.desk.warming import warm
from bot.ports import Asker
from bot.replies import Lines, SettingsForm
from paperlark import calendar
from paperlark.feedback import Act, Decision, Wish
from paperlark.target import Target
from paperlark.vote import Door, Thumb
from tests.lab import GUEST, MIRA, TOMAS, Lab

if TYPE_CHECKING:
    from paperlark.domain import Profile

NEXT = re.compile(r"^Next: ([\d.]+), (?:unmoved, on|from) (\w+ \d+ \w+)", re.MULTILINE)


@pytest.fixture
def lab() -> Lab:
    """Fifteen mornings on which two people like pruning and nothing else."""
    made = Lab()
    made.judged(15, likes="pruning")
    return made


def whole(reply: Lines) -> str:
    return "\n".join((reply.title, *reply.lines, reply.chart, reply.foot))


def told(lab: Lab) -> float:
    """The line that `tune` says the next digest will have."""
    found = NEXT.search("\n".join(lab.lines().lines))
    assert found, lab.lines()
    return float(found[1])


# --- what is shown ------------------------------------------------------------------------------


def test_before_any_digest_the_line_is_its_base():
    reply = Lab().lines()
    assert reply.title == "The line is 62.0"
    assert "No digest was made yet" in reply.lines[0]
    assert reply.chart == ""


def test_before_any_vote_it_stays_there():
    reply = Lab(3).lines()
    assert reply.lines[0] == "No votes yet. The line stays at its base, 62.0."
    assert "Next: 62.0, unmoved, on Thu 29 Oct" in reply.lines[1]
    assert [each.label for each in reply.actions] == ["Freeze at 62.0", "Fewer, surer cards"]


def test_what_moved_and_why_is_one_sentence_with_votes_and_people(lab: Lab):
    reply = lab.lines()
    assert reply.title == f"The line is {lab.digest().line.value:.1f}"
    assert re.match(
        r"Up 0\.5 since Thu 12 Nov: \d+ of the last \d+ votes were up \(.*target 70.%\), "
        r"from 2 people, so a little less is shown",
        reply.lines[0],
    )
    assert "2 people have voted; every voice counts in full." in reply.lines


def test_the_chart_has_the_last_moves_the_votes_before_each_and_a_bar_a_day(lab: Lab):
    table, bars = lab.lines().chart.split("\n\n")
    rows = table.splitlines()
    assert rows[0] == "Moves             to   votes before"
    assert re.fullmatch(r"Fri 13 Nov      68\.0 +\d+ up +\d+ down", rows[-2])
    assert re.fullmatch(r"since then +\d+ up +\d+ down", rows[-1])
    up, down, axis = bars.splitlines()[1:]
    assert len(up) == len(down) == len(axis) == len("down ") + 28
    assert set(up[5:] + down[5:]) <= set("·▁▂▃▄▅▆▇█")
    assert axis.endswith("Fri 13 Nov")


def test_a_decision_in_the_chart_says_whose_it_was(lab: Lab):
    lab.said("tune accept 55")
    lab.morning()
    assert re.search(r"Mon 16 Nov      55\.0 .* Mira accepted 55\.0", lab.lines().chart)


def test_where_the_votes_point_is_told_with_what_it_would_have_shown(lab: Lab):
    [line] = [each for each in lab.lines().lines if each.startswith("The votes point to 96.0")]
    assert "Over the last 30 days that would have shown" in line
    assert "cards fewer" in line


def test_an_offered_edit_has_its_evidence_and_what_it_would_have_changed(lab: Lab):
    [line] = [each for each in lab.lines().lines if each.startswith("Want “")]
    assert re.match(
        r"Want “network pruning”: \d+ of \d+ votes on papers that name it were up", line
    )
    assert re.search(r"It would have changed \d+ of \d+ cards over 15 days", line)


def test_guests_see_everything_but_the_buttons_and_who_is_not_heard(lab: Lab):
    for number in range(4):  # now there are six people, four of them against the yardstick
        for card in lab.digest().cards[:3]:
            lab.vote(card.paper.id, Thumb.DOWN, Asker(f"slack:H{number}", MIRA.where))
    mine, theirs = lab.lines(), lab.lines(asker=GUEST)
    assert theirs.actions == ()
    assert words.MANAGERS in theirs.foot
    assert theirs.lines[0] == mine.lines[0]
    assert "slack:H1" in whole(mine)
    assert "not heard in full" in whole(theirs)
    assert "slack:" not in whole(theirs)


OPEN = replace(MIRA, named=False)
"""A manager where everybody is one."""
TALK = replace(MIRA, alone=True)


def test_where_everybody_manages_nobody_is_named(lab: Lab):
    for number in range(4):
        for card in lab.digest().cards[:3]:
            lab.vote(card.paper.id, Thumb.DOWN, Asker(f"slack:H{number}", MIRA.where))
    why = f"why {lab.digest().cards[0].paper.id}"
    for text in ("tune", why):
        assert "slack:H1" in whole(lab.lines(text))
        assert "slack:" not in whole(lab.lines(text, OPEN))
    assert "not heard in full" in whole(lab.lines(asker=OPEN))
    assert "votes: 6\u00a0👎" in whole(lab.lines(why, OPEN))
    assert lab.lines(asker=OPEN).actions


def test_in_a_talk_only_those_who_voted_in_it_are_named(lab: Lab):
    paper = lab.digest().cards[0].paper.id
    lab.vote(paper)
    assert "slack:U1" in whole(lab.lines(f"why {paper}", TALK))
    lab.vote(paper, Thumb.UP, TOMAS, subscription="slack:C9/foundations")
    assert "slack:" not in whole(lab.lines(f"why {paper}", TALK))
    assert "slack:U2" in whole(lab.lines(f"why {paper}"))


def test_a_profile_asked_for_by_name_is_asked_for_by_its_buttons_too(lab: Lab):
    reply = lab.lines("tune profile:foundations")
    assert reply.actions
    assert all(each.command.endswith(" profile:foundations") for each in reply.actions)


def test_what_takes_long_is_worked_out_before_it_is_asked_for(lab: Lab):
    field = ("field", lab.profile.categories)
    fresh = replace(lab.house, memory=Memory())
    warm(fresh, Event(), pause_s=0.0)
    assert fresh.memory.known(field)[0] == lab.now.date()


def test_nothing_is_worked_out_ahead_without_votes_or_while_it_stops(lab: Lab):
    quiet, gone = Lab(1), Event()
    warm(quiet.house, Event(), pause_s=0.0)
    assert quiet.house.memory.known(("field", quiet.profile.categories)) is None
    gone.set()
    fresh = replace(lab.house, memory=Memory())
    warm(fresh, gone, pause_s=0.0)
    assert fresh.memory.known(("field", lab.profile.categories)) is None


# --- it comes true ------------------------------------------------------------------------------


def thumbs() -> st.SearchStrategy[list[tuple[int, int, Thumb, bool]]]:
    """Votes: on which morning, on which card, what, and of whom."""
    each = st.tuples(st.integers(0, 9), st.integers(0, 6), st.sampled_from(Thumb), st.booleans())
    return st.lists(each, max_size=40)


@settings(max_examples=25)
@given(said=thumbs(), decided=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), max_size=3))
def test_the_next_digest_has_the_line_that_tune_told(
    said: list[tuple[int, int, Thumb, bool]], decided: list[tuple[int, int]]
):
    lab = Lab()
    verbs = ("accept 60", "undo", "freeze", "thaw", "reset", "fewer", "more", "want lattice")
    for number in range(10):
        made = lab.morning()
        for _, rank, thumb, mira in (each for each in said if each[0] == number):
            if rank < len(made.cards):
                lab.vote(made.cards[rank].paper.id, thumb, MIRA if mira else TOMAS)
        for _, verb in (each for each in decided if each[0] == number):
            lab(f"tune {verbs[verb]}")
        if number > 6:
            expected = told(lab)
            assert round(lab.morning().line.value, 1) == expected


def test_before_todays_digest_is_made_the_next_one_is_todays(lab: Lab):
    tomorrow = calendar.next_after(lab.day)
    lab.now = lab.now.replace(day=tomorrow.day, hour=1)
    lab.vote(lab.digest().cards[0].paper.id)  # counts from the day after
    found = NEXT.search(whole(lab.lines()))
    assert found
    assert found[2] == "Mon 16 Nov"
    assert "From Tue 17 Nov" in lab.said("tune freeze")
    assert round(lab.morning().line.value, 1) == float(found[1])


def test_one_person_through_two_doors_counts_once(lab: Lab):
    before = len(lab.store.votes.votes_of(MIRA.voter))
    card = lab.morning().cards[0].paper.id
    lab.vote(card, Thumb.UP, MIRA, Door.SLACK_BUTTON)
    lab.store.links.linked["mail:m1"] = MIRA.voter
    mail = "mail:mira@example.org/foundations"
    lab.vote(card, Thumb.UP, replace(MIRA, voter="mail:m1"), Door.MAIL, mail)
    reply = lab.lines()
    assert "2 people have voted" in whole(reply)
    assert "since then               1 up  0 down" in reply.chart
    assert len(lab.store.votes.votes_of(MIRA.voter)) == before + 1
    assert round(lab.morning().line.value, 1) == told_of(reply)


def told_of(reply: Lines) -> float:
    found = NEXT.search("\n".join(reply.lines))
    assert found
    return float(found[1])


# --- decisions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "means"), [("undo", "the line is"), ("freeze", "stays at")])
def test_what_is_decided_before_todays_digest_is_made_comes_true(lab: Lab, verb: str, means: str):
    lab.now = datetime.combine(calendar.next_after(lab.day), time(1), UTC)  # evening in New York
    offered = " ".join(each.label for each in lab.lines().actions)
    found = re.search(rf"{means} ([\d.]+\d)", lab.said(f"tune {verb}"))
    lab.morning()  # today's: moved by yesterday's votes
    assert found
    assert lab.morning().line.value == float(found[1])
    assert re.search(rf"(?:back to|Freeze at) {found[1]}", offered)


def test_a_decision_dated_ahead_by_another_clock_keeps_nobody_from_deciding(lab: Lab):
    lab.store.choices.decide(
        "foundations", Decision(datetime(2999, 1, 1, tzinfo=UTC), "", Act.UNDO)
    )
    assert "again" in lab.said("tune undo")


def test_words_are_in_todays_digest_where_it_is_not_made_yet(lab: Lab):
    lab.now = datetime.combine(calendar.next_after(lab.day), time(1), UTC)
    told = lab.said("tune want bird song")
    made = lab.morning()
    assert "bird song" in made.provenance.profile
    assert told.startswith(f"From {made.date:%a} {made.date.day} {made.date:%b} “bird song”")


def test_changes_at_once_by_every_door_are_all_kept(lab: Lab):
    asked = ("tune want alpha nets", "follow here word beta", "follow here author Ada Lovelace",
             "mute here word gamma rays", "tune exclude delta waves")  # fmt: skip
    save = lab.store.save_profile

    def slowly(profile: Profile) -> None:
        sleep(0.002)
        save(profile)

    lab.store.save_profile = slowly  # type: ignore[method-assign]

    async def together() -> None:
        await asyncio.gather(*(lab.desk.command(MIRA, each) for each in asked))

    asyncio.run(together())
    for text in ("alpha nets", "beta", "Ada Lovelace", "gamma rays", "delta waves"):
        assert f'"{text}"' in lab.profile.source


STRANGER = Asker("slack:U9", Target("slack", "U9"), name="Eve", alone=True)
ELSEWHERE = Asker("slack:U9", Target("slack", "C9"), name="Eve")


@pytest.mark.parametrize("asker", [STRANGER, ELSEWHERE])
@pytest.mark.parametrize(
    "text",
    ["tune reset", "tune freeze", "tune accept 5", "tune exclude network pruning", "tune back",
     "tune least 9", "follow here word birds", "mute here word network"],
)  # fmt: skip
def test_nobody_changes_what_others_get_from_a_talk_or_a_place_without_it(
    lab: Lab, text: str, asker: Asker
):
    before = lab.profile
    assert lab.said(text, asker) == words.ELSEWHERE
    assert lab.profile == before
    assert lab.store.choices.decisions("foundations") == ()


def test_the_form_of_a_talk_changes_its_hour_and_nothing_of_others(lab: Lab):
    form = asyncio.run(lab.desk.settings(STRANGER))
    assert isinstance(form, SettingsForm)
    for changed in (replace(form, cap=3), replace(form, line="frozen")):
        assert asyncio.run(lab.desk.change(STRANGER, changed)) == {"profile": words.ELSEWHERE}
    assert asyncio.run(lab.desk.change(STRANGER, replace(form, at="09:30"))) == {}
    assert lab.said("tune reset", STRANGER) == words.ELSEWHERE  # others had it before
    assert lab.lines(asker=STRANGER).actions == ()


def test_whoever_had_it_first_in_a_talk_goes_on_deciding():
    own = Asker("slack:U1", Target("slack", "U1"), name="Mira", alone=True)
    lab = Lab(3, place=own.where)
    first = replace(lab.subscription, made_at=datetime(2026, 10, 1, tzinfo=UTC))
    later = replace(first, target=STRANGER.where, made_at=datetime(2026, 10, 2, tzinfo=UTC))
    for each in (first, later):
        lab.store.subscriptions.save_subscription(each)
    assert lab.said("tune freeze", STRANGER) == words.ELSEWHERE
    assert "stays at" in lab.said("tune freeze", own)


def test_accepting_goes_there_at_once_and_undo_takes_it_back(lab: Lab):
    before = lab.digest().line.value
    assert lab.said("tune accept 55,5").startswith("From Mon 16 Nov the line is 55.5.")
    assert told(lab) == 55.5
    assert lab.said("tune undo").startswith(f"From Mon 16 Nov the line is {before:.1f} again.")
    assert told(lab) == before
    assert lab.morning().line.value == before


def test_accepting_without_a_value_goes_where_the_votes_point(lab: Lab):
    assert lab.said("tune accept").startswith("From Mon 16 Nov the line is 96.0.")


def test_a_decision_keeps_who_took_it(lab: Lab):
    lab.said("tune freeze")
    [(decision, by)] = lab.store.choices.decided.values()
    assert (decision.kind, decision.who, by) == (Act.FREEZE, "Mira", "slack:U1")
    lab.said("tune thaw", replace(MIRA, name=""))
    assert [each.who for each in lab.store.choices.decisions("foundations")] == ["Mira", "somebody"]


DECISIONS = (
    "accept 55", "undo", "freeze", "reset", "fewer", "least 2", "want lattice gauge, bird song",
    "exclude traffic flow", "no network pruning",
)  # fmt: skip


@pytest.mark.parametrize("verb", DECISIONS)
def test_pressing_twice_is_pressing_once(lab: Lab, verb: str):
    first = lab.said(f"tune {verb}")
    facts = (dict(lab.store.choices.decided), dict(lab.store.choices.worded), lab.profile.source)
    again = lab.said(f"tune {verb}")
    assert again != first
    assert "already" in again
    assert facts == (lab.store.choices.decided, lab.store.choices.worded, lab.profile.source)
    assert len(facts[0]) + len(facts[1]) == 1


@pytest.mark.parametrize("verb", ["thaw", "back", "drop"])
def test_what_undoes_something_does_so_once_too(lab: Lab, verb: str):
    lab.said("tune freeze" if verb == "thaw" else "tune want lattice gauge")
    text = f"tune {verb} lattice gauge" if verb == "drop" else f"tune {verb}"
    lab.said(text)
    facts = len(lab.store.choices.decided) + len(lab.store.choices.worded)
    lab.said(text)
    assert len(lab.store.choices.decided) + len(lab.store.choices.worded) == facts == 2


def test_an_old_button_undoes_nothing_else(lab: Lab):
    [undo] = [each for each in lab.lines().actions if each.label.startswith("Undo")]
    assert undo.command == "tune undo 67.5"
    assert undo.confirm.startswith("Back to 67.5? The votes stay")
    lab.judged(1, likes="pruning")
    assert "has moved since that was offered" in lab.said(undo.command)
    assert not lab.store.choices.decided


def test_nothing_that_never_moved_is_taken_back():
    assert "nothing to take back" in Lab(3).said("tune undo")
    assert "nothing to take back" in Lab(3).said("tune back")


def test_a_frozen_line_stays_and_says_so(lab: Lab):
    before = lab.digest().line.value
    assert f"stays at {before:.1f}" in lab.said("tune freeze")
    lab.judged(2, likes="pruning")
    reply = lab.lines()
    assert lab.digest().line.value == before
    assert "frozen by Mira on 13 Nov" in reply.lines[0]
    assert "Let it move again" in [each.label for each in reply.actions]
    assert lab.said("tune thaw") == "From Wed 18 Nov votes move the line again."
    assert lab.morning().line.value > before


def test_a_reset_is_the_base_and_the_votes_so_far_no_longer_move_it(lab: Lab):
    assert "the line is its base again, 62.0." in lab.said("tune reset")
    assert lab.morning().line.value == 62.0
    assert lab.morning().line.value == 62.0


def test_the_knobs_are_turned_from_the_next_digest_on(lab: Lab):
    assert "85\u00a0% of the cards should be liked" in lab.said("tune fewer")
    assert "at least 9\u00a0cards a day" in lab.said("tune least 9")
    assert len(lab.morning().cards) >= 9
    assert "Aim: 85\u00a0% of the cards liked (“fewer, surer”); at least 9" in whole(lab.lines())
    assert "70\u00a0%" in lab.said("tune more")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("accept soon", "“soon” is no line. Give a score from 0 to 100"),
        ("accept nan", "“nan” is no line."),
        ("accept 101", "“101” is no line."),
        ("try", "Give a score from 0 to 100, as 61.5."),
        ("least 13", "Give the least cards a day, from 0 to 12"),
        ("least -1", "Give the least cards a day"),
        ("least", "Give the least cards a day"),
        ("freez", "There is no `/digest tune freez`. Did you mean `/digest tune freeze`?"),
        ("want", "Say which words: `/digest tune want sparse attention`."),
        ("want , ,", "Say which words"),
        (f"want {'x' * 101}", "Give at most 8 phrases"),
        (f"exclude {', '.join('abcdefghi')}", "Give at most 8 phrases"),
        ("back pruning", "No words were accepted yet"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(lab: Lab, typed: str, said: str):
    assert lab.said(f"tune {typed}").startswith(said)
    assert not lab.store.choices.decided
    assert not lab.store.choices.worded


@pytest.mark.parametrize("verb", [*DECISIONS, "accept", "thaw", "more", "back", "drop bird song"])
def test_only_managers_decide(lab: Lab, verb: str):
    assert lab.said(f"tune {verb}", GUEST) == words.MANAGERS
    assert not lab.store.choices.decided
    assert not lab.store.choices.worded


# --- trying out ---------------------------------------------------------------------------------


def test_trying_a_line_changes_nothing_and_anybody_may(lab: Lab):
    reply = lab.lines("tune try 50", GUEST)
    assert reply.title == "With the line at 50.0"
    rows = reply.chart.splitlines()
    assert rows[0].split() == ["Day", "cards", "would", "more", "fewer"]
    assert len(rows) == 16
    assert "0 fewer over 15 days" in reply.lines[1]
    assert reply.lines[2].startswith("Shown then, for example: ")
    assert reply.actions == ()
    assert not lab.store.choices.decided
    assert lab.lines("tune try 50").actions[0].command == "tune accept 50.0"


def test_the_line_of_now_tried_out_changes_no_card():
    lab = Lab(5)
    reply = lab.lines("tune try 62")
    assert reply.lines[0] == "Over the last 30 days that would have shown the same cards."


def test_without_a_digest_there_is_nothing_to_try_on():
    assert Lab().said("tune try 50").startswith("No digest of the last 30 days is kept")


# --- words --------------------------------------------------------------------------------------


def test_accepting_an_offer_follows_its_words_and_edits_the_profile(lab: Lab):
    [want] = [each for each in lab.lines().actions if each.label.startswith("Follow")]
    said = lab.said(want.command)
    assert said.startswith("From Mon 16 Nov “network pruning” speaks for a paper.")
    assert [term.text for term in lab.profile.keywords] == ["kernels", "network pruning"]
    [fact] = lab.store.choices.wordings("foundations")
    assert (fact.wish, fact.who, fact.by) == (Wish.WANT, "Mira", "slack:U1")
    assert "pruning" in lab.morning().cards[0].paper.title
    assert "Words accepted here: “network pruning”." in whole(lab.lines())


def test_a_refused_offer_is_not_made_again(lab: Lab):
    [refuse] = [each for each in lab.lines().actions if each.label.startswith("No to")]
    assert "not offered again for the next 20 digests" in lab.said(refuse.command)
    assert "network pruning" not in whole(lab.lines())


def test_a_refused_drop_is_not_offered_again(lab: Lab):
    lab.said("tune want tensor trains")
    assert "Drop “tensor trains”" in whole(lab.lines())
    lab.said("tune no tensor trains")
    assert "Drop “tensor trains”" not in whole(lab.lines())


@pytest.mark.parametrize("verb", ["want", "exclude"])
def test_back_restores_the_profile_and_what_is_followed(lab: Lab, verb: str):
    before = lab.profile
    lab.said(f"tune {verb} lattice gauge, bird song")
    assert lab.profile != before
    lab.said("tune back")
    after = lab.profile
    assert (after.keywords, after.exclusions) == (before.keywords, before.exclusions)
    known = lab.store.choices.wordings("foundations")
    assert [each.wish for each in known] == [Wish(verb), Wish.DROP]


def test_back_after_a_change_of_mind_restores_the_mind_before(lab: Lab):
    lab.said("tune want bird song")
    lab.said("tune exclude bird song, lattice gauge")
    assert [each.text for each in lab.profile.keywords] == ["kernels"]
    said = lab.said("tune back")
    assert "“bird song” speaks for a paper" in said
    assert "“lattice gauge” is followed no more" in said
    assert [each.text for each in lab.profile.keywords] == ["kernels", "bird song"]
    assert lab.profile.exclusions == ()


def test_back_of_other_words_takes_nothing_back(lab: Lab):
    lab.said("tune want bird song")
    assert "Other words were changed since" in lab.said("tune back lattice gauge")
    assert "it is as before" in lab.said("tune back bird song")


@pytest.mark.parametrize("verb", ["want", "exclude", "drop"])
def test_the_groups_own_words_are_left_to_it(lab: Lab, verb: str):
    before = lab.profile.source
    assert "by its own text" in lab.said(f"tune {verb} Kernels")
    assert lab.profile.source == before
    assert not lab.store.choices.worded


def test_an_excluded_word_moves_papers_down_and_filters_none(lab: Lab):
    lab.said("tune exclude network pruning")
    made = lab.morning()
    assert made.counts.filtered == 0
    assert "pruning" not in made.cards[0].paper.title
    assert "Words shown less of: “network pruning”." in whole(lab.lines())


NAMES = ("lattice gauge", "bird song", "tensor trains")


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["want", "exclude", "drop"]),
            st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_back_is_as_before_whatever_was_said(said: list[tuple[str, list[str]]]):
    lab = Lab()
    states = [_followed(lab)]
    for verb, texts in said:
        kept = len(lab.store.choices.worded)
        lab(f"tune {verb} {', '.join(texts)}")
        if len(lab.store.choices.worded) > kept:
            states.append(_followed(lab))
    answer = lab.said("tune back")
    if "it is as before" in answer:
        assert _followed(lab) == states[-2]
    else:
        assert "already" in answer or "nothing to take back" in answer


def _followed(lab: Lab) -> tuple[object, ...]:
    profile = lab.profile
    return (
        sorted(term.text for term in profile.keywords),
        sorted(term.text for term in profile.exclusions),
    )


# --- the settings form --------------------------------------------------------------------------


def form(lab: Lab) -> SettingsForm:
    reply = lab("settings")
    assert isinstance(reply, SettingsForm)
    return reply


def change(lab: Lab, given_: SettingsForm) -> dict[str, str]:
    return dict(asyncio.run(lab.desk.change(MIRA, given_)))


def test_the_form_freezes_and_thaws(lab: Lab):
    shown = form(lab)
    assert (shown.line, shown.line_now) == ("auto", lab.digest().line.value)
    assert change(lab, replace(shown, line="frozen")) == {}
    assert [each.kind for each in lab.store.choices.decisions("foundations")] == [Act.FREEZE]
    assert form(lab).line == "frozen"
    assert change(lab, form(lab)) == {}
    assert change(lab, replace(form(lab), line="auto")) == {}
    kinds = [each.kind for each in lab.store.choices.decisions("foundations")]
    assert kinds == [Act.FREEZE, Act.THAW]


def test_a_form_from_before_a_freeze_does_not_thaw(lab: Lab):
    shown = form(lab)
    lab.said("tune freeze")
    assert "nothing was saved" in change(lab, shown)["profile"]


def test_the_form_tries_five_points_up_and_down(lab: Lab):
    down, up = form(lab).nearby
    assert re.fullmatch(r"63\.0: \d+\u00a0cards? more in 30 days", down)
    assert re.match(r"73\.0: (\d+\u00a0cards? fewer|the same cards) in 30 days", up)


# --- why ----------------------------------------------------------------------------------------


def test_why_tells_what_taste_and_words_made_of_a_score(lab: Lab):
    lab.said("tune want network pruning")
    made = lab.morning()
    lab.vote(made.cards[0].paper.id)
    told_ = "\n".join(lab.lines(f"why {made.cards[0].paper.id}").lines)
    assert re.search(r"plain score: [\d.]+, number \d+ of 14 by the scorer alone", told_)
    assert re.search(r"taste: .*words followed \+\d\.\d\d: together [+−]", told_)
    assert "words: names “network pruning” (wanted)" in told_
    assert f"after taste: {made.cards[0].score.value:.1f}, number 1 of 14" in told_
    assert re.search(r"line: [\d.]+, up 0\.5: \d+ of the last", told_)
    assert "votes: 1\u00a0👍: slack:U1 👍" in told_
    assert "slack:U1" not in "\n".join(lab.lines(f"why {made.cards[0].paper.id}", GUEST).lines)


def test_why_names_the_wild_card_and_the_least_a_day(lab: Lab):
    lab.said("tune least 9")
    made = lab.morning()
    wild = next(card for card in made.cards if card.wild)
    least = next(c for c in made.cards if c.score.value < made.line.value and not c.wild)
    assert "wild card: drawn at random" in whole(lab.lines(f"why {wild.paper.id}"))
    said = whole(lab.lines(f"why {least.paper.id}"))
    assert "despite the line: shown for the least a day" in said


def test_without_votes_a_trace_has_no_word_of_taste():
    lab = Lab(1)
    said = whole(lab.lines(f"why {lab.digest().cards[0].paper.id}"))
    assert "taste" not in said
    assert "line: 62.0" in said
