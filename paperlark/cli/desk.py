"""The chats' desk asked from the command line: its answers as text, its buttons as commands."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.desk.house import House
from bot.desk.memory import Memory
from bot.desk.tune import tune
from bot.ports import Asker
from bot.replies import Lines, Said
from paperlark.chosen import chosen
from paperlark.cli.app import width
from paperlark.errors import NotFound
from paperlark.feedback import Knobs
from paperlark.render.escape import block, plain
from paperlark.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from bot.replies import Action, Reply
    from paperlark.cli.app import App
    from paperlark.store import RedisStore

_HERE: Final = Target("cli")
"""No digest is ever delivered there: the profile is the one that was named."""
_OURS: Final = "paperlark votes tune"
_CHATS: Final = (
    (re.compile(r"/digest tune\b"), _OURS),
    (re.compile(r"`/digest (?:follow|mute) here [^`]*`"), "`paperlark profiles edit`"),
)
"""Commands of the chats, and ours."""


@dataclass(frozen=True)
class Typist:
    """Who types, by the name people will read, and about which profile; each may be empty."""

    name: str = ""
    profile: str = ""

    @property
    def voter(self) -> str:
        """As votes name people."""
        return f"cli:{self.name.replace(' ', '-') or 'somebody'}"

    def command(self, action: Action) -> str:
        """What to type in place of pressing the button."""
        words = action.command.removeprefix("tune ")
        named = ["--profile", self.profile] if self.profile else []
        decides = not words.startswith("try ")
        by = ["--by", self.name or "NAME"] if decides else []
        return f"{_OURS} {shlex.join([*words.split(), *named, *by])}"


class Patient(Memory):
    """A memory that waits for what takes long: nobody asks this process again in a minute."""

    def aside(self, key: Hashable, make: Callable[[], object], wait_s: float) -> Any:
        """The value of that key, made where it is not kept."""
        del wait_s
        return self.get(key, make)


def tuned(run: App, store: RedisStore, typist: Typist, words: str) -> list[str]:
    """What the desk answers to `/digest tune` and these words, as lines of text.

    Raises:
        NotFound: it cannot be done; in the desk's words, with our commands.
    """
    house = House(
        store=store,
        clock=run.clock,
        fetch=lambda _profile, _day: "",
        default=chosen(store, typist.profile, run.settings.digest.profile).name,
        knobs=Knobs(run.settings.feedback.target, run.settings.feedback.least),
        memory=Patient(),
    )
    try:
        reply = tune(house, Asker(typist.voter, _HERE, name=typist.name), words)
    except NotFound as error:
        raise NotFound(_ours(str(error))) from error
    return list(_rows(reply, typist))


def _rows(reply: Reply, typist: Typist) -> Iterator[str]:
    if isinstance(reply, Said):
        yield from _told(reply.text)
    elif isinstance(reply, Lines):
        yield from _board(reply, typist)


def _board(reply: Lines, typist: Typist) -> Iterator[str]:
    """The title, the first line, the chart, the other lines, what can be done, and the foot."""
    yield from _told(reply.title)
    yield from _told("".join(reply.lines[:1]))
    if reply.chart:
        yield from ("", *block(reply.chart).split("\n"), "")
    for line in reply.lines[1:]:
        yield from _told(line)
    if reply.actions:
        yield ""
    for action in reply.actions:
        yield from (_headed(plain(action.label)), f"    {typist.command(action)}")
    if reply.foot:
        yield from ("", *_told(reply.foot))


def _headed(label: str) -> str:
    return label if label.endswith("?") else f"{label}:"


def _told(text: str) -> list[str]:
    return textwrap.wrap(_ours(plain(text)), width(), break_on_hyphens=False)


def _ours(text: str) -> str:
    for theirs, ours in _CHATS:
        text = theirs.sub(ours, text)
    return text
