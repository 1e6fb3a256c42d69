"""Words a place follows: accepted, refused and taken back, in its profile's text and as facts."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from bot.replies import Said
from paperlark import editing
from paperlark.errors import NotFound
from paperlark.feedback import Wish, Wording, followed, phrase
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.desk.case import Case
    from paperlark.domain import Profile, Term

_LONGEST: Final = 100
"""Most characters of a phrase."""
_MOST: Final = 8
"""Most phrases at once."""
_WEIGHT: Final = 1.0
_DOES: Final[Mapping[Wish, str]] = {
    Wish.WANT: "speaks for a paper",
    Wish.EXCLUDE: "speaks against a paper",
    Wish.DROP: "is followed no more",
}
_DO: Final[Mapping[Wish, str]] = {
    Wish.WANT: "speak for a paper",
    Wish.EXCLUDE: "speak against a paper",
    Wish.DROP: "are followed no more",
}


def want(case: Case, text: str) -> Said:
    """Follow phrases: papers that name one come further up."""
    return _wish(case, Wish.WANT, text)


def exclude(case: Case, text: str) -> Said:
    """Follow phrases the other way: papers that name one come further down."""
    return _wish(case, Wish.EXCLUDE, text)


def drop(case: Case, text: str) -> Said:
    """Follow phrases no more; the profile's own words are not touched."""
    return _wish(case, Wish.DROP, text)


def no(case: Case, text: str) -> Said:
    """Refuse an edit that was offered: it is not offered again for some weeks."""
    case.managed()
    texts = _phrases(text, "no")
    if all(phrase(each) in _refused(case) for each in texts):
        return Said(f"{_listed(texts)}: refused already.")
    _keep(case, Wish.WANT, texts, taken=False)
    return Said(f"{_listed(texts)}: noted, and not offered again for the next 20 digests.")


def back(case: Case, text: str) -> Said:
    """Take the last edit of words back; with phrases, only where it was about these."""
    case.managed()
    groups = _groups(case.known.wordings)
    if not groups:
        raise NotFound("No words were accepted yet, so there is nothing to take back.")
    before = [each for group in groups[:-1] for each in group]
    about = [text for each in groups[-1] for text in each.phrases]
    if text and {phrase(each) for each in _phrases(text, "back")} != set(map(phrase, about)):
        raise NotFound(
            "Other words were changed since that was offered: `/digest tune` shows them as they "
            "are now."
        )
    if _undoing(groups):
        return Said(
            f"The last edit, of {_listed(about)}, is taken back already. `/digest tune want`, "
            "`exclude` and `drop` change words."
        )
    return _restored(case, about, _state(before))


def _restored(case: Case, about: Sequence[str], before: Mapping[str, Wish]) -> Said:
    """Every phrase as it was before the last edit."""
    wishes = {text: before.get(phrase(text), Wish.DROP) for text in about}
    profile = case.at.profile
    for text, wish in wishes.items():
        profile = _edited(profile, wish, text)
    _save(case, profile)
    for wish in Wish:
        if texts := [text for text in about if wishes[text] is wish]:
            _keep(case, wish, texts)
    told = [f"{_listed([text])} {_DOES[wish]}" for text, wish in wishes.items()]
    return Said(f"{_since(case)} it is as before: {', '.join(told)}.")


def _wish(case: Case, wish: Wish, text: str) -> Said:
    case.managed()
    texts, profile = _phrases(text, wish), case.at.profile
    now = _state(case.known.wordings)
    have = {phrase(term.text) for term in (*profile.keywords, *profile.exclusions)}
    fresh = [each for each in texts if not _is_so(each, wish, now, have)]
    if not fresh:
        verb = _DOES[wish] if len(texts) == 1 else _DO[wish]
        return Said(f"{_listed(texts)} {verb} already.")
    for each in fresh:
        _free(profile, wish, each, now)
        profile = _edited(profile, wish, each)
    _save(case, profile)
    _keep(case, wish, fresh)
    verb = _DOES[wish] if len(fresh) == 1 else _DO[wish]
    return Said(f"{_since(case)} {_listed(fresh)} {verb}. To take that back: `/digest tune back`.")


