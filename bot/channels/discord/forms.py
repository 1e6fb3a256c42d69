"""The settings of a place: a modal for most, filled-in options of the command for the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import parts, replies, settings_view
from bot.channels.discord.answers import Ack
from bot.channels.discord.commands import PROFILE
from bot.replies import Said, SettingsForm
from bot.work import failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.channels.discord.answers import Answers
    from bot.channels.discord.origin import Origin
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

OPEN_S: Final = 1.8
"""Discord lets a form open for 3 seconds."""
_TOO_LATE: Final = "The form could not open in time. Type `/digest settings` again."
_ELSEWHERE: Final = "Type `/digest settings` in that channel: who may change it is known there."
_DRAFTS: Final = 500
"""Forms that were filled in wrongly, kept to be opened again."""
_OPTIONS: Final = {"layout": "form", "wait": "wait", "quiet": "quiet"}
"""The command's options, and the fields they fill in."""


class Forms:
    """Opens and takes back the form of a place's settings.

    Discord shows no slips beside fields: they are told in a sentence, and what was typed stands in
    the form when it is opened again.
    """

    def __init__(self, desk: Desk, answers: Answers, work: Work, *, open_s: float = OPEN_S) -> None:
        self._desk, self._answers, self._work, self._open_s = desk, answers, work, open_s
        self._drafts: dict[tuple[str, str], SettingsForm] = {}

    async def asked(self, origin: Origin, filled: Mapping[str, str]) -> None:
        """``/digest settings``: the form; with options, those are changed at once."""
        origin = replace(origin, profile=filled.get(PROFILE, ""))
        wanted = {_OPTIONS[name]: value for name, value in filled.items() if name in _OPTIONS}
        if not wanted:
            await self.open(origin)
        elif await self._answers.ack(origin, Ack.THINKING):
            self._start(origin, self._set(origin, wanted))

    async def open(self, origin: Origin, channel: str = "") -> None:
        """Open the form of the place; whoever may not change it is told so."""
        if channel not in {"", origin.place}:
            await self._answers.at_once(origin, Said(_ELSEWHERE))
            return
        asked = asyncio.ensure_future(self._settings(origin))
        ready, _ = await asyncio.wait({asked}, timeout=self._open_s)
        if not ready:
            asked.cancel()
        reply = asked.result() if ready else Said(_TOO_LATE)
        if isinstance(reply, SettingsForm):
            draft = self._drafts.pop(_place(origin), reply)
            # What was typed over settings that have changed since could not be saved any more.
            same = (draft.profile, draft.stamp) == (reply.profile, reply.stamp)
            shown = draft if same else reply
            await self._answers.ack(origin, Ack.FORM, settings_view.modal(shown))
        else:
            await self._answers.at_once(origin, reply)

    async def submitted(self, origin: Origin, data: Mapping[str, Any]) -> None:
        """The form came back; one that is none of ours is thanked for nothing."""
        name = str(data.get("custom_id", ""))
        if await self._answers.ack(origin, Ack.THINKING):
            if name.partition(":")[0] == settings_view.CALLBACK:
                stamp, profile = settings_view.named(name)
                self._start(origin, self._save(replace(origin, profile=profile), data, stamp))
            else:
                await self._answers.give(origin, Said(_TOO_LATE))

    def _start(self, origin: Origin, doing: Any) -> None:
        self._work.start(doing, "settings", lambda said: self._answers.give(origin, Said(said)))

    async def _settings(self, origin: Origin) -> Reply:
        try:
            return await self._desk.settings(origin.asker)
        except Exception as error:  # noqa: BLE001  (`failed` logs it; the person gets a sentence)
            return Said(failed("settings", error))

    async def _set(self, origin: Origin, wanted: Mapping[str, str]) -> None:
        now = await self._desk.settings(origin.asker)
        if isinstance(now, SettingsForm):
            # Any: the options are text, and so are the fields they fill in.
            fields: dict[str, Any] = dict(wanted)
            await self._change(origin, replace(now, **fields), {})
        else:
            await self._answers.give(origin, now)

    async def _save(self, origin: Origin, data: Mapping[str, Any], stamp: str) -> None:
        now = await self._desk.settings(origin.asker)
        if isinstance(now, SettingsForm):
            await self._change(origin, *filled(replace(now, stamp=stamp), data))
        else:
            await self._answers.give(origin, now)

    async def _change(self, origin: Origin, form: SettingsForm, wrong: Mapping[str, str]) -> None:
        wrong = wrong or await self._desk.change(origin.asker, form)
        if wrong:
            if len(self._drafts) >= _DRAFTS:
                self._drafts.clear()
            self._drafts[_place(origin)] = form
            await self._answers.show(origin, _slips(wrong, origin.profile))
            return
        now = await self._desk.settings(origin.asker)
        first = now.first if isinstance(now, SettingsForm) else ""
        said = f"The settings of {form.profile} are saved. {first}"
        await self._answers.give(origin, Said(said.strip()))


def filled(now: SettingsForm, data: Mapping[str, Any]) -> tuple[SettingsForm, dict[str, str]]:
    """The form as filled in, and what cannot even be read; what is not in it stays."""
    given = dict(_values(data.get("components")))
    # Any: what each name holds is checked by the desk.
    fields: dict[str, Any] = {name: given[name] for name in ("topics", "line") if name in given}
    if "categories" in given:
        fields["categories"] = _split(given["categories"].replace(",", " ").split())
    if "authors" in given:
        fields["authors"] = _split(given["authors"].splitlines())
    form = replace(now, **fields)
    if settings_view.WHEN not in given:
        return form, {}
    form, slip = settings_view.read_when(form, given[settings_view.WHEN])
    return form, {settings_view.WHEN: slip} if slip else {}


def _values(components: Any) -> Iterator[tuple[str, str]]:
    """What was typed or chosen, by field; Discord nests fields in labels or in rows."""
    for each in components if isinstance(components, list) else ():
        inner = each.get("component")
        yield from _values([inner] if inner else each.get("components"))
        if "values" in each:
            yield str(each.get("custom_id")), str((each["values"] or [""])[0])
        elif "value" in each:
            yield str(each.get("custom_id")), str(each["value"])


def _split(pieces: list[str]) -> tuple[str, ...]:
    return tuple(filter(None, (piece.strip() for piece in pieces)))


def _slips(wrong: Mapping[str, str], profile: str) -> dict[str, Any]:
    made = replies.render(Said(" ".join(wrong.values())))
    again = f"settings:open::{profile}" if profile else "settings:open"
    made["components"] += [parts.row(parts.button(again, "Open the form again"))]
    return made


def _place(origin: Origin) -> tuple[str, str]:
    return origin.user, origin.place
