"""Everything known about one paper for one profile, as lines for people: label and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from paperlark.domain import Fate
from paperlark.render import dates, figures
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from paperlark.domain import Digest, PaperTrace, Profile
    from paperlark.vote import Vote

Line: TypeAlias = tuple[str, str]
SIGNS = {Thumb.UP: "👍", Thumb.DOWN: "👎"}


def lines(
    trace: PaperTrace,
    profile: Profile,
    day: date | None,
    digest: Digest | None,
    *,
    votes: Iterable[Vote] = (),
    deliveries: Iterable[str] = (),
) -> Iterator[Line]:
    """What is known, in the order things happened. Nothing is escaped.

    Args:
        trace: of the paper.
        profile: for whom.
        day: the mailing date the trace is of.
        digest: that day's, where there is one.
        votes: on this paper, of one subscription or several.
        deliveries: one clause each, as `delivered` words them.
    """
    if day:
        yield "mailing date", dates.short(day)
    for category, listing in trace.listings:
        version = f", v{listing.version}" if listing.version else ""
        yield "found in", f"{category}, announced as {listing.announce_type}{version}"
    yield "profile", f"{profile.name}, revision {profile.revision}"
    yield from (("note", note) for note in trace.notes)
    if trace.score:
        novelty = trace.score.novelty or "–"
        graded = f"relevance {trace.score.relevance or '–'}, novelty {novelty}"
        yield "score", f"{trace.score.value:.1f}, {graded}"
        if trace.score.comment:
            yield "reason", trace.score.comment
    if digest:
        yield "line", figures.line(digest.line.value)
    yield "fate", fate(trace, digest)
    if said := counted(votes):
        yield "votes", said
    yield from (("delivery", clause) for clause in deliveries)


def fate(trace: PaperTrace, digest: Digest | None) -> str:
    """What became of the paper on that digest, and why."""
    if trace.fate is None:
        return "not scanned for this profile" if digest else "no digest was made for this date"
    detail = trace.rule or trace.reason
    said = {Fate.SHOWN: "shown", Fate.BELOW: "below the line"}.get(trace.fate, str(trace.fate))
    if trace.fate is Fate.SHOWN and digest:
        rank = next((card.rank for card in digest.cards if card.paper.id == trace.id), None)
        said = f"shown, number {rank} of {digest.counts.shown}" if rank else said
    return f"{said}: {detail}" if detail else said


def counted(votes: Iterable[Vote]) -> str:
    """``3 👍, 1 👎``; empty where nobody voted, or all took it back."""
    thumbs = [vote.verdict for vote in votes]
    said = ((thumbs.count(thumb), sign) for thumb, sign in SIGNS.items())
    return ", ".join(f"{number}{figures.NBSP}{sign}" for number, sign in said if number)


def delivered(subscription: str, ref: str | None) -> str:
    """What became of the paper's message to a subscription; None: it has not arrived (yet)."""
    return f"{subscription}: sent, as {ref}" if ref else f"{subscription}: not sent yet"
