"""Domain values to JSON documents and back: what the store keeps.

A document is one UTF-8 JSON object, ``{"schema": 1, "body": …}``, or the same packed by zlib, which
makes a digest a third of its size; its first byte says which. A field that holds the empty
value it starts from is left out, and papers, listings and scores have short keys: they are kept
by the ten thousand. Unknown keys are ignored, so that a document of the same schema may grow.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, TypeVar, cast

from paperlark.codec.coders import coder
from paperlark.errors import StoreError

__all__ = ["SCHEMA", "decode", "encode"]

SCHEMA = 1
"""The form of the documents written here; a newer one is refused, never guessed at."""

_PACKED = b"\x78"
"""How everything from zlib begins, and no JSON."""

T = TypeVar("T")


def encode(value: object, *, packed: bool = False) -> bytes:
    """The document of a domain dataclass, packed or as plain JSON.

    Raises:
        StoreError: it holds something JSON cannot, such as a score that is not a number.
    """
    kind: Any = type(value)
    try:
        held = {"schema": SCHEMA, "body": coder(kind).dump(value)}
        text = json.dumps(held, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise StoreError(
            f"This {_name(kind)} cannot be kept ({error}): correct its source."
        ) from error
    document = text.encode("utf-8", "surrogatepass")  # a model's JSON may hold half a pair
    return zlib.compress(document) if packed else document


class Damaged(StoreError):
    """A document that is not what was written; what it was made from may be fetched again."""


def read(kind: type[T], document: bytes | None) -> T | None:
    """The value that a document holds; None where there is none, or a damaged one.

    For what can be made again: it is then made again, instead of standing in the way for good.

    Raises:
        StoreError: the document is of a newer schema.
    """
    try:
        return None if document is None else decode(kind, document)
    except Damaged:
        return None


def decode(kind: type[T], document: bytes) -> T:
    """The value of that kind that a document holds.

    Raises:
        Damaged: the document is damaged, or of another kind.
        StoreError: it is of a newer schema.
    """
    whole: Any = kind
    try:
        plain = zlib.decompress(document) if document[:1] == _PACKED else document
        held = json.loads(plain.decode("utf-8", "surrogatepass"))
        _refuse_newer(_name(kind), held["schema"])
        return cast("T", coder(whole).load(held["body"]))
    except (AttributeError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise Damaged(
            f"A stored {_name(kind)} cannot be read ({error!r}): make that day again, "
            "or restore the store from a copy."
        ) from error


def _name(kind: type) -> str:
    return kind.__name__.lower()


def _refuse_newer(name: str, schema: object) -> None:
    if not isinstance(schema, int):
        raise TypeError(f"its schema is {schema!r}")
    if schema > SCHEMA:
        raise StoreError(
            f"A stored {name} was written by a newer paperlark (schema {schema}, this one reads "
            f"up to {SCHEMA}): upgrade paperlark on this host."
        )
