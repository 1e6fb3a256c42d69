"""What readers of mails do with links and forms: confirm, vote, change, leave, be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.readers.errands import begin, rounds
from bot.readers.handlers import routes
from bot.readers.mailroom import Later, Mailroom
from bot.readers.office import Office, at_once, nothing
from bot.readers.signup import prepared, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from paperlark.clock import Clock
    from paperlark.settings import Settings
    from paperlark.store import RedisStore

__all__ = ["Later", "Mailroom", "Office", "begin", "office", "prepared", "rounds", "routes", "send"]


def office(
    settings: Settings,
    store: RedisStore,
    clock: Clock,
    *,
    later: Callable[[Callable[[], object]], object] = at_once,
    mail: bool = True,
    unqueue: Callable[[str], object] = nothing,
) -> Office:
    """What readers' questions work with.

    Args:
        settings: with a secret to sign links with, as `bot.context.signing` gives them.
        store: where things are kept.
        clock: what time it is.
        later: has mails sent beside the page that asked for them.
        mail: whether mails are set up.
        unqueue: has the queue forget the jobs of a subscription.
    """
    return Office(
        store=store,
        clock=clock,
        secret=settings.web.secret.get_secret_value().encode(),
        web=settings.web.public_url.rstrip("/"),
        send=Mailroom(settings).send,
        later=later,
        mail=mail,
        default=settings.digest.profile,
        rules=settings.readers,
        repeat=settings.delivery.on_ambiguous == "repeat",
        unqueue=unqueue,
    )
