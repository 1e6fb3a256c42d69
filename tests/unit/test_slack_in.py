"""The pure parts of Slack's way in: where a press came from, and what a form holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack import settings_view
from bot.channels.slack.commands import typed
from bot.channels.slack.forms import filled
from bot.channels.slack.origin import Origin, Surface, moment, note
from bot.channels.slack.reactions import thumb
from bot.doubles.slack.forms import state
from paperlark.target import Target
from paperlark.vote import Thumb
from tests.slack import FORM, changed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = ("user", "channel", "container", "message", "view", "response_url", "trigger_id", "user_id")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_an_origin_is_read_of_anything(body: dict[str, Any]) -> None:
    for origin in (Origin.of_press(body), Origin.of_command(body)):
        assert all(isinstance(getattr(origin, n), str) for n in ("user", "channel", "ref", "view"))
        assert origin.asker.voter == f"slack:{origin.user}"


def test_an_origin_shows_no_secret() -> None:
    shown = repr(Origin(user="U1", response_url="https://hooks/secret", trigger="secret"))
    assert "secret" not in shown


def test_a_press_in_a_window_is_about_the_channel_it_was_opened_for() -> None:
    view = {"type": "modal", "id": "V1", "private_metadata": json.dumps({"channel": "C7"})}
    origin = Origin.of_press({"user": {"id": "U1"}, "view": view})
    assert (origin.surface, origin.view) == (Surface.MODAL, "V1")
    assert origin.asker.where == Target("slack", "C7")


def test_on_the_home_tab_the_place_is_the_person() -> None:
    origin = Origin.of_press({"user": {"id": "U1"}, "view": {"type": "home", "id": "V1"}})
    assert origin.asker.where == Target("slack", "U1")


@pytest.mark.parametrize("ephemeral", [True, False])
def test_only_a_message_for_all_has_a_name_in_the_ledger(*, ephemeral: bool) -> None:
    container = {"message_ts": "1.5", "channel_id": "C1", "is_ephemeral": ephemeral}
    origin = Origin.of_press({"user": {"id": "U1"}, "container": container})
    assert origin.ref == ("" if ephemeral else "C1:1.5")


@given(JSON)
def test_a_note_is_read_of_anything(written: Any) -> None:
    assert note({"private_metadata": written}) is not None
    assert note({"private_metadata": json.dumps(written)}) is not None


@given(st.datetimes(datetime(2015, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001  (made aware below)
def test_a_moment_is_read_as_slack_writes_it(at: datetime) -> None:
    aware = at.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    stamp = f"{since // timedelta(seconds=1)}.{since.microseconds:06d}"
    found = moment(stamp)
    assert found
    assert abs(found - aware) <= timedelta(microseconds=1)


@pytest.mark.parametrize("stamp", [None, "", "soon", "1e400", "nan", [], {}])
def test_what_is_no_moment_is_none(stamp: Any) -> None:
    assert moment(stamp) is None


@given(st.text())
def test_only_thumbs_are_thumbs(name: str) -> None:
    means = {"+1": Thumb.UP, "thumbsup": Thumb.UP, "-1": Thumb.DOWN, "thumbsdown": Thumb.DOWN}
    assert thumb(name) == means.get(name.split("::", maxsplit=1)[0])


@given(st.text())
def test_what_was_typed_is_read_back(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert typed({"text": escaped}) == text.strip()


def submitted(answers: dict[str, Any]) -> dict[str, Any]:
    """The form as it comes back."""
    view = settings_view.modal(FORM)
    return view | {"state": state(view, answers)}


def test_a_form_left_alone_comes_back_as_it_was() -> None:
    assert filled(FORM, submitted({})) == (FORM, {})


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=50),
    st.integers(1, 60),
    st.sets(st.integers(0, 6)),
)
def test_a_form_holds_what_was_put_in(topics: str, cap: int, days: set[int]) -> None:
    answers = {"topics": topics, "cap": str(cap), "days": [str(day) for day in days]}
    expected = changed(topics=topics, cap=cap, days=tuple(sorted(days)))
    assert filled(FORM, submitted(answers)) == (expected, {})


def test_a_form_keeps_the_stamp_it_was_opened_with() -> None:
    opened = settings_view.modal(changed(stamp="then"))
    view = opened | {"state": state(opened, {})}
    form, wrong = filled(changed(stamp="now"), view)
    assert (form.stamp, wrong) == ("then", {})


def test_a_field_that_is_not_shown_stays() -> None:
    view = submitted({"topics": "New."})
    del view["state"]["values"]["authors"]
    form, wrong = filled(changed(authors=("Kept",)), view)
    assert (form.topics, form.authors, wrong) == ("New.", ("Kept",), {})


@pytest.mark.parametrize("cap", ["", "ten", "-1", "1.5", "²", "１"])
def test_what_is_no_number_is_told(cap: str) -> None:
    view = submitted({})
    view["state"]["values"]["cap"]["cap"]["value"] = cap
    form, wrong = filled(FORM, view)
    assert form == FORM
    assert set(wrong) == {"cap"}
