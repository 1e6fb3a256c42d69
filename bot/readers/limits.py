"""How often people may ask for mail: nobody is flooded through us, and no network floods us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from paperlark.errors import PaperlarkError
from paperlark.store.suppressed import mailbox
from paperlark.tokens import reader_key

if TYPE_CHECKING:
    from bot.readers.office import Office

_HOUR_S: Final = 3_600.0
_DAY_S: Final = 24 * _HOUR_S


class Limit(NamedTuple):
    """At most so many in that many seconds."""

    most: int
    seconds: float


PER_ADDRESS: Final = Limit(2, _DAY_S)
"""Confirmation mails to one address: one may be lost."""
PER_SOURCE: Final = Limit(10, _HOUR_S)
"""Requests from one network address, or of one person in a chat: a class may share it."""
OVERALL: Final = Limit(200, _HOUR_S)
"""Confirmation mails in all: a provider takes many unasked ones for spam."""


class TooMany(PaperlarkError):
    """Somebody asks too often; the sentence says when to come back."""


def address(office: Office, to: str) -> str:
    """How an address is counted, with all that reach its mailbox: by a name only we can make."""
    return reader_key(office.secret, f"address {mailbox(to)}")


def admitted(office: Office, source: str, to: str, name: str) -> bool:
    """Whether a mail may be sent; False where the address has had its share, or wants none.

    Args:
        office: where it is counted.
        source: who asks; empty for the operator, whom nothing limits but the address's share.
        to: whom to write to.
        name: of this request.

    Raises:
        TooMany: the source, or everybody together, ask too often.
    """
    if source:
        _pass(office, f"source {source}", name, PER_SOURCE)
        _pass(office, "everybody", name, OVERALL)
    wanted = not office.store.suppressed.why(to)
    return _counted(office, address(office, to), name, PER_ADDRESS) and wanted


def _pass(office: Office, who: str, name: str, limit: Limit) -> None:
    if not _counted(office, reader_key(office.secret, who), name, limit):
        raise TooMany("Too many digests were asked for from here: try again in an hour.")


def _counted(office: Office, who: str, name: str, limit: Limit) -> bool:
    return office.store.readers.allow(who, name, office.now(), limit.most, limit.seconds)
