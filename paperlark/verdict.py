"""What happened to a mailing date, from its batches, in a clause for people. Pure.

The clauses follow the house's voice; a renderer puts the state's word before and a stop after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from paperlark.domain import AnnounceType, Batch, BatchState, Verdict, VerdictState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from paperlark.domain import Profile

_CHECKED: Final = (AnnounceType.NEW, AnnounceType.CROSS)
"""What the listing page counts, and so what can be checked against it."""

UNREACHED: Final = "arXiv cannot be reached"
"""Begins the clause of a batch for which no connection could be made."""
REMEDY: Final = "check the network, or read saved files with --feed"
UNCHECKED: Final = "not cross-checked: "
"""Begins the last clause of an unchecked batch's detail: why no second source spoke."""

_NEVER: Final = "was never fetched"
_CLAUSES: Final[Mapping[BatchState, str]] = {
    BatchState.STALE: "the feed still holds an earlier day's papers",
    BatchState.THROTTLED: "arXiv asked to be left alone for a while",
    BatchState.BLOCKED: "arXiv refused to answer",
    BatchState.FAILED: "arXiv has not answered",
    BatchState.UNCONFIRMED: "the feed is empty on a working day, and nothing confirms that yet",
    BatchState.TRUNCATED: "arXiv gave fewer papers than it says there are",
}
"""Said where a batch brings no detail of its own."""


def verdict(day: date, batches: Sequence[Batch], profile: Profile) -> Verdict:
    """The day's verdict for a profile's categories; a category without a batch is missing.

    Complete where every category is, or is known to have none; partial where some have papers;
    stale where all there is are an earlier day's; else failed.
    """
    each = _by_category(day, batches, profile.categories)
    state = _state({batch.state for batch in each})
    return Verdict(state, _detail(state, each, profile))


def notes(day: date, batches: Sequence[Batch], profile: Profile) -> tuple[str, ...]:
    """A sentence on each missing, cut-off or unchecked category of a day that has papers.

    A quiet category that two empty answers agree on is not noted: most are so on many days.
    """
    each = _by_category(day, batches, profile.categories)
    state = _state({batch.state for batch in each})
    if state not in {VerdictState.PARTIAL, VerdictState.COMPLETE}:
        return ()
    return tuple(_note(batch) for batch in each if not _known(batch) or _doubted(batch))


def _doubted(batch: Batch) -> bool:
    return batch.unchecked and batch.state is BatchState.COMPLETE


def _note(batch: Batch) -> str:
    if _doubted(batch):
        why = batch.detail.rpartition(UNCHECKED)[2].strip().rstrip(".")
        return f"{batch.category} could not be cross-checked{f': {why}' if why else ''}."
    clause, names = _unnamed(batch), [batch.category]
    if clause.endswith(" "):
        return f"{clause[0].upper()}{_named(clause, names)[1:]}."
    return f"{batch.category}: {clause}."


def _by_category(day: date, batches: Iterable[Batch], categories: Iterable[str]) -> list[Batch]:
    found = {batch.category: batch for batch in batches if batch.date == day}
    return [
        found.get(category) or Batch(day, category, BatchState.FAILED, detail=_NEVER)
        for category in dict.fromkeys(categories)
    ]


def _state(states: set[BatchState]) -> VerdictState:
    if not states:
        return VerdictState.FAILED
    if states <= {BatchState.QUIET}:
        return VerdictState.QUIET
    if states <= {BatchState.COMPLETE, BatchState.QUIET}:
        return VerdictState.COMPLETE
    if states & {BatchState.COMPLETE, BatchState.TRUNCATED}:
        return VerdictState.PARTIAL
    return (
        VerdictState.STALE
        if states <= {BatchState.STALE, BatchState.QUIET}
        else VerdictState.FAILED
    )


def _detail(state: VerdictState, each: Sequence[Batch], profile: Profile) -> str:
    if state is VerdictState.COMPLETE:
        return ", ".join(f"{batch.category} {_count(batch, profile)}" for batch in each)
    if state is VerdictState.PARTIAL:
        return _partial(each, profile)
    if state is VerdictState.QUIET:
        return "; ".join(dict.fromkeys(batch.detail for batch in each if batch.detail))
    return _reasons([batch for batch in each if not _known(batch)])


def _count(batch: Batch, profile: Profile) -> str:
    """``211/211``: new and cross-listed rows of those stated; ``211``: wanted rows, unchecked."""
    types = _CHECKED if batch.stated is not None else profile.announce_types
    got = sum(row.announce_type in types for row in batch.listings)
    return f"{got:,}" if batch.stated is None else f"{got:,}/{batch.stated:,}"


def _partial(each: Sequence[Batch], profile: Profile) -> str:
    """``stat.ML is missing, cs.CV is cut off at 150/211 (cs.LG and math.OC complete)``."""
    missing = [
        batch.category
        for batch in each
        if not _known(batch) and batch.state is not BatchState.TRUNCATED
    ]
    said = [f"{_all(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    said += [
        f"{batch.category} is cut off at {_count(batch, profile)}"
        for batch in each
        if batch.state is BatchState.TRUNCATED
    ]
    whole = [batch.category for batch in each if _known(batch)]
    return ", ".join(said) + (f" ({_all(whole)} complete)" if whole else "")


def _reasons(each: Sequence[Batch]) -> str:
    """Each clause once, with its categories where there are several; then the remedy, once."""
    by_clause: dict[str, list[str]] = {}
    for batch in each:
        by_clause.setdefault(_unnamed(batch), []).append(batch.category)
    if list(by_clause) == [_NEVER]:
        return "nothing was fetched"
    if len(by_clause) == 1:
        said = _named(*by_clause.popitem())
    else:
        said = "; ".join(
            _named(clause, names) if clause.endswith(" ") else f"{_all(names)}: {clause}"
            for clause, names in by_clause.items()
        )
    return f"{said}. {REMEDY.capitalize()}" if UNREACHED in said else said


def _unnamed(batch: Batch) -> str:
    """The clause, without its category where it ends in that: a blank is left for the name."""
    clause = _clause(batch)
    named = clause.endswith(f" {batch.category}")
    return clause.removesuffix(batch.category) if named else clause


def _named(clause: str, names: Sequence[str]) -> str:
    """The clause with the categories where `_unnamed` left a blank for them."""
    return f"{clause}{_all(names, 'or')}" if clause.endswith(" ") else clause


def _clause(batch: Batch) -> str:
    return batch.detail.strip().rstrip(".") or _CLAUSES[batch.state]


def _known(batch: Batch) -> bool:
    """Whether all of the category's papers are known."""
    return batch.state in {BatchState.COMPLETE, BatchState.QUIET}


def _all(names: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    head, last = names[:-1], names[-1]
    return f"{', '.join(head)} {word} {last}" if head else last
