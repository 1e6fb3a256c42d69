"""A digest as Slack messages: what stands in the channel, and what in its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.channels.slack import blocks, cards, limits, text
from paperlark.domain import Fate
from paperlark.post import Message
from paperlark.render import addresses, fates, figures, headline, links, names, words
from paperlark.subscription import Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.slack.blocks import Block, Element
    from paperlark.domain import Card, Digest, Unshown
    from paperlark.post import Setting

BEST: Final = 5
"""Cards in a summary; the others are in the thread alone."""
LISTED: Final = 8
"""Undecided papers that are named; the others are counted."""
DIGEST, CARD = "paperlark_digest", "paperlark_card"


def compose(digest: Digest, form: Form, setting: Setting) -> tuple[Message, ...]:
    """The messages of a digest or a notice, each within Slack's limits."""
    made = _Post(digest, form, setting, headline.headline(digest, setting))
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

    def notice(self) -> Message:
        said = self.head.verdict
        parts = [
            blocks.words(text.line(self.digest.profile, limits.HEADER) + " · ", bold=True),
            blocks.words(text.line(said.bold, limits.HEADER), bold=True),
            blocks.words(" " + text.line(said.clause, limits.TEXT)),
        ]
        return self._root("notice", f"{self.digest.profile}: {said}", [blocks.rich("say", parts)])

    def root(self) -> Message:
        made = {
            Form.THREAD: self._summary,
            Form.COMPACT: self._compact,
            Form.THREAD_ONLY: self._line,
            Form.INLINE: self._opening,
        }[self.form]()
        return self._root("summary", self.head.fallback, made)

    def about(self) -> list[Message]:
        """What a post of one line says in its thread."""
        if self.form is not Form.THREAD_ONLY:
            return []
        told = [*masthead(self.head), *self._buttons(), *self._foot()]
        payload = self._payload(DIGEST, str(self.head.verdict), told, part="about")
        return [Message("about", payload, reply=True)]

    def papers(self) -> list[Message]:
        # A digest shows a paper once; were it there twice, a reaction could not tell which.
        once = {card.paper.id: card for card in reversed(self.digest.cards)}
        return [self._card(card) for card in self.digest.cards if once[card.paper.id] is card]

    def undecided(self) -> list[Message]:
        lost = fates.of(self.digest, Fate.UNDECIDED)
        if not lost:
            return []
        fallback = f"{words.undecided(len(lost))} and may belong above the line."
        payload = self._payload(DIGEST, fallback, [undecided(lost)], part="undecided")
        return [Message("undecided", payload, reply=self._threaded)]

    @property
    def _threaded(self) -> bool:
        return self.form is not Form.INLINE

    def _summary(self) -> list[Block]:
        best = [cards.brief(card, self.digest.line.value) for card in self.digest.cards[:BEST]]
        body = [blocks.divider("d1"), *best, blocks.divider("d2")] if best else []
        return [*self._masthead(), *body, *self._end()]

    def _compact(self) -> list[Block]:
        top, end = self._masthead(), self._end()
        room = limits.TOTAL - blocks.total([*top, *end]) - limits.BLOCK_COST
        listed = cards.listed(self.digest.cards, self.digest.line.value, room)
        return [*top, *([blocks.rich("cards", listed)] if listed else []), *end]

    def _line(self) -> list[Block]:
        head = self.head
        said = head.verdict.bold.rstrip(".") if head.routine else str(head.verdict)
        parts = [
            blocks.words(text.line(head.title, limits.HEADER), bold=True),
            blocks.words(f" · {head.mark} {text.line(said, limits.REASON)}"),
        ]
        return [blocks.rich("head", parts), *self._notes()]

    def _opening(self) -> list[Block]:
        return [*self._masthead(), *self._buttons(), *self._foot()]

    def _masthead(self) -> list[Block]:
        return [blocks.header(self.head.title, "head"), *masthead(self.head), *self._notes()]

    def _notes(self) -> list[Block]:
        told = [blocks.plain(note, limits.REASON) for note in self.head.notes[: limits.NOTES]]
        return [blocks.context("notes", *told)] if told else []

    def _end(self) -> list[Block]:
        told = blocks.context("more", blocks.mrkdwn(_how(len(self.digest.cards))))
        return [*([told] if self.digest.cards else []), *self._buttons(), *self._foot()]

    def _buttons(self) -> list[Block]:
        day = self.digest.date.isoformat()
        page = addresses.day_page(self.setting.web, self.digest.profile, self.digest.date)
        row = (
            blocks.link_button("open:day", "Read on the web", page),
            blocks.button("tune:open", "Tune the line", day),
            blocks.button("mine:open", "Just for me", day),
        )
        return [blocks.actions("act", *row)]

    def _foot(self) -> list[Block]:
        said = text.marked(self.head.footer, limits.REASON)
        return [blocks.context("foot", blocks.mrkdwn(said))] if said else []

    def _card(self, card: Card) -> Message:
        paper, at = card.paper.id, self.digest.line.value
        made = [cards.full(card, at), cards.graded(card.score, at), _vote(card)]
        authors = cards.first_author(card)
        fallback = f"{card.rank}. {card.paper.title}" + (f" ({authors})" if authors else "")
        payload = self._payload(
            CARD, fallback, made, paper=text.line(paper, limits.METADATA), rank=card.rank
        )
        return Message(
            f"card:{paper}", payload, paper, card.rank, card.score.value, reply=self._threaded
        )

    def _root(self, part: str, fallback: str, made: list[Block]) -> Message:
        return Message(part, self._payload(DIGEST, fallback, made, part=part))

    def _payload(
        self, event: str, fallback: str, made: list[Block], **more: object
    ) -> dict[str, Any]:
        profile = text.line(self.digest.profile, limits.METADATA)
        told = {"profile": profile, "date": self.digest.date.isoformat(), **more}
        return {
            "text": text.fallback(fallback, limits.FALLBACK),
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": event, "event_payload": told},
            "blocks": made,
        }


