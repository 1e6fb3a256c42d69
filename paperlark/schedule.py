"""What a subscription is owed now, and what a post for it says. Pure: everything is an argument.

Used twice for each post: the clock asks `due` whether there is work, and the job that delivers
asks `decide` again what to post, so that nothing has to travel between them but ids.

The job, in order (see `paperlark.ports.SubscriptionStore` for `begin` and `settle`):

1. A post the ledger holds for (subscription, day) is finished, whatever `decide` says.
2. Else ``decide(…, day=day)``; None: there is nothing to do, or not any more. ``due.kind`` None:
   settle ``due.covers`` as ``due.outcome``; nothing is posted.
3. ``begin(id, due.covers, day)``; False: another post has one of these dates, leave. Then settle
   ``due.told`` as `NOTICED` and ``due.skipped`` as `SKIPPED`.
4. Compose with ``digest`` and ``setting(…)``, freeze with ``words``.
5. Settle what the frozen post adds to dates of earlier posts: its ``words`` for dates it does not
   cover. Send.
6. Settle what it covers as its ``words`` say, the others as ``outcome(post.kind)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from paperlark import calendar, catchup
from paperlark.dues import Due, Look, Patience, due, outcome
from paperlark.owed import (
    NOTICED,
    POSTED,
    QUIET,
    SKIPPED,
    Standing,
    begun,
    in_part,
    in_parts,
    known,
    out,
    standing,
)
from paperlark.post import Setting
from paperlark.render import absences

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from paperlark.domain import Digest
    from paperlark.subscription import Subscription

__all__ = [
    "NOTICED",
    "POSTED",
    "QUIET",
    "SKIPPED",
    "Decision",
    "Due",
    "Look",
    "Patience",
    "begun",
    "decide",
    "due",
    "outcome",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is owed now, with its words.

    Attributes:
        due: what, for which dates.
        digest: what is composed: one day's, or the sum of `Due.parts`; for a notice the day's as
            it is, or an empty one.
        notice: the sentence of a notice; empty else.
        words: what dates become that are out in part, or were: `paperlark.post.Post.words`.
    """

    due: Due
    digest: Digest
    notice: str = ""
    words: Mapping[date, str] = field(default_factory=dict)

    def setting(self, subscription: Subscription, web: str = "") -> Setting:
        """What a channel needs besides the digest; `web` is the public address of our pages."""
        parts = self.due.parts if len(self.due.parts) > 1 else ()
        return Setting(
            subscription.zone, parts, self.due.late_s, web, self.notice, missed=self.due.missed
        )


def decide(
    subscription: Subscription,
    settled: Mapping[date, str],
    look: Look,
    now: datetime,
    patience: Patience,
    *,
    cap: int,
    day: date | None = None,
) -> Decision | None:
    """`due`, of the same arguments, with the digest and the words to post.

    `cap` is the most cards on one digest: the profile's.

    Raises:
        ConfigError: the subscription's zone is unknown.
    """
    look = cache(look)  # a digest may be made again meanwhile: the words are of what is shown
    found = due(subscription, settled, look, now, patience, day=day)
    if found is None:
        return None
    if not found.parts:
        known = look(found.day) or absences.empty(found.day, subscription.profile)
        return Decision(found, known, _notice(found, look))
    held = [digest for each in found.parts if (digest := look(each))]
    seen = out(settled, look, found.parts[0], but=found.covers)
    late = [catchup.only(digest, ids) for each, ids in found.late.items() if (digest := look(each))]
    merged = catchup.merge(held, cap=cap, seen=seen, late=late)
    words = in_parts(held) | _added(found, settled, look)
    return Decision(found, catchup.noted(merged, _asides(found, look)), words=words)


def _added(found: Due, settled: Mapping[date, str], look: Look) -> dict[date, str]:
    """What the dates of earlier posts become that this one adds to."""
    return {
        day: POSTED
        if standing(day, look(day)) is Standing.WHOLE
        else in_part((known(settled[day]) or frozenset()) | papers)
        for day, papers in found.late.items()
    }


def _notice(found: Due, look: Look) -> str:
    if found.kind is None:
        return ""
    failing = [each for each in found.covers if standing(each, look(each)) is not Standing.QUIET]
    if failing:
        return absences.failed(failing, look(failing[-1]))
    return absences.quiet({each: look(each) for each in found.covers})


def _asides(found: Due, look: Look) -> tuple[str, ...]:
    """What a digest says of the dates it has no papers of."""
    quiet = {each: look(each) for each in found.covers if each not in found.parts}
    said = (
        absences.quiet(quiet, following=False),
        absences.waiting({each: look(each) for each in found.told}),
        absences.late({each: len(papers) for each, papers in found.late.items()}),
        absences.left_out([each for each in found.skipped if calendar.is_mailing_date(each)]),
    )
    return tuple(sentence for sentence in said if sentence)
