"""Changes of a profile in its own file's text: what people wrote around them, comments too, stays.

Every function gives the profile that the changed text describes, with a new revision, and raises
ConfigError where that is no profile, or the head is written in a way that cannot be changed here.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from paperlark import profile as profiles
from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from paperlark.domain import Profile

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*'
    r"|[\[\]{},\n]|[^\s\[\]{},#\"']+",
    re.DOTALL,
)
_KEY: Final = re.compile(r"[ \t]*[\"']?(?P<key>[\w-]+)[\"']?[ \t]*=[ \t]*")
_ALONE: Final = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMA: Final = re.compile(r"\s*,[ \t]*")
_OPEN, _CLOSE = "[{", "]}"


def with_added(profile: Profile, key: str, text: str, weight: float | None = None) -> Profile:
    """The profile with one more text at the end of a list of its head; with a weight, a term."""
    source, head = profile.source, _head(profile)
    span = _assignments(source[head]).get(key)
    entry = _entry(text, weight)
    if span is None or source[head][span.start] != "[":
        return _changed(profile, _put(source[head], key, f"[{entry}]"))
    items = list(_items(source[head], span))
    written = source[head][span]
    if not items:
        last = f"\n  {entry},\n]" if "\n" in written else f"{entry}]"
        return _changed(profile, _cut(source[head], span, written[:-1].rstrip() + last))
    return _changed(profile, _behind(source[head], span, items[-1], entry))


def _entry(text: str, weight: float | None) -> str:
    """An entry of a list as TOML: a text, or a term with its weight."""
    return _toml(text) if weight is None else f"{{term = {_toml(text)}, weight = {_toml(weight)}}}"


def without(profile: Profile, key: str, unwanted: Callable[[str], bool]) -> Profile:
    """The profile without those entries of a list that are `unwanted`, as texts or terms."""
    head = profile.source[_head(profile)]
    span = _assignments(head).get(key)
    if span is None or head[span.start] != "[":
        raise _stuck(key)
    for item in reversed(list(_items(head, span))):
        if unwanted(_text(head[item])):
            head = _cut(head, _dropped(head, item))
    return _changed(profile, head)


def with_value(profile: Profile, key: str, value: float | str | Sequence[str]) -> Profile:
    """The profile with a key of its head set to a number, a text or a list of texts."""
    return _changed(profile, _put(profile.source[_head(profile)], key, _toml(value)))


def with_topics(profile: Profile, topics: str) -> Profile:
    """The profile with other topics under the same head."""
    found = profiles.parts(profile.source)
    if found is None:
        raise _stuck("topics")
    plain = topics.replace("\r\n", "\n").replace("\r", "\n").strip()
    before = profile.source[: found[1].start].rstrip("\r\n")
    return profiles.parse(profile.name, f"{before}\n\n{plain}\n")


def _stuck(key: str) -> ConfigError:
    return ConfigError(
        f"`{key}` is written in a way that cannot be changed from here: "
        "use `paperlark profiles edit`."
    )


def _head(profile: Profile) -> slice:
    found = profiles.parts(profile.source)
    if found is None:
        raise _stuck("the profile")
    return found[0]


def _changed(profile: Profile, head: str) -> Profile:
    return profiles.parse(profile.name, _cut(profile.source, _head(profile), head))


def _cut(text: str, span: slice, instead: str = "") -> str:
    return text[: span.start] + instead + text[span.stop :]


def _toml(value: float | str | Sequence[str]) -> str:
    """The value as TOML; a JSON string is a basic string of TOML's too."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return f"{value:g}"
    return f"[{', '.join(_toml(each) for each in value)}]"


def _text(written: str) -> str:
    """What an entry of a list says: a text, or the term of a table."""
    value: Any = tomllib.loads(f"x = {written}")["x"]
    return str(value.get("term", "") if isinstance(value, dict) else value)


def _put(head: str, key: str, written: str) -> str:
    found = _assignments(head)
    if key in found:
        return _cut(head, found[key], written)
    if key in tomllib.loads(head):  # tables of its own
        raise _stuck(key)
    table = re.search(r"^[ \t]*\[\[?[\w.\"' -]+\]", head, re.MULTILINE)
    at = table.start() if table else len(head)
    gap = "" if head[:at].endswith("\n") or not at else "\n"
    return f"{head[:at]}{gap}{key} = {written}\n{head[at:]}"


def _assignments(head: str) -> dict[str, slice]:
    """Where the value of each key before the first table stands."""
    found: dict[str, slice] = {}
    at = 0
    while at < len(head):
        if match := _KEY.match(head, at):
            found[match["key"]] = slice(match.end(), _end(head, match.end()))
            at = found[match["key"]].stop
        elif head[at:].lstrip(" \t").startswith("["):
            break
        newline = head.find("\n", at)
        at = len(head) if newline < 0 else newline + 1
    return found


def _end(head: str, start: int) -> int:
    """Where the value that begins there ends: before its comment, or the end of its line."""
    depth, last = 0, start
    for token in _TOKEN.finditer(head, start):
        sign = token.group()[0]
        if depth == 0 and sign in "\n#":
            return last
        depth += (sign in _OPEN) - (sign in _CLOSE)
        last = token.end()
    return last


def _items(head: str, span: slice) -> Iterator[slice]:
    """Where each entry of a list stands, without its comma and comment."""
    depth, start = 0, 0
    for token in _TOKEN.finditer(head, span.start + 1, span.stop - 1):
        sign = token.group()[0]
        if sign in "\n#" or (sign == "," and depth == 0):
            continue
        start = token.start() if depth == 0 else start
        depth += (sign in _OPEN) - (sign in _CLOSE)
        if depth == 0:
            yield slice(start, token.end())


def _behind(head: str, span: slice, last: slice, written: str) -> str:
    """The head with one more entry behind the last of a list, laid out as that one is."""
    line = head.rfind("\n", 0, last.start) + 1
    indent = head[line : last.start] if not head[line : last.start].strip() else None
    newline = head.find("\n", last.stop, span.stop)
    if indent is None and newline < 0:
        return _cut(head, slice(last.stop, last.stop), f", {written}")
    if newline < 0:
        return _cut(head, slice(last.stop, last.stop), f",\n{indent}{written}")
    comma = "" if head[last.stop :].lstrip().startswith(",") else ","
    made = f"{comma}{head[last.stop : newline]}\n{'  ' if indent is None else indent}{written},"
    return _cut(head, slice(last.stop, newline), made)


def _dropped(head: str, item: slice) -> slice:
    """What goes with an entry: its whole line where it is alone there, else one comma."""
    line = head.rfind("\n", 0, item.start) + 1
    alone, comma = _ALONE.match(head, item.stop), _COMMA.match(head, item.stop)
    ahead = comma is not None and "\n" in comma.group()  # some begin their lines with it
    if alone and not ahead and not head[line : item.start].strip():
        return slice(line, alone.end())
    if comma:
        return slice(item.start, comma.end())
    before = re.search(r",\s*\Z", head[: item.start])
    return slice(before.start() if before else item.start, item.stop)
