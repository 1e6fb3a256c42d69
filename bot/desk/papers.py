"""One paper: its abstract, its trace, its BibTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import words
from bot.desk.digests import votes_here
from bot.desk.house import named, place
from bot.replies import AbstractOf, File, Lines
from paperlark import facts, ids, pasts, tracing
from paperlark.errors import ConfigError, NotFound
from paperlark.render import figures
from paperlark.render import trace as traces
from paperlark.render.bibtex import bibtex
from paperlark.store import aftermath

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from bot.desk.house import House, Place
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import Digest, Paper, PaperId, PaperTrace


def meant(text: str) -> PaperId:
    """The paper that an id in any usual form, or free text with one in it, means.

    Raises:
        NotFound: there is none in it.
    """
    if not text.strip():
        raise NotFound("Which paper? Give its id or a link: `/abstract 2611.90412`.")
    if len(text) > words.LONGEST:
        raise NotFound(words.too_long(text))
    try:
        return ids.canonical(text)[0]
    except ConfigError as error:
        found = ids.find(text)
        if found is None:
            raise NotFound(str(error)) from error
        return found[0]


def kept(house: House, at: Place, paper: PaperId) -> Paper:
    """The paper as it is kept, in the store or on a digest of the place.

    Raises:
        NotFound: nothing is kept of it.
    """
    found = house.store.papers([paper]).get(paper)
    found = found or house.store.trace(at.profile.name, paper).paper
    if found is None:
        raise NotFound(words.unknown_paper(paper))
    return found


def abstract(house: House, asker: Asker, query: str) -> Reply:
    """The paper in full, and how it stands in the place's profile."""
    wanted = meant(query)
    at = place(house, asker, wanted)
    day, traced, digest = _trace(house, at, wanted)
    paper = traced.paper or kept(house, at, wanted)
    kinds = sorted((row.announce_type for _, row in traced.listings), key=lambda kind: kind.rank)
    card = next((c for c in digest.cards if c.paper.id == wanted), None) if digest else None
    return AbstractOf(
        paper=paper,
        announced=day,
        announce_type=card.announce_type if card else next(iter(kinds), None),
        profile=at.profile.name,
        score=traced.score,
        rank=card.rank if card else None,
        of=len(digest.cards) if digest else 0,
        vote=votes_here(house, asker, at).get(wanted),
        saved=wanted in house.store.saved.kept_for(asker.voter),
    )


def why(house: House, asker: Asker, query: str) -> Reply:
    """The whole trace of one paper in the place's profile."""
    wanted = meant(query)
    at = place(house, asker, wanted)
    day, traced, digest = _trace(house, at, wanted)
    if traced.paper is None and not traced.listings:
        raise NotFound(words.unknown_paper(wanted))
    name, store = at.profile.name, house.store
    sent = tuple(aftermath.deliveries(store, name, wanted, day)) if day else ()
    told = tracing.rows(
        traced,
        at.profile,
        day,
        digest,
        voted=_voted(house, asker, at, wanted, digest),
        deliveries=_delivered(asker, at, sent),
    )
    title = f"{wanted}: {traced.paper.title}" if traced.paper else wanted
    return Lines(title, tuple(f"{label}: {said}" for label, said in told))


def _delivered(asker: Asker, at: Place, sent: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """What became of it here; other places, which may be people's, are counted for most askers."""
    elsewhere = 0
    for subscription, ref in sent:
        if subscription == at.id or named(asker, at):
            yield traces.delivered(subscription, ref)
        else:
            elsewhere += 1
    if elsewhere:
        yield f"{figures.many(elsewhere, 'other place')} besides"


def _voted(
    house: House, asker: Asker, at: Place, paper: PaperId, digest: Digest | None
) -> tracing.Votes:
    """What votes have to do with it; who cast them is not told to everybody."""
    name = at.profile.name
    known = facts.gather(house.store, name, house.knobs)
    cast = aftermath.votes_on(house.store, name, paper)
    terms = known.followed(at.profile, digest.date) if digest else ()
    return tracing.Votes(
        known,
        pasts.past(house.store, digest, terms) if digest else None,
        cast,
        named=named(asker, at, cast),
    )


def cite(house: House, asker: Asker, paper: PaperId) -> Reply:
    """One paper's BibTeX entry."""
    wanted = meant(paper)
    return cited([kept(house, place(house, asker, wanted), wanted)], wanted.replace("/", "-"))


def cited(papers: Iterable[Paper], name: str) -> File:
    """A BibTeX file of these papers."""
    return File(f"{name}.bib", bibtex(papers))


def _trace(
    house: House, at: Place, paper: PaperId
) -> tuple[date | None, PaperTrace, Digest | None]:
    """The newest day that lists or shows the paper, its trace on that day, and the digest."""
    name = at.profile.name
    listed = [day for day, _, _ in house.store.listed(paper)]
    day = max([*listed, *house.store.shown_on(name, paper)], default=None)
    digest = house.store.digest(name, day) if day else None
    return day, house.store.trace(name, paper, day), digest
