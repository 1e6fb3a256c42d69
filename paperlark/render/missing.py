"""A page in place of one that is not there: why, and where to go instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark.render import templates as sheets
from paperlark.render import words
from paperlark.render.sheet import sheet

if TYPE_CHECKING:
    from datetime import date

    from paperlark.render.addresses import Addresses


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not there.

    Attributes:
        title: a few words.
        said: a sentence or two: why it is not there, and what there is.
        ways: where to go instead: address and what is there.
        month: any day of the month that the site's bar links to; None for no such link.
    """

    title: str
    said: str
    ways: tuple[tuple[str, str], ...] = ()
    month: date | None = None


def page(missing: Missing, addresses: Addresses) -> str:
    """The page that says so."""
    return (
        sheets.html()
        .get_template("missing.html.j2")
        .render(
            missing=missing,
            sheet=sheet("about.css"),
            addresses=addresses,
            here="",
            month_of=missing.month,
            words=words,
        )
    )
