"""One process at a time, for work that is cheaper done once but right if done twice."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from redis import RedisError
from redis.backoff import NoBackoff
from redis.exceptions import LockError
from redis.retry import Retry

from paperlark.store.connection import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis


@contextmanager
def alone(client: Redis, key: str, lease_s: float) -> Iterator[bool]:
    """Whether this process is alone in the block; never waits for another.

    The lock ends with the block, and with its lease where the process died: whoever needs longer
    than the lease may not be alone any more. Only the process that took it gives it back.

    Args:
        client: of the store.
        key: the lock's name.
        lease_s: seconds until it is free again in any case.

    Raises:
        StoreError: the store did not answer when the lock was asked for.
    """
    lock = client.lock(key, timeout=lease_s, blocking=False)
    with guarded():
        mine = lock.acquire()
    try:
        yield mine
    except KeyboardInterrupt:
        client.set_retry(Retry(NoBackoff(), 0))  # the process ends: no minute for a lost server
        raise
    finally:
        if mine:
            with suppress(LockError, RedisError):  # the lease had run out, or will
                lock.release()
