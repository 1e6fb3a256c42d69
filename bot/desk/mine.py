"""``/digest mine``: the day of the place's profile, ranked for the asking person alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Final

from bot import words
from bot.desk import digests
from bot.desk.house import place
from bot.desk.layers import owned, wishes
from bot.replies import PAGE, DigestPage, Lines, Said
from paperlark import personal
from paperlark.facts import Facts
from paperlark.render import fates
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.desk.house import House, Place
    from bot.ports import Asker
    from bot.replies import Reply
    from paperlark.domain import AnnounceType, Digest, Paper, PaperId, Scored
    from paperlark.personal import Day, Own, Page


_TOPICS: Final = "topics"
_NOTHING: Final = {"none", "nothing", "off"}
_NUMBER: Final = re.compile(rf"(?:\d{{1,4}}|{digests.BELOW})", re.IGNORECASE | re.ASCII)
_FOR: Final = "{profile}, for you"
_SCORERS: Final = ("llm", "local")


def mine(house: House, asker: Asker, text: str) -> Reply:
    """A page of one's own digest: of the newest day, or of the one that is named.

    ``topics TEXT`` says what one works on, in one's own words; ``topics none`` takes that back.
    """
    first, _, rest = text.strip().partition(" ")
    if first.lower() == _TOPICS:
        return _topics(house, asker, rest)
    if not first or _NUMBER.fullmatch(first):
        return page(house, asker, "latest", first)
    return page(house, asker, first, rest)


def page(house: House, asker: Asker, when: str, number: str = "1") -> Reply:
    """That page of one's own digest of that day; what there is to say, where there is none."""
    reply = digests.digest(house, asker, when)
    if not isinstance(reply, DigestPage):
        return reply
    at = place(house, asker)
    made = _made(house, at, asker, reply.digest)
    house.store.layers.show(asker.voter, at.profile.name, made.showing)
    name = _FOR.format(profile=at.profile.name)
    return _page(replace(reply, digest=replace(made.digest, profile=name)), number, _said(made))


def _page(whole: DigestPage, asked: str, said: str) -> DigestPage:
    cards = whole.digest.cards
    pages = max(1, -(-len(cards) // PAGE))
    number = digests.numbered(asked, pages)
    first = (number - 1) * PAGE
    near = (*fates.past_cap(whole.digest), *fates.near(whole.digest))[:PAGE]
    return replace(
        whole,
        page=number,
        pages=pages,
        cards=cards[first : first + PAGE] if number else (),
        below=() if number else near,
        own=True,
        said=said,
    )


def _made(house: House, at: Place, asker: Asker, digest: Digest) -> Page:
    """The day for that person, from what is kept of both."""
    own = _own(house, at, asker)
    now = house.clock().astimezone(UTC).date()
    day = _day(house, at, digest, own, now)
    kinds = _kinds(house, at, digest)
    return personal.page(day, own, now, at.profile.cap, kinds)


def _own(house: House, at: Place, asker: Asker) -> Own:
    store = house.store
    names = store.links.of(asker.voter)
    shelves = [store.saved.kept_for(name) for name in names]
    saved = {paper: min(s[paper] for s in shelves if paper in s) for s in shelves for paper in s}
    return personal.Own(
        person=names[0],
        votes=tuple(vote for name in names for vote in store.votes.votes_of(name)),
        saved=saved,
        layer=wishes(store, asker.voter),
        shown=tuple(each for n in names for each in store.layers.shown(n, at.profile.name)),
        examples=at.profile.liked,
    )


def _day(house: House, at: Place, digest: Digest, own: Own, now: date) -> Day:
    store, name = house.store, at.profile.name
    key = ("mine", name, digest.date, digest.inputs)
    scored, papers = house.memory.get(key, lambda: _kept(house, digest))
    wanted = {*own.examples, *(vote.paper for vote in own.facts(now))} - papers.keys()
    decided = Facts(wordings=store.choices.wordings(name))
    return personal.Day(
        digest=digest,
        scored=scored,
        papers={**papers, **store.papers(sorted(wanted))},
        shown=store.showings(name),
        words=decided.followed(at.profile, now),
    )


def _kept(house: House, digest: Digest) -> tuple[Scored | None, Mapping[PaperId, Paper]]:
    """What is the same for everybody: what the scorer said, and the day's papers."""
    scanned = [each.id for each in digest.not_shown if each.score is not None]
    cards = {card.paper.id: card.paper for card in digest.cards}
    return _scored(house, digest), {**house.store.papers(scanned), **cards}


def _scored(house: House, digest: Digest) -> Scored | None:
    """What the digest's scorer said, also where it was asked for under another's name."""
    for scorer in dict.fromkeys((digest.usage.scorer, *_SCORERS)):
        revision = digest.provenance.revision
        found = house.store.scores(digest.profile, revision, digest.date, scorer)
        if found and found.scores:
            return found
    return None


def _kinds(house: House, at: Place, digest: Digest) -> Mapping[PaperId, AnnounceType]:
    """How each paper of the day was announced: the best of the kinds the profile wants."""
    best: dict[PaperId, AnnounceType] = {}
    for batch in house.store.batches(digest.date, digest.categories):
        for row in batch.listings:
            known = best.get(row.paper, row.announce_type)
            wanted = row.announce_type in at.profile.announce_types
            if wanted and row.announce_type.rank <= known.rank:
                best[row.paper] = row.announce_type
    return best


def _said(made: Page) -> str:
    found = made.ranking
    number = len(found.facts)
    lead = words.votes_missing(number, personal.NEEDED)
    if found.own:
        lead = words.ranked_by(number, made.interests)
    return " ".join(filter(None, (lead, words.taken_off(len(found.muted)))))


def _topics(house: House, asker: Asker, text: str) -> Reply:
    """Say, take back, or show what one works on."""
    layer = wishes(house.store, asker.voter)
    topics = plain(text).strip('"“”` ')
    if not topics:
        return Lines("Your topics", (layer.topics or words.NO_TOPICS,), words.TOPICS_HOW)
    gone = topics.lower() in _NOTHING
    kept = layer.about("" if gone else topics)
    owned(house.store, asker.voter, kept)
    read = [term.text for term in personal.phrases(kept.topics)]
    return Said(words.TOPICS_GONE if gone else words.topics_kept(read))
