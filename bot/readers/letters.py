"""Mails that are no digests: the one that asks a reader to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import escape

from bot import words
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from paperlark.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail.

    Attributes:
        key: its own name, the same on every attempt.
        profile: whose digest it is about; a failure to deliver names it.
    """

    subject: str
    text: str
    html: str
    key: str
    profile: str = ""


def confirmation(subscription: Subscription, link: str, key: str, what: str = "") -> Letter:
    """Asks a reader to confirm; the link is whole and works for 48 hours.

    Args:
        subscription: what was asked for.
        link: to the page that begins it.
        key: the letter's name.
        what: the categories of an own profile. Nothing that a stranger can write as they like
            stands in the mail: it goes to people who may not have asked.
    """
    profile = plain(subscription.profile)
    named, title = profile, f"“{profile}”"
    if what:
        named = title = f"of {what}"
        named = f"a digest {named}, by topics of their own,"
    asks = f"Someone, probably you, asked for {named} at this address, {words.hours(subscription)}."
    press, rest = "Press Confirm within 48 hours.", (
        "If it wasn’t you, do nothing: no further mail will come."
    )  # fmt: skip
    return Letter(
        subject=f"Confirm your digest {title}",
        text=f"{asks}\n\nConfirm within 48 hours:\n{link}\n\n{rest}\n",
        html=_html(asks, press, rest, link),
        key=key,
        profile=subscription.profile,
    )


def _html(asks: str, press: str, rest: str, link: str) -> str:
    button = (
        "display:inline-block;padding:12px 24px;background:#1D4E9E;color:#FFFFFF;"
        "font:bold 17px/1.5 Georgia,serif;text-decoration:none"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark"><title>Confirm</title></head>\n'
        '<body style="font:17px/1.5 Georgia,serif;max-width:36em;margin:0;padding:16px">\n'
        f"<p>{escape(asks)} {escape(press)}</p>\n"
        f'<p><a href="{escape(link)}" style="{button}">Confirm</a></p>\n'
        f"<p>{escape(rest)}</p>\n</body></html>\n"
    )
