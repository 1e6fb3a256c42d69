"""What a form holds: the state of a view, by its elements' first values and a person's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from paperlark.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TEXTS: Final = frozenset(
    {"email_text_input", "number_input", "plain_text_input", "url_text_input"}
)
_SIMPLE: Final[Mapping[str, tuple[str, str]]] = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
_ONE: Final = frozenset({"external_select", "radio_buttons", "static_select"})
_SEVERAL: Final = frozenset({"checkboxes", "multi_external_select", "multi_static_select"})


def state(view: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """``view.state`` as Slack sends it.

    Args:
        view: as it was opened.
        answers: block id, or the element's action id, to what a person put there: a text, an
            option's value, or a list of values. Others keep what the form showed first.

    Raises:
        NotFound: an answer is for no field, or for no option of it.
    """
    values: dict[str, Any] = {}
    left = set(answers)
    for block, element in fields(view):
        names = {block["block_id"], element["action_id"]} & left
        left -= names
        given = answers[names.pop()] if names else None
        values.setdefault(block["block_id"], {})[element["action_id"]] = _value(element, given)
    if left:
        raise NotFound(f"The form has no field {min(left)!r}.")
    return {"values": values}


def fields(view: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every block that takes input, with the element in it."""
    for block in view["blocks"]:
        if block["type"] == "input":
            yield block, block["element"]


def used(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """What a press of a button, or a choice, adds to ``actions``."""
    if element["type"] == "button":
        return {name: element[name] for name in ("text", "value", "url") if name in element}
    if element["type"] == "overflow":
        return {"selected_option": _option(element, given)}
    return _value(element, given)


def _value(element: Mapping[str, Any], given: Any) -> dict[str, Any]:
    kind = element["type"]
    if kind in _TEXTS:
        text = element.get("initial_value") if given is None else given
        return {"type": kind, "value": text or None}
    if kind in _SIMPLE:
        chosen, first = _SIMPLE[kind]
        return {"type": kind, chosen: element.get(first) if given is None else given}
    if kind in _ONE:
        option = element.get("initial_option") if given is None else _option(element, given)
        return {"type": kind, "selected_option": option}
    if kind in _SEVERAL:
        options = element.get("initial_options", [])
        if given is not None:
            options = [_option(element, value) for value in given]
        return {"type": kind, "selected_options": options}
    return {"type": kind, "value": given}


def _option(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    """The offered option of that value; anything goes where the app offers options as one types."""
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    groups = [group["options"] for group in element.get("option_groups", [])]
    for options in [element.get("options", []), *groups]:
        for option in options:
            if option["value"] == value:
                return dict(option)
    raise NotFound(f"{element['action_id']} offers no option {value!r}.")
