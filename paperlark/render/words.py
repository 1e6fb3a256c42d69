"""paperlark's voice: the sentences a digest says about itself, the same in every dialect.

Nothing here is escaped: a renderer does that for its own dialect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from paperlark import calendar
from paperlark.domain import AnnounceType, VerdictState
from paperlark.profile import is_own
from paperlark.render import dates, fates, figures

if TYPE_CHECKING:
    from paperlark.domain import Card, Counts, Digest, Line, Usage

VERDICTS = {
    VerdictState.COMPLETE: "Complete",
    VerdictState.QUIET: "No announcement",
    VerdictState.STALE: "Stale",
    VerdictState.PARTIAL: "Partial",
    VerdictState.FAILED: "Failed",
}
"""The word each verdict begins with."""
LOCAL = "it grades relevance only, so novelty is “–”"
THANKS = "Thank you to arXiv for use of its open access interoperability."
APART = "paperlark is not part of arXiv."


class Said(NamedTuple):
    """A verdict as said: the bold word, and the clause after it."""

    word: str
    clause: str

    @property
    def bold(self) -> str:
        """The word as a post begins with it: a sentence, unless the clause completes it."""
        return self.word if self.clause.startswith("on ") else f"{self.word}."


def verdict(digest: Digest) -> Said:
    """What happened to the day: the first line of every post."""
    state, detail = digest.verdict.state, figures.tight(digest.verdict.detail.strip())
    if state is VerdictState.QUIET:
        return Said(VERDICTS[state], _quiet(digest, detail))
    if state is VerdictState.COMPLETE and digest.counts.scanned and not fates.over(digest):
        return Said(VERDICTS[state], nothing(digest))
    return Said(VERDICTS[state], detail if state is VerdictState.COMPLETE else _sentence(detail))


def _sentence(clause: str) -> str:
    """The clause with a capital and a stop; a first word that is a name keeps its letters."""
    first = clause.split(" ", 1)[0]
    said = capital(clause) if first.isalpha() and first.islower() else clause
    return _stopped(said)


def _stopped(text: str) -> str:
    return text if not text or text[-1] in ".?" else f"{text}."


def _quiet(digest: Digest, detail: str) -> str:
    if detail.startswith("on "):
        return _stopped(detail)
    day = dates.short(digest.date, year=digest.date.year)
    why = f" ({detail.rstrip('.')})" if detail else ""
    following = dates.short(calendar.next_after(digest.date), year=digest.date.year)
    return f"on {day}{why}. Next: {following}."


def aside(digest: Digest) -> str:
    """The verdict's own clause where another sentence has taken its place; else empty."""
    detail = figures.tight(digest.verdict.detail.strip())
    replaced_by_nothing = verdict(digest).clause == nothing(digest) != ""
    return detail if replaced_by_nothing else ""


def nothing(digest: Digest) -> str:
    """Why no card is over the line, and which paper came nearest; empty where one is."""
    if fates.over(digest):
        return ""
    if not digest.counts.scanned or digest.verdict.state is VerdictState.FAILED:
        return _unscanned(digest)
    at = figures.line(digest.line.value)
    said = f"{figures.count(digest.counts.scanned)} scanned, none over the line ({at})."
    if digest.cards:
        return f"{said[:-1]}; {figures.count(len(digest.cards))} shown from under it."
    best = fates.under(digest)
    if fates.past_cap(digest) or not best or best[0].score is None:
        return said
    return f"{said} Nearest: {best[0].title} ({figures.score(best[0].score, digest.line.value)})."


def empty(digest: Digest) -> str:
    """What stands where cards would: why there is none. Empty where the verdict has said it."""
    if fates.over(digest):
        return ""
    if fates.divided(digest):
        return f"None of {figures.many(digest.counts.scanned, 'paper')} is over the line."
    return nothing(digest)


def _unscanned(digest: Digest) -> str:
    if digest.verdict.state is not VerdictState.COMPLETE:
        return ""
    if digest.counts.repeats:
        return "Nothing new: an earlier digest held every paper of this day."
    return "No paper of this day is of a kind this profile wants."


