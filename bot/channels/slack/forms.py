"""The settings form: opened within 3 seconds, filled in, and its slips told beside each field."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bot.channels.slack import blocks, limits, settings_view, text
from bot.channels.slack.answers import window
from bot.channels.slack.origin import Origin, Surface, note
from bot.channels.slack.refusals import answer
from bot.replies import Said, SettingsForm
from bot.work import failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.channels.slack.answers import Answers
    from bot.channels.slack.home import HomeTab
    from bot.channels.slack.managers import Managers
    from bot.ports import Desk
    from bot.replies import Reply
    from bot.work import Work

_ANY: Final = re.compile(".*")
OPEN_S: Final = 1.0
"""Slack lets a window open for 3 seconds: after this long, it opens without its fields."""
ACK_S: Final = 2.0
"""Slack waits 3 seconds for what is wrong with a form: after this long, it is told later."""
_EXPIRED: Final = {
    "expired_trigger_id",
    "exchanged_trigger_id",
    "trigger_expired",
    "trigger_exchanged",
}
_TOO_LATE: Final = "The form could not open in time. Type `/digest settings` again."
_FIELDS: Final = {field.name for field in fields(SettingsForm)} - {
    "profile",
    "line_now",
    "nearby",
    "first",
    "stamp",
}


class Forms:
    """Opens and takes back the form of a place's settings."""

    def __init__(
        self,
        desk: Desk,
        client: AsyncWebClient,
        answers: Answers,
        home: HomeTab,
        work: Work,
        *,
        managers: Managers,
        open_s: float = OPEN_S,
        ack_s: float = ACK_S,
    ) -> None:
        self._desk, self._client, self._answers = desk, client, answers
        self._home, self._work, self._managers = home, work, managers
        self._open_s, self._ack_s = open_s, ack_s

    def register(self, app: AsyncApp) -> None:
        """Listen to the form, to its list of categories, and to windows that ask for nothing."""
        app.view(settings_view.CALLBACK)(self.submitted)
        app.options("categories")(self.suggest)
        app.options(_ANY)(self.nothing)

    async def open(self, origin: Origin, channel: str = "") -> None:
        """Open the form of that channel's settings; empty for the place it was asked in."""
        place = replace(origin, channel=channel or origin.channel)
        asked = asyncio.ensure_future(self._settings(place))
        try:
            ready, _ = await asyncio.wait({asked}, timeout=self._open_s)
            view = "" if ready else await self._open(place, _message("One moment …"))
            await self._fill(place, await asked, view)
        except SlackApiError as error:
            await self._excuse(origin, error)
        finally:
            asked.cancel()

    async def show(self, origin: Origin, form: SettingsForm) -> None:
        """Open the form that the desk gave already."""
        try:
            await self._fill(origin, form, "")
        except SlackApiError as error:
            await self._excuse(origin, error)

    async def submitted(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        """The form came back. What is wrong with it goes into the acknowledgement, if in time."""
        origin = replace(Origin.of_press(body), profile=str(note(view).get("profile", "")))
        saving = asyncio.ensure_future(self._save(origin, view))
        in_time, _ = await asyncio.wait({saving}, timeout=self._ack_s)
        if not in_time:
            await ack(response_action="update", view=_message("Saving …"))
            self._work.start(self._tell_late(origin, view, saving), "settings")
        elif wrong := saving.result():
            await ack(response_action="errors", errors=_beside(view, wrong))
        else:
            await ack()
            self._work.start(self._thank(origin, view), "settings")

    async def suggest(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Categories for the letters typed so far; none where they are not found in time."""
        try:
            asked = self._desk.categories(str(body.get("value") or ""))
            found = await asyncio.wait_for(asked, self._ack_s)
        except Exception as error:  # noqa: BLE001  (whatever it was, the list must be answered)
            failed("categories", error)
            found = ()
        await ack(options=[settings_view.category(code, name) for code, name in found])

    async def nothing(self, ack: AsyncAck) -> None:
        """A list that this version does not know."""
        await ack(options=[])

    async def _settings(self, place: Origin) -> Reply:
        return await self._desk.settings((await self._managers.known(place)).asker)

    async def _fill(self, place: Origin, reply: Reply, view: str) -> None:
        if isinstance(reply, SettingsForm):
            form = _modal(reply, place)
            if view:
                await self._client.views_update(view_id=view, view=form)
            else:
                await self._open(place, form)
        elif view:
            said = reply.text if isinstance(reply, Said) else _TOO_LATE
            await self._client.views_update(view_id=view, view=_message(said))
        else:
            await self._answers.give(place, reply)

    async def _open(self, place: Origin, view: dict[str, Any]) -> str:
        method = self._client.views_open
        if place.surface is Surface.MODAL:
            method = self._client.views_push
        opened = await method(trigger_id=place.trigger, view=view)
        return str((opened.get("view") or {}).get("id", ""))

    async def _excuse(self, origin: Origin, error: SlackApiError) -> None:
        if answer(error).code not in _EXPIRED:
            raise error
        await self._answers.say(origin, _TOO_LATE)

    async def _save(self, origin: Origin, view: Mapping[str, Any]) -> Mapping[str, str]:
        """Apply the form; what is wrong with it by field, and under no field what went wrong."""
        try:
            asker = (await self._managers.known(origin)).asker
            now = await self._desk.settings(asker)
            if not isinstance(now, SettingsForm):
                return {"": now.text if isinstance(now, Said) else _TOO_LATE}
            form, wrong = filled(now, view)
            return wrong or await self._desk.change(asker, form)
        except Exception as error:  # noqa: BLE001  (`failed` logs it; the person gets a sentence)
            return {"": failed("settings", error)}

    async def _thank(self, origin: Origin, view: Mapping[str, Any]) -> None:
        if note(view).get("home"):
            await self._home.publish(origin.user)
            return
        reply = await self._desk.settings(origin.asker)
        first = reply.first if isinstance(reply, SettingsForm) else ""
        said = f"The settings of {note(view).get('profile', 'this place')} are saved. {first}"
        await self._answers.say(replace(origin, surface=Surface.MESSAGE), said.strip())

    async def _tell_late(
        self, origin: Origin, view: Mapping[str, Any], saving: asyncio.Future[Mapping[str, str]]
    ) -> None:
        wrong = await saving
        said = " ".join(wrong.values()) if wrong else "Saved."
        await self._client.views_update(view_id=origin.view, view=_message(said))
        if not wrong and note(view).get("home"):
            await self._home.publish(origin.user)


def filled(now: SettingsForm, view: Mapping[str, Any]) -> tuple[SettingsForm, dict[str, str]]:
    """The form as filled in, and what cannot even be read; what is not in the view stays."""
    values = view.get("state", {}).get("values", {})
    given = {
        name: _value(next(iter(block.values())))
        for name, block in values.items()
        if name in _FIELDS and block
    }
    wrong: dict[str, str] = {}
    if "cap" in given:
        if str(given["cap"]).isascii() and str(given["cap"]).isdigit():
            given["cap"] = int(given["cap"])
        else:
            most = max(settings_view.MOST_CARDS, now.cap)
            wrong["cap"] = f"Give a whole number from 1 to {most}."
    if "authors" in given:
        lines = (line.strip() for line in str(given["authors"]).splitlines())
        given["authors"] = tuple(line for line in lines if line)
    if "days" in given:
        given["days"] = tuple(sorted(int(day) for day in given["days"]))
    if isinstance(stamp := note(view).get("stamp"), str):
        given["stamp"] = stamp
    return (now if wrong else replace(now, **given)), wrong


def _value(element: Mapping[str, Any]) -> Any:
    """What was chosen or typed; of several, their names in order; empty for nothing."""
    if "selected_options" in element:
        return tuple(str(option["value"]) for option in element["selected_options"] or ())
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    return str(element.get("selected_time") or element.get("value") or "")


def _beside(view: Mapping[str, Any], wrong: Mapping[str, str]) -> dict[str, str]:
    """Each sentence beside its field; beside the first field what belongs to none that is shown."""
    shown = [b["block_id"] for b in view.get("blocks", ()) if b.get("type") == "input"]
    told: dict[str, str] = {}
    for name, sentence in wrong.items():
        at = name if name in shown or not shown else shown[0]
        told[at] = f"{told[at]} {sentence}" if at in told else sentence
    return told


def _modal(form: SettingsForm, place: Origin) -> dict[str, Any]:
    view = settings_view.modal(form)
    where = {"channel": place.channel, "home": place.surface is Surface.HOME}
    return {**view, "private_metadata": json.dumps({**note(view), **where})}


def _message(sentence: str) -> dict[str, Any]:
    said = blocks.rich("said", blocks.coded(text.block(sentence, limits.TEXT)))
    return window([said], "Digest settings")
