"""What the desk says, in paperlark's voice: plain sentences, escaped by each chat on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from paperlark.layer import Kind
from paperlark.render import dates, figures
from paperlark.store.links import Joining
from paperlark.subscription import WEEKDAYS
from paperlark.vote import Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from paperlark.subscription import Subscription
    from paperlark.vote import Vote

_SEVERAL: Final = 2
_NAMED: Final = 2
_LISTED: Final = 6
LONGEST: Final = 300
"""Most characters of a question."""
_TITLE: Final = 120
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SIGNS: Final = {Thumb.UP: "👍", Thumb.DOWN: "👎", Thumb.NONE: ""}
_AFTERNOON: Final = 6
"""Hours before this one belong to the night."""

HELP: Final = (
    "`/digest today`, `latest`, `2026-11-19`: a digest; then `2`: page 2, `below`: near misses",
    "`/digest abstract ID` or `/abstract ID`: a paper, by its id or a link; `bibtex ID`: its entry",
    "`/digest why ID`: where a paper was found, how it scored, what became of it",
    '`/digest search WORDS`: papers kept here; "words in quotes" stay together',
    "`/digest saved`, `save ID`, `unsave ID`: papers put aside · `/digest votes`: your votes",
    "`/digest mine`, then maybe a day: its papers ranked for you · `/digest vote up|down|none ID`",
    "`/digest mine topics TEXT`: what you work on, in your own words",
    "`/digest export bibtex|json`, then nothing, a date, or `saved`: a file",
    "`/digest export mine`, `/digest forget me`: all that is kept of you, as a file, or erased",
    "`/digest follow` or `mute`, then `author NAME`, `word WORDS` or `category cs.LG`: for you",
    "`/digest follow here` or `mute here`, then the same: for this place",
    "`/digest link`: count as one person in several chats; `/digest unlink`",
    "`/digest tune`: the line and the votes behind it; `tune try 58`: another one, tried out",
    "`/digest tune accept`, `undo`, `freeze`, `thaw`, `reset`, `fewer`, `more`, `least 1`: decide",
    "`/digest tune want`, `exclude` or `drop WORDS`: papers that name them; `tune back`: undo that",
    "`/digest setup LINK … not LINK …`: draft a profile from papers you like and papers you do not",
    "`/digest settings`: topics, categories, hour, length",
    "`/digest subscribe`, `unsubscribe`: where digests go",
    "`profile:NAME` as the last word of any of these: where several digests come to one place",
)
FOLLOW_HOW: Final = (
    "`/digest follow` or `mute`, then `author NAME`, `word WORDS` or `category cs.LG`: for you "
    "alone; with `here` before these: for this place."
)
NO_TOPICS: Final = "None yet."
TOPICS_HOW: Final = (
    "`/digest mine topics mirror descent, pruning; not: benchmarks` changes them, "
    "`/digest mine topics none` takes them back."
)
TOPICS_GONE: Final = "Your topics are taken back."
NO_CODE: Final = (
    "That is no code: a code has 10 letters and figures, and `/digest link` alone gives one."
)
YOURS_ALONE: Final = "That is yours alone: write it to me in a private room."
LINKED_OPEN: Final = (
    "Linked. With whom, `/digest link` says in a private room; if it was not you: `/digest unlink`."
)
UNLINKED: Final = "This name is a person of its own again. To link it: `/digest link`."
NOT_LINKED: Final = "This name is linked with no other. To link it: `/digest link`."
LINKING: Final[Mapping[Joining, str]] = {
    Joining.ALREADY: "These two are one person already.",
    Joining.SELF: "That code is of this very name: type it in the other chat.",
    Joining.UNKNOWN: "That code is not known, used up, or older than 15 minutes: "
    "`/digest link` gives a fresh one.",
    Joining.FULL: "One person can have eight names at most: unlink one with `/digest unlink`.",
    Joining.BARRED: "Too many wrong codes: try again in 15 minutes.",
}
"""What came of a code, but for `Joining.JOINED`."""
MANAGERS: Final = "Only people who manage this place can change its digest: ask one of them."
ELSEWHERE: Final = (
    "This digest comes to other places too: change it in one of those, or give this place a "
    "profile of its own with `/digest setup`."
)


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


def ranked_by(facts: int, interests: Sequence[Sequence[str]]) -> str:
    """What a page of one's own was ranked by."""
    said = f"Ranked for you alone, by what you said of {figures.many(facts, 'paper')}"
    if len(interests) < _SEVERAL:
        return f"{said}."
    named = "; ".join(", ".join(each[:_NAMED]) for each in interests)
    return f"{said}. Your interests share the places: {named}."


def taken_off(number: int) -> str:
    """How many papers somebody's own mutes took off; empty for none."""
    return f"{figures.many(number, 'paper')} taken off by what you mute." if number else ""


def topics_kept(phrases: Sequence[str]) -> str:
    """What was read from somebody's topics."""
    if not phrases:
        return "Kept, but no phrase in it tells papers apart: name what the papers are about."
    rest = f" and {len(phrases) - _LISTED} more" if len(phrases) > _LISTED else ""
    named = ", ".join(f"“{each}”" for each in phrases[:_LISTED])
    return f"Kept. They are read as {named}{rest}. To see: `/digest mine`."


def wished(kind: Kind, what: str, how: str) -> str:
    """How a wish stands: ``Ada Example is no longer muted.``."""
    return f"“{what}” is {how}." if kind is Kind.WORD else f"{what} is {how}."


def followed(kind: Kind, what: str) -> str:
    """What following does on one's own page."""
    return {
        Kind.AUTHOR: f"Papers by {what} are marked and rise on your page, `/digest mine`.",
        Kind.WORD: f"Papers that name “{what}” rise on your page, `/digest mine`.",
        Kind.CATEGORY: f"Papers of {what} rise on your page, `/digest mine`.",
    }[kind]


def muted(kind: Kind, what: str) -> str:
    """What muting does on one's own page."""
    named = {
        Kind.AUTHOR: f"Papers by {what}",
        Kind.WORD: f"Papers that name “{what}”",
        Kind.CATEGORY: f"Papers whose first category is {what}",
    }[kind]
    return f"{named} are taken off your page, `/digest mine`, and counted there."


def names(voters: Sequence[str]) -> str:
    """``Slack U1 and Discord 42``: identities for people."""
    *some, last = [f"{kind.capitalize()} {name}" for kind, _, name in map(_parted, voters)]
    return f"{', '.join(some)} and {last}" if some else last


def _parted(voter: str) -> tuple[str, str, str]:
    return voter.partition(":")


def link_code(code: str, voters: Sequence[str]) -> str:
    """A code that links, and what to do with it.

    Args:
        code: the code.
        voters: whom the person is linked with already, themselves too.
    """
    so_far = f" Linked so far: {names(voters)}." if len(voters) > 1 else ""
    return (
        f"Your code is {code}, for 15 minutes and one use. Type `/digest link {code}` in the other "
        f"chat, and both count as one person. Give it to nobody else.{so_far}"
    )


def linked(voters: Sequence[str]) -> str:
    """Who is one person now."""
    return (
        f"Linked: {names(voters)} are one person now. Votes count once, and `/digest mine` knows "
        "them all. If one of them is not you: `/digest unlink`."
    )


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
