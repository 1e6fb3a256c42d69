"""What every post begins and ends with, for every chat and mail: parts without any dialect.

Nothing here is escaped; bold words are parts of their own. A renderer picks the parts it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from paperlark.domain import Fate, VerdictState
from paperlark.render import dates, fates, figures, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from paperlark.domain import Digest
    from paperlark.post import Setting

MARKS: Final = {
    VerdictState.COMPLETE: "✓",
    VerdictState.QUIET: "·",
    VerdictState.STALE: "!",
    VerdictState.PARTIAL: "!",
    VerdictState.FAILED: "✗",
}
"""A sign before each verdict; the word beside it says the same."""
_NEAREST: Final = " Nearest: "
_CATCH_UP: Final = "Catch-up"
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence that begins bold: the bold words, and what follows them."""

    bold: str
    clause: str = ""

    @property
    def apart(self) -> tuple[str, str]:
        """The clause's words of ours, and the title of a paper it ends with; maybe empty."""
        ours, nearest, paper = self.clause.partition(_NEAREST)
        return (f"{ours}{nearest}".strip(), paper) if nearest else (self.clause, "")

    def __str__(self) -> str:
        return f"{self.bold} {self.clause}".strip()


@dataclass(frozen=True, slots=True)
class Headline:
    """A digest in the sentences around its cards.

    Attributes:
        title: ``foundations · Thu 19 Nov · 10 of 311 papers``.
        subject: ``foundations, Thu 19 Nov: 10 of 311 papers``.
        fallback: the post in one line, for notifications and screen readers.
        mark: of `MARKS`; `well`: the day is whole.
        routine: a whole day with cards: the verdict's clause is its categories, and may go.
        verdict: ``Complete.`` and its clause; ``Complete, 3 h late.``; ``Catch-up.``, where an
            earlier post should have shown some of its days.
        way: ``452 announced → 311 scanned → 10 shown``; empty where nothing was scanned.
        shown: the last part of it, to be set apart: ``10 shown``.
        fates: ``292 below, 7 filtered, 2 undecided``; empty likewise.
        line: ``Line 61.5`` and ``, down 0.5: …``, which joins it without a space; or None.
        notes: sentences the readers must be told.
        footer: who scored, and what it took; empty where nothing was.
    """

    title: str
    subject: str
    fallback: str
    mark: str
    well: bool
    routine: bool
    verdict: Phrase
    way: str
    shown: str
    fates: str
    line: Phrase | None
    notes: tuple[str, ...]
    footer: str


def headline(digest: Digest, setting: Setting, *, year: int | None = None) -> Headline:
    """The sentences of a digest.

    Args:
        digest: what is told about.
        setting: how late it is, and which days it shows, where these are several.
        year: the reader's, which dates leave out; None for the digest's own, as in a post that
            comes on its day.
    """
    said, routine = _verdict(digest, setting), _routine(digest, setting)
    profile = words.opening(digest.profile)
    read, counts = words.read(digest), digest.counts
    shown = f"{figures.count(counts.shown)} shown"
    here = digest.date.year if year is None else year
    return Headline(
        title=" · ".join((profile, dates.short(digest.date, year=here), amount(digest))),
        subject=f"{name(digest, year=here)}: {amount(digest)}",
        fallback=_fallback(digest, said.bold if routine else str(said), here),
        mark=MARKS[digest.verdict.state],
        well=digest.verdict.state is VerdictState.COMPLETE,
        routine=routine,
        verdict=said,
        way=" → ".join(_steps(digest)) if read else "",
        shown=shown,
        fates=words.others(counts) if read else "",
        line=line(digest) if read else None,
        notes=_notes(digest, setting),
        footer=footer(digest) if read else "",
    )


def name(digest: Digest, *, year: int | None = None) -> str:
    """``foundations, Thu 19 Nov``; with the year where it is not `year`."""
    return f"{words.opening(digest.profile)}, {dates.short(digest.date, year=year)}"


def amount(digest: Digest) -> str:
    """``10 of 311 papers``; where nothing was scanned, the verdict in a word or two."""
    counts = digest.counts
    if not counts.scanned:
        return words.verdict(digest).word.lower()
    return f"{figures.count(counts.shown)} of {figures.many(counts.scanned, 'paper')}"


