"""The constants of the feedback maths, with what each one means (docs/feedback.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

LOCAL_SCORER: Final = "local"
"""The scorer whose plain scores no vote reaches: `Usage.scorer` of the local ranker."""
FEWER, MORE = 0.85, 0.70
"""The two targets people choose from: "fewer, surer" and "more"; a share of liked cards."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Every constant; the defaults are the product's.

    Attributes:
        votes, days: standing votes, and different days with one, before anything moves.
        gain: points of the line for a liked share that is off by 1.
        step: most points the line moves from one digest to the next.
        dead: a share nearer to the target than this moves nothing.
        reach: most points the line ever is from its base.
        fade: what a vote is worth to the line one digest later.
        recent: digests whose votes a sentence about the line counts.
        pseudo: votes at the target that the share starts from.
        down: what a 👎 counts beside a 👍: a liked card is voted on more often.
        a_day: votes of one person on one day that count in full.
        quiet: votes below which nobody is held to the measure of the others.
        trust_from: people from whom on agreement with the plain score decides who is heard.
        trust_slope: the agreement of those who are heard in full; 0 and less is not heard.
        trust_prior: votes without any agreement that everybody starts with.
        trust_fade: what a vote is worth to trust one vote of that person later.
        window: calendar days that taste remembers.
        decay: what a vote is worth to taste one day later.
        similar: what one deviation of the ranker's similarity is worth before any vote, once
            taste is awake; in log-odds.
        word: what a followed word is worth before any vote; in log-odds.
        spread: prior deviations of level, relevance, novelty, similarity and words; in log-odds.
        bend: most that taste moves a paper; in log-odds.
        word_bend: most that followed words move a paper; in log-odds.
        pool: papers under the line that the wild card is drawn from.
    """

    votes: int = 8
    days: int = 3
    gain: float = 6.0
    step: float = 0.5
    dead: float = 0.02
    reach: float = 30.0
    fade: float = 0.95
    recent: int = 20
    pseudo: float = 4.0
    down: float = 1.4
    a_day: int = 3
    quiet: float = 3.0
    trust_from: int = 4
    trust_slope: float = 0.4
    trust_prior: float = 2.0
    trust_fade: float = 0.9
    window: int = 60
    decay: float = 0.985
    similar: float = 0.0
    word: float = 3.0
    spread: tuple[float, float, float, float, float] = (1.2, 0.15, 0.35, 0.2, 1.0)
    bend: float = 1.5
    word_bend: float = 4.0
    pool: int = 40


DEFAULT = Tuning()

LOCAL = replace(DEFAULT, similar=0.6)
"""Where the local ranker scores. It learns words from votes, and they reach nothing but similarity:
so similarity counts before votes have said what it is worth (docs/benchmarks-feedback.md)."""


def tuned(scorer: str) -> Tuning:
    """The constants for a day's scores, by who gave them (`Usage.scorer`)."""
    return LOCAL if scorer == LOCAL_SCORER else DEFAULT
