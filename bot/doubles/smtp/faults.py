"""What can go wrong between a submission server and a sender, step by step, by name."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Step(StrEnum):
    """Where a session is."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    """In the middle of the message: the answer is never sent, the connection ends."""
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        step: where.
        answer: said in place of the usual answer; empty for the usual one.
        drop: the connection ends without a word.
        keep: the message counts as taken all the same.
        delay_s: before the answer.
        then_close: the connection ends after the answer.
    """

    step: Step
    answer: str = ""
    drop: bool = False
    keep: bool = False
    delay_s: float = 0.0
    then_close: bool = False


NAMED: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "ehlo-421": Fault(Step.EHLO, "421 4.3.2 closing", then_close=True),
        "auth-454": Fault(Step.AUTH, "454 4.7.0 try again"),
        "auth-535": Fault(Step.AUTH, "535 5.7.8 wrong name or password"),
        "mail-451": Fault(Step.MAIL, "451 4.3.0 busy"),
        "mail-421": Fault(Step.MAIL, "421 4.7.0 too many messages on this connection",
                          then_close=True),
        "mail-550": Fault(Step.MAIL, "550 5.7.1 not your address"),
        "rcpt-450": Fault(Step.RCPT, "450 4.2.0 greylisted, come back later"),
        "rcpt-550": Fault(Step.RCPT, "550 5.1.1 no such mailbox"),
        "rcpt-554": Fault(Step.RCPT, "554 5.7.1 not from you"),
        "data-452": Fault(Step.DATA, "452 4.3.1 no room"),
        "dot-554": Fault(Step.DOT, "554 5.6.0 not this text"),
        "dot-451": Fault(Step.DOT, "451 4.3.0 not now"),
        "dot-nonsense": Fault(Step.DOT, "it is in the post"),
        "drop-mail": Fault(Step.MAIL, drop=True),
        "drop-rcpt": Fault(Step.RCPT, drop=True),
        "drop-data": Fault(Step.DATA, drop=True),
        "drop-body": Fault(Step.BODY, drop=True),
        "drop-dot": Fault(Step.DOT, drop=True),
        "drop-dot-kept": Fault(Step.DOT, drop=True, keep=True),
        "slow-rcpt": Fault(Step.RCPT, delay_s=30.0),
        "slow-dot-kept": Fault(Step.DOT, delay_s=30.0, keep=True),
    }
)  # fmt: skip
"""Every fault by its name."""


@dataclass
class Faults:
    """What goes wrong next: what was asked for, else what `chance` says.

    Attributes:
        chance: from a step and a recipient (empty before RCPT) to a fault, or None.
    """

    chance: Callable[[Step, str], Fault | None] = lambda _step, _recipient: None
    _next: dict[Step, deque[Fault]] = field(default_factory=dict)

    def add(self, *faults: Fault | str) -> None:
        """Have these happen when their steps come, each once, in order."""
        for each in faults:
            fault = NAMED[each] if isinstance(each, str) else each
            self._next.setdefault(fault.step, deque()).append(fault)

    def take(self, step: Step, recipient: str = "") -> Fault | None:
        """What goes wrong now."""
        waiting = self._next.get(step)
        return waiting.popleft() if waiting else self.chance(step, recipient)
