"""What the local ranker says about itself and about a paper: one line, and one provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.ranker.stems import parts, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paperlark.domain import Profile
    from worker.ranker import Ranker, Reason, Reasons
    from worker.ranker.phrases import Phrase

_PHRASES = 3  # most phrases a line names
_WORDS = 3  # most words beside them
_SHORTEST = 3  # a word of fewer letters tells a reader nothing
_LEAST = 0.1  # a word that adds less to a score of deviation 1 is chance


def comment(found: Reasons) -> str:
    """A card's one line: ``matches “edge of stability”, “sharpness”; then: descent``."""
    phrases = [reason for reason in found.favour if reason.phrase is not None][:_PHRASES]
    spoken = [reason for reason in found.favour if reason.phrase is None]
    words = _words(spoken, phrases)[: max(1, min(_WORDS, _WORDS + 1 - len(phrases)))]
    parted = [_head(phrases, bool(words))]
    if words:
        parted.append(f"{'then' if phrases else 'nearest words'}: {', '.join(words)}")
    unwanted = [reason for reason in found.against if reason.phrase is not None][:_PHRASES]
    if unwanted:
        parted.append(f"against: {', '.join(map(_quoted, unwanted))}")
    return "; ".join(parted)


def _head(phrases: Sequence[Reason], words: bool) -> str:  # noqa: FBT001  (private, by place)
    if phrases:
        return f"matches {', '.join(map(_quoted, phrases))}"
    return "matches no phrase" if words else "nothing in the profile speaks for it"


def _quoted(reason: Reason) -> str:
    weight = reason.phrase.given if reason.phrase is not None else 1.0
    near = " nearby" if reason.near else ""
    return f"{_phrase(reason.text, weight)}{near}"


def _phrase(text: str, weight: float) -> str:
    return f"“{' '.join(text.split())}”" + ("" if weight == 1 else f" (weight {weight:g})")


def _words(spoken: Iterable[Reason], phrases: Iterable[Reason]) -> list[str]:
    """Full words that carry weight, less those that a phrase or an earlier word already says."""
    said = {stem for reason in phrases for stem in parts(" ".join(stems(reason.text)))}
    found = []
    for reason in spoken:
        own = set(parts(" ".join(stems(reason.text))))
        if reason.share >= _LEAST and len(reason.text) >= _SHORTEST and not own & said:
            found.append(reason.text)
            said |= own
    return found


def provenance(ranker: Ranker, profile: Profile) -> str:
    """How the ranker was set, as Markdown: with the same papers and labels, the same scores."""
    wanted = [phrase for phrase in ranker.phrases if phrase.weight >= 0]
    unwanted = [phrase for phrase in ranker.phrases if phrase.weight < 0]
    liked, other = ranker.labelled
    text = len(profile.wanted.split()), len(profile.unwanted.split())
    how = "a logistic regression on the labels" if ranker.trained else "a centroid"
    source = "the labels" if ranker.trained else "experience with other profiles"
    scale = ranker.scale
    lines = [
        "Ranked by the local ranker: one weight a word and one a phrase; no model was asked.",
        "",
        f"- Phrases wanted: {_listed(wanted)}",
        f"- Phrases not wanted: {_listed(unwanted)}",
        f"- Topics: {text[0]:,} words wanted, {text[1]:,} not wanted",
        f"- Papers read: {len(ranker):,}",
        f"- Labels: {liked:,.10g} liked, {other:,.10g} not",
        f"- Weights: {how} around the profile",
        f"- Score: 100 / (1 + exp(-({scale.steepness:.3f} x s {scale.level:+.3f}))), by {source}",
    ]
    return "\n".join(lines) + "\n"


def _listed(phrases: Iterable[Phrase]) -> str:
    return ", ".join(_phrase(phrase.text, phrase.given) for phrase in phrases) or "none"
