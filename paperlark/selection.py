"""Which papers a profile looks at, which a rule removes, and which are shown. Pure.

Every paper takes one path: `candidates` scans it, `rules` filters it or lets it by, and
`paperlark.feedback.pick` puts what was scored above or under the line.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from paperlark.domain import BatchState, Candidate, Paper
from paperlark.names import same_author

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from paperlark.domain import Batch, Listing, PaperId, Profile

FILLED = frozenset({BatchState.COMPLETE, BatchState.TRUNCATED})
"""States whose rows are the mailing date's own. A stale batch has an earlier day's."""


class Scan(NamedTuple):
    """What a profile looks at on one mailing date.

    Attributes:
        candidates: each paper once, in the order of the profile's categories and their rows.
        announced: listings of every announce type in the profile's categories.
        listings: those of the types the profile wants.
        repeats: papers left out because an earlier digest showed them.
    """

    candidates: tuple[Candidate, ...]
    announced: int
    listings: int
    repeats: int


class Ruled(NamedTuple):
    """The candidates that no rule removed, and for every other paper the rule, for people."""

    kept: tuple[Candidate, ...]
    filtered: Mapping[PaperId, str]


def candidates(
    batches: Sequence[Batch],
    papers: Mapping[PaperId, Paper],
    profile: Profile,
    shown_before: Collection[PaperId] = frozenset(),
) -> Scan:
    """The papers of the day that a profile may want.

    A batch counts where the profile names its category; an archive such as ``cs`` names the batch
    that was fetched under it. A paper in several categories comes with the best of its wanted
    announce types. A listing without a paper in `papers` is scanned with its bare id, so that it
    can be told of as undecided (see `paperlark.digest.assemble`) and does not vanish.
    """
    rows = tuple(_rows(batches, profile.categories))
    wanted = [row for row in rows if row.announce_type in profile.announce_types]
    best: dict[PaperId, Listing] = {}
    for row in wanted:
        known = best.setdefault(row.paper, row)
        if row.announce_type.rank < known.announce_type.rank:
            best[row.paper] = row
    fresh = [row for row in best.values() if row.paper not in shown_before]
    found = tuple(
        Candidate(papers.get(row.paper) or _bare(row), row.announce_type) for row in fresh
    )
    return Scan(found, len(rows), len(wanted), len(best) - len(fresh))


def _rows(batches: Sequence[Batch], categories: Sequence[str]) -> Iterator[Listing]:
    for category in dict.fromkeys(categories):
        for batch in batches:
            if batch.category == category and batch.state in FILLED:
                yield from batch.listings


def _bare(row: Listing) -> Paper:
    return Paper(row.paper, row.version, title="", abstract="", authors=(), categories=())


def rules(found: Iterable[Candidate], profile: Profile) -> Ruled:
    """Remove what an exclusion without a weight names, but never a followed author's paper.

    The rule reads ``excluded by “federated”``; of several, the profile's first.
    """
    phrases = [term.text.strip() for term in profile.exclusions if term.weight is None]
    kept, filtered = [], {}
    for candidate in found:
        named = next((phrase for phrase in phrases if mentions(candidate.paper, phrase)), None)
        if named is None or followed(candidate.paper, profile.authors):
            kept.append(candidate)
        else:
            filtered[candidate.paper.id] = f"excluded by “{named}”"
    return Ruled(tuple(kept), filtered)


def mentions(paper: Paper, phrase: str) -> bool:
    """Whether title or abstract has the phrase, as whole words.

    Case does not matter, a hyphen is a space, and the last word may be in the plural where the
    phrase has it in the singular; nothing else is stemmed. An empty phrase is never there.
    """
    pattern = _pattern(phrase)
    return pattern is not None and any(
        pattern.search(_plain(text)) for text in (paper.title, paper.abstract)
    )


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str] | None:
    plain = _plain(phrase)
    if not plain:
        return None
    forms = "|".join(re.escape(form) for form in (plain, _plural(plain)))
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")


def _plural(plain: str) -> str:
    """The phrase with its last word in the regular English plural."""
    if re.search(r"[b-df-hj-np-tv-xz]y$", plain):
        return plain[:-1] + "ies"
    return plain + ("es" if re.search(r"(?:s|x|z|ch|sh)$", plain) else "s")


_HYPHENS = re.compile(r"[\s\u2010-\u2015\u2212-]+")


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """One line in lower case with single spaces for hyphens, compatible forms made equal."""
    return _HYPHENS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def followed(paper: Paper, authors: Iterable[str]) -> tuple[str, ...]:
    """The names on the paper, as it has them, that belong to any of these authors."""
    wanted = tuple(authors)
    return tuple(
        author.name
        for author in paper.authors
        if any(same_author(author.name, each) for each in wanted)
    )
