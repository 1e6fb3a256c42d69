"""Text for Matrix: HTML of the tags that clients show, the same as plain text, and no calls.

Templates escape what they print. What is done here is done to finished HTML, between its tags: no
name of a person or a room and no address in a paper's text becomes a link or a call.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from bot.channels.matrix import limits
from paperlark.render import clip, templates
from paperlark.render import escape as tame

if TYPE_CHECKING:
    from collections.abc import Callable

HTML: Final = "org.matrix.custom.html"
_PARTED: Final = "\\g<0>\u2060"
"""An invisible joiner behind what was found: nothing reads it, and nobody is called."""
_CALLS: Final = re.compile(r"@(?=\w)|(?<!&)[#!](?=[^\s:<&]{1,255}:)|:(?=//|u/|r/|roomid/)")
"""What names people and rooms, and what begins an address, of the scheme ``matrix`` too."""
_NAMES: Final = re.compile(r"@(?=room\b)|[@#!](?=[\w.=/+-]{1,255}:[\w-]+\.\w)")
"""The same in a file, which is copied: only what surely names somebody, and no address."""
_TAG: Final = re.compile(r"(<[^>]*>)")
_LAYOUT: Final = re.compile(r"\s*\n\s*")
_PRE: Final = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_LINK: Final = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_CODE: Final = re.compile(r"(?<!<pre>)<code>(.*?)</code>")
_ENDS: Final = re.compile(r"</(?:p|h4|pre|ul|ol)>")
_BREAKS: Final = re.compile(r"<br>|</li>")
_GAP: Final = re.compile(r"\n{3,}")


def line(text: str, most: int) -> str:
    """One line of somebody's text: tame, and cut to `most`."""
    return clip.clip(tame.plain(text), most)


def coded(said: str) -> Markup:
    """Our own sentences: what stands between backticks is set as code, as it is typed here."""
    pieces = tame.block(said).split("`")
    if len(pieces) % 2 == 0:  # a backtick alone is only a sign
        return _lines("`".join(pieces))
    made = (_code(piece) if at % 2 else _lines(piece) for at, piece in enumerate(pieces))
    return Markup("").join(made)


def verbatim(text: str) -> Markup:
    """Text whose lines and columns matter."""
    return Markup("<pre><code>{}</code></pre>").format(tame.block(text))


def drawn(template: str, **values: Any) -> str:
    """The HTML of a template in templates/matrix, on one line, that calls nobody."""
    made = templates.html().get_template(f"matrix/{template}.html.j2").render(values)
    parts = _PRE.split(made)
    laid = (
        _disarmed(part, _NAMES) if at % 2 else _disarmed(_LAYOUT.sub("", part), _CALLS)
        for at, part in enumerate(parts)
    )
    return "".join(laid)


def content(html: str, *, notice: bool = True) -> dict[str, Any]:
    """The content of a message: HTML, the same as plain text, and the word that it calls nobody.

    Args:
        html: as `drawn`.
        notice: programs' answers are notices, of which no client makes a sound.
    """
    return {
        "msgtype": "m.notice" if notice else "m.text",
        "body": plain(html) or "–",
        "format": HTML,
        "formatted_body": html,
        "m.mentions": {},
    }


def whole(html: str) -> dict[str, Any]:
    """The content of an answer; one too long for an event is said in its first plain words."""
    made = content(html)
    if fits(made):
        return made
    return content(drawn("said", said=_lines(f"{plain(html)[: limits.ANSWER]} …")))


def plain(html: str) -> str:
    """The HTML as plain text, its links written out, what is typed between backticks."""
    linked = _LINK.sub(r"\2 (\1)", _CODE.sub(r"`\1`", html))
    laid = _BREAKS.sub("\n", _ENDS.sub("\n\n", linked))
    return _GAP.sub("\n\n", unescape(_TAG.sub("", laid))).strip()


def fits(made: dict[str, Any]) -> bool:
    """Whether an event with this content is within a homeserver's limit."""
    return len(json.dumps(made, ensure_ascii=False).encode("utf-8", "replace")) <= limits.CONTENT


def fitting(draw: Callable[[limits.Measure], str], *, notice: bool = True) -> dict[str, Any]:
    """The content of the first measure's drawing that fits."""
    made: dict[str, Any] = {}
    for measure in limits.MEASURES:
        made = content(draw(measure), notice=notice)
        if fits(made):
            break
    return made


def _disarmed(html: str, calls: re.Pattern[str]) -> str:
    parts = _TAG.split(html)
    free = (part if at % 2 else calls.sub(_PARTED, part) for at, part in enumerate(parts))
    return "".join(free)


def _lines(said: str) -> Markup:
    return Markup("<br>").join(said.split("\n"))


def _code(said: str) -> Markup:
    """A command as it is typed in Matrix, where a stroke belongs to the client."""
    typed = re.sub(r"^/(?=digest\b|abstract\b)", "!", said)
    return Markup("<code>{}</code>").format(escape(typed)) if typed else Markup("")
