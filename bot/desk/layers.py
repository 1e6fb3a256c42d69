"""What one person follows and mutes for themselves, whatever door they come through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot import words
from bot.desk import taste
from bot.desk.house import place
from bot.replies import Lines, Said
from paperlark import taxonomy
from paperlark.layer import Kind, Layer, among

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply

HERE = "here"


class Names(Protocol):
    """Who is the same person."""

    def of(self, voter: str) -> tuple[str, ...]:
        """All identities of the person."""


class Shelf(Protocol):
    """The layers, one for each identity."""

    def layer(self, voter: str) -> Layer:
        """What that identity follows and mutes."""

    def save_layer(self, voter: str, layer: Layer) -> None:
        """Keep it."""


class Kept(Protocol):
    """The slice of the store that layers are in."""

    @property
    def links(self) -> Names:
        """Who is the same person."""

    @property
    def layers(self) -> Shelf:
        """The layers."""


def wishes(store: Kept, voter: str) -> Layer:
    """What the person follows and mutes under any of their names."""
    others = (store.layers.layer(name) for name in store.links.of(voter) if name != voter)
    return store.layers.layer(voter).joined(others)


def owned(store: Kept, voter: str, layer: Layer) -> None:
    """Keep it as the person's only layer, under the name it was said by."""
    store.layers.save_layer(voter, layer)
    for name in store.links.of(voter):
        if name != voter:
            store.layers.save_layer(name, Layer())


def follow(house: House, asker: Asker, text: str) -> Reply:
    """Follow an author, a phrase or a category for oneself; ``here …`` for the place's profile."""
    return _asked(house, asker, text, "follow")


def mute(house: House, asker: Asker, text: str) -> Reply:
    """Mute an author, a phrase or a category for oneself; ``here …`` for the place's profile."""
    return _asked(house, asker, text, "mute")


def _asked(house: House, asker: Asker, text: str, verb: str) -> Reply:
    first, _, rest = text.strip().partition(" ")
    if first.lower() == HERE:
        return (taste.follow if verb == "follow" else taste.mute)(house, asker, rest)
    if not first:
        return _listed(house, asker)
    return Said(_changed(house, asker, text, verb))


def _changed(house: House, asker: Asker, text: str, verb: str) -> str:
    name, what = taste.parsed(text, verb)
    kind, follows = Kind(name), verb == "follow"
    what = taxonomy.canonical(what) if kind is Kind.CATEGORY else what
    before = wishes(house.store, asker.voter)
    after = before.follow(kind, what) if follows else before.mute(kind, what)
    if after == before:
        return words.wished(kind, what, "followed already" if follows else "muted already")
    owned(house.store, asker.voter, after)
    undo = f"To undo: `/digest {'mute' if follows else 'follow'} {name} {what}`."
    if among(what, before.muted(kind) if follows else before.followed(kind)):
        gone = words.wished(kind, what, "no longer muted" if follows else "no longer followed")
        return f"{gone} {undo}"
    said = words.followed(kind, what) if follows else words.muted(kind, what)
    here = f" For everyone here: `/digest {verb} here {name} {what}`." if asker.manager else ""
    return f"{said} {undo}{here}"


def _listed(house: House, asker: Asker) -> Lines:
    """Both layers: one's own, then the place's."""
    layer = wishes(house.store, asker.voter)
    profile = place(house, asker).profile
    theirs = taste.rows(profile)
    return Lines(
        f"What you and {profile.name} follow and mute",
        (*_rows(layer), *(f"{profile.name}: {row[:1].lower()}{row[1:]}" for row in theirs)),
        words.FOLLOW_HOW,
    )


def _rows(layer: Layer) -> Iterator[str]:
    plural = {Kind.AUTHOR: "authors", Kind.WORD: "words", Kind.CATEGORY: "categories"}
    for kind, name in plural.items():
        yield f"You follow {name}: {', '.join(layer.followed(kind)) or 'none'}"
    for kind, name in plural.items():
        if muted := layer.muted(kind):
            yield f"You mute {name}: {', '.join(muted)}"
    if layer.topics:
        yield f"Your topics: {layer.topics}"
