"""A digest for a terminal: plain lines, four colours, nothing lost without them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

from paperlark.domain import Fate, VerdictState
from paperlark.render import dates, fates, figures, links, names, words
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from paperlark.domain import Card, Digest, Unshown

NARROWEST, WIDEST = 40, 120
_INDENT = 4
_MEASURE = 92  # about the longest line that is easy to read
_COLUMNS = 20  # two spaces, then score, rel and nov, right-aligned
_LISTED = 8
_KEY = 20  # cells: more than any arXiv id takes
_MARKS = {
    VerdictState.COMPLETE: ("✓", "green"),
    VerdictState.QUIET: ("·", "dim"),
    VerdictState.STALE: ("!", "yellow"),
    VerdictState.PARTIAL: ("!", "yellow"),
    VerdictState.FAILED: ("✗", "red"),
}


class _Piece(NamedTuple):
    """Text with one style; a line is a row of them."""

    text: str
    style: str = ""


_Line = tuple[_Piece, ...]
_EMPTY: _Line = ()


def terminal(digest: Digest, *, width: int = 80, colour: bool = False, hint: bool = True) -> str:
    """The digest as lines of at most `width` cells, held to 40 to 120.

    Args:
        digest: what to show.
        width: the terminal's, in cells; wide letters count two.
        colour: use the 16 base colours; the caller knows whether they are wanted (NO_COLOR).
        hint: end with a command to type next; it works where the digest is in the store.
    """
    held = min(max(width, NARROWEST), WIDEST)
    lines = [*_head(digest, held), *_body(digest, held)]
    if hint and (digest.cards or digest.not_shown):
        lines += [_EMPTY, *_hint(digest, held)]
    return _printed(lines, held, colour=colour)


def _printed(lines: Iterable[_Line], width: int, *, colour: bool) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as capture:
        for line in lines:
            text = Text.assemble(*line) if line else Text()
            console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
    return capture.get()


def wrap(text: str, width: int, *, lead: int = 0) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces; a longer word is cut.

    `lead` cells of the first line are taken already. No text, no line.
    """
    lines: list[str] = []
    for word in plain(text).split(" "):
        room = width - lead if len(lines) <= 1 else width
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and cell_len(joined) <= room:
            lines[-1] = joined
        elif word:
            lines.extend(chop_cells(word, width if lines else room))
    return lines


def _told(text: str, width: int, style: str = "", *, indent: int = _INDENT) -> Iterator[_Line]:
    room = min(width - indent, _MEASURE) if indent == _INDENT else width - indent
    for line in wrap(text, room):
        yield _Piece(" " * indent), _Piece(line, style)


def _spread(left: _Piece, right: _Piece, width: int) -> Iterator[_Line]:
    """Two pieces at the ends of one line; under one another where they don't fit."""
    gap = width - cell_len(left.text) - cell_len(right.text)
    if gap > 1:
        yield left, _Piece(" " * gap), right
        return
    for piece in (left, right):
        yield from ((_Piece(line, piece.style),) for line in wrap(piece.text, width))


def _head(digest: Digest, width: int) -> Iterator[_Line]:
    name = _Piece(plain(digest.profile), "bold")
    yield from _spread(name, _Piece(dates.full(digest.date), "bold"), width)
    yield (_Piece("─" * width),)
    yield from _verdict(digest, width)
    if words.read(digest):
        yield from _facts(digest, width)
    elif words.nothing(digest):
        yield from _told(words.nothing(digest), width, indent=2)
    for note in digest.notes:
        yield from _told(note, width, "yellow", indent=2)


def _verdict(digest: Digest, width: int) -> Iterator[_Line]:
    said = words.verdict(digest)
    mark, style = _MARKS[digest.verdict.state]
    lead = f"{mark} {said.word}"
    first, *rest = wrap(said.clause, width - 2, lead=cell_len(lead)) or [""]
    yield _Piece(lead, style), _Piece(f"  {first}" if first else "")
    for line in rest:
        yield _Piece("  "), _Piece(line)
    yield from _told(words.aside(digest), width, indent=2)


def _facts(digest: Digest, width: int) -> Iterator[_Line]:
    way = " → ".join(
        f"{figures.count(number)} {word}" for number, word in words.steps(digest.counts)
    )
    yield from _told(f"{way} · {words.others(digest.counts)}", width, indent=2)
    yield from _at(digest, width)
    scorer, took = words.scorer(digest.usage), words.usage(digest.usage)
    if cell_len(plain(scorer + took)) > width - 2:
        took = words.usage(digest.usage, whole=False)
    yield from _told(scorer + took, width, "dim", indent=2)


def _at(digest: Digest, width: int) -> Iterator[_Line]:
    """The line's sentence; only its value has the line's colour."""
    lead = f"Line {figures.line(digest.line.value)}"
    first, *rest = wrap(words.line(digest.line), width - 2)
    yield _Piece("  "), _Piece(lead, "yellow"), _Piece(first[len(lead) :])
    yield from ((_Piece(f"  {line}"),) for line in rest)


