"""What was delivered, message by message: who may send one now, and what became of it.

A row goes from claimed to sending to sent. Only a process that dies while *sending* leaves a doubt
behind (`ClaimState.MAYBE`); one that dies before leaves none. Claims are leases on the server's
own clock, and every script may arrive twice, as a client that retries sends it.
"""

from __future__ import annotations

import math
import secrets
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from paperlark.codec import decode, encode
from paperlark.post import Claim, ClaimState, Post, Shown
from paperlark.store import keys
from paperlark.store.letters import Letters
from paperlark.store.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from redis import Redis

    from paperlark.post import Message

LEASE_S: Final = 30.0
_LONGEST_LEASE_S: Final = 600.0
_US: Final = 1_000_000
_POST: Final = "post"
_ROW: Final = "m:"
_WHY: Final = 300
"""Characters kept of a reason."""
_HELD: Final = (ClaimState.FRESH, ClaimState.MAYBE)


class Deliveries(Shelf):
    """The ledger of posts: `paperlark.ports.Ledger`. Every method may raise `StoreError`.

    Args:
        client: a redis-py client whose answers are bytes; its owner closes it.
        lease_s: seconds for which a claim holds without being renewed, at most 600.
    """

    def __init__(self, client: Redis, lease_s: float = LEASE_S) -> None:
        super().__init__(client)
        self._letters = Letters(client)
        self._lease_us = math.ceil(min(lease_s, _LONGEST_LEASE_S) * _US)

    @cached_property
    def _scripts(self) -> dict[str, Any]:
        folder = files("paperlark.store") / "lua"
        row = (folder / "ledger_row.lua").read_text("utf-8")
        return {
            name: self._client.register_script(
                row + (folder / f"ledger_{name}.lua").read_text("utf-8")
            )
            for name in ("claim", "hold", "confirm", "leave", "reopen")
        }

    def freeze(self, post: Post) -> Post:
        """Keep the post where none is kept for its subscription and date; the one that is kept.

        What stands in a payload under ``shared`` is kept once, however many posts share it.
        """
        key = keys.post(post.subscription, post.date)
        folded, letters = self._letters.folded(post)
        with self._open() as client, client.pipeline(transaction=True) as pipe:
            for name, letter in letters.items():
                pipe.set(name, letter, ex=keys.LETTER_S)
            pipe.hsetnx(key, _POST, encode(folded, packed=True))
            pipe.expire(key, keys.POST_S)
            pipe.hget(key, _POST)
            held = pipe.execute()[-1]
        return self._letters.unfolded(decode(Post, held))

    def post(self, subscription: str, day: date) -> Post | None:
        """The post kept for that subscription and date."""
        with self._open() as client:
            held = client.hget(keys.post(subscription, day), _POST)
        return None if held is None else self._letters.unfolded(decode(Post, held))

    def claim(self, post: Post, message: Message) -> Claim:
        """Take the right to send one message of a kept post, for the lease's time."""
        token = secrets.token_hex(8)
        said, ref, since = self._run("claim", post, message, token, self._lease_us)
        state = ClaimState(said.decode())
        held = token if state in _HELD else ""
        began = datetime.fromtimestamp(int(since) / _US, UTC) if int(since) else None
        return Claim(state, held, ref.decode(), began)

    def renew(self, post: Post, message: Message, token: str) -> bool:
        """Hold the claim for another lease; False where it was lost."""
        return bool(self._run("hold", post, message, token, self._lease_us, ""))

    def begin(self, post: Post, message: Message, token: str) -> bool:
        """The same, and from here on the message may have arrived: the last thing before sending.

        False: the claim was lost, and nothing may be sent.
        """
        return bool(self._run("hold", post, message, token, self._lease_us, "begin"))

    def confirm(self, post: Post, message: Message, token: str, ref: str) -> bool:
        """It arrived under that name; a reaction to it means its card. False: the claim is lost."""
        card = "" if message.paper is None else encode(_shown(post, message))
        return bool(self._run("confirm", post, message, token, ref, keys.POST_S, card, ref=ref))

    def release(self, post: Post, message: Message, token: str, why: str) -> bool:
        """This attempt surely did not arrive: the claim is as if it had never been made."""
        return bool(self._run("leave", post, message, token, "free", why[:_WHY]))

    def give_up(self, post: Post, message: Message, token: str, why: str) -> bool:
        """It may have arrived, cannot be asked for, and must not be sent again."""
        return bool(self._run("leave", post, message, token, "given-up", why[:_WHY]))

    def reopen(self, post: Post, message: Message) -> bool:
        """Let a message that was given up be claimed again, in doubt; whether it was given up."""
        return bool(self._run("reopen", post, message))

    def refs(self, post: Post) -> Mapping[str, str]:
        """Part to the service's name of it, for every message that arrived."""
        return self._rows(post, "sent")

    def given_up(self, post: Post) -> Mapping[str, str]:
        """Part to the reason, for every message that was given up."""
        return self._rows(post, "given-up")

    def _rows(self, post: Post, state: str) -> Mapping[str, str]:
        with self._open() as client:
            rows = client.hgetall(keys.post(post.subscription, post.date))
        held = {
            field.decode().removeprefix(_ROW): row.decode().split(" ", 5)
            for field, row in rows.items()
            if field.startswith(_ROW.encode())
        }
        return {part: row[-1] for part, row in held.items() if row[0] == state}

    def shown(self, kind: str, ref: str) -> Shown | None:
        """Which paper the message of that name shows; None where it is none of ours, or too old."""
        with self._open() as client:
            held = client.get(keys.card(kind, ref))
        return None if held is None else decode(Shown, held)

    def _run(self, name: str, post: Post, message: Message, *args: Any, ref: str = "") -> Any:
        places = [keys.post(post.subscription, post.date)]
        if name == "confirm":
            places.append(keys.card(post.subscription.partition(":")[0], ref))
        with self._open():
            return self._scripts[name](keys=places, args=[_ROW + message.part, *args])


def _shown(post: Post, message: Message) -> Shown:
    return Shown(post.subscription, post.date, message.paper or "", message.rank, message.score)
