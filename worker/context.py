"""The collaborators of one run: store, source, clock and scorers, built once from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paperlark import settings
from paperlark.chosen import chosen as chosen_profile
from paperlark.clock import clock
from paperlark.errors import ConfigError
from paperlark.feedback import Knobs
from paperlark.profile import is_own
from worker.llm import models
from worker.local import LocalScorer
from worker.pipeline import Feedback
from worker.sources import arxiv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from paperlark.clock import Clock
    from paperlark.domain import Label, Paper, PaperId, Profile
    from paperlark.ports import Progress, Scorer
    from paperlark.settings import Settings
    from paperlark.store import RedisStore
    from paperlark.store.connection import Connection
    from worker.pipeline import MakeScorer
    from worker.sources.arxiv import Arxiv


@dataclass(frozen=True)
class Context:
    """What every step of the main job works with."""

    settings: Settings
    store: RedisStore
    source: Arxiv
    clock: Clock
    progress: Progress | None = None

    def profile(self, name: str = "") -> Profile:
        """The profile of that name: the store's, else a built-in one.

        Without a name: the one the settings name, else the only one in the store.

        Raises:
            NotFound: there is none of that name; the sentence says what there is.
            ConfigError: there are several, and none was named.
        """
        return chosen_profile(self.store, name, self.settings.digest.profile)

    @property
    def hearing(self) -> Feedback:
        """How votes are heard, by the settings."""
        table = self.settings.feedback
        return Feedback(Knobs(table.target, table.least), table.wild_card)

    def choice(self, profile: str) -> str:
        """Who scores for the profile of that name, as `scorer` takes it: readers' own cost less."""
        return self.settings.readers.own_scorer if is_own(profile) else ""

    def scorer(self, choice: str = "") -> tuple[str, MakeScorer]:
        """The scorer's name, as scores are kept under it, and how to build it for a day.

        Args:
            choice: ``auto``, ``local`` or ``llm``; empty for the settings' choice.

        Raises:
            ConfigError: the model's settings are wrong, or there is no key for it.
        """
        wanted = choice or self.settings.scoring.scorer
        if wanted == "local" or (wanted == "auto" and not models.keyed(self.settings)):
            return "local", _local
        return "llm", models.scorer(self.settings, self.store, self.clock, self.progress)


def _local(
    day: date,
    background: Iterable[Paper],
    labels: Mapping[PaperId, Label],
    votes: Mapping[PaperId, Label],
) -> Scorer:
    del day
    return LocalScorer(background, labels, votes)


def build(chosen: Settings, connection: Connection, progress: Progress | None = None) -> Context:
    """The context of one run over an open store.

    Raises:
        ConfigError: a table of the settings is wrong.
    """
    from paperlark.store import RedisStore  # noqa: PLC0415  (redis is slow to import)
    from paperlark.store.gate import Gate  # noqa: PLC0415

    models.money(chosen)
    now = clock(chosen.clock.pretend)
    store = RedisStore(connection.client)
    table = arxiv_table(chosen)
    gate = Gate(connection.client, interval_s=table.interval_s)
    source = arxiv.source(table, gate, known=store, clock=now, progress=progress)
    return Context(chosen, store, source, now, progress)


def arxiv_table(chosen: Settings) -> arxiv.Settings:
    """The checked table ``[sources.arxiv]``.

    Raises:
        ConfigError: a key or a value in it is wrong.
    """
    for name in chosen.sources:
        if name != "arxiv":
            at = chosen.place("sources", name)
            raise ConfigError(
                f"Unknown key `sources.{name}`. The only source is `sources.arxiv`."
                + (f" ({at})" if at else "")
            )
    return settings.check(
        arxiv.Settings,
        chosen.sources.get("arxiv", {}),
        prefix="sources.arxiv.",
        where=lambda path: chosen.place("sources", "arxiv", *path),
    )
