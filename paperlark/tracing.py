"""The trace of one paper with the votes in it: what taste made of its score, why the line moved.

Pure: all that is known is given. `rows` has everything that `paperlark.render.trace.lines` has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paperlark.domain import Fate
from paperlark.feedback import PLAIN, Seen, amounts, folded
from paperlark.feedback.taste import features, shift
from paperlark.feedback.tuning import DEFAULT
from paperlark.render import fates, figures, words
from paperlark.render import trace as traces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from paperlark.domain import Digest, PaperTrace, Profile, Term
    from paperlark.facts import Facts
    from paperlark.feedback import Past, Taste
    from paperlark.render.trace import Line
    from paperlark.vote import Vote

_TINY = 0.005


@dataclass(frozen=True, slots=True)
class Votes:
    """What votes have to do with a day of a profile.

    Attributes:
        known: the profile's facts.
        past: the digest's day, with what the words of `known` add up to (`paperlark.pasts.past`).
        cast: votes on the paper; withdrawn ones too.
        named: whether it is told who cast them: for people who manage the profile alone.
    """

    known: Facts
    past: Past | None = None
    cast: tuple[Vote, ...] = ()
    named: bool = False


def rows(
    trace: PaperTrace,
    profile: Profile,
    day: date | None,
    digest: Digest | None,
    *,
    voted: Votes,
    deliveries: Iterable[str] = (),
) -> Iterator[Line]:
    """What is known of a paper, in the order things happened: label and text, nothing escaped.

    Args:
        trace: of the paper.
        profile: for whom.
        day: the mailing date the trace is of.
        digest: that day's, where there is one.
        voted: the votes.
        deliveries: one clause each (`paperlark.render.trace.delivered`).
    """
    told = traces.lines(trace, profile, day, digest, votes=voted.cast, deliveries=deliveries)
    for label, said in told:
        if label == "line" and digest:
            yield from taste_rows(trace, profile, digest, voted)
            yield label, words.line(digest.line).removeprefix("Line ")
        elif label == "votes" and voted.named:
            yield label, f"{said}: {_by(voted.cast)}"
        else:
            yield label, said
        if label == "fate" and digest:
            yield from _exceptions(trace, digest)


def taste_rows(trace: PaperTrace, profile: Profile, digest: Digest, voted: Votes) -> Iterator[Line]:
    """The plain score, what taste and followed words add to it, and the score that came of it.

    Taste is that of the votes as they stand now. Nothing where no vote and no word says anything,
    or the paper has no score.
    """
    past = voted.past
    if past is None or trace.id not in past.scores:
        return
    terms = voted.known.followed(profile, digest.date)
    of = voted.known.taste(digest.date, digest.usage.scorer)
    if terms or of not in {PLAIN, _asleep(of)}:
        plain, now = past.scores[trace.id].value, _values(digest)
        yield "plain score", f"{plain:.1f}, {_place(_plain(past), trace.id)} by the scorer alone"
        if said := _products(trace, past, of):
            yield "taste", said
        if said := _named(trace, terms):
            yield "words", said
        if trace.id in now:
            yield "after taste", f"{now[trace.id]:.1f}, {_place(now, trace.id)}"


def _asleep(of: Taste) -> Taste:
    """The taste of as many votes that are too few to say anything."""
    return replace(PLAIN, words=DEFAULT.word, votes=of.votes)


def _products(trace: PaperTrace, past: Past, of: Taste) -> str:
    """``relevance +0.30, novelty −0.10, words +2.00: together +2.20 in log-odds of a 👍``."""
    score = past.scores[trace.id]
    near, named = past.similarity.get(trace.id, 0.0), past.words.get(trace.id, 0.0)
    about = features(Seen(trace.id, 1, score.value, score.relevance, score.novelty, near, named))
    products = (
        ("relevance", of.relevance * about.relevance),
        ("novelty", of.novelty * about.novelty),
        ("similarity", of.similarity * about.similarity),
        ("words followed", of.words * about.words),
    )
    said = [f"{name} {_signed(value)}" for name, value in products if abs(value) >= _TINY]
    if not said:
        return ""
    return f"{', '.join(said)}: together {_signed(shift(of, about))} in log-odds of a 👍"


def _named(trace: PaperTrace, terms: Iterable[Term]) -> str:
    """Which of the followed words the paper names."""
    if trace.paper is None:
        return ""
    text = {trace.id: folded(trace.paper.title, trace.paper.abstract)}
    found = [term for term in terms if amounts(text, [term])[trace.id]]
    ways = ((True, "wanted"), (False, "shown less of"))
    parts = [
        f"{', '.join(named)} ({said})"
        for way, said in ways
        if (named := [f"“{each.text}”" for each in found if ((each.weight or 0) > 0) is way])
    ]
    return f"names {' and '.join(parts)}" if parts else ""


def _exceptions(trace: PaperTrace, digest: Digest) -> Iterator[Line]:
    """Why a card from under the line is shown."""
    card = next((each for each in digest.cards if each.paper.id == trace.id), None)
    if card is None or trace.fate is not Fate.SHOWN or card.score.value >= digest.line.value:
        return
    if card.wild:
        among = figures.many(fates.pool(digest), "paper")
        yield "wild card", f"drawn at random from the {among} under the line"
    else:
        yield "despite the line", "shown for the least a day"


def _plain(past: Past) -> dict[str, float]:
    return {key: score.value for key, score in past.scores.items()}


def _values(digest: Digest) -> dict[str, float]:
    """The scores the digest ranks by."""
    cards = {card.paper.id: card.score.value for card in digest.cards}
    return cards | {each.id: each.score for each in digest.not_shown if each.score is not None}


def _place(values: Mapping[str, float], paper: str) -> str:
    """``number 6 of 299``: a paper's place by value."""
    above = sum(each > values[paper] for each in values.values())
    return f"number {figures.count(above + 1)} of {figures.count(len(values))}"


def _by(votes: Iterable[Vote]) -> str:
    """Who cast what; withdrawn votes are nobody's."""
    known = sorted(votes, key=lambda vote: vote.voter)
    return ", ".join(f"{v.voter} {traces.SIGNS[v.verdict]}" for v in known if v.verdict)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
