"""What the desk says, in paperlark's voice: plain sentences, escaped by each chat on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from paperlark.render import dates, figures
from paperlark.subscription import WEEKDAYS
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

LONGEST: Final = 300
"""Most characters of a question."""
_TITLE: Final = 120
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SIGNS: Final = {Thumb.UP: "👍", Thumb.DOWN: "👎", Thumb.NONE: ""}
_AFTERNOON: Final = 6
"""Hours before this one belong to the night."""

HELP: Final = (
    "`/digest today`, `latest`, `2026-11-19`: a digest; then `2`: page 2, `below`: near misses",
    "`/digest abstract ID` or `/abstract ID`: a paper, by its id or a link",
    "`/digest why ID`: where a paper was found, how it scored, what became of it",
    '`/digest search WORDS`: papers kept here; "words in quotes" stay together',
    "`/digest saved`, `save ID`, `unsave ID`: papers put aside",
    "`/digest mine`: your votes and saved papers · `/digest vote up|down|none ID`",
    "`/digest export bibtex|json`, then nothing, a date, or `saved`: a file",
    "`/digest export mine`, `/digest forget me`: all that is kept of you, as a file, or erased",
    "`/digest follow` or `mute`, then `author NAME`, `word WORDS` or `category cs.LG`",
    "`/digest tune`: the line, and what it is made of",
    "`/digest settings`: topics, categories, hour, length",
    "`/digest subscribe`, `unsubscribe`: where digests go",
)
MANAGERS: Final = "Only people who manage this place can change its digest: ask one of them."


def thumb(value: Thumb) -> str:
    """The sign of a thumb; empty for none."""
    return _SIGNS[value]


def short(title: str) -> str:
    """A title cut at a word to what fits a sentence."""
    if len(title) <= _TITLE:
        return title
    return title[:_TITLE].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def too_long(text: str) -> str:
    """A question that is too long."""
    return f"That is {figures.many(len(text), 'character')} long; give at most {LONGEST}."


def unexpected(name: str) -> str:
    """Something went wrong that nobody foresaw; `name` is in the log."""
    return f"Something paperlark did not expect ({name}): whoever runs it finds that in its log."


def out_of_reach(name: str) -> str:
    """The store does not answer; `name` is in the log."""
    return f"paperlark cannot reach what it keeps: try again in a minute ({name})."


def unknown_paper(paper: str) -> str:
    """A paper that nothing is kept of."""
    return (
        f"{paper} is not among the papers kept here, those of the last 35 days and of digests. "
        f"On arXiv: https://arxiv.org/abs/{paper}"
    )


def noted(value: Thumb, title: str, before: Thumb) -> str:
    """What is said after a vote.

    Args:
        value: what counts now.
        title: the paper's.
        before: what counted until now.
    """
    if value is Thumb.NONE:
        return "Vote taken back." if before else f"There is no vote of yours on “{short(title)}”."
    if before and before is not value:
        return f"Changed to {thumb(value)} for “{short(title)}”."
    return f"Noted: {thumb(value)} for “{short(title)}”."


def votes_missing(number: int, needed: int) -> str:
    """How far *mine* is from becoming one's own."""
    return f"Vote on {needed} papers and this page becomes yours. So far: {number}."


def nothing_voted(base: float) -> str:
    """Nobody has voted yet."""
    return f"No votes yet. The line stays at its base, {figures.line(base)}."


def voted(votes: Sequence[Vote], year: int | None) -> str:
    """``18 votes, 13 of them 👍. Last: 👍 on Thu 19 Nov.``; there is at least one, none withdrawn.

    Args:
        votes: one person's.
        year: the reader's, which the date leaves out.
    """
    last, ups = max(votes, key=lambda vote: vote.at), sum(v.verdict is Thumb.UP for v in votes)
    return (
        f"{figures.many(len(votes), 'vote')}, {figures.count(ups)} of them 👍. "
        f"Last: {thumb(last.verdict)} on {dates.short(last.at.date(), year=year)}."
    )


def weekdays(days: tuple[int, ...]) -> str:
    """``Mon–Fri``, or the days one by one; never, where there is none."""
    if days == WEEKDAYS:
        return "Mon–Fri"
    return ", ".join(_DAYS[day] for day in days if day in range(len(_DAYS))) or "never"


def hours(subscription: Subscription) -> str:
    """``Mon–Fri 08:00 (Europe/Berlin)``."""
    return f"{weekdays(subscription.days)} {subscription.at:%H:%M} ({subscription.zone})"


def why(subscription: Subscription) -> str:
    """Why a reader gets a mail and when, with ``{}`` for the address.

    ``You get this because {} confirmed it on 2 Nov 2026. Mon–Fri 08:00, Europe/Berlin.``
    """
    made, days = subscription.made_at, weekdays(subscription.days)
    said = f"confirmed it on {dates.short(made.date()).partition(' ')[2]}" if made else "asked"
    when = f"{days} {subscription.at:%H:%M}, {subscription.zone}"
    return f"You get this because {{}} {said}. {when}."


def first(at: datetime, zone: str) -> str:
    """When a new place gets its first digest, and what to do until then."""
    day = dates.short(at.date(), year=at.year)
    return f"First digest: {day}, {at:%H:%M} ({zone}). To see the newest now: `/digest latest`."


def moment(at: datetime, now: datetime, zone: str) -> str:
    """``tonight at 02:00 (Europe/Berlin)``: a moment to come; both in the place's zone."""
    days = (at.date() - now.date()).days
    if days == 0:
        word = "today"
    elif days == 1:
        word = "tonight" if at.hour < _AFTERNOON else "tomorrow"
    else:
        word = f"on {dates.short(at.date(), year=now.year)}"
    return f"{word} at {at:%H:%M} ({zone})"


def not_out(day: date, at: datetime, now: datetime, zone: str) -> str:
    """A mailing date that is not announced yet."""
    said = dates.short(day, year=now.year)
    when = moment(at, now, zone).replace(f"on {said} ", "on that day ")
    return f"Not out yet. arXiv announces {said} {when}. To see the newest: `/digest latest`."


def no_announcement(day: date, reason: str, before: date, after: date) -> str:
    """A date without a mailing, asked for by name."""
    of, to = dates.short(before, year=day.year), dates.short(after, year=day.year)
    said = dates.short(day, year=day.year)
    return f"No announcement on {said} ({reason}). Nearest: {of} and {to}."


def quiet_today(reason: str, weekend: str, before: date, after: date) -> str:
    """No announcement today."""
    why = "on weekends" if reason == weekend else f"today ({reason})"
    following, newest = dates.short(after, year=before.year), dates.short(before, year=after.year)
    return f"No announcement {why}. Next: {following}. Newest: {newest}, `/digest latest`."


def on_its_way(day: date, now: date, failure: str) -> str:
    """A day that is not in the archive, and is being made; `failure`: how the last try ended."""
    said = f"{dates.short(day, year=now.year)} is not in the archive yet. It is on its way: ask "
    said += "again in a few minutes."
    return f"{said} The last try ended with: {failure}" if failure else said


def too_old(day: date, now: date, days: int) -> str:
    """A day that arXiv does not give any more."""
    return (
        f"{dates.short(day, year=now.year)} is not in the archive, and arXiv gives announcements "
        f"of the last {days} days only."
    )