def _body(digest: Digest, width: int) -> Iterator[_Line]:
    if digest.cards:
        yield _EMPTY
        columns = "  score   rel   nov"
        yield _Piece(" " * (width - len(columns))), _Piece(columns, "dim")
    yield from _cards(fates.over(digest), digest, width)
    if digest.cards or digest.not_shown:
        yield from _after(digest, width)


def _cards(cards: Sequence[Card], digest: Digest, width: int) -> Iterator[_Line]:
    for place, card in enumerate(cards):
        if place:
            yield _EMPTY
        yield from _card(card, digest, width)


def _card(card: Card, digest: Digest, width: int) -> Iterator[_Line]:
    at = digest.line.value
    title = wrap(card.paper.title, width - _INDENT - _COLUMNS) or ["untitled"]
    yield (
        _Piece(f"{card.rank:>2}  "),
        _Piece(title[0], "bold"),
        _Piece(" " * (width - _INDENT - cell_len(title[0]) - 17)),
        _Piece(f"{figures.score(card.score.value, at):>5}", "bold"),
        _Piece(f"{words.grade(card.score.relevance):>6}{words.grade(card.score.novelty):>6}"),
    )
    for line in title[1:]:
        yield _Piece(" " * _INDENT), _Piece(line, "bold")
    authors = [author.name for author in card.paper.authors]
    yield from _told(names.line(authors, always=card.followed), width, "dim")
    yield from _told(words.follow(card), width, "dim")
    yield from _told(words.replaced(card), width, "dim")
    yield from _told(words.from_under(card, at), width, "magenta" if card.wild else "yellow")
    yield from _told(words.edge(card, at), width, "yellow")
    yield from _told(card.score.comment, width)
    yield from _address(card, width)


def _address(card: Card, width: int) -> Iterator[_Line]:
    url, category = plain(links.abstract(card)), plain(card.paper.primary)
    if cell_len(url) + cell_len(category) + 2 <= width - _INDENT:
        yield _Piece(" " * _INDENT), _Piece(url, "cyan"), _Piece(f"  {category}".rstrip(), "dim")
        return
    yield from _told(url, width, "cyan")
    yield from _told(category, width, "dim")


def _after(digest: Digest, width: int) -> Iterator[_Line]:
    yield from _past_cap(digest, width)
    if fates.divided(digest):
        yield _EMPTY
        label = f"──── the line {figures.line(digest.line.value)} "
        yield (_Piece(label + "─" * (width - cell_len(label)), "yellow"),)
    if low := fates.low(digest):
        yield _EMPTY
        yield from _cards(low, digest, width)
    yield from _undecided(digest, width)
    near = fates.near(digest)
    if near:
        yield _EMPTY
        yield from _told("Just below the line:", width, indent=0)
        yield from _scores(near, digest, width)


def _hint(digest: Digest, width: int) -> Iterator[_Line]:
    """The command that tells what became of a paper, with one that people may ask about."""
    papers = [paper.id for paper in (*fates.near(digest), *digest.not_shown)]
    papers += [card.paper.id for card in digest.cards]
    asked = f"paperlark why {papers[0]} --profile {digest.profile}"
    yield from _told(f"A trace of any paper: {asked}", width, "dim", indent=0)


def _past_cap(digest: Digest, width: int) -> Iterator[_Line]:
    over = fates.past_cap(digest)
    if over:
        yield _EMPTY
        label = f"Over the line, past the cap ({figures.count(len(over))}):"
        yield from _told(label, width, indent=0)
        yield from _scores(over[: fates.NEAR], digest, width)
        yield from _rest(len(over) - fates.NEAR, width)


def _undecided(digest: Digest, width: int) -> Iterator[_Line]:
    lost = fates.of(digest, Fate.UNDECIDED)
    if lost:
        yield _EMPTY
        lead = f"Could not be scored ({figures.count(len(lost))})"
        first, *rest = wrap(f"{lead}, may belong above the line:", width)
        yield _Piece(lead, "yellow"), _Piece(first[len(lead) :])
        yield from ((_Piece(line),) for line in rest)
        yield from _rows([(paper, "") for paper in lost[:_LISTED]], width)
        yield from _rest(len(lost) - _LISTED, width)


def _rest(number: int, width: int) -> Iterator[_Line]:
    if number > 0:
        yield from _told(f"… and {figures.count(number)} more", width, "dim")


def _scores(papers: Sequence[Unshown], digest: Digest, width: int) -> Iterator[_Line]:
    at = digest.line.value
    yield from _rows([(p, figures.score(p.score or 0.0, at)) for p in papers], width)


def _rows(papers: Sequence[tuple[Unshown, str]], width: int) -> Iterator[_Line]:
    for paper, score in papers:
        lead = f"    {score:<6}" if score else "    "
        key = set_cell_size(plain(paper.id), _KEY).rstrip()
        first, *rest = wrap(paper.title, width - len(lead) - cell_len(key) - 2) or ["untitled"]
        gap = width - len(lead) - cell_len(first) - cell_len(key)
        yield _Piece(lead), _Piece(first), _Piece(" " * gap), _Piece(key, "dim")
        yield from ((_Piece(" " * len(lead)), _Piece(line)) for line in rest)
