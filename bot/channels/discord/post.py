"""A digest as Discord messages: what stands in the channel, and what in its thread.

A message of the thread also carries the thread's name under ``thread``, which is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.channels.discord import cards, embeds, limits, parts, text
from paperlark.domain import Fate
from paperlark.post import Message
from paperlark.render import addresses, fates, figures, headline, links, names, words
from paperlark.subscription import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.discord.cards import Measure
    from bot.channels.discord.parts import Part
    from paperlark.domain import Card, Digest, Unshown
    from paperlark.post import Setting

BEST: Final = 5
"""Cards in a summary; the others are in the thread alone."""
LISTED: Final = 8
"""Undecided papers that are named; the others are counted."""


def compose(
    digest: Digest, form: Form, setting: Setting, *, plain: bool = False
) -> tuple[Message, ...]:
    """The messages of a digest or a notice, each within Discord's limits.

    Args:
        digest: what is told.
        form: how it is laid out.
        setting: see `paperlark.post.Setting`.
        plain: embeds in place of components.
    """
    made = _Post(digest, form, setting, headline.headline(digest, setting), plain)
    if setting.notice:
        return (made.notice(),)
    return (made.root(), *made.about(), *made.papers(), *made.undecided())


@dataclass(frozen=True, slots=True)
class _Post:
    """One post in the making."""

    digest: Digest
    form: Form
    setting: Setting
    head: headline.Headline
    plain: bool

    def notice(self) -> Message:
        profile = text.bold(f"{self.digest.profile} ·", limits.PROFILE)
        said = f"{profile} {text.phrase(self.head.verdict, 1_500)}"
        if self.plain:
            return Message("notice", embeds.said(said, parts.row(_settings())))
        return Message("notice", parts.message(parts.said(said)))

    def root(self) -> Message:
        made = _fitting(self._drawn)
        if not self.plain:
            return Message("summary", parts.message(*made))
        title, page = self.head.title, self._page
        foot = self.head.footer
        embed = embeds.summary(title, page, made, foot if self._framed else "")
        return Message("summary", embed)

    def about(self) -> list[Message]:
        """What a post of one line says in its thread."""
        if self.form is not Form.THREAD_ONLY:
            return []
        told = [parts.said(*masthead(self.head)), self._buttons(), *self._foot()]
        made = parts.container(*told)
        payload = embeds.summary("", "", [made], "") if self.plain else parts.message(made)
        return [Message("about", self._threaded(payload), reply=True)]

    def papers(self) -> list[Message]:
        # A digest shows a paper once; were it there twice, a reaction could not tell which.
        once = {card.paper.id: card for card in reversed(self.digest.cards)}
        return [self._card(card) for card in self.digest.cards if once[card.paper.id] is card]

    def undecided(self) -> list[Message]:
        lost = fates.of(self.digest, Fate.UNDECIDED)
        if not lost:
            return []
        said = undecided(lost)
        # A message without any button could not be told from another: nobody is told its nonce.
        payload = embeds.said(said, parts.row(_help())) if self.plain else parts.message(
            parts.said(said)
        )  # fmt: skip
        return [Message("undecided", self._threaded(payload), reply=self._replies)]

    @property
    def _replies(self) -> bool:
        return self.form is not Form.INLINE

    @property
    def _framed(self) -> bool:
        return self.form is not Form.THREAD_ONLY

    @property
    def _page(self) -> str:
        return addresses.day_page(self.setting.web, self.digest.profile, self.digest.date)

    def _threaded(self, payload: dict[str, Any]) -> dict[str, Any]:
        """With the name of the thread it goes to: ``foundations · Thu 19 Nov``."""
        name = " · ".join(self.head.title.rsplit(" · ", 1)[:1])
        return {**payload, "thread": text.line(name, limits.THREAD) or "digest"}

    def _drawn(self, measure: Measure) -> list[Part]:
        """The first message in the form asked for."""
        if not self._framed:
            return [parts.said(self._line(measure), *notes(self.head, measure))]
        top = parts.said(
            "" if self.plain else f"## {text.marked(self.head.title, limits.HEADER)}",
            *masthead(self.head, measure),
            *notes(self.head, measure),
        )
        end = [self._buttons(), *([] if self.plain else self._foot())]
        return [parts.container(top, *self._body(measure, top, end), *end)]

    def _body(self, measure: Measure, top: Part, end: list[Part | None]) -> list[Part]:
        at, shown = self.digest.line.value, self.digest.cards
        if not shown or self.form is Form.INLINE:
            return []
        how = parts.said(_how(len(shown)))
        if self.form is Form.COMPACT:
            rest = parts.weight([top, how, *filter(None, end)])
            listed = cards.listed(shown, at, limits.TOTAL - rest - limits.LABEL)
            return [parts.rule(), parts.said(listed), parts.rule(), how]
        best = [parts.said(cards.brief(card, at, measure)) for card in shown[:BEST]]
        return [parts.rule(), *best, parts.rule(), how]

    def _line(self, measure: Measure) -> str:
        head = self.head
        said = head.verdict.bold.rstrip(".") if head.routine else str(head.verdict)
        told = text.marked(said, measure.reason)
        return f"{text.bold(head.title, limits.HEADER)} · {head.mark} {told}"

    def _buttons(self) -> Part | None:
        return parts.row(
            parts.link_button("Read on the web", self._page),
            parts.button("tune:open", "Tune the line"),
            parts.button("mine:open", "Just for me"),
        )

    def _foot(self) -> list[Part]:
        said = text.marked(self.head.footer, limits.HEADER)
        return [parts.said(parts.small(said))] if said else []

    def _card(self, card: Card) -> Message:
        paper, at = card.paper.id, self.digest.line.value
        if self.plain:
            payload = embeds.card(card, at)
        else:
            payload = parts.message(
                parts.said(cards.full(card, at)),
                parts.said(cards.graded(card.score, at)),
                cards.buttons(paper),
            )
        return Message(
            part=f"card:{paper}",
            payload=self._threaded(payload),
            paper=paper,
            rank=card.rank,
            score=card.score.value,
            reply=self._replies,
        )


def masthead(head: headline.Headline, measure: Measure = cards.FULL) -> list[str]:
    """The verdict with the way from listings to cards, and the line's sentence, in small print."""
    said = [parts.small(verdict(head, measure))]
    if head.line:
        said.append(parts.small(text.phrase(head.line, measure.reason, glue="")))
    return said