def steps(counts: Counts) -> tuple[tuple[int, str], ...]:
    """The way from listings to cards: how many, and what they are called."""
    return (
        (counts.announced, "announced"),
        (counts.scanned, "scanned"),
        (counts.shown, "shown"),
    )


def others(counts: Counts) -> str:
    """``292 below, 7 filtered, 2 undecided``: the fates beside *shown*, none left out."""
    named = (
        (counts.below, "below"),
        (counts.filtered, "filtered"),
        (counts.undecided, "undecided"),
    )
    return ", ".join(f"{figures.count(number)} {word}" for number, word in named)


def total(counts: Counts) -> str:
    """``10 shown + 292 below the line + 7 filtered + 2 undecided = 311.``: the sum, written out."""
    terms = (
        (counts.shown, "shown"),
        (counts.below, "below the line"),
        (counts.filtered, "filtered"),
        (counts.undecided, "undecided"),
    )
    said = " + ".join(f"{figures.count(number)} {word}" for number, word in terms)
    return f"{said} = {figures.count(counts.scanned)}."


def listings(counts: Counts) -> str:
    """How listings became papers: ``452 listings, of which 388 of the kinds …: 311 papers``."""
    said = figures.many(counts.announced, "listing")
    if counts.listings != counts.announced:
        said += f", of which {figures.count(counts.listings)} of the kinds this profile wants"
    said += f": {figures.many(counts.scanned, 'paper')}"
    if counts.repeats:
        said += f", and {figures.count(counts.repeats)} that an earlier digest held"
    return f"{said}."


def line(at: Line) -> str:
    """The line's own sentence: its value, then what moved it or where it comes from."""
    return f"Line {figures.line(at.value)}{moved(at)}"


def moved(at: Line) -> str:
    """What follows the line's value: ``, down 0.5: …``, or a stop and a sentence."""
    said = figures.tight(at.said.strip())
    if not said:
        return (
            ", the profile’s base line"
            if at.value == at.base
            else f". Base {figures.line(at.base)}"
        )
    return f", {said}" if said[0].islower() else f". {said}"


def because(at: Line) -> str:
    """What is said under a heading that gives the line's value already: a sentence of its own."""
    said = capital(moved(at).lstrip("., "))
    if at.said:
        said = f"{said.rstrip('.')}. Base {figures.line(at.base)}"
    return f"{said}."


def scorer(usage: Usage) -> str:
    """Who read the papers: a model's name, or ``local ranker``."""
    return usage.model or ("local ranker" if usage.scorer == "local" else usage.scorer)


def read(digest: Digest) -> bool:
    """Whether anything was scored, so that there is usage to speak of."""
    return bool(digest.counts.scanned or digest.usage.calls)


def calls(took: Usage) -> str:
    """`` in 14 calls`` of a model; empty where none was asked."""
    return f" in {figures.many(took.calls, 'call')}" if took.model and took.calls else ""


def usage(took: Usage, *, whole: bool = True) -> str:
    """What scoring took, after the scorer's name: ``: 72,904 tokens (…), $0.024``.

    Args:
        took: the digest's usage.
        whole: tell what went in, what was cached and what came out.
    """
    if took.model is None:
        note = f": {LOCAL}" if took.scorer == "local" else ""
        return f", {cost(took)}{note}"
    return f": {tokens(took, whole=whole)}, {cost(took)}"


def tokens(took: Usage, *, whole: bool = True) -> str:
    """``72,904 tokens (67,004 in, 18,304 of them cached; 5,900 out)``."""
    said = figures.many(took.prompt_tokens + took.completion_tokens, "token")
    if not whole:
        return said
    cached = f", {figures.count(took.cached_tokens)} of them cached" if took.cached_tokens else ""
    into, out = figures.count(took.prompt_tokens), figures.count(took.completion_tokens)
    return f"{said} ({into} in{cached}; {out} out)"


def cost(took: Usage) -> str:
    """``$0.024``, or that the price is not known: never a guess."""
    return "cost unknown" if took.cost_usd is None else figures.money(took.cost_usd)