def masthead(head: headline.Headline) -> list[Block]:
    """The verdict with the way from listings to cards, and the line's sentence, in small text."""
    return [blocks.context("verdict", *verdict(head)), *_line(head)]


def verdict(head: headline.Headline) -> list[Element]:
    """``✓ *Complete*  ·  452 announced → … → *10 shown*  ·  292 below, …``.

    The clause of a routine day, its categories, is left out; any other is told. A title it ends
    with is a part of its own, where nothing is parsed.
    """
    ours, paper = head.verdict.apart
    bold = head.verdict.bold
    told = headline.Phrase(bold.rstrip(".")) if head.routine else headline.Phrase(bold, ours)
    first = f"{head.mark} {text.phrase(told, limits.REASON)}"
    if not paper:
        return [blocks.mrkdwn(cards.GAP.join((first, *_counted(head))))]
    parts = [blocks.mrkdwn(first), blocks.plain(paper, limits.TITLE)]
    counted = cards.GAP.join(_counted(head))
    return [*parts, blocks.mrkdwn(counted)] if counted else parts


def _counted(head: headline.Headline) -> list[str]:
    if not head.way:
        return []
    before = head.way.removesuffix(head.shown)
    return [f"{text.marked(before, 200)}{text.bold(head.shown)}", text.marked(head.fates, 200)]


def _line(head: headline.Headline) -> list[Block]:
    if head.line is None:
        return []
    return [blocks.context("line", blocks.mrkdwn(text.phrase(head.line, 600, glue="")))]


def undecided(lost: Sequence[Unshown]) -> Block:
    """The papers that could not be scored, by name, as the thread or the last page ends."""
    parts = [
        blocks.words(words.undecided(len(lost)), bold=True),
        blocks.words(" and may belong above the line: "),
    ]
    for place, paper in enumerate(lost[:LISTED]):
        parts += [blocks.words("; ")] if place else []
        parts.append(blocks.link(links.paper(paper.id), paper.title, 200))
    more = len(lost) - LISTED
    end = f" {names.more(more)}." if more > 0 else "."
    return blocks.rich("und", [*parts, blocks.words(end)])


def _how(shown: int) -> str:
    lead = "It is" if shown == 1 else f"All {figures.count(shown)} are"
    each = "" if shown == 1 else ", one message each"
    return f"{lead} in the thread{each}: vote there with 👍 👎, as a button or as a reaction."


def _vote(card: Card) -> Block:
    return cards.buttons(card.paper.id, f"vote:{card.paper.id}")
