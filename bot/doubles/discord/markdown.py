"""Discord's Markdown as HTML; nothing that a text holds becomes mark-up of the page."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

_KEPT: Final = re.compile(
    r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`|\\(?P<sign>[!-/:-@\[-`{-~])"
    r"|\[(?P<said>(?:\\.|[^\[\]\n])+)\]\((?P<url>https?://[^\s()]+)\)|<#(?P<place>\d+)>",
    re.DOTALL,
)
_MARK: Final = re.compile("\ue000(\\d+)\ue001")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


def drawn(text: str) -> Markup:
    """The text as Discord shows it: a paragraph a line, small print and headings among them."""
    kept: list[Markup] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(_token(found))
        return f"\ue000{len(kept) - 1}\ue001"

    said = _KEPT.sub(keep, re.sub("[\ue000\ue001]", "", text))
    html = "".join(_line(line) for line in said.split("\n"))
    for _ in range(2):  # a link may hold kept signs of its own
        html = _MARK.sub(lambda found: str(kept[int(found[1])]), html)
    return Markup(html)  # noqa: S704  (escaped line by line)


def _line(line: str) -> str:
    kind, said = "", line
    for sign, name in (("-# ", "sm"), ("## ", "h")):
        if line.startswith(sign):
            kind, said = name, line.removeprefix(sign)
    made = _BOLD.sub(r"<b>\1</b>", str(escape(said)))
    return f'<p class="{kind}">{made}</p>' if kind else f"<p>{made}</p>"


def _token(found: re.Match[str]) -> Markup:
    if found["pre"] is not None:
        return Markup("<pre>{}</pre>").format(found["pre"].strip("\n"))
    if found["code"] is not None:
        return Markup("<code>{}</code>").format(found["code"])
    if found["sign"] is not None:
        return escape(found["sign"])
    if found["place"] is not None:
        return Markup('<span class="chan">#{}</span>').format(found["place"])
    said = re.sub(r"\\(.)", r"\1", found["said"])
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(found["url"], said)
