"""A page of a digest, and a paper in full, as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix import cards, limits, post, text
from bot.replies import PAGE
from paperlark.domain import Fate
from paperlark.post import Setting
from paperlark.render import dates, fates, figures, headline, links, names, words

if TYPE_CHECKING:
    from bot.replies import AbstractOf, DigestPage

_AUTHORS: Final = 10


def digest_page(page: DigestPage, *, year: int | None) -> str:
    """Up to five cards, or the near misses; what to type to turn the page."""
    digest = page.digest
    at, head = digest.line.value, headline.headline(digest, Setting())
    shown = page.cards[:PAGE]
    under = [card.rank for card in digest.cards if card.score.value < at]
    lost = fates.of(digest, Fate.UNDECIDED) if page.page == page.pages else ()
    return text.drawn(
        "page",
        name=text.line(headline.name(digest, year=year), limits.HEADER),
        said=text.line(page.said, limits.REASON),
        empty=None if shown or page.below else post.verdict(head),
        state=f"{head.mark} {words.verdict(digest).word.lower()}",
        range=_range(page),
        cards=[cards.card(card, at) for card in shown],
        below=[cards.miss(paper, at) for paper in page.below[:PAGE]],
        line=figures.line(at),
        line_before=str(under[0]) if under else "",
        undecided=post.undecided(lost) if lost else None,
        turns=_turns(page),
    )


def _range(page: DigestPage) -> str:
    if page.below:
        return "just below the line"
    if not page.cards:
        return headline.amount(page.digest)
    of = figures.count(len(page.digest.cards))
    return f"{page.cards[0].rank}–{page.cards[-1].rank} of {of}"


def _turns(page: DigestPage) -> list[dict[str, str]]:
    turns = [(str(number), said) for number, said in page.beside]
    if page.page and fates.near(page.digest):
        turns.append(("below", "Just below the line"))
    day = f"{'mine ' if page.own else ''}{page.digest.date.isoformat()}"
    named = f" profile:{page.profile}" if page.profile else ""
    return [{"said": said, "typed": f"!digest {day} {to}{named}"} for to, said in turns]


def abstract(found: AbstractOf, *, year: int | None) -> str:
    """Title, authors, what is known, the abstract, and how the paper stands here."""
    paper = found.paper
    authors = names.line(names.of(paper.authors), keep=_AUTHORS)
    shown = cards.Shown(
        id=text.line(paper.id, limits.PROFILE),
        title=text.line(paper.title, limits.TITLE) or "untitled",
        href=links.paper(paper.id),
        about=text.line(authors, limits.REASON),
    )
    meta = (paper.id, ", ".join(paper.categories), _announced(found, year))
    return text.drawn(
        "abstract",
        paper=shown,
        meta=text.line(cards.GAP.join(fact for fact in meta if fact), limits.REASON),
        comment=text.line(paper.comment or "", limits.REASON),
        abstract=text.line(paper.abstract or "No abstract is kept.", limits.ABSTRACT),
        pdf=links.file(paper.id),
        **_standing(found),
    )


def _announced(found: AbstractOf, year: int | None) -> str:
    if not found.announced:
        return ""
    kind = f", {found.announce_type.value}" if found.announce_type else ""
    return f"announced {dates.short(found.announced, year=year)}{kind}"


def _standing(found: AbstractOf) -> dict[str, Any]:
    if not found.score:
        return {"score": "", "grades": "", "standing": ""}
    rank = f"rank {found.rank} of {figures.count(found.of)}" if found.rank else ""
    within = f"{rank} in {found.profile}" if rank and found.profile else rank
    return {
        # Without a line at hand, a whole number: `at` is out of every score's reach.
        "score": figures.score(found.score.value, float("-inf")),
        "grades": cards.grades(found.score),
        "standing": text.line(within, limits.HEADER),
    }
