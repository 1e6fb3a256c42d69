"""What the desk answers, as Discord shows it: messages of components, and a modal.

Everything is ephemeral unless it is shared. A file is an attachment: `attachment` gives what must
be sent beside the payload as ``files[0]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import boards, cards, home_view, limits, pages, parts, settings_view, text
from bot.replies import AbstractOf, DigestPage, File, Home, Lines, Papers, Said, SettingsForm
from paperlark.render import escape, figures, names

if TYPE_CHECKING:
    from bot.channels.discord.parts import Part
    from bot.replies import Hit, Reply

HITS: Final = 9
"""Papers of a list that are shown: four components each."""
_MORE: Final = 40
"""Room for the sentence that counts what is left out."""


def render(reply: Reply, *, year: int | None = None, shared_by: str = "") -> dict[str, Any]:
    """A reply as a payload; a `SettingsForm` becomes the data of a modal (answer type 9).

    Args:
        reply: what was answered.
        year: the reader's year, which dates leave out; None says it always.
        shared_by: who shares it with the whole place, as a name in plain text; then it carries
            nothing of that person's own, and no private buttons.
    """
    if isinstance(reply, SettingsForm):
        return settings_view.modal(reply)
    made = _drawn(reply, year=year, shared=bool(shared_by))
    if shared_by:
        by = parts.said(parts.small(text.marked(f"Shared by {shared_by}", limits.LABEL)))
        return parts.message(*made, by)
    return parts.message(*made, flags=limits.EPHEMERAL)


def attachment(reply: Reply) -> tuple[str, bytes] | None:
    """The name and the content of the file that goes with the payload; None for none."""
    if not isinstance(reply, File):
        return None
    return _name(reply), escape.block(reply.text).encode() + b"\n"


def _drawn(reply: Reply, *, year: int | None, shared: bool) -> list[Part]:
    if isinstance(reply, DigestPage):
        return pages.digest_page(reply, year=year, shared=shared)
    if isinstance(reply, AbstractOf):
        return pages.abstract(reply, year=year, shared=shared)
    if isinstance(reply, Home):
        return home_view.home(reply, year=year)
    if isinstance(reply, Papers):
        return _papers(reply)
    if isinstance(reply, Lines) and (reply.chart or reply.actions):
        return boards.board(reply)
    return _said(reply)


def _said(reply: Reply) -> list[Part]:
    match reply:
        case Lines():
            return [parts.said(_lines(reply))]
        case File():
            return [parts.said(_tame(reply.said or reply.name)), parts.file(_name(reply))]
        case Said():
            return [parts.said(_tame(reply.text))]
    return []


def _tame(said: str) -> str:
    return text.coded(said, limits.TOTAL - limits.LABEL)


def _name(file: File) -> str:
    """A name that an address can hold."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", file.name)[: limits.LABEL] or "paperlark.txt"


def _lines(reply: Lines) -> str:
    head, foot = text.bold(reply.title), parts.small(text.coded(reply.foot, limits.REASON))
    room = limits.TOTAL - text.size(head) - text.size(foot) - limits.LABEL - _MORE
    held: list[str] = [head]
    for place, line in enumerate(reply.lines):
        made = text.coded(line, limits.REASON)
        room -= text.size(made) + 1
        if room < 0:
            held.append(f"… and {figures.count(len(reply.lines) - place)} more")
            break
        held.append(made)
    return parts.NEW.join(filter(None, [*held, foot]))


def _papers(reply: Papers) -> list[Part]:
    if not reply.hits:
        return [parts.said(_tame(reply.empty))]
    made: list[Part | None] = [parts.said(text.bold(reply.title))]
    for hit in reply.hits[:HITS]:
        made += [parts.said(cards.found(hit)), _handles(hit, removable=reply.removable)]
    if (left := len(reply.hits) - HITS) > 0:
        made.append(parts.said(parts.small(f"… {names.more(left)}")))
    return [parts.container(*made)]


def _handles(hit: Hit, *, removable: bool) -> Part | None:
    return parts.row(
        parts.button(f"abstract:{hit.id}", "Abstract"), cards.save(hit.id, saved=removable)
    )
