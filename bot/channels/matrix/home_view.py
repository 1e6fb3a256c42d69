"""One person's page, as an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot import words
from bot.channels.matrix import cards, limits, text
from paperlark.post import Setting
from paperlark.render import addresses, dates, figures, headline, names
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from bot.replies import Home
    from paperlark.subscription import Subscription

SAVED: Final = 10
PLACES: Final = 10


def home(found: Home, *, year: int | None = None) -> str:
    """The page; dates leave out the given year."""
    left = len(found.saved) - SAVED
    given = [vote for vote in found.votes if vote.verdict is not Thumb.NONE]
    return text.drawn(
        "home",
        **_newest(found, year),
        count=figures.count(len(found.saved)),
        saved=[
            cards.hit(hit, f"saved {dates.short(at.date(), year=year)}" if not hit.note else "")
            for hit, at in found.saved[:SAVED]
        ],
        more=names.more(left) if left > 0 else "",
        votes=words.voted(given, year) if given else "",
        places=[text.line(_place(each), limits.REASON) for each in found.subscriptions[:PLACES]],
        about=f"{found.web}/about" if found.web else "",
    )


def _newest(found: Home, year: int | None) -> dict[str, Any]:
    digest = found.digest
    if digest is None:
        return {"name": "", "page": "", "amount": "", "verdict": "", "best": None}
    best = cards.card(digest.cards[0], digest.line.value) if digest.cards else None
    return {
        "name": text.line(headline.name(digest, year=year), limits.HEADER),
        "page": addresses.day_page(found.web, digest.profile, digest.date),
        "amount": headline.amount(digest),
        "verdict": headline.headline(digest, Setting()).verdict.bold.rstrip(".") + ".",
        "best": replace(best, rank="") if best else None,
    }


def _place(each: Subscription) -> str:
    """``matrix:!reading:example.org: foundations, Mon–Fri 08:00 (Europe/Berlin)``."""
    state = "" if each.state == "active" else f" · {each.state}"
    why = f": {each.reason}" if each.reason else ""
    return f"{each.target}: {each.profile}, {words.hours(each)}{state}{why}"
