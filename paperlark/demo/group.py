"""The demonstration's group: three fictional people who put thumbs on cards, and decide once.

Their reactions go through the loopback Slack to the desk, as in a real channel; only the socket
between the two is left out. The last sample day cannot have votes from three days before it, from
which on votes alone move a line, so one of them accepts another line instead.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from bot.desk import tune, voting
from bot.desk.house import House
from bot.ports import Asker
from paperlark.vote import Door, Thumb

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.doubles.slack.sockets import Ack
    from paperlark.demo.slack import Workspace
    from paperlark.store import RedisStore

_THUMBS: Final = {"U1": "++ + -", "U2": "+ ++- ", "U3": "+-+  +"}
"""By the double's names of people, what each says of the cards from the first on: like a glance at
the titles, with some left out."""
_ACCEPT: Final = "tune accept 10"
_NAMES: Final = {"+": ("+1", Thumb.UP), "-": ("-1", Thumb.DOWN)}
_VERDICTS: Final = dict(_NAMES.values())


class Group:
    """The people of a workspace's channel.

    Args:
        store: the demonstration's.
        workspace: whose channel they read.
    """

    def __init__(self, store: RedisStore, workspace: Workspace) -> None:
        self._store, self._workspace = store, workspace
        self._now = datetime.min.replace(tzinfo=UTC)
        self._house = House(store, lambda: self._now, lambda _profile, _day: "")
        workspace.double.service.people.carrier = self

    def vote(self, day: date) -> int:
        """Put thumbs on the cards of a day's post; how many."""
        count = 0
        for message in self._workspace.double.messages():
            shown = self._store.ledger.shown("slack", self._ref(message["ts"]))
            if shown is None or shown.date != day or not shown.rank:
                continue
            for user, row in _THUMBS.items():
                if said := _NAMES.get(row[shown.rank - 1 : shown.rank]):
                    self._workspace.double.react(message["ts"], said[0], user)
                    count += 1
        return count

    def decide(self, day: date) -> None:
        """Accept another line, at the end of that day."""
        self._now = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
        mira = Asker("slack:U1", self._workspace.target, name="Mira")
        tune.tune(self._house, mira, _ACCEPT.removeprefix("tune "))

    def said(self, votes: int) -> str:
        """What they did, in a clause."""
        return f"{votes} thumbs from {len(_THUMBS)} of them; Mira: `/digest {_ACCEPT}`"

    async def send(
        self, kind: str, payload: Mapping[str, Any], *, patience: float, **more: Any
    ) -> Ack | None:
        """A reaction on its way from the double to the desk; see the double's `Carrier`."""
        del kind, patience, more
        event = payload["event"]
        word = voting.Word(
            _VERDICTS[event["reaction"]],
            Door.SLACK_REACTION,
            ref=self._ref(event["item"]["ts"]),
            at=datetime.fromtimestamp(float(event["event_ts"]), UTC),
            event=payload["event_id"],
            mark=event["reaction"],
        )
        voting.vote(self._house, Asker(f"slack:{event['user']}", self._workspace.target), word)
        return None

    def _ref(self, ts: str) -> str:
        return f"{self._workspace.target.address}:{ts}"
