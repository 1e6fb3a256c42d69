"""Which papers of a day to ask about: those whose thumbs would teach most."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from paperlark.drafting.spoken import terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from paperlark.domain import Paper, PaperId

COUNT: Final = 6
_EACH_SIDE: Final = 20
"""Papers over the line, and under it, that are looked at: further ones are no question."""
_SHARED, _COMMON = 2, 0.1


def questions(
    scores: Mapping[PaperId, float],
    line: float,
    themes: Mapping[PaperId, Collection[str]],
    *,
    known: Collection[PaperId] = (),
    count: int = COUNT,
) -> tuple[PaperId, ...]:
    """Up to `count` papers, the one whose answer is the most uncertain first.

    The papers nearest to the line, twenty on each side, are cut into as many bands of scores; each
    band gives its paper nearest to the line that has no theme with one picked before. Where a band
    has none left, the nearest paper of any band takes its turn.

    Args:
        scores: of the day's papers, 0 to 100.
        line: a paper of this score is as likely liked as not.
        themes: what each paper is about; a paper without any is of no theme but its own.
        known: papers whose answer is known.
        count: how many to ask about.
    """
    order = sorted((key for key in scores if key not in known), key=lambda k: (-scores[k], k))
    over = [key for key in order if scores[key] >= line][-_EACH_SIDE:]
    near = over + [key for key in order if scores[key] < line][:_EACH_SIDE]
    picked: list[PaperId] = []
    said: set[str] = set()
    for band in (*_bands(near, count), *[near] * count):
        free = [k for k in band if k not in picked and said.isdisjoint(themes.get(k, ()))]
        if free and len(picked) < count:
            best = min(free, key=lambda k: (abs(scores[k] - line), k))
            picked.append(best)
            said.update(themes.get(best, ()))
    return tuple(sorted(picked, key=lambda k: (abs(scores[k] - line), k)))


def _bands(keys: Sequence[PaperId], count: int) -> list[Sequence[PaperId]]:
    """The keys, in order, in `count` parts that differ by one at most."""
    cuts = [len(keys) * n // count for n in range(count + 1)]
    return [keys[a:b] for a, b in pairwise(cuts)]


def themes(papers: Iterable[Paper]) -> dict[PaperId, frozenset[str]]:
    """What the titles of a day's papers are about: terms that some of them share, and few have."""
    titles = {paper.id: frozenset(term for term, _ in terms(paper.title)) for paper in papers}
    counted = Counter(term for title in titles.values() for term in title)
    most = max(_SHARED, _COMMON * len(titles))
    kept = {term for term, count in counted.items() if _SHARED <= count <= most}
    return {key: title & kept for key, title in titles.items()}
