"""A page of a digest, and a paper in full, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.slack import blocks, cards, limits, post, text
from paperlark.domain import Fate
from paperlark.post import Setting
from paperlark.render import dates, fates, figures, headline, links, names, words

if TYPE_CHECKING:
    from bot.channels.slack.blocks import Block, Element
    from bot.replies import AbstractOf, DigestPage
    from paperlark.domain import Card, Digest, Unshown

Made = tuple[str, list["Block"]]
"""The line for screen readers, and the blocks."""
BELOW: Final = "below"
_AUTHORS: Final = 10


def digest_page(page: DigestPage, *, year: int | None, shared: bool) -> Made:
    """Up to five cards with their buttons, or the near misses; how to turn the page."""
    named = headline.name(page.digest, year=year)
    made = [blocks.context("where", *_where(page, named))]
    if page.said:
        made.append(blocks.context("said", blocks.plain(page.said, limits.REASON)))
    for card in page.cards:
        if _crosses(page, card):
            made.append(_rule(page.digest))
        made += _card(page, card, shared=shared)
    for place, paper in enumerate(page.below):
        made += _miss(page, paper, place)
    made += _closing(page)
    if not shared and (row := _turning(page)):
        made.append(blocks.actions("pg", *row))
    return f"{named}, {_range(page)}.", made


def _where(page: DigestPage, named: str) -> list[Element]:
    """``*foundations, Thu 19 Nov*  ·  ✓ complete  ·  6–10 of 10``; without cards, why."""
    digest = page.digest
    head = headline.headline(digest, Setting())
    if not (page.cards or page.below):
        first, *rest = post.verdict(head)
        return [blocks.mrkdwn(f"{text.bold(named)}{cards.GAP}{first['text']}"), *rest]
    state = f"{head.mark} {words.verdict(digest).word.lower()}"
    return [blocks.mrkdwn(cards.GAP.join((text.bold(named), state, _range(page))))]


def _range(page: DigestPage) -> str:
    if page.below:
        return "just below the line"
    if not page.cards:
        return headline.amount(page.digest)
    of = figures.count(len(page.digest.cards))
    return f"{page.cards[0].rank}–{page.cards[-1].rank} of {of}"


def _card(page: DigestPage, card: Card, *, shared: bool) -> list[Block]:
    paper = card.paper.id
    vote = None if shared else page.votes.get(paper)
    row = blocks.actions(
        f"a:{card.rank}",
        *cards.thumbs(paper, vote),
        blocks.button(f"abstract:{paper}", "Abstract", paper),
        cards.more(paper, saved=not shared and paper in page.saved),
    )
    return [cards.full(card, page.digest.line.value, f"c:{card.rank}", score=True), row]


def _miss(page: DigestPage, paper: Unshown, place: int) -> list[Block]:
    at, score = page.digest.line.value, paper.score or 0.0
    facts = (
        text.line(names.line(paper.authors), limits.NAMES),
        f"{figures.gap(score, at)} the line",
    )
    parts = [
        blocks.link(links.paper(paper.id), paper.title, bold=True),
        blocks.words("\n" + figures.score(score, at), bold=True),
        blocks.words("".join(f" · {fact}" for fact in facts if fact)),
    ]
    row = blocks.actions(
        f"ma:{place}",
        *cards.thumbs(paper.id, page.votes.get(paper.id)),
        blocks.button(f"abstract:{paper.id}", "Abstract", paper.id),
        cards.more(paper.id, saved=paper.id in page.saved),
    )
    return [blocks.rich(f"m:{place}", parts), row]


def _crosses(page: DigestPage, card: Card) -> bool:
    """Whether the line lies before this card: the first that is shown from under it."""
    under = [each for each in page.digest.cards if each.score.value < page.digest.line.value]
    return bool(under) and under[0] is card


def _rule(digest: Digest) -> Block:
    at = figures.line(digest.line.value)
    return blocks.context("theline", blocks.mrkdwn(f"───────  the line: *{at}*  ───────"))


def _closing(page: DigestPage) -> list[Block]:
    """The undecided, after the last card."""
    lost = fates.of(page.digest, Fate.UNDECIDED)
    if not lost or page.page != page.pages:
        return []
    return [blocks.divider("d1"), post.undecided(lost)]


def _turning(page: DigestPage) -> list[Element]:
    row = [blocks.button(f"page:{n}", said, page.turned(n)) for n, said in page.beside]
    if page.page and fates.near(page.digest):
        row.append(blocks.button("page:below", "Just below the line", page.turned(BELOW)))
    if page.cards and not page.own:
        row.append(blocks.button("share", "Share here", page.turned(page.page)))
    return row


def abstract(found: AbstractOf, *, year: int | None, shared: bool) -> Made:
    """Title, authors, what is known, the abstract, and how the paper stands here."""
    paper = found.paper
    authors = text.line(names.line(names.of(paper.authors), keep=_AUTHORS), limits.REASON)
    title = [blocks.link(links.paper(paper.id), paper.title, bold=True)]
    made = [
        blocks.rich("title", [*title, *([blocks.words(f"\n{authors}")] if authors else [])]),
        blocks.context("meta", *_meta(found, year)),
        blocks.section("text", blocks.plain(paper.abstract or "No abstract is kept.")),
        *_standing(found),
        _handles(found, shared=shared),
    ]
    return f"Abstract of {paper.id}: {paper.title}", made


def _meta(found: AbstractOf, year: int | None) -> list[Element]:
    paper = found.paper
    facts = [paper.id, ", ".join(paper.categories), _announced(found, year)]
    told = blocks.mrkdwn(text.marked(" · ".join(fact for fact in facts if fact), 600) or "–")
    return [told, blocks.plain(paper.comment, limits.REASON)] if paper.comment else [told]


def _announced(found: AbstractOf, year: int | None) -> str:
    if not found.announced:
        return ""
    kind = f", {found.announce_type.value}" if found.announce_type else ""
    return f"announced {dates.short(found.announced, year=year)}{kind}"


def _standing(found: AbstractOf) -> list[Block]:
    if not found.score:
        return []
    rank = f"rank {found.rank} of {figures.count(found.of)}" if found.rank else ""
    within = f"{rank} in {found.profile}" if rank and found.profile else rank
    # Without a line at hand, a whole number: `at` is out of every score's reach.
    return [cards.graded(found.score, float("-inf"), within)]


def _handles(found: AbstractOf, *, shared: bool) -> Block:
    paper = found.paper.id
    page = links.paper(paper).replace("/abs/", "/pdf/", 1)
    row: list[Element | None] = [
        blocks.link_button("open:pdf", "PDF", page),
        blocks.button("bib", "BibTeX", paper),
        None if shared else blocks.button("share", "Share here", paper),
    ]
    vote, saved = (None, False) if shared else (found.vote, found.saved)
    return cards.buttons(paper, "act", vote=vote, saved=saved, abstract=False, more=row)
