"""The commands people choose from, and the words after ``/digest`` that each one stands for.

They are data, sent to Discord as they are: their descriptions teach, and a choice leaves nothing to
be spelt. What comes back is turned into the words of product.md, which the desk understands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Command = dict[str, Any]
SUB, TEXT = 1, 3
"""The numbers of the kinds of options."""
DAY: Final = "day"
"""The command that takes a date: Discord has no command named by one."""
HOME: Final = "home"
"""The command that shows what is a tab of its own elsewhere."""
PROFILE: Final = "profile"
"""The option that names a profile, in every command that is about one."""
TOPICS: Final = "topics"
"""The option that is a word of its own before what is filled in."""
LED: Final[Mapping[str, str]] = {"unlink": "link off", "abs": "abstract"}
"""Words of the desk without a command of their own, by what does the same: 25 commands are most."""


def _text(
    name: str, said: str, *choices: str, needed: bool = False, helped: bool = False
) -> Command:
    """Something to type; with choices, to choose; with help, suggestions while typing."""
    made: Command = {"type": TEXT, "name": name, "description": said, "required": needed}
    if choices:
        made["choices"] = [{"name": each, "value": each} for each in choices]
    return made | {"autocomplete": True} if helped else made


def _sub(name: str, said: str, *options: Command) -> Command:
    return {"type": SUB, "name": name, "description": said, "options": list(options)}


_PAGE: Final = _text("page", "A page's number, or “below” for the near misses", helped=True)
_PAPER: Final = _text("id", "The paper: 2611.90412, math/0309136, or any link to it", needed=True)
_FOR: Final = _text("for", "“here” is for everyone in this place; without it, for you", "here")
_KIND: Final = _text("kind", "What it is", "author", "word", "category")
_WHAT: Final = _text("what", "The name, the words, or a category as cs.LG", helped=True)
_PROFILE: Final = _text(PROFILE, "Which profile, where several come to this place", helped=True)
_DIGEST: Final = (
    _sub("today", "Today's digest, five papers a page", _PAGE, _PROFILE),
    _sub("latest", "The newest digest there is", _PAGE, _PROFILE),
    _sub(
        DAY,
        "The digest of an earlier day",
        _text("date", "A date that arXiv announced papers on", needed=True, helped=True),
        _PAGE,
        _PROFILE,
    ),
    _sub("abstract", "A paper in full: its abstract, and how it scored here", _PAPER, _PROFILE),
    _sub("why", "Where a paper was found, how it scored, and what became of it", _PAPER, _PROFILE),
    _sub(
        "search",
        "Papers kept here; “words in quotes” stay together",
        _text("words", "What to look for, in titles, authors and abstracts", needed=True),
    ),
    _sub(HOME, "Your own page: the newest digest, saved papers, votes, and where digests go"),
    _sub(
        "mine",
        "The day's papers ranked for you alone, by what you voted on, follow and work on",
        _text("date", "A date; without it, the newest", helped=True),
        _PAGE,
        _text(
            TOPICS, "Instead: what you work on, in your own words; “not:” what not; “none” undoes"
        ),
        _PROFILE,
    ),
    _sub(
        "link",
        "Count as one person in several chats; alone, a code to type in the other one",
        _text("code", "The code you were given there; “off” undoes the link"),
    ),
    _sub("saved", "The papers you saved"),
    _sub("save", "Put a paper aside for yourself", _PAPER),
    _sub("unsave", "Take a paper off your saved ones", _PAPER),
    _sub(
        "vote",
        "Vote on a paper, or take your vote back",
        _text("how", "Your word", "up", "down", "none", needed=True),
        _PAPER,
    ),
    _sub("votes", "Your votes, newest first"),
    _sub(
        "export",
        "A file to take away",
        _text(
            "form",
            "For a reference manager, for programs, or all that is kept of you",
            "bibtex",
            "json",
            "mine",
            needed=True,
        ),
        _text("of", "A date, or “saved”; without it, the newest digest", helped=True),
        _PROFILE,
    ),
    _sub(
        "forget",
        "What is kept of you; “me yes” erases your votes and saved papers for good",
        _text("what", "“me” tells what there is, “me yes” erases it", "me", "me yes", needed=True),
    ),
    _sub("bibtex", "One paper's BibTeX entry", _PAPER),
    _sub(
        "follow",
        "See more, for yourself: an author, a phrase or a category; alone, what is followed",
        _FOR,
        _KIND,
        _WHAT,
        _PROFILE,
    ),
    _sub(
        "mute",
        "See less, for yourself: an author, a phrase or a category; alone, what is muted",
        _FOR,
        _KIND,
        _WHAT,
        _PROFILE,
    ),
    _sub(
        "tune",
        "The line a paper must reach, and the votes behind it",
        _text(
            "what",
            "To decide: accept 58, undo, freeze, fewer, want WORDS; to try: try 58",
            helped=True,
        ),
        _PROFILE,
    ),
    _sub(
        "setup",
        "Start from papers: a profile is drafted, tried on the newest day, and yours to use",
        _text(
            "papers",
            "Links you like, “not”, links of others; then: up ID, down ID, again, use NAME",
        ),
    ),
    _sub(
        "settings",
        "What the digest here is about, and when it comes; for people who manage the channel",
        _text("layout", "What stands in the channel", "thread", "compact", "thread-only", "inline"),
        _text("wait", "For the whole announcement, or the first papers", "complete", "asap"),
        _text("quiet", "On days without an announcement: one line, or nothing", "notice", "silent"),
        _PROFILE,
    ),
    _sub(
        "subscribe",
        "Where digests go; “here” starts this channel's, an address a reader's mails",
        _text("where", "“here”, or a mail address, which is asked first", helped=True),
        _PROFILE,
    ),
    _sub(
        "unsubscribe",
        "What could be stopped; “here” stops this channel's digest",
        _text("where", "Where", "here"),
        _PROFILE,
    ),
    _sub("help", "Everything paperlark understands"),
)
_EVERYWHERE: Final = {"type": 1, "integration_types": [0, 1], "contexts": [0, 1, 2]}
"""Slash commands, for servers and for people, who may take them along anywhere."""
COMMANDS: Final[Sequence[Command]] = (
    {
        **_EVERYWHERE,
        "name": "digest",
        "description": "The day's new arXiv papers, ranked for this channel",
        "options": list(_DIGEST),
    },
    {
        **_EVERYWHERE,
        "name": "abstract",
        "description": "A paper's abstract, by its id or any link to it",
        "options": [_PAPER],
    },
)
_KNOWN: Final[Mapping[str, Command]] = {each["name"]: each for each in _DIGEST}


def chosen(data: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    """The command, the one below it, and what was filled in, of an interaction's data."""
    options = _options(data)
    sub = next((each for each in options if each.get("type") == SUB), None)
    given = _options(sub) if sub else options
    filled = {str(each.get("name")): str(each.get("value", "")).strip() for each in given}
    return str(data.get("name", "")), str(sub.get("name", "")) if sub else "", filled


