"""Where our pages are, as paths; the same for the bot's small server and for files on a disk.

| path | what |
|---|---|
| ``/`` | the newest digest |
| ``/2026-11-19/`` | a day |
| ``/2026-11/``, ``/2026-11.bib`` | a month; its cards as BibTeX |
| ``/papers/ID``, ``/papers/ID.bib`` | a paper |
| ``/api/digests/2026-11-19.json`` | a day as JSON |
| ``/about`` | thanks, privacy, what is kept |

Those are the default profile's. Every profile, the default one too, has the same pages below
``/p/NAME/``, so that whoever posts a link need not know which profile is the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import date

    from paperlark.domain import PaperId


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one profile's pages.

    Attributes:
        profile: the profile's name; empty for the default one's short addresses.
        base: what stands before every path, without a stroke at its end: ``/digests`` or empty.
        subscribe: whether there is a page to subscribe on.
    """

    profile: str = ""
    base: str = ""
    subscribe: bool = False

    @property
    def home(self) -> str:
        """The newest digest."""
        own = f"/p/{quote(self.profile, safe='', errors='replace')}" if self.profile else ""
        return f"{self.base}{own}/"

    @property
    def about(self) -> str:
        """Thanks, privacy, what is kept: one for all profiles."""
        return f"{self.base}/about"

    @property
    def subscription(self) -> str:
        """The form for a digest by mail; empty where there is none."""
        return f"{self.base}/subscribe" if self.subscribe else ""

    def day(self, day: date) -> str:
        """A day's page."""
        return f"{self.home}{day.isoformat()}/"

    def document(self, day: date) -> str:
        """A day as JSON."""
        return f"{self.home}api/digests/{day.isoformat()}.json"

    def month(self, day: date) -> str:
        """The page of the month that the day is in."""
        return f"{self.home}{day:%Y-%m}/"

    def cited(self, day: date) -> str:
        """The cards of the day's month as BibTeX."""
        return f"{self.home}{day:%Y-%m}.bib"

    def paper(self, identifier: PaperId) -> str:
        """A paper's page."""
        return f"{self.home}papers/{quote(identifier, safe='/', errors='replace')}"

    def entry(self, identifier: PaperId) -> str:
        """A paper as BibTeX."""
        return f"{self.paper(identifier)}.bib"


def day_page(web: str, profile: str, day: date) -> str:
    """The whole address of a profile's day; empty where the pages are not public.

    Args:
        web: the pages' public address, without a stroke at the end; may be empty.
        profile: whose digest.
        day: its mailing date.
    """
    return Addresses(profile, base=web).day(day) if web else ""
