"""The settings of a place as a modal: five fields, which is all that Discord allows.

Each field's name is a `SettingsForm` field, but for `WHEN`, which holds several: `read_when`.
What has no field here (days, form, wait, quiet) stays as it is; commands change it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import limits, parts, text
from paperlark.render import figures

if TYPE_CHECKING:
    from bot.channels.discord.parts import Part
    from bot.replies import SettingsForm

CALLBACK: Final = "settings"
"""What the modal's own name begins with; `named` says what follows."""
WHEN: Final = "when"
_EXAMPLE: Final = "08:00 Europe/Berlin, 12 cards"
_WHEN: Final = re.compile(
    r"(?P<at>\d{1,2}:\d\d)\s+(?P<zone>[A-Za-z0-9_+/-]+)(?:\s*,\s*(?P<cap>\d{1,3})\s*(?:cards?)?)?"
)


def modal(form: SettingsForm) -> dict[str, Any]:
    """The form as the data of an answer of type 9."""
    return {
        "custom_id": text.custom_id(f"{CALLBACK}:{form.stamp}:{form.profile}"),
        "title": "Digest settings",
        "components": [
            _typed(
                "topics",
                "What we want to read",
                form.topics,
                hint="Plain sentences work best. Say what you don’t want, too.",
            ),
            _typed(
                "categories",
                "Categories",
                ", ".join(dict.fromkeys(form.categories)),
                hint="arXiv’s names, with commas between.",
                lines=False,
            ),
            _typed(
                "authors",
                "Followed authors",
                "\n".join(form.authors),
                hint="One a line. Their papers are always scanned and marked.",
                required=False,
            ),
            _typed(WHEN, "Time of day, and cards at most", when(form), hint=_hint(), lines=False),
            _line(form),
        ],
    }


def named(custom_id: str) -> tuple[str, str]:
    """The stamp and the profile in the name of a modal that came back.

    One that another version of paperlark opened has no stamp: what stands there is none of ours,
    so that the person is asked to open the form again.
    """
    stamp, _, profile = custom_id.partition(":")[2].partition(":")
    return stamp, profile


def when(form: SettingsForm) -> str:
    """``08:00 Europe/Berlin, 12 cards``."""
    return f"{form.at} {form.zone}, {form.cap} cards"


def read_when(form: SettingsForm, typed: str) -> tuple[SettingsForm, str]:
    """The form with the time, the zone and the cards that were typed; what is wrong, or nothing."""
    found = _WHEN.fullmatch(typed.strip())
    if not found:
        return form, f"Write a time, a place and a number, as in {_EXAMPLE}."
    cap = int(found["cap"]) if found["cap"] else form.cap
    return replace(form, at=found["at"].zfill(5), zone=found["zone"], cap=cap), ""


def _hint() -> str:
    return f"For example: {_EXAMPLE}"


def _typed(
    field: str, label: str, value: str, *, hint: str, required: bool = True, lines: bool = True
) -> Part:
    """A field; text that is too long for it is told of, not cut: what is absent stays as it is."""
    held = text.block(value, 10 * limits.INPUT)
    if text.size(held) > limits.INPUT:
        return parts.said(f"**{label}**: too long to edit here. Use: `paperlark profiles edit`")
    element: Part = {
        "type": parts.INPUT,
        "custom_id": field,
        "style": 2 if lines else 1,
        "max_length": limits.INPUT,
        "required": required,
    }
    if held:
        element["value"] = held
    return _labelled(label, element, hint)


def _line(form: SettingsForm) -> Part:
    now = "" if form.line_now is None else f"Now {figures.line(form.line_now)}. "
    options = [
        _option("auto", "Moves with our votes", f"{now}Half a point a day at most, announced."),
        _option("frozen", "Stays where it is", "Votes are kept and counted when it moves again."),
    ]
    for option in options:
        option["default"] = option["value"] == form.line
    element: Part = {"type": parts.SELECT, "custom_id": "line", "options": options}
    return _labelled("The line", element, " · ".join(form.nearby))


def _option(value: str, label: str, hint: str) -> Part:
    return {"label": label, "value": value, "description": text.line(hint, limits.OPTION)}


def _labelled(label: str, element: Part, hint: str = "") -> Part:
    made: Part = {
        "type": parts.LABEL,
        "label": text.line(label, limits.FIELD_LABEL),
        "component": element,
    }
    return made | {"description": text.line(hint, limits.FIELD_HINT)} if hint else made
