"""Every key of ours, in one place, and how long it is kept. The prefix is ``ad:``.

| key | type | kept | holds |
|---|---|---|---|
| ``ad:schema`` | string | for good | the number of this table's form |
| ``ad:p:{id}`` | string | 35 days | a paper |
| ``ad:gate:arxiv`` | hash | for good | when arXiv may be asked again, and who is asking |
| ``ad:lock:repair:{job}`` | string | 30 s | who is putting a dead job right |
| ``ad:kept`` | hash id -> paper | for good | papers that profiles name as examples |
| ``ad:day:{date}:{category}`` | string | 35 days | a batch, written after its papers |
| ``ad:days`` | zset ``{date}:{category}`` -> end | – | which batches are kept |
| ``ad:profiles`` | hash name -> profile | for good | profiles with their text and revision |
| ``ad:s:{profile}:{revision}:{date}:{scorer}`` | string | 35 days | scores, packed |
| ``ad:digests:{profile}`` | hash date -> digest | 400 days | digests, packed |
| ``ad:shown:{profile}`` | hash date -> ids | 400 days | papers on the digest of that date |
| ``ad:grades:{profile}`` | hash date -> grades | 100 days | a model's grades, packed |
| ``ad:rung:{server}`` | string | 30 days | the form of answer a model server understands |
| ``ad:held`` | hash call -> day, amount, end | lease | money held for calls under way |
| ``ad:spent:{month}`` | hash date -> amount | 400 days | money spent a UTC day |
| ``ad:settled:{date}`` | hash call -> amount | 2 days | what each call of a UTC day did cost |
| ``ad:usage:{month}`` | hash date, profile, run, model | 400 days | what runs took |
| ``ad:panel:{profile}`` | hash ``panel``, dates | for good | papers graded again, and the grades |

Days are counted from the write, for months from their newest; in the three hashes of a profile by
date, from the newest write's own date.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from urllib.parse import quote, unquote

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
GRADES_KEPT: Final = timedelta(days=100)
RUNG_S: Final = 30 * DAY_S
HELD: Final = "ad:held"
SPENT_S: Final = 400 * DAY_S
SETTLED_S: Final = 2 * DAY_S
"""Longer than any lease: a call settled twice must still be known."""


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


ALL_DIGESTS: Final = f"{PREFIX}digests:*"


def digests_of(key: str) -> str:
    """The profile whose digests `key` holds."""
    return unquote(key.removeprefix(f"{PREFIX}digests:"))


def shown(profile: str) -> str:
    """The key of what a profile's digests showed."""
    return f"{PREFIX}shown:{_part(profile)}"


def grades(profile: str) -> str:
    """The key of what models said about a profile's papers."""
    return f"{PREFIX}grades:{_part(profile)}"


def rung(server: str) -> str:
    """The key of what a model server was found to understand."""
    return f"{PREFIX}rung:{_part(server)}"


def spent(day: date) -> str:
    """The key of the money spent in the day's month."""
    return f"{PREFIX}spent:{day:%Y-%m}"


def settled(day: date) -> str:
    """The key of what each call of a day did cost."""
    return f"{PREFIX}settled:{day.isoformat()}"


def usage(day: date) -> str:
    """The key of what the runs for the day's month took."""
    return f"{PREFIX}usage:{day:%Y-%m}"


def panel(profile: str) -> str:
    """The key of the papers that are graded again and again, and of their grades."""
    return f"{PREFIX}panel:{_part(profile)}"


def _part(name: str) -> str:
    """A name that may hold anything, without the colon that parts are joined by."""
    return quote(name, safe="")