def grade(value: int | None) -> str:
    """A relevance or novelty as shown: not given is a dash, never 0."""
    return "–" if value is None else str(value)


def edge(card: Card, at: float) -> str:
    """``0.4 above the line`` where the decimal decides; else empty."""
    value = card.score.value
    return f"{figures.gap(value, at)} the line" if figures.close(value, at) else ""


def follow(card: Card) -> str:
    """``you follow A and B``; empty where no author is followed."""
    *first, last = card.followed or ("",)
    if not last:
        return ""
    return f"you follow {', '.join(first)} and {last}" if first else f"you follow {last}"


def replaced(card: Card) -> str:
    """``replaced: v3, first posted Mar 2026`` for a new version of an older paper; else empty."""
    if card.announce_type not in {AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS}:
        return ""
    version = f": v{card.paper.version}" if card.paper.version else ""
    month = dates.first_posted(card.paper.id)
    return f"replaced{version}, first posted {month}" if month else f"replaced{version}"


def crossed(card: Card) -> str:
    """``cross-listed`` for a paper whose home is another category; else empty."""
    crosses = {AnnounceType.CROSS, AnnounceType.REPLACE_CROSS}
    return "cross-listed" if card.announce_type in crosses else ""


def from_under(card: Card, at: float) -> str:
    """Why a card is there though it is under the line; empty where it is over it."""
    if card.wild:
        return "wild card, from under the line"
    return "under the line, for the least a day" if card.score.value < at else ""


def drawn(digest: Digest) -> str:
    """What a wild card is, as a note on it."""
    among = figures.many(fates.pool(digest), "paper")
    return f"Drawn at random from the {among} under the line. Your vote shows what it cannot see."


def tags(card: Card, at: float) -> tuple[str, ...]:
    """All that is unusual about a card, in the order it is shown."""
    said = (follow(card), replaced(card), crossed(card), from_under(card, at), edge(card, at))
    return tuple(tag for tag in said if tag)


def capital(text: str) -> str:
    """The text with a capital first letter, for where it stands alone."""
    return text[:1].upper() + text[1:]


def called(profile: str) -> str:
    """What people call a profile: by its name, or ``your topics`` where it is a reader's own."""
    return "your topics" if is_own(profile) else profile


def opening(profile: str) -> str:
    """The same where a line begins: a name stays as it is, and words get their capital."""
    said = called(profile)
    return said if said == profile else capital(said)


def title(digest: Digest) -> str:
    """``Thu 19 Nov 2026: 10 of 311 papers · foundations``: a window's title, a mail's subject."""
    day = dates.short(digest.date)
    counts = digest.counts
    if not counts.scanned:
        return f"{day}: {verdict(digest).word.lower()} · {called(digest.profile)}"
    shown, scanned = figures.count(counts.shown), figures.many(counts.scanned, "paper")
    return f"{day}: {shown} of {scanned} · {called(digest.profile)}"


def summary(digest: Digest) -> str:
    """The day in a sentence or two: a page's description."""
    counts, day = digest.counts, dates.full(digest.date)
    if not counts.scanned:
        said = verdict(digest)
        return f"{opening(digest.profile)}, {day}. {said.bold} {said.clause}".strip()
    papers = f"{figures.count(counts.shown)} of {figures.many(counts.scanned, 'new arXiv paper')}"
    best = f" Best: {digest.cards[0].paper.title}." if digest.cards else ""
    profile = called(digest.profile)
    named = profile if profile != digest.profile else f"the profile {profile}"
    return f"{papers} for {named}, {day}.{best}"


def still_lower(digest: Digest) -> str:
    """``288 more lie further down.``: those under the line that are no near misses; else empty."""
    rest = len(fates.under(digest)) - len(fates.near(digest))
    if not rest:
        return ""
    return f"{figures.count(rest)} more {'lies' if rest == 1 else 'lie'} further down."


def undecided(number: int) -> str:
    """``2 papers could not be scored``."""
    return f"{figures.many(number, 'paper')} could not be scored"
