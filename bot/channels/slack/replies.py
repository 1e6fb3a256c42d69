"""What the desk answers, as Slack shows it: payloads for a response_url, and views.

Everything is ephemeral unless it is shared. Paging replaces our own answer: the caller sets
``replace_original`` then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack import blocks, boards, cards, home_view, limits, pages, settings_view, text
from bot.replies import AbstractOf, DigestPage, File, Home, Lines, Papers, Said, SettingsForm
from paperlark.render import escape, figures, names

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block
    from bot.replies import Hit, Reply

HITS: Final = 15
"""Papers of a list that are shown: two blocks each."""
FILE: Final = 2_900
"""Characters of a file in one block; a file is cut at a line's end."""
SHEETS: Final = 3
"""Blocks of a file in one message."""


def render(reply: Reply, *, year: int | None = None, shared_by: str = "") -> dict[str, Any]:
    """A reply as a payload; `SettingsForm` and `Home` become views.

    Args:
        reply: what was answered; of a long `File` the beginning: `sheets` has the rest.
        year: the reader's year, which dates leave out; None says it always.
        shared_by: who shares it with the whole place, as a name in plain text; then it carries
            nothing of that person's own, and no private buttons.
    """
    match reply:
        case SettingsForm():
            return settings_view.modal(reply)
        case Home():
            return home_view.home(reply, year=year)
        case DigestPage():
            said, made = pages.digest_page(reply, year=year, shared=bool(shared_by))
        case AbstractOf():
            said, made = pages.abstract(reply, year=year, shared=bool(shared_by))
        case Said():
            said, made = reply.text, [blocks.rich("said", _tame(reply.text, limits.TEXT))]
        case Lines():
            said, made = reply.title, _lines(reply)
        case Papers():
            said, made = _papers(reply)
        case File():
            return sheets(reply)[0]
    return payload(said, made, shared_by=shared_by)


def payload(said: str, made: list[Block], *, shared_by: str = "") -> dict[str, Any]:
    """An answer at a response_url: its line for screen readers, and its blocks."""
    if shared_by:
        made = [*made, blocks.context("by", blocks.plain(f"Shared by {shared_by}", limits.BUTTON))]
    return {
        "response_type": "in_channel" if shared_by else "ephemeral",
        "replace_original": False,
        "text": text.fallback(said, limits.FALLBACK) or "–",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": made[: limits.MESSAGE_BLOCKS],
    }


def sheets(file: File) -> tuple[dict[str, Any], ...]:
    """A file as messages of a few blocks each; an answer may be followed by four more."""
    parts = _cut(escape.block(file.text), FILE)
    lead = [blocks.rich("said", _tame(file.said or file.name, limits.TEXT))]
    made = [parts[at : at + SHEETS] for at in range(0, len(parts), SHEETS)]
    return tuple(
        payload(file.said or file.name, [*(lead if not at else []), *_sheet(part)])
        for at, part in enumerate(made)
    )


def _sheet(parts: list[str]) -> list[Block]:
    return [
        blocks.rich(f"file:{at}", [blocks.words(part)], pre=True) for at, part in enumerate(parts)
    ]


def _cut(whole: str, most: int) -> list[str]:
    """The text in parts of at most `most`, cut between lines; a longer line loses its end."""
    parts: list[list[str]] = [[]]
    room = most
    for line in whole.split("\n"):
        held = text.block(line, most - 1)
        taken = text.size(held) + 1
        if taken > room:
            parts.append([])
            room = most
        parts[-1].append(held)
        room -= taken
    return ["\n".join(lines).strip("\n") or " " for lines in parts]


def _tame(said: str, most: int) -> list[blocks.Element]:
    """Our own sentences; what stands between backticks is a command, and set as code."""
    return blocks.coded(text.block(said, most))


def _lines(reply: Lines) -> list[Block]:
    return boards.board(reply) if reply.chart or reply.actions else _list(reply)


def _list(reply: Lines) -> list[Block]:
    head = blocks.rich("head", [blocks.words(text.line(reply.title, limits.HEADER), bold=True)])
    foot = blocks.context("foot", blocks.plain(reply.foot)) if reply.foot else None
    room = limits.TOTAL - blocks.total([head, *([foot] if foot else [])]) - limits.BLOCK_COST
    parts: list[blocks.Element] = []
    for place, line in enumerate(reply.lines):
        made = _tame(f"{line}\n", limits.REASON)
        room -= blocks.weight(made) + 1
        if room < 100:  # noqa: PLR2004  (room for the sentence below)
            left = figures.count(len(reply.lines) - place)
            parts.append(blocks.words(f"… and {left} more"))
            break
        parts += [*made, blocks.words("\n")]
    body = [blocks.rich("lines", parts)] if parts else []
    return [head, *body, *([foot] if foot else [])]


def _papers(reply: Papers) -> tuple[str, list[Block]]:
    if not reply.hits:
        return reply.empty, [blocks.rich("said", _tame(reply.empty, limits.TEXT))]
    made = [blocks.rich("head", [blocks.words(text.line(reply.title, limits.HEADER), bold=True)])]
    for place, hit in enumerate(reply.hits[:HITS], 1):
        made += [cards.found(hit, f"h:{place}"), _handles(hit, place, removable=reply.removable)]
    if (left := len(reply.hits) - HITS) > 0:
        said = f"… {names.more(left)}"
        made.append(blocks.context("left", blocks.plain(said)))
    return reply.title, made


def _handles(hit: Hit, place: int, *, removable: bool) -> Block:
    return blocks.actions(
        f"b:{place}",
        blocks.button(f"abstract:{hit.id}", "Abstract", hit.id),
        cards.save(hit.id, saved=removable),
    )