def words(sub: str, filled: Mapping[str, str]) -> str:
    """What the same question is as words after ``/digest``, in the order the desk knows."""
    order = [option["name"] for option in _KNOWN.get(sub, {}).get("options", ())]
    names = sorted(filled, key=lambda name: order.index(name) if name in order else len(order))
    lead = () if sub == DAY else (sub,)
    said = (_spoken(name, filled[name]) for name in names if name != PROFILE)
    last = f"{PROFILE}:{filled[PROFILE]}" if filled.get(PROFILE) else ""
    return " ".join(filter(None, (*lead, *said, last)))


def _spoken(name: str, value: str) -> str:
    return f"{TOPICS} {value}" if name == TOPICS and value else value


def focused(data: Mapping[str, Any]) -> tuple[str, str]:
    """The field that is being typed in, and what stands there so far."""
    for each in _options(data):
        if each.get("focused"):
            return str(each.get("name", "")), str(each.get("value", ""))
        if each.get("type") == SUB:
            return focused(each)
    return "", ""


def help_lines() -> tuple[str, ...]:
    """Every command with what is to be filled in, one line each."""
    return tuple(f"`{_usage(each)}`: {each['description']}" for each in _DIGEST)


def _usage(sub: Command) -> str:
    shown = (
        "|".join(choice["value"] for choice in option.get("choices", ())) or option["name"].upper()
        for option in sub["options"]
        if option["required"]
    )
    return " ".join(("/digest", sub["name"], *shown))


def _options(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = data.get("options")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
