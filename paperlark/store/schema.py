"""The form of the stored keys: checked before the first use, moved forward under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from paperlark.errors import StoreError
from paperlark.store import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redis import Redis

Step: TypeAlias = "Callable[[Redis], None]"
"""Moves a store from the number it stands under to the next; safe to run twice."""

SCHEMA: Final = 1
STEPS: Final[Mapping[int, Step]] = {}
"""From-number to the step that leaves it; empty while 1 is the only form there has been."""

_LOCK_S: Final = 60


def ensure(client: Redis, *, schema: int = SCHEMA, steps: Mapping[int, Step] = STEPS) -> None:
    """Bring the store to `schema`; an empty one starts there.

    Raises:
        StoreError: the store is of a newer form, or of one that no step leads away from.
        redis.RedisError: as the client raises it; the caller translates.
    """
    client.set(keys.SCHEMA, schema, nx=True)
    if _found(client, schema) < schema:
        with client.lock(keys.SCHEMA_LOCK, timeout=_LOCK_S, blocking_timeout=_LOCK_S):
            _move(client, schema, steps)


def _found(client: Redis, schema: int) -> int:
    raw = client.get(keys.SCHEMA) or b""
    try:
        found = int(raw)
    except ValueError as error:
        raise StoreError(
            f"{keys.SCHEMA} holds {raw!r} where a number belongs: point REDIS_URL at a database "
            "that only paperlark uses, or delete that key."
        ) from error
    if found > schema:
        raise StoreError(
            f"The store was written by a newer paperlark (schema {found}, this one knows "
            f"{schema}): upgrade paperlark on this host, or point REDIS_URL at another database."
        )
    return found


def _move(client: Redis, schema: int, steps: Mapping[int, Step]) -> None:
    """Step by step, each noted as it is done: whoever waited for the lock finds nothing to do."""
    while (found := _found(client, schema)) < schema:
        if found not in steps:
            raise StoreError(
                f"No way leads from a store of schema {found} to {schema}: "
                "open it once with the release before this one."
            )
        steps[found](client)
        client.set(keys.SCHEMA, found + 1)
