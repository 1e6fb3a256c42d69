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
    """

    subject: str
    text: str
    html: str
    key: str


def confirmation(subscription: Subscription, link: str, key: str) -> Letter:
    """Asks a reader to confirm; the link is whole and works for 48 hours."""
    profile = plain(subscription.profile)
    asks = (
        f"Someone, probably you, asked for {profile} at this address, {words.hours(subscription)}."
    )
    press, rest = "Press Confirm within 48 hours.", (
        "If it wasn’t you, do nothing: no further mail will come."
    )  # fmt: skip
    return Letter(
        subject=f"Confirm your digest “{profile}”",
        text=f"{asks}\n\nConfirm within 48 hours:\n{link}\n\n{rest}\n",
        html=_html(asks, press, rest, link),
        key=key,
    )


def _html(asks: str, press: str, rest: str, link: str) -> str:
    button = (
        "display:inline-block;padding:12px 24px;border:1px solid #1D4E9E;color:#1D4E9E;"
        "font-weight:bold;text-decoration:none"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark"><title>Confirm</title></head>\n'
        '<body style="font:17px/1.5 Georgia,serif;max-width:36em;margin:0;padding:16px">\n'
        f"<p>{escape(asks)} {escape(press)}</p>\n"
        f'<p><a href="{escape(link)}" style="{button}">Confirm</a></p>\n'
        f"<p>{escape(rest)}</p>\n</body></html>\n"
    )