def _is_so(text: str, wish: Wish, now: Mapping[str, Wish], have: Iterable[str]) -> bool:
    """Whether a phrase is followed, or not, as it is wished."""
    folded = phrase(text)
    kept = now.get(folded) if folded in have else None
    return kept is wish or (wish is Wish.DROP and folded not in have)


def _free(profile: Profile, wish: Wish, text: str, now: Mapping[str, Wish]) -> None:
    """See that the phrase is none of the words the group itself wrote.

    Raises:
        NotFound: it is, and is changed where those are.
    """
    folded = phrase(text)
    if folded in now:
        return
    for key, terms in (("follows", profile.keywords), ("mutes", profile.exclusions)):
        if any(phrase(term.text) == folded for term in terms):
            verb = "mute" if key == "follows" else "follow"
            more = "" if wish is Wish.DROP else " already"
            raise NotFound(
                f"{_listed([text])} is among the words {profile.name} {key}{more} by its own text: "
                f"`/digest {verb} here word {text}` takes it off there."
            )


def _edited(profile: Profile, wish: Wish, text: str) -> Profile:
    """The profile with the phrase where the wish wants it, and nowhere else."""
    folded = phrase(text)
    for key, terms in (("keywords", profile.keywords), ("exclusions", profile.exclusions)):
        if any(phrase(term.text) == folded for term in terms):
            profile = editing.without(profile, key, lambda each: phrase(each) == folded)
    if wish is Wish.WANT:
        return editing.with_added(profile, "keywords", text)
    if wish is Wish.EXCLUDE:
        return editing.with_added(profile, "exclusions", text, _WEIGHT)
    return profile


def _save(case: Case, profile: Profile) -> None:
    if profile.source != case.at.profile.source:
        case.house.store.save_profile(profile)


def _keep(case: Case, wish: Wish, texts: Sequence[str], *, taken: bool = True) -> None:
    fact = Wording(case.now, case.who, wish, tuple(texts), taken, case.asker.voter)
    case.house.store.choices.word(case.name, fact)


def _phrases(text: str, verb: str) -> tuple[str, ...]:
    """The phrases between commas.

    Raises:
        NotFound: there is none, or one is too long.
    """
    cleaned = (plain(each).strip("\"“”'` ") for each in text.split(","))
    found = {phrase(each): each for each in cleaned if phrase(each).strip()}
    if not found:
        raise NotFound(f"Say which words: `/digest tune {verb} sparse attention`.")
    if len(found) > _MOST or any(len(each) > _LONGEST for each in found.values()):
        raise NotFound(
            f"Give at most {_MOST} phrases, with commas between, of {_LONGEST} characters at most."
        )
    return tuple(found.values())


def _since(case: Case) -> str:
    """From when the changed text is read: today's digest has it, where that is not made yet."""
    return f"From {case.dated(case.upcoming)}"


def _listed(texts: Iterable[str]) -> str:
    """``“pruning”, “sparse networks”``."""
    return ", ".join(f"“{each}”" for each in texts)


def _state(wordings: Iterable[Wording]) -> dict[str, Wish]:
    """What is followed by these facts, by folded phrase."""
    return {phrase(term.text): _wished(term) for term in followed(wordings, date.max)}


def _wished(term: Term) -> Wish:
    return Wish.WANT if (term.weight or 0) > 0 else Wish.EXCLUDE


def _groups(wordings: Iterable[Wording]) -> list[list[Wording]]:
    """The edits that were taken, oldest first; one edit may be several facts of one moment."""
    taken = sorted((each for each in wordings if each.taken), key=lambda each: (each.at, each.by))
    return [list(group) for _, group in groupby(taken, key=lambda each: (each.at, each.by))]


def _undoing(groups: Sequence[Sequence[Wording]]) -> bool:
    """Whether the last edit only made the one before it undone."""
    if len(groups) < 2:  # noqa: PLR2004  (the edit, and what undid it)
        return False
    last, one = ({phrase(t) for each in group for t in each.phrases} for group in groups[-1:-3:-1])
    before = _state(each for group in groups[:-2] for each in group)
    after = _state(each for group in groups for each in group)
    return last == one and all(before.get(text) is after.get(text) for text in last)


def _refused(case: Case) -> set[str]:
    """Phrases whose last answer was no, and that are not offered for that."""
    return set(map(phrase, case.known.declined(case.day)))
