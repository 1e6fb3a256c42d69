"""How each type of the domain becomes plain JSON values, worked out once from its annotations."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import IntEnum, StrEnum
from functools import cache
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from paperlark.codec.keys import ROWS, SHORT, TWINS


class Coder(NamedTuple):
    """The two directions of one type: to plain JSON values, and back.

    ``load`` raises TypeError, ValueError, KeyError or AttributeError for what is not its type's.
    """

    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]


class Field(NamedTuple):
    """One field of a dataclass: its name, its key in the document, its coder, its default."""

    name: str
    key: str
    coder: Coder
    default: Any

    def left_out(self, value: Any) -> bool:
        """Whether the value goes without saying: only an empty default never changes."""
        return not self.default and bool(value == self.default)


@cache
def coder(kind: Any) -> Coder:
    """The coder of a type as annotated in the domain: a dataclass, or what one is made of."""
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _optional(kind)
    if origin is tuple:
        return _sequence(coder(get_args(kind)[0]))
    if origin is Mapping:
        return _mapping(*(coder(part) for part in get_args(kind)))
    if dataclasses.is_dataclass(kind):
        return _row(kind) if kind in ROWS else _record(kind)
    return _scalar(kind)


def _same(value: Any) -> Any:
    """Plain JSON already."""
    return value


def _scalar(kind: Any) -> Coder:
    if kind is Any:
        return Coder(_same, _same)
    if issubclass(kind, StrEnum):
        return Coder(str, kind)
    if issubclass(kind, IntEnum):
        return Coder(int, kind)
    if issubclass(kind, (date, time)):  # a datetime is a date too
        return Coder(kind.isoformat, kind.fromisoformat)
    return _number(kind, (int, float)) if kind is float else _number(kind, (kind,))


def _number(kind: Any, accepted: tuple[type, ...]) -> Coder:
    """Numbers and strings: their JSON form is their own, so only the type is looked at."""

    def checked(value: Any) -> Any:
        if type(value) not in accepted:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return kind(value)

    return Coder(lambda value: float(value) if kind is float else value, checked)


def _optional(kind: Any) -> Coder:
    inner = coder(next(part for part in get_args(kind) if part is not types.NoneType))

    def either(way: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda value: None if value is None else way(value)

    return Coder(either(inner.dump), either(inner.load))


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise TypeError(f"{raw!r} is no list")
    return raw


def _sequence(inner: Coder) -> Coder:
    return Coder(
        lambda value: [inner.dump(part) for part in value],
        lambda raw: tuple(inner.load(part) for part in _list(raw)),
    )


def _mapping(keys: Coder, inner: Coder) -> Coder:
    return Coder(
        lambda value: {str(keys.dump(key)): inner.dump(part) for key, part in value.items()},
        lambda raw: {keys.load(key): inner.load(part) for key, part in raw.items()},
    )


def _default(field: dataclasses.Field[Any]) -> Any:
    made = field.default_factory
    return field.default if made is dataclasses.MISSING else made()


def _fields(kind: Any) -> tuple[Field, ...]:
    hints, short = get_type_hints(kind), SHORT.get(kind, {})
    return tuple(
        Field(each.name, short.get(each.name, each.name), coder(hints[each.name]), _default(each))
        for each in dataclasses.fields(kind)
    )


def _record(kind: Any) -> Coder:
    fields, twins = _fields(kind), TWINS.get(kind, {})

    def dump(value: Any) -> dict[str, Any]:
        held = ((field, getattr(value, field.name)) for field in fields)
        body = {field.key: field.coder.dump(at) for field, at in held if not field.left_out(at)}
        same = {own: None for own, other in twins.items() if body.get(own) == body[other]}
        return body | same

    def load(raw: Any) -> Any:
        body = raw | {own: raw[other] for own, other in twins.items() if raw.get(own, "") is None}
        return kind(**{f.name: f.coder.load(body[f.key]) for f in fields if f.key in body})

    return Coder(dump, load)


def _row(kind: Any) -> Coder:
    fields = _fields(kind)

    def dump(value: Any) -> list[Any]:
        row = [(field, getattr(value, field.name)) for field in fields]
        while row and row[-1][0].left_out(row[-1][1]):
            row.pop()
        return [field.coder.dump(at) for field, at in row]

    def load(raw: Any) -> Any:
        return kind(*(f.coder.load(part) for f, part in zip(fields, _list(raw), strict=False)))

    return Coder(dump, load)
