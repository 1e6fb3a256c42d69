"""The front desk: what people can ask for, the same in every chat.

The store is synchronous: each question is one function, run in a thread of its own. What it
raises becomes a sentence here, and nowhere else.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import structlog

from bot import words
from bot.desk import commands, digests, forms, house, mine, papers, voting
from bot.replies import OWN, Said
from paperlark import taxonomy
from paperlark.errors import PaperlarkError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.desk.house import House
    from bot.ports import Asker
    from bot.replies import Reply, SettingsForm
    from paperlark.domain import PaperId
    from paperlark.vote import Door, Thumb

P = ParamSpec("P")
T = TypeVar("T")

_log: Final = structlog.get_logger(__name__)
_CHOICES: Final = 25


class FrontDesk:
    """A `bot.ports.Desk` over a house. Nothing raises, but `vote` as its contract says."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._changing = asyncio.Lock()

    async def command(self, asker: Asker, text: str) -> Reply:
        """The words after ``/digest``."""
        return await _answer(commands.command, self._house, asker, text)

    async def digest(self, asker: Asker, when: str, page: str = "1") -> Reply:
        """A page of a digest, or of one's own."""
        own = page.removeprefix(OWN)
        question = digests.digest if own == page else mine.page
        return await _answer(question, self._house, asker, when, own)

    async def abstract(self, asker: Asker, query: str) -> Reply:
        """One paper in full."""
        return await _answer(papers.abstract, self._house, asker, query)

    async def why(self, asker: Asker, query: str) -> Reply:
        """The trace of one paper."""
        return await _answer(papers.why, self._house, asker, query)

    async def bibtex(self, asker: Asker, paper: PaperId) -> Reply:
        """One paper's BibTeX entry."""
        return await _answer(papers.cite, self._house, asker, paper)

    async def vote(
        self,
        asker: Asker,
        thumb: Thumb,
        door: Door,
        *,
        paper: PaperId = "",
        ref: str = "",
        at: datetime | None = None,
        event: str = "",
        taken: Thumb | None = None,
        mark: str = "",
        again: bool = False,
    ) -> Reply:
        """Cast, change or withdraw a vote.

        Raises:
            StoreError: only with `ref`: it could not be kept.
        """
        word = voting.Word(thumb, door, paper, ref, at, event, taken, mark, again)
        if not ref:
            return await _answer(voting.vote, self._house, asker, word)
        try:
            return await asyncio.to_thread(voting.vote, self._house, asker, word)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001  (nothing raises at a desk)
            return Said(_slip(error))

    async def save(self, asker: Asker, paper: PaperId, *, keep: bool = True) -> Reply:
        """Put a paper aside, or take it away again."""
        return await _answer(voting.save, self._house, asker, paper, keep=keep)

    async def home(self, asker: Asker) -> Reply:
        """Everything about one person."""
        return await _answer(voting.home, self._house, asker)

    async def settings(self, asker: Asker) -> Reply:
        """The form of the place."""
        return await _answer(forms.shown, self._house, asker)

    async def change(self, asker: Asker, form: SettingsForm) -> Mapping[str, str]:
        """Apply a filled-in form; what is wrong with it, by field."""
        try:
            # One after the other: between the look at the stamp and the writing comes nobody else.
            async with self._changing:
                return await asyncio.to_thread(forms.change, self._house, asker, form)
        except Exception as error:  # noqa: BLE001  (nothing raises at a desk)
            return {"profile": _slip(error)}

    async def categories(self, words: str) -> tuple[tuple[str, str], ...]:
        """Up to 25 categories whose code or name holds these words."""
        found = taxonomy.search(words)[:_CHOICES]
        return tuple((category.code, category.name) for category in found)

    async def profiles(self, asker: Asker) -> tuple[str, ...]:
        """The names of the place's profiles, the usual one first; none where they are not known."""
        try:
            return await asyncio.to_thread(house.profiles, self._house, asker)
        except Exception as error:  # noqa: BLE001  (nothing raises at a desk)
            _slip(error)
            return ()


async def _answer(question: Callable[P, Reply], /, *args: P.args, **kwargs: P.kwargs) -> Reply:
    """The reply of one question, asked in a thread; what it raises is said."""
    try:
        return await asyncio.to_thread(question, *args, **kwargs)
    except Exception as error:  # noqa: BLE001  (nothing raises at a desk)
        return Said(_slip(error))


def _slip(error: Exception) -> str:
    """One sentence for people; what only its operator can mend is in the log, under its name."""
    if isinstance(error, PaperlarkError) and not isinstance(error, StoreError):
        return str(error)
    name = secrets.token_hex(3)
    _log.error("question failed", name=name, exc_info=error)
    return words.out_of_reach(name) if isinstance(error, StoreError) else words.unexpected(name)
