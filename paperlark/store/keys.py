"""Every key of ours, in one place, and how long it is kept. The prefix is ``ad:``.

| key | type | kept | holds |
|---|---|---|---|
| ``ad:schema`` | string | for good | the number of this table's form |
| ``ad:p:{id}`` | string | 35 days | a paper |
| ``ad:gate:arxiv`` | hash | for good | when arXiv may be asked again, and who is asking |
| ``ad:lock:repair:{job}`` | string | 30 s | who is putting a dead job right |
| ``ad:kept`` | hash id -> paper | for good | papers named as examples, voted on or saved |
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
| ``ad:subs`` | hash id -> subscription | for good | who gets what |
| ``ad:done:{sub}`` | hash date -> outcome | 100 days | what became of a subscription's dates |
| ``ad:post:{sub}:{date}`` | hash | 40 days | a post's frozen messages, and each one's state |
| ``ad:card:{kind}:{ref}`` | string | 40 days | which paper a message shows |
| ``ad:votes:{sub}`` | hash paper, voter -> vote | for good | the last word of each |
| ``ad:voter:{voter}`` | set of subscriptions | for good | where a person has voted |
| ``ad:voted:{profile}`` | set of subscriptions | for good | those of a profile with any vote |
| ``ad:showings:{profile}`` | hash date -> cards | for good | what a digest showed, for the line |
| ``ad:decided:{profile}`` | hash moment, act, voter | for good | what people decided about a line |
| ``ad:worded:{profile}`` | hash moment, wish, voter | for good | what people decided about words |
| ``ad:links`` | hash voter -> name | for good | identities that are one person have one name |
| ``ad:link:{sha256}`` | string | 15 min | whose code that is |
| ``ad:linking:{voter}`` | string | 15 min | the SHA-256 of the code that a person was given |
| ``ad:linktries:{voter}`` | string | 15 min | wrong codes that were tried |
| ``ad:layer:{voter}`` | string | for good | what a person follows and mutes for themselves |
| ``ad:mine:{voter}`` | hash date, profile -> cards | 70 days | what a person's own pages showed |
| ``ad:saved:{voter}`` | zset paper -> moment | for good | papers a person put aside |
| ``ad:seen:{kind}:{event}`` | string | 1 day | events that were handled |
| ``ad:rate:{name}`` | string | itself | when a service may be used again (GCRA) |
| ``ad:asked:{profile}`` | hash date -> moment | 40 days | when a day was last asked for |
| ``ad:told:{subscription}`` | string | 30 days | that an owner was told of a failure |
| ``ad:reader:{key}`` | string | for good | the subscription that a mail's links mean |
| ``ad:pending:{name}`` | string | 2 days | a subscription that its reader has not confirmed yet |
| ``ad:draft:{name}`` | string | 2 days | the own profile that such a reader asks for |
| ``ad:own:{profile}`` | string | for good | one reader's own profile; 40 days once they have left |
| ``ad:moved`` | hash id -> id | for good | which subscription another one has become |
| ``ad:errands`` | zset name -> moment | – | requests whose mail is owed, and when it is tried |
| ``ad:asks:{who}`` | zset name -> moment | its window | when somebody asked for what is limited |
| ``ad:secret:web`` | string | for good | what signs links, where the settings have no secret |
| ``ad:letter:{sha256}`` | string | 43 days | a mail that many readers share, packed |
| ``ad:later:{sub}:{date}`` | hash | 2 days | when a refused post is tried again |
| ``ad:strikes:{target}`` | set of dates | 30 days | posts that a target refused for good |
| ``ad:suppressed`` | hash HMAC -> why, when | for good | addresses never to be written to again |
| ``ad:secret:suppressed`` | string | for good | the salt of those hashes |
| ``ad:returned:{name}`` | string | 40 days | mails that came back and were read |
| ``ad:setup:{request}`` | hash | 2 days | a profile being drafted: the request, the draft |
| ``ad:lock:tick`` | string | 60 s | which clock ticks |

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


SUBSCRIPTIONS: Final = f"{PREFIX}subs"
TICK_LOCK: Final = f"{PREFIX}lock:tick"
POST_S: Final = 40 * DAY_S
SEEN_S: Final = DAY_S
DONE_KEPT: Final = timedelta(days=100)
ASKED_KEPT: Final = timedelta(days=40)
TOLD_S: Final = 30 * DAY_S


def done(subscription: str) -> str:
    """The key of what became of a subscription's dates."""
    return f"{PREFIX}done:{_part(subscription)}"


POSTS: Final = f"{PREFIX}post:"


def post(subscription: str, day: date) -> str:
    """The key of a post: its messages, and the state of each."""
    return f"{PREFIX}post:{_part(subscription)}:{day.isoformat()}"


def posts_of(subscription: str) -> tuple[str, str]:
    """Patterns of a subscription's posts, and of those that are tried again later."""
    return f"{PREFIX}post:{_part(subscription)}:*", f"{PREFIX}later:{_part(subscription)}:*"


def card(kind: str, ref: str) -> str:
    """The key of which paper a message shows."""
    return f"{PREFIX}card:{kind}:{_part(ref)}"


def votes(subscription: str) -> str:
    """The key of a subscription's votes."""
    return f"{PREFIX}votes:{_part(subscription)}"


ALL_VOTES: Final = f"{PREFIX}votes:*"


def votes_of(key: str) -> str:
    """The subscription whose votes `key` holds."""
    return unquote(key.removeprefix(f"{PREFIX}votes:"))