def line(digest: Digest) -> Phrase:
    """``Line 61.5`` and what moved it, or where it comes from."""
    at = digest.line
    return Phrase(f"Line {figures.line(at.value)}", words.moved(at))


def footer(digest: Digest) -> str:
    """``gpt-5-mini: 72,904 tokens, $0.024``, or the local ranker and what it cannot tell."""
    return words.scorer(digest.usage) + words.usage(digest.usage, whole=False)


def late(seconds: float) -> str:
    """``3 h late``, ``25 min late``, ``2 days late``: in the largest unit that is not rough."""
    if seconds >= 2 * _DAY:
        return f"{round(seconds / _DAY)}{figures.NBSP}days late"
    if seconds >= 1.5 * _HOUR:
        return f"{round(seconds / _HOUR)}{figures.NBSP}h late"
    return f"{max(1, round(seconds / _MINUTE))}{figures.NBSP}min late"


def covered(days: Sequence[date]) -> str:
    """``Mon 23 Nov, with Thu 19 and Fri 20 Nov``: the newest, then the others, oldest first."""
    newest = max(days)
    *first, last = dates.several([day for day in days if day != newest], year=newest.year) or [""]
    others = f"{', '.join(first)} and {last}" if first else last
    return dates.short(newest, year=newest.year) + (f", with {others}" if others else "")


def notice(setting: Setting) -> Phrase:
    """A notice's sentence, its verdict bold where it begins with one."""
    text = figures.tight(setting.notice.strip())
    for known in (*words.VERDICTS.values(), _CATCH_UP):
        if text.startswith(known):
            end = len(known) + text[len(known) :].startswith(".")
            return Phrase(text[:end], text[end:].strip())
    return Phrase("", text)


def _verdict(digest: Digest, setting: Setting) -> Phrase:
    if setting.notice:
        return notice(setting)
    said = words.verdict(digest)
    clause = _sum(digest, setting) if _several(setting) else said.clause
    if setting.missed and _several(setting):
        return Phrase(f"{_CATCH_UP}.", clause)
    if not setting.late_s or said.bold == said.word:
        return Phrase(said.bold, clause)
    return Phrase(f"{said.word}, {late(setting.late_s)}.", clause)


def _sum(digest: Digest, setting: Setting) -> str:
    """Several days in one clause: which, their papers, and what went wrong in them."""
    scanned, shown = figures.count(digest.counts.scanned), figures.count(digest.counts.shown)
    clause = f"{covered(setting.covers)}: {scanned} scanned, {shown} shown."
    if digest.verdict.state is VerdictState.COMPLETE:
        return clause
    lead = f"{words.verdict(digest).word}: " if setting.missed else ""
    return f"{clause} {lead}{figures.tight(digest.verdict.detail)}.".replace("..", ".")


def _steps(digest: Digest) -> list[str]:
    return [f"{figures.count(number)} {word}" for number, word in words.steps(digest.counts)]


def _notes(digest: Digest, setting: Setting) -> tuple[str, ...]:
    lost = len(fates.of(digest, Fate.UNDECIDED))
    # The verdict of several days names them already.
    told = [*digest.notes] if _several(setting) else [words.aside(digest), *digest.notes]
    if lost:
        told.append(f"{words.undecided(lost)} and may belong above the line.")
    return tuple(figures.tight(note) for note in told if note)


def _routine(digest: Digest, setting: Setting) -> bool:
    whole = digest.verdict.state is VerdictState.COMPLETE and not _several(setting)
    return whole and bool(fates.over(digest)) and not setting.notice


def _several(setting: Setting) -> bool:
    return len(setting.covers) > 1


def _fallback(digest: Digest, said: str, year: int) -> str:
    if not digest.counts.scanned:
        return f"{words.opening(digest.profile)}: {said}"
    best = f" Best: {digest.cards[0].paper.title}." if digest.cards else ""
    return f"{name(digest, year=year)}: {amount(digest)}.{best} {said}"
