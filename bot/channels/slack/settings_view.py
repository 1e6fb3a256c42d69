"""The settings of a place as a modal: every input is named after the field of `SettingsForm`.

An error goes back under the same name: ``{"response_action": "errors", "errors": {"at": "…"}}``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack import blocks, limits, text
from paperlark import taxonomy
from paperlark.errors import ConfigError
from paperlark.render import figures
from paperlark.subscription import Form, Quiet, Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.slack.blocks import Block, Element
    from bot.replies import SettingsForm

CALLBACK: Final = "settings"
MOST_CARDS: Final = 60
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORMS: Final = (
    (Form.THREAD, "Best cards here, every card in the thread"),
    (Form.COMPACT, "Titles and scores here, every card in the thread"),
    (Form.THREAD_ONLY, "One line here, every card in the thread"),
    (Form.INLINE, "Every card here, as a message of its own"),
)
_WAITS: Final = (
    (Wait.COMPLETE, "For the whole announcement"),
    (Wait.ASAP, "For the first papers there are"),
)
_QUIETS: Final = (
    (Quiet.NOTICE, "One line, on weekday holidays"),
    (Quiet.SILENT, "Say nothing"),
)


def modal(form: SettingsForm) -> dict[str, Any]:
    """The form as a modal view; ``private_metadata`` holds the profile's name and a stamp.

    A field whose text is longer than Slack takes is not offered: what is absent from the
    submission stays as it is.
    """
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(_note(form)),
        "title": blocks.plain("Digest settings", limits.VIEW_TITLE),
        "submit": blocks.plain("Save", limits.VIEW_TITLE),
        "close": blocks.plain("Cancel", limits.VIEW_TITLE),
        "blocks": [
            _who(form),
            *_profile(form),
            blocks.divider("d1"),
            *_delivery(form),
            blocks.divider("d2"),
            _line(form),
            *_nearby(form),
        ],
    }


def _note(form: SettingsForm) -> dict[str, str]:
    stamp = {"stamp": form.stamp} if form.stamp else {}
    return {"profile": text.line(form.profile, limits.METADATA), **stamp}


def category(code: str, name: str = "") -> Element:
    """A category as a choice: ``cs.LG Machine Learning``."""
    try:
        said = name or taxonomy.display_name(code)
    except ConfigError:
        said = ""
    return blocks.option(f"{code} {said}".strip(), code)


def _who(form: SettingsForm) -> Block:
    told = (
        f"Profile {text.bold(form.profile)} in this channel. Everyone here gets the same digest; "
        "`/digest mine` is yours alone."
    )
    first = f" {text.marked(form.first, 200)}" if form.first else ""
    return blocks.context("who", blocks.mrkdwn(told + first))


def _profile(form: SettingsForm) -> list[Block]:
    codes = dict.fromkeys(form.categories)
    return [
        _typed(
            "topics",
            "What we want to read",
            form.topics,
            hint="Plain sentences work best. Say what you don’t want, too.",
        ),
        _input("categories", "Categories", _categories([category(code) for code in codes])),
        _typed(
            "authors",
            "Followed authors",
            "\n".join(form.authors),
            hint="One a line. Their papers are always scanned and marked.",
            optional=True,
        ),
    ]


def _categories(chosen: Sequence[Element]) -> Element:
    made: Element = {
        "type": "multi_external_select",
        "min_query_length": 2,
        "placeholder": blocks.plain("Type a category, e.g. cs.LG", limits.PLACEHOLDER),
    }
    return made | {"initial_options": list(chosen[: limits.OPTIONS])} if chosen else made


def _delivery(form: SettingsForm) -> list[Block]:
    days = [blocks.option(name, str(number)) for number, name in enumerate(_DAYS)]
    chosen = [days[number] for number in sorted(set(form.days)) if number in range(len(days))]
    checked = {"initial_options": chosen} if chosen else {}
    time = {"initial_time": form.at} if form.at else {}
    cap: Element = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": str(max(MOST_CARDS, form.cap)),
        "initial_value": str(form.cap),
    }
    return [
        _input("at", "Time of day", {"type": "timepicker", **time}),
        _typed("zone", "Time zone", form.zone, hint="A place, as Europe/Berlin.", lines=False),
        _input("days", "Days", {"type": "checkboxes", "options": days, **checked}),
        _input("cap", "Cards a day, at most", cap),
        _input("form", "How a digest is laid out", _chosen(_FORMS, form.form)),
        _input("wait", "What a digest waits for", _chosen(_WAITS, form.wait)),
        _input("quiet", "On days without an announcement", _chosen(_QUIETS, form.quiet)),
    ]


def _line(form: SettingsForm) -> Block:
    now = "" if form.line_now is None else f"Now {figures.line(form.line_now)}. "
    options = [
        blocks.option(
            "Moves with our votes", "auto", f"{now}Half a point a day at most, always announced."
        ),
        blocks.option(
            "Stays where it is", "frozen", "Votes are kept and counted when it moves again."
        ),
    ]
    return _input("line", "The line", _radio(options, form.line))


def _nearby(form: SettingsForm) -> list[Block]:
    """What other lines would have shown, a line each."""
    return [
        blocks.context(f"near:{place}", blocks.plain(said, limits.REASON))
        for place, said in enumerate(form.nearby)
    ]


def _chosen(offered: Sequence[tuple[str, str]], value: str) -> Element:
    return _radio([blocks.option(said, str(name)) for name, said in offered], value)


def _radio(options: list[Element], value: str) -> Element:
    chosen = [option for option in options if option["value"] == value]
    made: Element = {"type": "radio_buttons", "options": options}
    return made | {"initial_option": chosen[0]} if chosen else made


def _typed(
    field: str, label: str, value: str, *, hint: str, optional: bool = False, lines: bool = True
) -> Block:
    held = text.block(value, limits.INPUT)
    if lines and text.size(value) > limits.INPUT:
        return blocks.context(
            field,
            blocks.plain(f"{label}: too long to edit here. Use: paperlark profiles edit"),
        )
    element: Element = {
        "type": "plain_text_input",
        "multiline": lines,
        "max_length": limits.INPUT,
    }
    if held:
        element["initial_value"] = held
    return _input(field, label, element, hint=hint, optional=optional)


def _input(
    field: str, label: str, element: Element, *, hint: str = "", optional: bool = False
) -> Block:
    made: Block = {
        "type": "input",
        "block_id": field,
        "label": blocks.plain(label, limits.BUTTON),
        "element": {**element, "action_id": field},
    }
    if hint:
        made["hint"] = blocks.plain(hint, limits.HEADER)
    return made | {"optional": True} if optional else made
