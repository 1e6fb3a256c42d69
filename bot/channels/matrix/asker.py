"""People and places of Matrix as the desk knows them."""

from __future__ import annotations

from typing import Final

from bot.ports import Asker
from paperlark.target import Target

KIND: Final = "matrix"


def asker(room: str, user: str, *, manager: bool, alone: bool = False) -> Asker:
    """A person in a room; `alone`: nobody else reads what is answered there.

    In any other room everybody reads the answers: nobody is told who voted.
    """
    where = Target(KIND, room)
    return Asker(f"{KIND}:{user}", where, manager, named=alone, alone=alone, public=not alone)
