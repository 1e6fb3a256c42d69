"""What the desk answers, as Discord shows it: as reviewed by eye, and within every limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.discord import boards, limits, parts, replies, settings_view
from bot.replies import AbstractOf, Action, File, Hit, Home, Lines, Papers, Said, SettingsForm
from paperlark.domain import AnnounceType, Counts, Score, VerdictState
from paperlark.subscription import State, Subscription
from paperlark.target import Target
from paperlark.vote import Door, Thumb, Vote
from tests import block_kit, builders, components
from tests.drawn import AT, FORM, compared, page
from tests.lab import tuned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.replies import Reply
    from paperlark.domain import Digest


def rendered(reply: Reply, *, places: bool = False, **more: Any) -> dict[str, Any]:
    payload = replies.render(reply, **more)
    components.accepted(payload, places=places)
    alone = bool(payload["flags"] & limits.EPHEMERAL)
    assert alone is not bool(more.get("shared_by"))
    return payload


def said(payload: Mapping[str, Any]) -> str:
    return "\n".join(p.get("content", "") for p in parts.walk(payload["components"]))


def names(payload: Mapping[str, Any]) -> list[str]:
    held = [p.get("custom_id") for p in parts.walk(payload["components"])]
    return [name for name in held if name]


def test_the_second_page_of_a_digest_as_reviewed():
    reply = page(builders.example(), 2, votes={"2603.90871": Thumb.UP}, saved={"2611.90155"})
    compared("discord-page-2.json", rendered(reply, year=2026))


def test_the_near_misses_as_reviewed():
    compared("discord-page-below.json", rendered(page(builders.example(), 0), year=2026))


def test_a_page_of_five_cards_is_within_the_number_of_components():
    for number in (0, 1, 2):
        payload = rendered(page(builders.example(), number))
        assert parts.count(payload["components"]) <= limits.COMPONENTS


def test_pages_are_turned_by_the_ranks_they_hold():
    digest = builders.example()
    turning = names(rendered(page(digest, 2)))[-3:]
    assert turning == ["page:2026-11-19:1", "page:2026-11-19:below", "share:2026-11-19:2"]
    assert names(rendered(page(digest, 0)))[-1] == "page:2026-11-19:1"
    middle = rendered(page(digest, 2, size=3))
    labels = [p["label"] for p in parts.walk(middle["components"]) if "label" in p]
    assert labels[-4:-2] == ["← 1–3", "7–9 →"]


def test_a_page_without_a_card_says_why():
    digest = builders.digest(state=VerdictState.QUIET, detail="Thanksgiving", counts=Counts())
    assert "**No announcement** on Thu 19 Nov (Thanksgiving)." in said(rendered(page(digest, 1)))


def test_the_line_is_drawn_before_a_card_from_under_it():
    digest = builders.example()
    wild = replace(digest.cards[-1], score=Score(45.0, 4, 8))
    told = said(rendered(page(replace(digest, cards=(*digest.cards[:-1], wild)), 2)))
    assert told.index("the line: **61.5**") < told.index("10  **[")


def test_a_vote_and_a_save_show_on_their_own_buttons():
    reply = page(builders.example(), 1, votes={"2611.90412": Thumb.UP}, saved={"2611.90412"})
    payload = rendered(reply)
    held = {p.get("custom_id"): p for p in parts.walk(payload["components"])}
    assert held["vote:up:2611.90412"]["style"] == parts.PRIMARY
    assert held["vote:down:2611.90412"]["style"] == parts.SECONDARY
    assert "unsave:2611.90412" in held


def test_what_is_shared_shows_nothing_of_the_sharers_own():
    reply = page(builders.example(), 1, votes={"2611.90412": Thumb.DOWN}, saved={"2611.90412"})
    payload = rendered(reply, shared_by="<@1> mira")
    assert parts.PRIMARY not in [p.get("style") for p in parts.walk(payload["components"])]
    assert not [n for n in names(payload) if n.startswith(("unsave", "share", "page"))]
    assert said(payload).endswith("-# Shared by \\<@1\\> mira")


def test_an_abstract_as_reviewed():
    first = builders.example().cards[0]
    reply = AbstractOf(
        first.paper,
        date(2026, 11, 19),
        AnnounceType.NEW,
        "foundations",
        first.score,
        rank=1,
        of=10,
        saved=True,
    )
    compared("discord-abstract.json", rendered(reply))


def test_an_abstract_of_which_nothing_else_is_known():
    found = AbstractOf(builders.paper(abstract="", categories=()))
    assert "No abstract is kept." in said(rendered(found))


def test_an_abstract_of_any_length_fits():
    found = AbstractOf(builders.paper(abstract="*A* long [story]. " * 900))
    payload = rendered(found)
    assert parts.weight(payload["components"]) > limits.TOTAL * 0.8


def test_a_command_in_a_sentence_is_set_as_code():
    told = said(rendered(Said("paperlark isn't in #reading. Type `/digest *x*` there.")))
    assert told == "paperlark isn't in #reading. Type `/digest *x*` there."


def test_a_backtick_alone_is_a_sign():
    assert said(rendered(Said("a ` b"))) == "a \\` b"


def test_lines_that_do_not_fit_are_counted():
    told = said(rendered(Lines("Trace", tuple(f"{n} " + "x" * 390 for n in range(90)), "foot")))
    assert "… and 81 more" in told
    assert told.endswith("-# foot")
    rendered(Lines("Help", ()))


def test_the_line_and_what_can_be_done_about_it_as_reviewed():
    compared("discord-tune.json", rendered(tuned()))


def test_a_button_whose_command_is_too_long_for_its_name_is_told_as_text():
    long = Action("Follow them", f"tune want {'tensor trains, ' * 7}bird song")
    payload = rendered(
        Lines("The line", ("One.",), actions=(long, Action("Freeze", "tune freeze")))
    )
    assert names(payload) == ["do:tune freeze"]
    assert f"Follow them: `/digest {long.command}`" in said(payload)


def test_a_risky_button_asks_first_and_only_its_answer_does_it():
    [ask] = [name for name in names(rendered(tuned())) if name.startswith("ask:")]
    assert ask == "ask:tune undo 62.0"
    assert names(rendered(boards.asked("tune undo 62.0"))) == ["do:tune undo 62.0"]


@settings(max_examples=30)
@given(st.lists(block_kit.texts(400), max_size=30), block_kit.texts(), block_kit.texts())
def test_any_board_is_taken(lines: list[str], chart: str, other: str):
    actions = [Action(each, other, "primary", each) for each in lines]
    rendered(Lines(other, tuple(lines), other, chart, tuple(actions)))


def test_saved_papers_can_be_taken_away():
    hits = tuple(Hit(f"2611.9{n:04}", f"Title {n}", ("A", "B"), "saved") for n in range(30))
    payload = rendered(Papers("Saved", hits, removable=True))
    assert sum(name.startswith("unsave:") for name in names(payload)) == replies.HITS
    assert "… and 21\u00a0more" in said(payload)


def test_no_papers_say_so():
    empty = Papers("Saved", (), empty="Nothing saved yet. Press Save on a card.")
    assert said(rendered(empty)) == "Nothing saved yet. Press Save on a card."


def test_a_file_is_handed_over_whole():
    text = "".join(f"@article{{paper{n},\n  title = {{A & B}}\n}}\n" for n in range(700))
    file = File("my papers.bib", text, "Seven hundred papers.")
    payload = rendered(file)
    assert payload["components"][-1]["file"] == {"url": "attachment://my-papers.bib"}
    assert replies.attachment(file) == ("my-papers.bib", text.encode())
    assert replies.attachment(Said("x")) is None


def test_the_settings_as_reviewed():
    modal = replies.render(FORM)
    components.modal_accepted(modal)
    compared("discord-settings.json", modal)


def test_what_other_lines_would_have_shown_stands_beside_the_line():
    near = ("56.5: 9\u00a0cards more in 30 days", "66.5: the same cards in 30 days")
    modal = settings_view.modal(replace(FORM, nearby=near))
    components.modal_accepted(modal)
    told = modal["components"][-1]["description"]
    assert told == "56.5: 9\u00a0cards more in 30 days · 66.5: the same cards in 30 days"


def test_every_input_is_named_after_its_field():
    fields = [part["component"]["custom_id"] for part in settings_view.modal(FORM)["components"]]
    assert fields == ["topics", "categories", "authors", settings_view.WHEN, "line"]
    assert set(fields) - {settings_view.WHEN} < set(SettingsForm.__dataclass_fields__)


def test_topics_too_long_for_a_field_are_told_of():
    modal = settings_view.modal(replace(FORM, topics="x" * (limits.INPUT + 1)))
    components.modal_accepted(modal)
    assert "paperlark profiles edit" in modal["components"][0]["content"]


@pytest.mark.parametrize(
    ("typed", "at", "zone", "cap"),
    [
        ("08:00 Europe/Berlin, 12 cards", "08:00", "Europe/Berlin", 12),
        ("7:30 UTC", "07:30", "UTC", 12),
        (" 23:59  America/New_York ,1 card ", "23:59", "America/New_York", 1),
    ],
)
def test_a_time_a_place_and_a_number_are_read(typed: str, at: str, zone: str, cap: int):
    read, wrong = settings_view.read_when(FORM, typed)
    assert (read.at, read.zone, read.cap, wrong) == (at, zone, cap, "")


def test_what_is_shown_is_read_as_it_was():
    assert settings_view.read_when(FORM, settings_view.when(FORM)) == (FORM, "")


@pytest.mark.parametrize("typed", ["", "tomorrow", "08:00", "8 o'clock Europe/Berlin"])
def test_a_slip_in_the_time_is_a_sentence(typed: str):
    read, wrong = settings_view.read_when(FORM, typed)
    assert read == FORM
    assert wrong.endswith("as in 08:00 Europe/Berlin, 12 cards.")


def home() -> Home:
    votes = tuple(
        Vote(AT, "discord:1", "discord:300/foundations", f"2611.9{n:04}", thumb, Door.PAGE)
        for n, thumb in enumerate([Thumb.UP, Thumb.DOWN, Thumb.NONE, Thumb.UP])
    )
    subscription = Subscription(
        Target("discord", "300000000000000001"), "foundations", at=time(8), zone="Europe/Berlin"
    )
    other = Subscription(
        Target("mail", "ada@example.org"), "foundations", state=State.DISABLED, reason="full box"
    )
    hit = Hit("2611.90518", "Orbits Are Enough", ("Trần Thị Mỹ Duyên", "Åsne Lindkvist-Berg"))
    web = "https://digest.example.org"
    return Home(builders.example(), ((hit, AT),), votes, (subscription, other), web)


def test_a_persons_page_as_reviewed():
    compared("discord-home.json", rendered(home(), places=True, year=2026))


def test_the_page_of_a_newcomer():
    told = said(rendered(Home(None)))
    assert "No digest yet." in told
    assert "Nothing saved yet." in told


def test_a_full_page_fits():
    hits = tuple((Hit(f"2611.9{n:04}", "T" * 400, ("A",) * 90), AT) for n in range(300))
    places = tuple(
        Subscription(Target("discord", f"3{n:05}"), "foundations", reason="x" * 900)
        for n in range(40)
    )
    payload = rendered(replace(home(), saved=hits, subscriptions=places), places=True)
    assert parts.count(payload["components"]) == 39


@pytest.mark.parametrize("address", ["@1", "1|x", "!channel", "1>@everyone", "@here", "<@&1>"])
def test_a_places_address_calls_nobody(address: str):
    places = (Subscription(Target("discord", address), "@here", zone="<@1>"),)
    rendered(replace(home(), subscriptions=places))


@given(digest=block_kit.digests(), number=st.integers(0, 2), shared=st.sampled_from(["", "mira"]))
@settings(max_examples=20)
def test_discord_takes_every_page(digest: Digest, number: int, shared: str) -> None:
    reply = page(digest, number)
    rendered(reply, shared_by=shared)
    for card in reply.cards:
        full = AbstractOf(card.paper, digest.date, card.announce_type, digest.profile, card.score)
        rendered(replace(full, rank=1, of=9), shared_by=shared)


@given(
    text=block_kit.texts(),
    other=block_kit.texts(),
    names=st.lists(block_kit.texts(90), max_size=90),
)
@settings(max_examples=40)
def test_discord_takes_every_other_answer(text: str, other: str, names: list[str]) -> None:
    hits = (Hit("2611.90001", text, tuple(names), other),)
    for reply in (
        Said(text),
        Lines(text, tuple(names), other),
        Papers(text, hits, other),
        Papers(text, (), other),
        File(text, other, text),
    ):
        rendered(reply)
    form = replace(FORM, profile=text, topics=other, authors=tuple(names), zone=other, first=text)
    components.modal_accepted(replies.render(replace(form, categories=tuple(names[:3]))))
    rendered(replace(home(), saved=((hits[0], AT),), web=text), places=True)
