"""The words after ``/digest``: which of them means which question."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeAlias

from bot import own, words
from bot.desk import (
    days,
    digests,
    exporting,
    forms,
    layers,
    links,
    mine,
    papers,
    people,
    places,
    searching,
    setup,
    tune,
    voting,
)
from bot.replies import Lines
from paperlark import ids
from paperlark.errors import ConfigError, NotFound
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply

    Question: TypeAlias = Callable[[House, Asker, str], Reply]

_THUMBS: Final = {
    "up": Thumb.UP, "👍": Thumb.UP, "+1": Thumb.UP,
    "down": Thumb.DOWN, "👎": Thumb.DOWN, "-1": Thumb.DOWN,
    "none": Thumb.NONE, "back": Thumb.NONE,
}  # fmt: skip
_VERB: Final = re.compile(r"setup(?:\s|$)", re.IGNORECASE)
_DOORS: Final = {"slack": Door.SLACK_BUTTON, "discord": Door.DISCORD_BUTTON}


def command(house: House, asker: Asker, text: str) -> Reply:
    """What the words ask for; the help where they are none, or none of ours."""
    plain = text.strip()
    if len(plain) > (setup.LONGEST if _VERB.match(plain) else words.LONGEST):
        raise NotFound(words.too_long(plain))
    if found := own.PROFILE.search(plain):
        plain, asker = plain[: found.start()], replace(asker, profile=found[1])
    verb, _, rest = plain.partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if verb in {"", "help", "?"}:
        return help_page()
    if asker.public and own.personal(verb, rest):
        raise NotFound(words.YOURS_ALONE)
    if question := QUESTIONS.get(verb):
        return question(house, asker, rest)
    if days.is_date(verb):
        return digests.digest(house, asker, verb, rest or "1")
    if _is_paper(plain):
        return papers.abstract(house, asker, plain)
    return _unknown(verb)


def help_page(title: str = "What paperlark understands") -> Lines:
    """Every command, one line each."""
    return Lines(title, words.HELP)


def _unknown(verb: str) -> Reply:
    near = get_close_matches(verb, [*QUESTIONS, *days.WORDS], n=1, cutoff=0.7)
    hint = f" Did you mean `/digest {near[0]}`?" if near else ""
    return help_page(f"There is no `/digest {words.short(verb)}`.{hint}")


def _is_paper(text: str) -> bool:
    try:
        ids.canonical(text)
    except ConfigError:
        return False
    return True


def _vote(house: House, asker: Asker, text: str) -> Reply:
    word, _, paper = text.partition(" ")
    thumb = _THUMBS.get(word.lower())
    if thumb is None or not paper.strip():
        raise NotFound("Say how and on what: `/digest vote up 2611.90412`, or `down`, or `none`.")
    door = _DOORS.get(asker.where.kind, Door.COMMAND)
    return voting.vote(house, asker, voting.Word(thumb, door, paper=papers.meant(paper)))


def _save(house: House, asker: Asker, text: str) -> Reply:
    return voting.save(house, asker, text)


def _unsave(house: House, asker: Asker, text: str) -> Reply:
    return voting.save(house, asker, text, keep=False)


def _plainly(reply: Callable[[House, Asker], Reply]) -> Question:
    """A question without words of its own; what follows it is no matter."""
    return lambda house, asker, _text: reply(house, asker)


QUESTIONS: Final[Mapping[str, Question]] = {
    "abstract": papers.abstract,
    "abs": papers.abstract,
    "why": papers.why,
    "bibtex": papers.cite,
    "vote": _vote,
    "votes": _plainly(voting.votes),
    "save": _save,
    "unsave": _unsave,
    "saved": _plainly(voting.saved),
    "mine": mine.mine,
    "link": links.link,
    "unlink": links.unlink,
    "export": exporting.export,
    "forget": people.forget,
    "search": searching.search,
    "follow": layers.follow,
    "mute": layers.mute,
    "tune": tune.tune,
    "settings": _plainly(forms.shown),
    "setup": setup.setup,
    "subscribe": places.subscribe,
    "unsubscribe": places.unsubscribe,
}
"""Every word that begins a question, but dates and `help`."""
