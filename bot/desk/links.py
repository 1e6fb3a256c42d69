"""One person under several names: linked by a code that is given in one place, typed in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot import words
from bot.replies import Said
from paperlark.store.links import LENGTH, Joining

if TYPE_CHECKING:
    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply

_OFF: Final = {"off", "none"}


def link(house: House, asker: Asker, text: str) -> Reply:
    """Give a code; with a code behind it, become one person with whom it was given to.

    A code that is typed where others read it is used up all the same: nobody else can type it.
    """
    said = text.strip()
    if said.lower() in _OFF:
        return unlink(house, asker, "")
    names = house.store.links.of(asker.voter)
    if not said:
        code = house.store.links.offer(asker.voter)
        return Said(words.link_code(code, names))
    if len([sign for sign in said if sign.isalnum()]) != LENGTH:
        return Said(words.NO_CODE)
    found = house.store.links.join(asker.voter, said)
    if found.how is Joining.JOINED and asker.public:
        return Said(words.LINKED_OPEN)
    if found.how is Joining.JOINED:
        return Said(words.linked(house.store.links.of(asker.voter)))
    return Said(words.LINKING[found.how])


def unlink(house: House, asker: Asker, _: str) -> Reply:
    """Be a person of one's own again under this name; the others stay together."""
    return Said(words.UNLINKED if house.store.links.part(asker.voter) else words.NOT_LINKED)
