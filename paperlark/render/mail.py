"""A digest as a letter: subject, a text part and an HTML part, and places for the personal links.

Rendered once for a profile; whoever sends it puts each reader's own links into the places, which
are words of ASCII letters between two `PLACE` (see `place`). Nothing outside is fetched by it.
"""

from __future__ import annotations

import quopri
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from paperlark.domain import Fate
from paperlark.render import (
    addresses,
    dates,
    escape,
    fates,
    figures,
    headline,
    links,
    names,
    words,
)
from paperlark.render import templates as sheets
from paperlark.render.mail_text import text_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.domain import Card, Digest
    from paperlark.post import Setting

MOST_BYTES: Final = 80_000
"""A whole raw mail; a large provider cuts a mail's end, with its way out, at 102 kB."""
PLACE: Final = "\x01"
"""Around a place's name: no text from outside keeps such a character."""
_HEADERS: Final = 2_500
"""Bytes of headers and boundaries at most, with a subject of 200 characters and a signature."""
_TOKEN: Final = 110
"""Letters of a link after the pages' address, and the soft line ends around it, at most."""
_NEAR: Final = 4


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has a reader.

    Attributes:
        cards: ids in the order of the vote places in it.
    """

    subject: str
    preheader: str
    text: str
    html: str
    cards: tuple[str, ...] = ()


def place(name: str) -> str:
    """The place of a personal link: ``up3``, ``down3``, ``manage``, ``unsubscribe``, ``why``."""
    return f"{PLACE}{name}{PLACE}"


def letter(digest: Digest, setting: Setting) -> Letter:
    """The digest, or with `Setting.notice` a notice, as a letter of at most `MOST_BYTES` as sent.

    Where the day has more cards than fit, the rest is one line with a link to the day's page.
    """
    link = len(setting.web) + _TOKEN
    return _fitting(digest, lambda cards: _letter(digest, setting, cards), link)


def _fitting(digest: Digest, made: Callable[[tuple[Card, ...]], Letter], link: int) -> Letter:
    """The letter with the most cards that fit, by bisection."""
    whole = made(digest.cards)
    if _size(whole, link) <= MOST_BYTES:
        return whole
    fit, past = 0, len(digest.cards)
    while past - fit > 1:
        middle = (fit + past) // 2
        if _size(made(digest.cards[:middle]), link) <= MOST_BYTES:
            fit = middle
        else:
            past = middle
    return made(digest.cards[:fit])


def _size(made: Letter, link: int) -> int:
    """Bytes of the raw mail at most, as `bot.channels.mail.mime` writes it."""
    return _HEADERS + sum(_part(each, link) for each in (made.text, made.html))


def _part(text: str, link: int) -> int:
    """Bytes of a part in quoted-printable, its lines ended by two, each place filled by `link`."""
    quoted = quopri.encodestring(text.encode("utf-8", "replace"))
    return len(quoted) + quoted.count(b"\n") + link * (text.count(PLACE) // 2)


def _letter(digest: Digest, setting: Setting, cards: tuple[Card, ...]) -> Letter:
    head = headline.headline(digest, setting)
    cut = replace(digest, cards=cards)
    more = len(digest.cards) - len(cards)
    preheader = _preheader(digest, setting)
    return Letter(
        subject=escape.plain(head.subject),
        preheader=preheader,
        text=text_part(cut, setting, head, more, place),
        html=_html(cut, setting, head, more, preheader),
        cards=tuple(card.paper.id for card in cards),
    )


def _preheader(digest: Digest, setting: Setting) -> str:
    if setting.notice or not digest.cards:
        return ""
    best = digest.cards[0]
    said = f"Best: {best.paper.title} ({round(best.score.value)})."
    scanned = f"{figures.count(digest.counts.scanned)} scanned, "
    return escape.plain(f"{said} {scanned}line {figures.line(digest.line.value)}.")


def _html(
    digest: Digest, setting: Setting, head: headline.Headline, more: int, preheader: str
) -> str:
    return (
        sheets.html()
        .get_template("mail.html.j2")
        .render(
            digest=digest,
            setting=setting,
            head=head,
            page=addresses.day_page(setting.web, digest.profile, digest.date),
            more=more,
            preheader=preheader,
            undecided=fates.of(digest, Fate.UNDECIDED),
            near=fates.near(digest)[:_NEAR],
            below=below(digest),
            place=lambda name: Markup(place(name)),  # noqa: S704  (a word of ours)
            anchor=escape.anchor,
            dates=dates,
            figures=figures,
            links=links,
            names=names,
            words=words,
        )
    )


def below(digest: Digest) -> frozenset[str]:
    """Ids of cards shown from under the line; the line is drawn before the first of them."""
    return frozenset(card.paper.id for card in digest.cards if card.score.value < digest.line.value)
