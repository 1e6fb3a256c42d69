"""What a homeserver takes, and which HTML clients show: the client-server API's own tables.

Sources: spec.matrix.org, client-server API, "Size limits", "m.room.message msgtypes".
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EVENT: Final = 65_536
"""Bytes of an event in canonical JSON."""
ENVELOPE: Final = 4_000
"""Bytes that a homeserver adds to what is sent: names, hashes, signatures, earlier events."""
DEPTH: Final = 100
TAGS: Final = frozenset(
    re.findall(
        r"\w+",
        "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div "
        "table thead tbody tr th td caption pre span img details summary",
    )
)
_VOID: Final = frozenset({"hr", "br", "img"})
_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "span": frozenset({"data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"}),
    "a": frozenset({"name", "target", "href"}),
    "img": frozenset({"width", "height", "alt", "title", "src"}),
    "ol": frozenset({"start"}),
    "code": frozenset({"class"}),
    "div": frozenset({"data-mx-maths"}),
}
_HREF: Final = re.compile(r"(?:https?|ftp)://|mailto:|magnet:")
_KINDS: Final = frozenset({"m.text", "m.notice", "m.emote"})


def size(content: Mapping[str, Any]) -> int:
    """Bytes of an event with this content."""
    made = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return len(made.encode("utf-8", "surrogatepass")) + ENVELOPE


def problems(content: Mapping[str, Any]) -> list[str]:
    """What is wrong with a message; nothing of it stops a homeserver but a missing field."""
    found: list[str] = []
    if content.get("msgtype") not in _KINDS:
        found.append(f"msgtype is {content.get('msgtype')!r}")
    if not (isinstance(content.get("body"), str) and content["body"]):
        found.append("there is no body")
    if "formatted_body" in content:
        if content.get("format") != "org.matrix.custom.html":
            found.append("formatted_body without its format")
        found += html_problems(str(content["formatted_body"]))
    return found


def html_problems(html: str) -> list[str]:
    """Tags, attributes and addresses that no client shows, and tags that do not close."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [*reader.found, *(f"<{tag}> is not closed" for tag in reader.open)]


def texts(html: str) -> Iterator[str]:
    """The text between the tags."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    yield from reader.texts


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(f"<{tag}> is not shown")
        for name, value in attrs:
            if name not in _ATTRIBUTES.get(tag, frozenset()):
                self.found.append(f"<{tag} {name}> is not allowed")
            if name == "href" and not _HREF.match(value or ""):
                self.found.append(f"a link to {value!r}")
        if tag not in _VOID:
            self.open.append(tag)
            if len(self.open) > DEPTH:
                self.found.append("nested too deep")

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1:] == [tag]:
            self.open.pop()
        else:
            self.found.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"a comment: {data!r}")
