"""Mails that ask people to confirm: owed in the store, and sent once, whatever dies on the way.

The ledger that decides over digests decides here too: a row for each request, so that two
processes never send one twice, and one that died while sending leaves a doubt that is settled by
``delivery.on_ambiguous``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot import notices, words
from bot.readers import signup
from bot.readers.office import masked
from bot.returns.suppression import barred
from paperlark.codec import Damaged
from paperlark.errors import DeliveryError, PaperlarkError, Refused, StoreError
from paperlark.post import ClaimState, Message, Post, PostKind
from paperlark.render.words import called

if TYPE_CHECKING:
    from threading import Event

    from bot.readers.office import Office
    from bot.readers.signup import Request
    from paperlark.domain import Profile
    from paperlark.post import Claim
    from paperlark.subscription import Subscription

WAITS_S: Final = (60.0, 300.0, 900.0, 3_600.0)
"""Seconds after each try that came to nothing; many servers refuse a first mail."""
ROUND_S: Final = 15.0
_log: Final = structlog.get_logger(__name__)
_MESSAGE: Final = Message("confirm", {})
_GONE: Final = frozenset({ClaimState.SENT, ClaimState.GIVEN_UP})
_SILENT: Final = "the mail may have arrived, and is not sent twice"


def begin(office: Office, wanted: Subscription, source: str, own: Profile | None = None) -> str:
    """Ask the reader, soon; the sentence that is said, whoever the address belongs to.

    The mail is owed from here on, whatever becomes of this process.

    Raises:
        ConfigError, TooMany: as `bot.readers.signup.prepared`.
    """
    request = signup.prepared(office, wanted, source, own)
    if request:
        office.store.errands.owe(request.name)
        office.later(lambda: run(office, request.name))
    return (
        f"A mail to {masked(wanted.target.address)} asks to confirm {called(wanted.profile)}, "
        f"{words.hours(wanted)}, within 48 hours. Nothing else is sent before."
    )


def rounds(office: Office, stop: Event, every_s: float = ROUND_S) -> None:
    """Look after every mail that is owed, now and again, until it is time to stop."""
    while True:
        try:
            look(office)
        except StoreError as error:
            _log.warning("letters wait for the store", why=str(error))
        if stop.wait(every_s):
            return


def look(office: Office) -> None:
    """Try every mail that is due; one that breaks keeps no other from being sent.

    Raises:
        StoreError: the store does not answer.
    """
    for name in office.store.errands.due():
        try:
            run(office, name)
        except Exception as error:  # the others are still owed
            if isinstance(error, StoreError) and not isinstance(error, Damaged):
                raise
            _log.warning("confirmation waits", why=type(error).__name__)
            office.store.errands.owe(name, WAITS_S[-1])


def run(office: Office, name: str) -> None:
    """Send the mail that asks, unless it was sent, or somebody is at it."""
    request = signup.kept(office, name)
    if request is None or barred(office.store, request.target):
        office.store.errands.done(name)
        return
    post = Post(_row(name), request.at.date(), PostKind.NOTICE, (_MESSAGE,))
    ledger = office.store.ledger
    ledger.freeze(post)
    claim = ledger.claim(post, _MESSAGE)
    if claim.state in _GONE:
        office.store.errands.done(name)
    elif claim.state is ClaimState.MAYBE and not office.repeat:
        _give_up(office, request, post, claim)
    elif claim.token and ledger.begin(post, _MESSAGE, claim.token):
        _send(office, request, post, claim)


def _row(name: str) -> str:
    """Under what the ledger keeps a request: no subscription has such an id."""
    return f"confirm:{name}"


def _send(office: Office, request: Request, post: Post, claim: Claim) -> None:
    try:
        office.send(request.target, request.letter)
    except PaperlarkError as error:
        _log.warning("confirmation not sent", why=notices.masked(str(error), request.target))
        _failed(office, request, post, claim, error)
    else:
        office.store.ledger.confirm(post, _MESSAGE, claim.token, request.letter.key)
        office.store.errands.done(request.name)


def _failed(
    office: Office, request: Request, post: Post, claim: Claim, error: PaperlarkError
) -> None:
    """Settle what can be settled; the rest is tried again, a few times."""
    uncertain = isinstance(error, DeliveryError) and error.uncertain
    if uncertain and not office.repeat:
        _give_up(office, request, post, claim)
        return
    if not uncertain:
        office.store.ledger.release(post, _MESSAGE, claim.token, type(error).__name__)
    wait = None if _hopeless(error) else _put_off(office, post)
    if wait is not None:
        office.store.errands.owe(request.name, wait)
        return
    office.store.errands.done(request.name)
    if not uncertain:
        signup.withdraw(office, request)


def _put_off(office: Office, post: Post) -> float | None:
    return office.store.refusals.put_off(post.subscription, post.date, WAITS_S)


def _give_up(office: Office, request: Request, post: Post, claim: Claim) -> None:
    office.store.ledger.give_up(post, _MESSAGE, claim.token, _SILENT)
    office.store.errands.done(request.name)
    _log.warning("confirmation in doubt", why=_SILENT)


def _hopeless(error: PaperlarkError) -> bool:
    """Whether this mail will never be taken."""
    final = isinstance(error, Refused) and error.final
    return final or (isinstance(error, DeliveryError) and error.permanent)
