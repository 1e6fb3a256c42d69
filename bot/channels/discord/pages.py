"""A page of a digest, and a paper in full, as components."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.channels.discord import cards, limits, parts, post, text
from bot.replies import PAGE
from paperlark.domain import Fate
from paperlark.post import Setting
from paperlark.render import dates, fates, figures, headline, links, names, words

if TYPE_CHECKING:
    from bot.channels.discord.cards import Measure
    from bot.channels.discord.parts import Part
    from bot.replies import AbstractOf, DigestPage
    from paperlark.domain import Card, Digest, Unshown

BELOW: Final = "below"
_AUTHORS: Final = 10
_LISTED: Final = 4


def digest_page(page: DigestPage, *, year: int | None, shared: bool) -> list[Part]:
    """Up to five cards with their buttons, or the near misses; how to turn the page."""
    made: list[Part] = []
    for measure in cards.MEASURES:
        made = [parts.container(*_page(page, measure, year=year, shared=shared))]
        if parts.fits(made):
            break
    return made


def _page(
    page: DigestPage, measure: Measure, *, year: int | None, shared: bool
) -> list[Part | None]:
    named = headline.name(page.digest, year=year)
    about = parts.small(text.marked(page.said, limits.REASON)) if page.said else ""
    made: list[Part | None] = [parts.said(*_where(page, named, measure), about)]
    for card in page.cards[:PAGE]:
        if _crosses(page, card):
            made.append(_rule(page.digest))
        made += _card(page, card, measure, shared=shared)
    for paper in page.below[:PAGE]:
        made += _miss(page, paper, measure, shared=shared)
    return [*made, *_closing(page), None if shared else parts.row(*_turning(page))]


def _where(page: DigestPage, named: str, measure: Measure) -> list[str]:
    """``**foundations, Thu 19 Nov** · ✓ complete · 6–10 of 10``; without cards, why."""
    head = headline.headline(page.digest, Setting())
    bold = text.bold(named, limits.HEADER)
    if not (page.cards or page.below):
        return [f"{bold} · {post.verdict(head, measure)}"]
    state = f"{head.mark} {words.verdict(page.digest).word.lower()}"
    return [cards.GAP.join((bold, state, _range(page)))]


def _range(page: DigestPage) -> str:
    if page.below:
        return "just below the line"
    of = figures.count(len(page.digest.cards))
    return f"{page.cards[0].rank}–{page.cards[-1].rank} of {of}"


def _card(page: DigestPage, card: Card, measure: Measure, *, shared: bool) -> list[Part | None]:
    paper, at = card.paper.id, page.digest.line.value
    said = parts.said(cards.full(card, at, measure), cards.graded(card.score, at))
    vote = None if shared else page.votes.get(paper)
    saved = not shared and paper in page.saved
    return [said, cards.buttons(paper, vote=vote, saved=saved)]


def _miss(page: DigestPage, paper: Unshown, measure: Measure, *, shared: bool) -> list[Part | None]:
    """A paper that just missed: its score, and how far it is from the line."""
    at, score = page.digest.line.value, paper.score or 0.0
    facts = (
        f"**{figures.score(score, at)}**",
        text.marked(names.line(paper.authors, keep=1), measure.names),
        f"{figures.gap(score, at)} the line",
    )
    title = text.link(links.paper(paper.id), paper.title, measure.title)
    said = parts.said(f"**{title}**", parts.small(cards.GAP.join(filter(None, facts))))
    vote = None if shared else page.votes.get(paper.id)
    saved = not shared and paper.id in page.saved
    return [said, cards.buttons(paper.id, vote=vote, saved=saved)]


def _crosses(page: DigestPage, card: Card) -> bool:
    """Whether the line lies before this card: the first that is shown from under it."""
    under = [each for each in page.digest.cards if each.score.value < page.digest.line.value]
    return bool(under) and under[0] is card


def _rule(digest: Digest) -> Part:
    at = figures.line(digest.line.value)
    return parts.said(parts.small(f"───────  the line: **{at}**  ───────"))


def _closing(page: DigestPage) -> list[Part]:
    """The undecided, after the last card."""
    lost = fates.of(page.digest, Fate.UNDECIDED)
    if not lost or page.page != page.pages:
        return []
    return [parts.said(post.undecided(lost, _LISTED))]


def _turning(page: DigestPage) -> list[Part]:
    row = [parts.button(f"page:{page.turned(number)}", said) for number, said in page.beside]
    if page.page and fates.near(page.digest):
        row.append(parts.button(f"page:{page.turned(BELOW)}", "Just below the line"))
    if page.cards and not page.own:
        row.append(parts.button(f"share:{page.turned(page.page)}", "Share here"))
    return row


def abstract(found: AbstractOf, *, year: int | None, shared: bool) -> list[Part]:
    """Title, authors, what is known, the abstract, and how the paper stands here."""
    paper = found.paper
    authors = names.line(names.of(paper.authors), keep=_AUTHORS)
    top = parts.said(
        f"**{text.link(links.paper(paper.id), paper.title, limits.TITLE)}**",
        text.marked(authors, limits.REASON),
        parts.small(text.marked(_meta(found, year), limits.REASON)),
        parts.small(text.marked(paper.comment or "", limits.REASON)),
    )
    standing = [parts.said(_standing(found))] if found.score else []
    room = limits.TOTAL - parts.weight([top, *standing]) - limits.LABEL
    told = parts.said(text.marked(paper.abstract or "No abstract is kept.", room))
    return [parts.container(top, told, *standing, *_handles(found, shared=shared))]


def _meta(found: AbstractOf, year: int | None) -> str:
    facts = [found.paper.id, ", ".join(found.paper.categories), _announced(found, year)]
    return cards.GAP.join(fact for fact in facts if fact)


def _announced(found: AbstractOf, year: int | None) -> str:
    if not found.announced:
        return ""
    kind = f", {found.announce_type.value}" if found.announce_type else ""
    return f"announced {dates.short(found.announced, year=year)}{kind}"


def _standing(found: AbstractOf) -> str:
    if not found.score:
        return ""
    rank = f"rank {found.rank} of {figures.count(found.of)}" if found.rank else ""
    within = f"{rank} in {found.profile}" if rank and found.profile else rank
    # Without a line at hand, a whole number: `at` is out of every score's reach.
    return cards.graded(found.score, float("-inf"), within)


def _handles(found: AbstractOf, *, shared: bool) -> list[Part | None]:
    paper = found.paper.id
    page = links.paper(paper).replace("/abs/", "/pdf/", 1)
    more = [
        parts.button(f"bib:{paper}", "BibTeX"),
        None if shared else parts.button(f"share:{paper}", "Share here"),
    ]
    vote, saved = (None, False) if shared else (found.vote, found.saved)
    return [
        cards.buttons(paper, vote=vote, saved=saved, abstract=False, more=more),
        parts.row(parts.link_button("PDF", page), parts.button(f"why:{paper}", "Why this score")),
    ]
