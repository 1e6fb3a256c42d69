"""What paperlark is and keeps, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperlark.render import templates as sheets
from paperlark.render import words
from paperlark.render.sheet import sheet

if TYPE_CHECKING:
    from datetime import date

    from paperlark.render.addresses import Addresses


def page(addresses: Addresses, newest: date | None = None) -> str:
    """Thanks, how papers are ranked, what is kept and for how long, privacy.

    Args:
        addresses: of the default profile's pages.
        newest: the newest digest's date, for the link to its month.
    """
    return (
        sheets.html()
        .get_template("about.html.j2")
        .render(
            sheet=sheet("about.css"),
            addresses=addresses,
            here="about",
            month_of=newest,
            words=words,
        )
    )
