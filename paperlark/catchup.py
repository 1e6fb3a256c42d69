"""Several days of one profile as one digest: a catch-up, or a week. Pure.

Each paper is scanned once, whatever the days say: it keeps its best fate, and the others count as
repeats; so the four fates add up to *scanned* again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from paperlark.digest import OVER_CAP
from paperlark.domain import Card, Counts, Digest, Fate, Unshown, Usage, Verdict, VerdictState
from paperlark.render import dates, figures, headline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from paperlark.domain import PaperId

_BEST: Final = (Fate.SHOWN, Fate.BELOW, Fate.FILTERED, Fate.UNDECIDED)


class _Row(NamedTuple):
    """A scanned paper of one day, and the line it met there."""

    day: date
    of: Card | Unshown
    line: float

    @property
    def id(self) -> PaperId:
        return self.of.paper.id if isinstance(self.of, Card) else self.of.id

    @property
    def fate(self) -> Fate:
        return Fate.SHOWN if isinstance(self.of, Card) else self.of.fate

    @property
    def score(self) -> float:
        held = self.of.score.value if isinstance(self.of, Card) else self.of.score
        return float("-inf") if held is None else held

    @property
    def order(self) -> tuple[int, float, int, PaperId]:
        """Best first: the fate, the score, the newest day."""
        return _BEST.index(self.fate), -self.score, -self.day.toordinal(), self.id


def merge(
    digests: Sequence[Digest],
    *,
    cap: int,
    seen: Collection[PaperId] = frozenset(),
    late: Sequence[Digest] = (),
) -> Digest:
    """The sum of a profile's digests; a single one with nothing seen is itself.

    Args:
        digests: of one profile, at least one, each of another date.
        cap: most cards; what is past it counts as below, with the reason.
        seen: papers that were shown already: left out, and counted as repeats.
        late: what came to dates of earlier posts (see `only`): their cards are added, past the cap
            and whatever became of the paper on the other days; no paper is on two of them.

    Returns:
        A digest of the newest date, with its line and provenance. Cards are best first and ranked
        anew; a card that met an older day's line stays one.
    """
    days = sorted(digests, key=lambda digest: digest.date)
    newest = days[-1]
    if len(days) == 1 and not late and not any(card.paper.id in seen for card in newest.cards):
        return newest
    rows = _unique(row for digest in days for row in _rows(digest) if row.id not in seen)
    added = [row for digest in late for row in _rows(digest)]
    extra = {row.id for row in added}
    rest = [row for row in rows if row.id not in extra]
    cards = tuple(_cards(rest, cap, added))
    not_shown = tuple(_not_shown(rest, cap, newest.line.value))
    counts = _counts(days, cards, not_shown, len(extra) - len(rows) + len(rest))
    return replace(
        newest,
        verdict=_verdict(days, counts),
        counts=counts,
        usage=_usage([digest.usage for digest in days]),
        cards=cards,
        not_shown=not_shown,
        categories=tuple(dict.fromkeys(name for digest in days for name in digest.categories)),
        notes=_notes(days),
        inputs=hashlib.sha256(
            " ".join(each.inputs for each in (*days, *late)).encode()
        ).hexdigest(),
        made_at=max((digest.made_at for digest in days if digest.made_at), default=None),
    )


def only(digest: Digest, papers: Collection[PaperId]) -> Digest:
    """The digest with those cards and nothing else: for `merge`, as what came late."""
    cards = tuple(card for card in digest.cards if card.paper.id in papers)
    counts = Counts(len(cards), len(cards), len(cards), len(cards))
    return replace(digest, cards=cards, not_shown=(), counts=counts, notes=())


def noted(digest: Digest, notes: Iterable[str]) -> Digest:
    """The digest with more to tell its readers."""
    return replace(digest, notes=tuple(dict.fromkeys((*digest.notes, *notes))))


def _rows(digest: Digest) -> Iterator[_Row]:
    for card in digest.cards:
        yield _Row(digest.date, card, digest.line.value)
    for paper in digest.not_shown:
        yield _Row(digest.date, paper, digest.line.value)


def _unique(rows: Iterable[_Row]) -> list[_Row]:
    """Every paper once, in its best row; best first."""
    best: dict[PaperId, _Row] = {}
    for row in sorted(rows, key=lambda row: row.order):
        best.setdefault(row.id, row)
    return list(best.values())


def _cards(rows: Iterable[_Row], cap: int, late: Iterable[_Row]) -> Iterator[Card]:
    shown = [row for row in rows if isinstance(row.of, Card)][: max(cap, 0)]
    for rank, row in enumerate(sorted((*shown, *late), key=lambda row: row.order), start=1):
        if isinstance(row.of, Card):  # all of them
            yield replace(row.of, rank=rank)


def _not_shown(rows: Sequence[_Row], cap: int, line: float) -> Iterator[Unshown]:
    """Highest score first, then filtered, then undecided."""
    shown = [row for row in rows if isinstance(row.of, Card)]
    below = [row for row in rows if row.fate is Fate.BELOW]
    for row in sorted((*shown[max(cap, 0) :], *below), key=lambda row: row.order[1:]):
        yield _below(row, line)
    for row in rows:
        if isinstance(row.of, Unshown) and row.fate is not Fate.BELOW:
            yield row.of


def _below(row: _Row, line: float) -> Unshown:
    """The row as one below; a score that would be a card on the newest day says why it is none."""
    if isinstance(row.of, Card):
        paper = row.of.paper
        names = tuple(author.name for author in paper.authors)
        return Unshown(
            paper.id, paper.title, names, Fate.BELOW, row.score, None, OVER_CAP, paper.categories
        )
    if row.of.reason or not line <= row.score < row.line:
        return row.of
    return replace(row.of, reason=f"under its own day's line, {figures.line(row.line)}")


def _counts(
    days: Sequence[Digest], cards: Sequence[Card], not_shown: Sequence[Unshown], late: int
) -> Counts:
    """The sums; of papers that came `late`, and are on none of the days, one listing is known."""
    fates = Counter(each.fate for each in not_shown)
    scanned = len(cards) + len(not_shown)
    before = late + sum(digest.counts.scanned + digest.counts.repeats for digest in days)
    return Counts(
        announced=late + sum(digest.counts.announced for digest in days),
        listings=late + sum(digest.counts.listings for digest in days),
        scanned=scanned,
        shown=len(cards),
        below=fates[Fate.BELOW],
        filtered=fates[Fate.FILTERED],
        undecided=fates[Fate.UNDECIDED],
        repeats=before - scanned,
    )


def _verdict(days: Sequence[Digest], counts: Counts) -> Verdict:
    """Whole where every day is; else what each of the others lacks."""
    if len(days) == 1:
        return days[0].verdict
    short = [digest for digest in days if digest.verdict.state is not VerdictState.COMPLETE]
    if short:
        year = days[-1].date.year
        said = (f"{dates.short(each.date, year=year)}: {each.verdict.detail}" for each in short)
        return Verdict(VerdictState.PARTIAL, "; ".join(said))
    over = headline.covered([digest.date for digest in days])
    scanned, shown = figures.count(counts.scanned), figures.count(counts.shown)
    return Verdict(VerdictState.COMPLETE, f"{over}: {scanned} scanned, {shown} shown")


def _usage(each: Sequence[Usage]) -> Usage:
    """What all days took; the price is known where every one is."""
    prices = [usage.cost_usd for usage in each]
    models = dict.fromkeys(usage.model for usage in each if usage.model)
    return Usage(
        scorer=each[-1].scorer,
        model=", ".join(models) or None,
        calls=sum(usage.calls for usage in each),
        prompt_tokens=sum(usage.prompt_tokens for usage in each),
        cached_tokens=sum(usage.cached_tokens for usage in each),
        completion_tokens=sum(usage.completion_tokens for usage in each),
        cost_usd=None if None in prices else sum(price for price in prices if price),
    )


def _notes(days: Sequence[Digest]) -> tuple[str, ...]:
    """Every day's notes, newest day first, with the date where not all days have it."""
    year, said = days[-1].date.year, dict[str, None]()
    for digest in reversed(days):
        for note in digest.notes:
            everywhere = all(note in other.notes for other in days)
            date_of = dates.short(digest.date, year=year)
            said.setdefault(note if everywhere else f"{date_of}: {note}")
    return tuple(said)
