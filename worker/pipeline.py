"""From an announcement to a digest, in three steps. Knows neither RQ nor Redis.

Each step reads what the one before it kept and may be run again at any time: fetching skips what
is settled, scoring skips what is scored, and a digest made again from the same is the same.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from paperlark import __version__, facts, selection
from paperlark import digest as digests
from paperlark.domain import BatchState, Scored, Usage, VerdictState
from paperlark.feedback import showing
from paperlark.ports import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from paperlark.domain import Batch, Candidate, Digest, Label, Paper, PaperId, Profile
    from paperlark.feedback import Knobs, Showing, Steering
    from paperlark.ports import PaperStore, Scorer, Source

    Labels = Mapping[PaperId, Label]
    MakeScorer = Callable[[date, Iterable[Paper], Labels, Labels], Scorer]
    """Builds a scorer for a date, the store's unlabelled papers, and what is known of papers for
    the profile: by models, and by votes."""


class Kept(Store, facts.Kept, Protocol):
    """All that a day is made from."""


class Feedback(NamedTuple):
    """How votes are heard, by the settings: the two knobs, and whether there is a wild card."""

    knobs: Knobs | None = None
    wild: bool = True


AS_SHIPPED = Feedback()

SETTLED = frozenset({BatchState.COMPLETE, BatchState.QUIET})
WORTH = {VerdictState.COMPLETE: 2, VerdictState.QUIET: 2, VerdictState.PARTIAL: 1}
"""How much a digest knows of its day, by its verdict; 0 for the others."""


def standing(profile: Profile, day: date, store: Store, scorer: str) -> Digest | None:
    """The digest that is kept, where nothing could make another one of it.

    It is of this revision of the profile and this scorer, its day was whole, and every paper was
    scored. Papers change after their day (versions, cross-lists) and are forgotten after weeks;
    a digest that stands does neither, nor does it ask anybody anything.
    """
    kept = store.digest(profile.name, day)
    if kept is None or WORTH.get(kept.verdict.state, 0) < WORTH[VerdictState.COMPLETE]:
        return None
    same = (kept.provenance.revision, kept.usage.scorer) == (profile.revision, scorer)
    stands = same and not kept.counts.undecided
    return kept if stands and _made_of(kept, store.batches(day, profile.categories)) else None


def _made_of(kept: Digest, batches: Sequence[Batch]) -> bool:
    """Whether the digest was made from what is kept of its day; after weeks nothing is."""
    if not batches:
        return True
    papers = {card.paper.id for card in kept.cards} | {each.id for each in kept.not_shown}
    rows = sum(len(batch.listings) for batch in batches)
    settled = all(_settled(batch) for batch in batches)
    return settled and rows == kept.counts.announced and papers <= _listed(batches)


def fetch(
    day: date, categories: Sequence[str], source: Source, store: PaperStore
) -> tuple[Batch, ...]:
    """Fetch the categories that are not settled yet, keep them, and return what is kept for all.

    What came from a file, or could not be checked, is fetched again: arXiv's own word is better.
    """
    kept = {batch.category: batch for batch in store.batches(day, categories)}
    missing = [name for name in categories if not _settled(kept.get(name))]
    if missing:
        store.save(source.fetch(day, missing))
    return store.batches(day, categories)


def _settled(batch: Batch | None) -> bool:
    if batch is None or batch.state not in SETTLED:
        return False
    return batch.source != "file" and not batch.unchecked


def score(
    profile: Profile,
    day: date,
    store: Kept,
    scorer: str,
    make: MakeScorer,
    *,
    hearing: Feedback = AS_SHIPPED,
) -> Scored:
    """Score the day's candidates for the profile, unless every one of them is scored already.

    What another scorer gave in its place (the local ranker, when no model could be asked) does not
    count as scored: the next run tries again. The scorer sees the line as the votes have moved it:
    it looks twice at what may be shown.
    """
    kept = _candidates(profile, day, store)
    have = store.scores(profile.name, profile.revision, day, scorer)
    if have and have.usage.scorer == scorer and _covers(have, kept):
        return have
    examples = store.papers([*profile.liked, *profile.not_liked])
    background = chain(examples.values(), store.recent())
    known = facts.gather(store, profile.name, hearing.knobs)
    line = known.course(profile.base_line, day).line.value
    judge = make(day, background, store.labels(profile.name), known.labels(day))
    scored = judge.score(kept, replace(profile, base_line=line))
    store.save_scores(profile.name, profile.revision, day, scorer, scored)
    return scored


def _covers(have: Scored, kept: Iterable[Candidate]) -> bool:
    return all(candidate.paper.id in have.scores for candidate in kept)


def _candidates(profile: Profile, day: date, store: Store) -> tuple[Candidate, ...]:
    batches = store.batches(day, profile.categories)
    papers = store.papers(_listed(batches))
    picked = selection.candidates(batches, papers, profile, store.shown_before(profile.name, day))
    return selection.rules(picked.candidates, profile).kept


def _listed(batches: Iterable[Batch]) -> frozenset[PaperId]:
    return frozenset(listing.paper for batch in batches for listing in batch.listings)


def publish(
    profile: Profile,
    day: date,
    store: Kept,
    scorer: str,
    *,
    now: datetime | None = None,
    hearing: Feedback = AS_SHIPPED,
) -> Digest:
    """Assemble the day's digest from what is kept, and keep it.

    The digest that is kept already is returned where it stands (see `standing`), where nothing but
    the moment would change, and where a new one would know less of the day.

    Args:
        profile: whose digest.
        day: the mailing date.
        store: holds the batches, papers and scores.
        scorer: whose scores, as `score` kept them.
        now: when it is made, for people.
        hearing: how votes are heard.
    """
    if (stands := standing(profile, day, store, scorer)) is not None:
        return stands
    batches = store.batches(day, profile.categories)
    papers = store.papers(_listed(batches))
    kept = store.scores(profile.name, profile.revision, day, scorer)
    scored = kept or Scored({}, {}, Usage(scorer))
    known = facts.gather(store, profile.name, hearing.knobs)
    steering = facts.steer(profile, day, known, scored, papers, wild=hearing.wild)
    made = digests.assemble(
        profile,
        day,
        batches,
        papers,
        scored,
        version=__version__,
        shown_before=store.shown_before(profile.name, day),
        steering=steering,
        made_at=now,
    )
    before = store.digest(profile.name, day)
    if before and (_same(made, before) or _knows_less(made, before)):
        return before
    store.save_digest(made, _kept(_shows(made, scored, steering), store.showings(profile.name)))
    return made


def _shows(made: Digest, scored: Scored, steering: Steering) -> Showing:
    """What the digest shows, with what was known of each card before any vote touched it."""
    wild = next((card.paper.id for card in made.cards if card.wild), None)
    return showing(made, scored.scores, steering.similarity, steering.words, wild)


def _kept(shows: Showing, earlier: Iterable[Showing]) -> Showing:
    """With what the day's digest showed before it was made again: votes on those cards count on."""
    now = {card.paper for card in shows.cards}
    before = (card for each in earlier if each.date == shows.date for card in each.cards)
    return replace(shows, cards=(*shows.cards, *(card for card in before if card.paper not in now)))


def _same(made: Digest, before: Digest) -> bool:
    return replace(made, made_at=before.made_at) == before


def _knows_less(made: Digest, before: Digest) -> bool:
    return WORTH.get(made.verdict.state, 0) < WORTH.get(before.verdict.state, 0)