def voted(profile: str) -> str:
    """The key of a profile's subscriptions with any vote."""
    return f"{PREFIX}voted:{_part(profile)}"


def showings(profile: str) -> str:
    """The key of what a profile's digests showed, as the line is worked out from it."""
    return f"{PREFIX}showings:{_part(profile)}"


ALL_DECIDED: Final = f"{PREFIX}decided:*"
ALL_WORDED: Final = f"{PREFIX}worded:*"


def decided(profile: str) -> str:
    """The key of what people decided about a profile's line."""
    return f"{PREFIX}decided:{_part(profile)}"


def worded(profile: str) -> str:
    """The key of what people decided about a profile's words."""
    return f"{PREFIX}worded:{_part(profile)}"


def voter(person: str) -> str:
    """The key of the subscriptions that a person voted in."""
    return f"{PREFIX}voter:{_part(person)}"


def saved(person: str) -> str:
    """The key of the papers that a person put aside."""
    return f"{PREFIX}saved:{_part(person)}"


LINKS: Final = f"{PREFIX}links"
LINK_S: Final = 900
MINE_S: Final = 70 * DAY_S


def link(code: str) -> str:
    """The key of whose code that is, by its SHA-256."""
    return f"{PREFIX}link:{code}"


def linking(person: str) -> str:
    """The key of the hash of the code that a person was given."""
    return f"{PREFIX}linking:{_part(person)}"


def link_tries(person: str) -> str:
    """The key of how many wrong codes a person tried."""
    return f"{PREFIX}linktries:{_part(person)}"


def layer(person: str) -> str:
    """The key of what a person follows and mutes for themselves."""
    return f"{PREFIX}layer:{_part(person)}"


def mine(person: str) -> str:
    """The key of what a person's own pages showed."""
    return f"{PREFIX}mine:{_part(person)}"


def seen(kind: str, event: str) -> str:
    """The key that says an event was handled."""
    return f"{PREFIX}seen:{kind}:{_part(event)}"


def rate(name: str) -> str:
    """The key of when a service may be used again."""
    return f"{PREFIX}rate:{_part(name)}"


def asked(profile: str) -> str:
    """The key of when a profile's days were last asked for."""
    return f"{PREFIX}asked:{_part(profile)}"


def told(subscription: str) -> str:
    """The key that says a subscription's owner was told that it fails."""
    return f"{PREFIX}told:{_part(subscription)}"


LETTER_S: Final = POST_S + 3 * DAY_S
"""A letter outlives every post that has it: posts are kept anew when they arrive."""
LATER_S: Final = 2 * DAY_S
STRIKES_S: Final = 30 * DAY_S
WEB_SECRET: Final = f"{PREFIX}secret:web"


def reader(key: str) -> str:
    """The key of the subscription that a reader's key means."""
    return f"{PREFIX}reader:{_part(key)}"


PENDING_S: Final = 2 * DAY_S
ALL_PENDING: Final = f"{PREFIX}pending:*"


def pending(name: str) -> str:
    """The key of a subscription that is not confirmed yet, by its request's name."""
    return f"{PREFIX}pending:{_part(name)}"


def pending_of(key: str) -> str:
    """The name of the request that `key` holds."""
    return unquote(key.removeprefix(f"{PREFIX}pending:"))


def draft(name: str) -> str:
    """The key of the own profile that is not confirmed yet, by its request's name."""
    return f"{PREFIX}draft:{_part(name)}"


OWN_S: Final = 40 * DAY_S


def own(profile: str) -> str:
    """The key of one reader's own profile."""
    return f"{PREFIX}own:{_part(profile)}"


def of_profile(profile: str) -> tuple[tuple[str, ...], str]:
    """The keys of all that was made for a profile, and the pattern of its scores."""
    kinds = (digests, shown, grades, panel, asked, voted, showings, decided, worded)
    return tuple(kind(profile) for kind in kinds), f"{PREFIX}s:{_part(profile)}:*"


MOVED: Final = f"{PREFIX}moved"
ERRANDS: Final = f"{PREFIX}errands"


def asks(who: str) -> str:
    """The key of when somebody asked for what is limited."""
    return f"{PREFIX}asks:{_part(who)}"


def letter(digest: str) -> str:
    """The key of what many posts share, by its SHA-256."""
    return f"{PREFIX}letter:{digest}"


def later(subscription: str, day: date) -> str:
    """The key of when a refused post is tried again."""
    return f"{PREFIX}later:{_part(subscription)}:{day.isoformat()}"


def strikes(target: str) -> str:
    """The key of the dates of posts that a target refused for good."""
    return f"{PREFIX}strikes:{_part(target)}"


SUPPRESSED: Final = f"{PREFIX}suppressed"
SUPPRESSED_SALT: Final = f"{PREFIX}secret:suppressed"
RETURNED_S: Final = 40 * DAY_S
"""Longer than `STRIKES_S`: a bounce that was forgiven and is read again still counts once."""


def returned(name: str) -> str:
    """The key that says a mail that came back was read."""
    return f"{PREFIX}returned:{_part(name)}"


SETUP_S: Final = 2 * DAY_S


def setup(request: str) -> str:
    """The key of a profile being drafted; the name holds no person and no place."""
    return f"{PREFIX}setup:{request}"


def _part(name: str) -> str:
    """A name that may hold anything, without the colon that parts are joined by."""
    return quote(name, safe="")
