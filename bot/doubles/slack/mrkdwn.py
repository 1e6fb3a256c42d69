"""Slack's mrkdwn as HTML. Whatever the text holds, nothing in it becomes markup of the page.

Source: docs.slack.dev, messaging/formatting-message-text.
"""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_TOKEN: Final = re.compile(r"```(.+?)```|`([^`\n]+)`|<([^<>]*)>", re.DOTALL)
_MARK: Final = re.compile("\ue000(\\d+)\ue001")
_PRIVATE: Final = re.compile("[\ue000\ue001]")
_STYLES: Final = tuple(
    (re.compile(rf"(?<![\w{sign}]){sign}(\S(?:[^{sign}\n]*\S)?){sign}(?![\w{sign}])"), tag)
    for sign, tag in ((r"\*", "b"), ("_", "i"), ("~", "s"))
)
_EMOJI: Final = re.compile(r":([a-z0-9_+-]+)(?:::skin-tone-(\d))?:")
_FACES: Final = {"+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "bookmark": "🔖"}


def link(url: str, said: str = "") -> Markup:
    """A link to follow where the address is one of the web's or of mail's; else its text."""
    if url.startswith(("https://", "http://", "mailto:")):
        return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, said or url)
    return escape(said or url)


def emoji(name: str) -> str:
    """The character of a name, or the name between colons."""
    return _FACES.get(name.partition("::")[0], f":{name}:")


def drawn(text: str) -> Markup:
    """The text as Slack shows it."""
    kept: list[Markup] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(_token(match))
        return f"\ue000{len(kept) - 1}\ue001"

    plain = _TOKEN.sub(keep, _PRIVATE.sub("", text))
    plain = _EMOJI.sub(lambda found: _FACES.get(found[1], found[0]), plain)
    said = str(escape(_unescaped(plain)))
    for pattern, tag in _STYLES:
        said = pattern.sub(rf"<{tag}>\1</{tag}>", said)
    said = _MARK.sub(lambda found: str(kept[int(found[1])]), said)
    return Markup(said.replace("\n", "<br>"))  # noqa: S704  (escaped above)


def _unescaped(text: str) -> str:
    """The three characters Slack keeps escaped, and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _token(match: re.Match[str]) -> Markup:
    block, code, inner = match.groups()
    if block is not None:
        return Markup("<pre>{}</pre>").format(_unescaped(block).strip("\n"))
    if code is not None:
        return Markup("<code>{}</code>").format(_unescaped(code))
    target, _, said = inner.partition("|")
    target, said = _unescaped(target), _unescaped(said)
    if target.startswith("!date^"):
        return escape(said)
    if target[:1] in {"@", "#", "!"}:
        sign = "#" if target[0] == "#" else "@"
        return Markup('<span class="tag">{}{}</span>').format(sign, said or target[1:])
    return link(target, said)