def verdict(head: headline.Headline, measure: Measure = cards.FULL) -> str:
    """``✓ **Complete** · 452 announced → … → **10 shown** · 292 below, …``.

    The clause of a routine day, its categories, is left out; any other is told.
    """
    bold, clause = head.verdict.bold, head.verdict.clause
    told = headline.Phrase(bold.rstrip(".")) if head.routine else headline.Phrase(bold, clause)
    first = f"{head.mark} {text.phrase(told, measure.reason)}"
    if not head.way:
        return first
    before = text.piece(head.way.removesuffix(head.shown), limits.HEADER)
    counted = (f"{before}{text.bold(head.shown)}", text.marked(head.fates, limits.HEADER))
    return cards.GAP.join((first, *counted))


def notes(head: headline.Headline, measure: Measure = cards.FULL) -> list[str]:
    """What the readers must be told, in small print."""
    return [parts.small(text.marked(note, measure.reason)) for note in head.notes[: measure.notes]]


def undecided(lost: Sequence[Unshown], listed: int = LISTED) -> str:
    """The papers that could not be scored, by name, as the thread or the last page ends."""
    named = "; ".join(text.link(links.paper(p.id), p.title, 120) for p in lost[:listed])
    more = len(lost) - listed
    end = f" {names.more(more)}." if more > 0 else "."
    return f"**{words.undecided(len(lost))}** and may belong above the line: {named}{end}"


def _fitting(draw: Any) -> list[Part]:
    """The first measure's drawing that Discord takes."""
    made: list[Part] = []
    for measure in cards.MEASURES:
        made = draw(measure)
        if parts.fits(made):
            break
    return made


def _how(shown: int) -> str:
    lead = "It is" if shown == 1 else f"All {figures.count(shown)} are"
    each = "" if shown == 1 else ", one message each"
    return f"{lead} in the thread{each}: vote there with 👍 👎, as a button or as a reaction."


def _settings() -> Part:
    return parts.button("settings:open", "Settings")


def _help() -> Part:
    return parts.button("mine:open", "Just for me")
