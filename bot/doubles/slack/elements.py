"""Slack's composition objects and interactive elements, as tables of their documented limits.

Source: docs.slack.dev, reference/block-kit: composition-objects and block-elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.doubles.schema import (
    array,
    at,
    boolean,
    kinds,
    one_of,
    record,
    string,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.doubles.schema import Check

URL = string(3000, form=r"https?://\S+")
IDENTIFIER = string(255)
_ANY = string(None, least=0)
_IDS = array(string(), 0, 100)


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    inner = string(most, least=least, plain=True)
    return kinds({"plain_text": record({"text": inner}, {"emoji": boolean})})


def mrkdwn(most: int) -> Check:
    """An mrkdwn object."""
    return kinds({"mrkdwn": record({"text": string(most)}, {"verbatim": boolean})})


def either(most: int) -> Check:
    """A text object of either kind."""
    return kinds(
        {
            "plain_text": record({"text": string(most, plain=True)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM: Final = record(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
_VALUE: Final = {"value": string(150, least=0)}
_DESCRIBED: Final = {"description": plain(75)}
OPTION: Final = record({"text": plain(75), **_VALUE}, _DESCRIBED)
MARKED_OPTION: Final = record({"text": either(75), **_VALUE}, {"description": either(75)})
OVERFLOW_OPTION: Final = record({"text": plain(75), **_VALUE}, {**_DESCRIBED, "url": URL})
GROUP: Final = record({"label": plain(75), "options": array(OPTION, 1, 100)})
_DISPATCH: Final = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)
_FILTER: Final = record(
    None,
    {
        "include": array(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def _offered(value: Mapping[str, Any]) -> list[Any]:
    groups = value.get("option_groups", [])
    return [*value.get("options", []), *(o for group in groups for o in group["options"])]


def _initial_offered(value: Any, where: str) -> Iterator[str]:
    """What is chosen at first must be offered, to the letter."""
    one = [value["initial_option"]] if "initial_option" in value else []
    for chosen in [*one, *value.get("initial_options", [])]:
        if chosen not in _offered(value):
            yield at("initial option must exactly match one of the options", where)


def _values_differ(value: Any, where: str) -> Iterator[str]:
    values = [option["value"] for option in _offered(value)]
    if len(set(values)) < len(values):
        yield at("option values must be unique", where)


def _one_source(value: Any, where: str) -> Iterator[str]:
    if ("options" in value) == ("option_groups" in value):
        yield at("must have either options or option_groups", where)


_ACTION: Final = {"action_id": IDENTIFIER}
_BASE: Final = {**_ACTION, "focus_on_load": boolean}
_CONFIRMED: Final = {**_BASE, "confirm": CONFIRM}
_HINTED: Final = {**_CONFIRMED, "placeholder": plain(150)}
_TYPED: Final = {
    **_BASE,
    "initial_value": _ANY,
    "placeholder": plain(150),
    "dispatch_action_config": _DISPATCH,
}
_LIST: Final = {"options": array(OPTION, 1, 100), "option_groups": array(GROUP, 1, 100)}
_MOST: Final = {"max_selected_items": whole(1, 1000)}
_RULES: Final = (_one_source, _initial_offered, _values_differ)

BUTTON: Final = record(
    {"text": plain(75)},
    {
        **_ACTION,
        "url": URL,
        "value": string(2000, least=0),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
_BOXES: Final = record(
    {"options": array(MARKED_OPTION, 1, 10)},
    {**_CONFIRMED, "initial_options": array(MARKED_OPTION, 1, 10)},
    _initial_offered,
    _values_differ,
)
_RADIO: Final = record(
    {"options": array(MARKED_OPTION, 1, 10)},
    {**_CONFIRMED, "initial_option": MARKED_OPTION},
    _initial_offered,
    _values_differ,
)
_DATE: Final = {"initial_date": string(10, form=r"\d{4}-\d\d-\d\d")}
_TIME: Final = {"initial_time": string(5, form=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string()}
_TEXT: Final = {
    "multiline": boolean,
    "initial_value": string(3000, least=0),
    "min_length": whole(0, 3000),
    "max_length": whole(1, 3000),
}
_NUMBER: Final = {"min_value": _ANY, "max_value": _ANY}
_TALKS: Final = {
    "initial_conversation": string(),
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": _FILTER,
}
_EXTERNAL: Final = {"min_query_length": whole(0, 1000)}
_FILES: Final = {"filetypes": array(string(), 1, 50), "max_files": whole(1, 10)}

IMAGE: Final = record({"image_url": URL, "alt_text": string(2000)})
SINGLE: Final[Mapping[str, Check]] = {
    "button": BUTTON,
    "checkboxes": _BOXES,
    "radio_buttons": _RADIO,
    "overflow": record(
        {"options": array(OVERFLOW_OPTION, 1, 5)}, {**_ACTION, "confirm": CONFIRM}, _values_differ
    ),
    "datepicker": record(None, {**_HINTED, **_DATE}),
    "timepicker": record(None, {**_HINTED, **_TIME}),
    "datetimepicker": record(
        None, {**_CONFIRMED, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}
    ),
    "static_select": record(None, {**_HINTED, **_LIST, "initial_option": OPTION}, *_RULES),
    "external_select": record(None, {**_HINTED, **_EXTERNAL, "initial_option": OPTION}),
    "users_select": record(None, {**_HINTED, "initial_user": string()}),
    "conversations_select": record(None, {**_HINTED, **_TALKS}),
    "channels_select": record(
        None, {**_HINTED, "initial_channel": string(), "response_url_enabled": boolean}
    ),
    "rich_text_input": record(None, _TYPED),
}
"""Elements an actions block takes, by type."""
MULTI: Final[Mapping[str, Check]] = {
    "multi_static_select": record(
        None, {**_HINTED, **_LIST, **_MOST, "initial_options": array(OPTION, 1, 100)}, *_RULES
    ),
    "multi_external_select": record(
        None, {**_HINTED, **_EXTERNAL, **_MOST, "initial_options": array(OPTION, 1, 100)}
    ),
    "multi_users_select": record(None, {**_HINTED, **_MOST, "initial_users": _IDS}),
    "multi_conversations_select": record(
        None, {**_HINTED, **_MOST, **_TALKS, "initial_conversations": _IDS}
    ),
    "multi_channels_select": record(None, {**_HINTED, **_MOST, "initial_channels": _IDS}),
}
"""Elements that take several answers: in sections and inputs."""
INPUTS: Final[Mapping[str, Check]] = {
    "plain_text_input": record(None, {**_TYPED, **_TEXT}),
    "email_text_input": record(None, _TYPED),
    "url_text_input": record(None, _TYPED),
    "number_input": record({"is_decimal_allowed": boolean}, {**_TYPED, **_NUMBER}),
    "file_input": record(None, {**_BASE, **_FILES}),
    **{name: check for name, check in SINGLE.items() if name not in {"button", "overflow"}},
    **MULTI,
}
"""Elements an input block takes."""
