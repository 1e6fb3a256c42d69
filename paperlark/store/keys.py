"""Every key of ours, in one place, and how long it is kept. The prefix is ``ad:``.

| key | type | kept | holds |
|---|---|---|---|
| ``ad:schema`` | string | for good | the number of this table's form |
| ``ad:p:{id}`` | string | 35 days | a paper |
| ``ad:kept`` | hash id -> paper | for good | papers that profiles name as examples |
| ``ad:day:{date}:{category}`` | string | 35 days | a batch, written after its papers |
| ``ad:days`` | zset ``{date}:{category}`` -> end | – | which batches are kept |
| ``ad:profiles`` | hash name -> profile | for good | profiles with their text and revision |
| ``ad:s:{profile}:{revision}:{date}:{scorer}`` | string | 35 days | scores, packed |
| ``ad:digests:{profile}`` | hash date -> digest | 400 days | digests, packed |
| ``ad:shown:{profile}`` | hash date -> ids | 400 days | papers on the digest of that date |

Days are counted from the write; in the two hashes by date, from the newest write's own date.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from urllib.parse import quote

PREFIX: Final = "ad:"
SCHEMA: Final = "ad:schema"
SCHEMA_LOCK: Final = "ad:lock:schema"
KEPT: Final = "ad:kept"
DAYS: Final = "ad:days"
PROFILES: Final = "ad:profiles"

DAY_S: Final = 86_400
BATCH_S: Final = 35 * DAY_S
PAPER_S: Final = BATCH_S + 3_600
"""A paper outlives every batch that lists it."""
SCORES_S: Final = BATCH_S
DIGESTS_KEPT: Final = timedelta(days=400)


def paper(identifier: str) -> str:
    """The key of a paper."""
    return f"{PREFIX}p:{identifier}"


def batch(day: date, category: str) -> str:
    """The key of a category's batch."""
    return f"{PREFIX}day:{day_member(day, category)}"


def day_member(day: date, category: str) -> str:
    """A batch's name in ``ad:days``; as text these sort by date."""
    return f"{day.isoformat()}:{category}"


def named(member: str) -> tuple[date, str]:
    """The day and category that `day_member` joined."""
    day, _, category = member.partition(":")
    return date.fromisoformat(day), category


def scores(profile: str, revision: str, day: date, scorer: str) -> str:
    """The key of what a scorer said about a profile's day."""
    return f"{PREFIX}s:{_part(profile)}:{_part(revision)}:{day.isoformat()}:{_part(scorer)}"


def digests(profile: str) -> str:
    """The key of a profile's digests."""
    return f"{PREFIX}digests:{_part(profile)}"


def shown(profile: str) -> str:
    """The key of what a profile's digests showed."""
    return f"{PREFIX}shown:{_part(profile)}"


def _part(name: str) -> str:
    """A name that may hold anything, without the colon that parts are joined by."""
    return quote(name, safe="")
