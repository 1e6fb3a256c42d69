"""A digest as Matrix messages: what stands in the room, and what in its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.channels.matrix import cards, limits, text
from paperlark.domain import Fate
from paperlark.post import Message
from paperlark.render import addresses, fates, figures, headline, names, words
from paperlark.subscription import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.matrix.limits import Measure
    from paperlark.domain import Card, Digest, Unshown
    from paperlark.post import Setting

BEST: Final = 5
"""Cards in a summary; the others are in the thread alone."""
LISTED: Final = 8
"""Undecided papers that are named; the others are counted."""


def compose(digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
    """The messages of a digest or a notice, each within a homeserver's limits."""
    made = _Post(digest, form, setting, headline.headline(digest, setting))
    if setting.notice:
        return (made.notice(),)
    return (made.root(), *made.about(), *made.papers(), *made.undecided())


@dataclass(frozen=True, slots=True)
class _Post:
    """One post in the making. Its first message is a text, of which clients may make a sound."""

    digest: Digest
    form: Form
    setting: Setting
    head: headline.Headline

    def notice(self) -> Message:
        said = phrase(self.head.verdict, limits.ABSTRACT)
        html = text.drawn("notice", profile=text.line(self.digest.profile, 64), said=said)
        return Message("notice", text.content(html, notice=False))

    def root(self) -> Message:
        return Message("summary", text.fitting(self._root, notice=False))

    def about(self) -> list[Message]:
        """What a post of one line says in its thread."""
        if self.form is not Form.THREAD_ONLY:
            return []
        made = text.fitting(lambda measure: self._drawn("about", measure))
        return [Message("about", made, reply=True)]

    def papers(self) -> list[Message]:
        # A digest shows a paper once; were it there twice, a reaction could not tell which.
        once = {card.paper.id: card for card in reversed(self.digest.cards)}
        return [self._card(card) for card in self.digest.cards if once[card.paper.id] is card]

    def undecided(self) -> list[Message]:
        lost = fates.of(self.digest, Fate.UNDECIDED)
        if not lost:
            return []
        made = text.content(text.drawn("undecided", undecided=undecided(lost)))
        return [Message("undecided", made, reply=self._replies)]

    @property
    def _replies(self) -> bool:
        return self.form is not Form.INLINE

    def _root(self, measure: Measure) -> str:
        if self.form is Form.THREAD_ONLY:
            said = self.head.verdict.bold.rstrip(".") if self.head.routine else self.head.verdict
            return self._drawn("line", measure, said=text.line(str(said), measure.reason))
        shown = self.digest.cards
        best, listed = shown[:BEST], shown[: measure.cards]
        return self._drawn(
            "summary",
            measure,
            best=self._views(best, measure) if self.form is Form.THREAD else (),
            listed=self._views(listed, measure) if self.form is Form.COMPACT else (),
            more=figures.count(left) if (left := len(shown) - len(listed)) else "",
            how=_how(len(shown)) if self._replies and shown else "",
        )

    def _drawn(self, template: str, measure: Measure, **more: Any) -> str:
        """A template with what every one of them says of the day."""
        head = self.head
        return text.drawn(
            template,
            title=text.line(head.title, limits.HEADER),
            verdict=verdict(head, measure.reason),
            line=phrase(head.line, measure.reason) if head.line else None,
            notes=[text.line(note, measure.reason) for note in head.notes[: measure.notes]],
            foot=text.line(head.footer, limits.HEADER),
            page=addresses.day_page(self.setting.web, self.digest.profile, self.digest.date),
            mark=head.mark,
            **more,
        )

    def _views(self, shown: Sequence[Card], measure: Measure) -> tuple[cards.Shown, ...]:
        return tuple(cards.card(card, self.digest.line.value, measure) for card in shown)

    def _card(self, card: Card) -> Message:
        paper, at = card.paper.id, self.digest.line.value
        made = text.fitting(lambda measure: text.drawn("card", card=cards.card(card, at, measure)))
        return Message(
            part=f"card:{paper}",
            payload=made,
            paper=paper,
            rank=card.rank,
            score=card.score.value,
            reply=self._replies,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a day was, with the way from listings to cards: the parts of one line."""

    said: headline.Phrase
    mark: str
    way: str = ""
    shown: str = ""
    fates: str = ""


def verdict(head: headline.Headline, most: int = limits.REASON) -> Verdict:
    """The parts of ``✓ Complete · 452 announced → … → 10 shown · 292 below, …``.

    The clause of a routine day, its categories, is left out; any other is told.
    """
    bold, clause = head.verdict.bold, head.verdict.clause
    told = headline.Phrase(bold.rstrip(".")) if head.routine else headline.Phrase(bold, clause)
    before = head.way.removesuffix(head.shown)
    shown = head.shown if head.way else ""
    return Verdict(phrase(told, most), head.mark, before, shown, head.fates)


def phrase(said: headline.Phrase, most: int) -> headline.Phrase:
    """The phrase tame, and cut."""
    glue = " " if said.clause[:1] == " " else ""
    clause = text.line(said.clause, most)
    return headline.Phrase(text.line(said.bold, limits.HEADER), f"{glue}{clause}")


def undecided(lost: Sequence[Unshown]) -> dict[str, Any]:
    """The papers that could not be scored, by name, as the thread or the last page ends."""
    left = len(lost) - LISTED
    return {
        "said": words.undecided(len(lost)),
        "papers": [cards.undecided(paper) for paper in lost[:LISTED]],
        "more": names.more(left) if left > 0 else "",
    }


def _how(shown: int) -> str:
    lead = "It is" if shown == 1 else f"All {figures.count(shown)} are"
    each = "" if shown == 1 else ", one message each"
    return f"{lead} in the thread{each}: vote there with a 👍 or 👎 reaction."
