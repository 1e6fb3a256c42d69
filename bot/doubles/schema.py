"""What a JSON value must be, written as tables: small checks that are put together.

A check takes a value and the JSON pointer where it stands, and gives the problems found there, in
the service's own manner: a clause, and the pointer in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any, str], Iterator[str]]
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPED: Mapping[str, int] = {"&": 5, "<": 4, ">": 4}


def at(said: str, where: str) -> str:
    """A problem as the service words it."""
    return f"{said} [json-pointer:{where or '/'}]"


def size(text: str) -> int:
    """How long a text is at worst: in UTF-16 units, which are never fewer than its characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped_size(text: str) -> int:
    """The size of plain text once ``&``, ``<`` and ``>`` were escaped, as they are when kept."""
    return size(text) + sum((cost - 1) * text.count(char) for char, cost in _ESCAPED.items())


def string(
    most: int | None = None, *, least: int = 1, form: str = "", plain: bool = False
) -> Check:
    """A text of `least` to `most` characters.

    Args:
        most: None for no limit.
        least: 0 where it may be empty.
        form: a regular expression that all of it must match.
        plain: it is kept escaped, and counted so.
    """
    pattern = re.compile(form) if form else None
    measure = escaped_size if plain else size

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield at("must be a string", where)
            return
        if _UNSENDABLE.search(value):
            yield at("must not hold control characters or halves of characters", where)
        if len(value) < least:
            yield at(f"must be more than {least - 1} characters", where)
        if most is not None and measure(value) > most:
            yield at(f"must be less than {most + 1} characters", where)
        if pattern and not pattern.fullmatch(value):
            yield at(f"must match {form}", where)

    return check


def boolean(value: Any, where: str) -> Iterator[str]:
    """True or false."""
    if not isinstance(value, bool):
        yield at("must be a boolean", where)


def whole(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield at(f"must be a whole number from {least} to {most}", where)

    return check


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(value: Any, where: str) -> Iterator[str]:
        if value not in values:
            yield at(f"must be one of {', '.join(values)}", where)

    return check


def array(inner: Check, least: int, most: int) -> Check:
    """A list of `least` to `most` values that all pass `inner`."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield at("must be an array", where)
            return
        if len(value) < least:
            yield at(f"no fewer than {least} items allowed", where)
        if len(value) > most:
            yield at(f"no more than {most} items allowed", where)
        for number, item in enumerate(value):
            yield from inner(item, f"{where}/{number}")

    return check


def record(
    required: Mapping[str, Check] | None = None,
    optional: Mapping[str, Check] | None = None,
    *rules: Check,
) -> Check:
    """An object with these fields and no others; ``type`` is left to `kinds`.

    Args:
        required: fields it must have.
        optional: fields it may have.
        *rules: what is asked of the object as a whole, where its fields are well.
    """
    fields = {**(required or {}), **(optional or {})}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must be an object", where)
            return
        found = [
            at(f"missing required field: {n}", where) for n in required or () if n not in value
        ]
        for name, inner in value.items():
            if name in fields:
                found.extend(fields[name](inner, f"{where}/{name}"))
            elif name != "type":
                found.append(at(f"invalid additional property: {name}", where))
        yield from found
        if not found:
            for rule in rules:
                yield from rule(value, where)

    return check


def kinds(table: Mapping[Any, Check]) -> Check:
    """An object whose ``type`` chooses its check."""

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield at("must be an object", where)
            return
        kind = value.get("type")
        if isinstance(kind, str | int) and kind in table:
            yield from table[kind](value, where)
        else:
            yield at(f"unsupported type: {kind}", f"{where}/type")

    return check
