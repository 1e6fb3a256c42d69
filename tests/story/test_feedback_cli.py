"""The facts behind a line on the command line: explained, replayed, exported, and set up anew."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from paperlark import facts
from paperlark.cli import replay
from paperlark.cli.app import WIDEST
from paperlark.cli.votes import command as votes_command
from paperlark.domain import (
    Announcement,
    AnnounceType,
    Batch,
    BatchState,
    Listing,
    Paper,
    Score,
    Scored,
    Usage,
)
from paperlark.errors import ConfigError, NotFound
from paperlark.feedback import Act, Decision, Wish, Wording
from paperlark.profile import parse
from paperlark.store import RedisStore, keys
from paperlark.vote import Door, Thumb, Vote
from worker import pipeline

if TYPE_CHECKING:
    from pathlib import Path

    import click
    import redis

    from paperlark.domain import Profile

SOURCE = '+++\ncategories = ["cs.LG"]\nbase_line = 60.0\n+++\nSparse things.\n'
DAYS = [date(2026, 11, day) for day in (9, 10, 11, 12, 13, 16, 17, 18, 19)]
AFTER = date(2026, 11, 20)
VALUES = [90.0, 80.0, 70.0, 58.0, 40.0]


class Program:
    """Commands, run here."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, command: click.Command, *args: str) -> str:
        self.capfd.readouterr()
        command.main(list(args), standalone_mode=False)
        return self.capfd.readouterr().out


@pytest.fixture
def program(
    store: redis.Redis,
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Program:
    fill(RedisStore(store))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", store_url)
    monkeypatch.setenv("PAPERLARK_CLOCK__PRETEND", "2026-11-19T18:00:00+00:00")
    return Program(capfd)


class Scorer:
    """Scores a day's papers from the best to the worst, in the order of their ids."""

    def score(self, candidates: object, profile: Profile) -> Scored:
        del profile
        ids = sorted(each.paper.id for each in candidates)  # type: ignore[attr-defined]
        scores = {key: Score(value) for key, value in zip(ids, VALUES, strict=True)}
        return Scored(scores, {}, Usage("local"))


def fill(store: RedisStore) -> None:
    """Nine mornings of five papers; two people turn the shown ones down."""
    profile = parse("group", SOURCE)
    store.save_profile(profile)
    for number, day in enumerate(DAYS):
        names = [f"2611.{number + 1:02}{n:03}" for n in range(5)]
        papers = {name: Paper(name, 1, f"Title {name}", "Text.", (), ("cs.LG",)) for name in names}
        rows = tuple(Listing(name, 1, AnnounceType.NEW) for name in names)
        batch = Batch(day, "cs.LG", BatchState.COMPLETE, rows)
        store.save(Announcement(day, (batch,), papers))
        pipeline.score(profile, day, store, "local", lambda *_: Scorer())
        made = pipeline.publish(profile, day, store, "local")
        for card in made.cards:
            for voter in ("slack:U1", "slack:U2"):
                at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
                store.votes.cast(
                    Vote(at, voter, "slack:C1/group", card.paper.id, Thumb.DOWN, Door.CLI, day)
                )


def test_explain_tells_moves_votes_people_and_taste(program: Program):
    told = program(votes_command, "explain", "--profile", "group")
    assert "group, Friday 20 November 2026" in told
    assert "so a little less is shown. Base 60.0" in told
    assert "Moves             to   votes before" in told
    assert "slack:U1" in told
    document = json.loads(program(votes_command, "explain", "--format", "json"))
    moves = document["moves"]
    assert moves[0]["before"] == 60.0
    assert moves[-1]["after"] == document["line"]["value"] > 60.0
    assert document["trust"] == {"slack:U1": 1.0, "slack:U2": 1.0}
    assert document["taste"]["similarity"] == 0.6, "the local ranker scored: votes act through it"


def test_explain_of_a_date_is_that_digests_own_line(program: Program, store: redis.Redis):
    document = json.loads(
        program(votes_command, "explain", "--date", "2026-11-19", "--format", "json")
    )
    kept = RedisStore(store).digest("group", DAYS[-1])
    assert kept is not None
    assert document["line"]["value"] == kept.line.value
    with pytest.raises(ConfigError, match="is no date"):
        program(votes_command, "explain", "--date", "soon")


def test_the_line_is_worked_out_from_the_export_alone(program: Program, store: redis.Redis):
    kept = RedisStore(store)
    at = datetime(2026, 11, 17, 9, tzinfo=UTC)
    kept.choices.decide("group", Decision(at, "Mira", Act.ACCEPT, 58.5), "slack:U1")
    kept.choices.word("group", Wording(at, "Mira", Wish.WANT, ("sparse",), by="slack:U1"))
    before = facts.gather(kept, "group")
    program(votes_command, "export", "facts.jsonl", "--facts")
    store.flushall()
    kept = RedisStore(store)
    assert "other facts kept" in program(votes_command, "import", "facts.jsonl")
    after = facts.gather(kept, "group")
    assert after.course(60.0, AFTER) == before.course(60.0, AFTER)
    assert after.taste(AFTER, "local") == before.taste(AFTER, "local")
    program(votes_command, "import", "facts.jsonl")
    assert facts.gather(kept, "group") == after


@pytest.mark.parametrize(
    "line",
    [
        '{"profile": "group", "decision": {"at": "2026-11-17T09:00:00+00:00", "kind": "freeze"}}',
        '{"profile": "a", "decision": {"at": "2026-11-17T09:00:00", "who": "a", "kind": "undo"}}',
        '{"profile": "a b", "showing": {"date": "2026-11-17"}}',
        '{"profile": "group", "wording": 7}',
        '{"profile": "group", "showing": {"date": "2026-11-17", "cards": [{"paper": 1}]}}',
    ],
)
def test_a_damaged_fact_imports_nothing(program: Program, tmp_path: Path, line: str):
    (tmp_path / "bad.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1 is no vote"):
        program(votes_command, "import", "bad.jsonl")


def test_replay_tells_what_another_line_would_have_shown(program: Program):
    told = program(replay.command, "--from", "2026-11-16", "--line", "55")
    assert "had it been: line 55.0" in told
    assert "Title 2611.09003" in told
    document = json.loads(
        program(replay.command, "--from", "2026-11-16", "--line", "55", "--format", "json")
    )
    assert [day["won"] for day in document["days"]][-1] == ["2611.09003"]
    assert document["total"]["days"] == 4


def test_replay_of_another_target_and_of_other_words(program: Program, tmp_path: Path):
    sure = program(replay.command, "--from", "2026-11-09", "--target", "0.95", "--least", "1")
    assert "target 95 %, at least 1 a day" in sure
    (tmp_path / "draft.md").write_text(SOURCE.replace("Sparse", "Title"), encoding="utf-8")
    other = program(replay.command, "--from", "2026-11-09", "--profile", "draft.md")
    assert "a model may grade these papers otherwise" in other


def test_replay_says_what_is_missing(program: Program):
    with pytest.raises(ConfigError, match="Say what to change"):
        program(replay.command, "--from", "2026-11-16")
    with pytest.raises(ConfigError, match="swap them"):
        program(replay.command, "--from", "2026-11-18", "--to", "2026-11-16", "--line", "5")
    with pytest.raises(NotFound, match="has no digest"):
        program(replay.command, "--from", "2026-11-02", "--to", "2026-11-05", "--line", "5")


def test_nothing_is_changed_by_a_replay(program: Program, store: redis.Redis):
    kept = RedisStore(store)
    before = facts.gather(kept, "group")
    program(replay.command, "--from", "2026-11-09", "--line", "55")
    assert facts.gather(kept, "group") == before
    assert kept.digest("group", DAYS[-1] + timedelta(days=1)) is None


# --- tune ---------------------------------------------------------------------------------------


def test_tune_shows_the_line_the_chart_and_the_commands_to_type(program: Program):
    told = program(votes_command, "tune", "--profile", "group", "--by", "Mira")
    lines = told.splitlines()
    assert re.fullmatch(r"The line is 6\d\.\d", lines[0])
    assert lines[1].startswith("Up 0.5 since Wed 18 Nov: ")
    assert "Moves             to   votes before" in lines
    assert re.search(r"\nFreeze at 6\d\.\d:\n    paperlark votes tune freeze --profile group", told)
    assert "/digest tune" not in told
    assert max(map(len, lines)) <= WIDEST


def test_every_command_that_tune_offers_can_be_typed(program: Program, store: redis.Redis):
    told = program(votes_command, "tune", "--profile", "group", "--by", "Mira K.")
    typed = [
        shlex.split(line)[2:] for line in told.splitlines() if line.startswith("    paperlark")
    ]
    assert len(typed) > 2
    for words in typed:
        store.delete(keys.decided("group"))  # an undo is of what it was offered for
        assert program(votes_command, *words)
        decided = RedisStore(store).choices.decisions("group")
        assert [each.who for each in decided] == ["Mira K."] * (words[1] != "try")


def test_a_line_accepted_on_the_command_line_is_the_next_digests(program: Program):
    said = program(votes_command, "tune", "accept", "55", "--by", "Mira")
    assert said.startswith("From Fri 20 Nov the line is 55.0.")
    assert "`paperlark votes tune undo`" in " ".join(said.split())
    told = program(votes_command, "explain")
    assert "Line 55.0. Mira accepted 55.0" in told


def test_tune_tries_a_line_and_decides_nothing(program: Program, store: redis.Redis):
    told = program(votes_command, "tune", "try", "55")
    assert told.startswith("With the line at 55.0\n")
    assert "paperlark votes tune accept 55.0 --by NAME" in told
    assert RedisStore(store).choices.decisions("group") == ()


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("freeze",), ConfigError, "Say who decides"),
        (("frieze", "--by", "Mira"), NotFound, "Did you mean `paperlark votes tune freeze`"),
        (("accept", "high", "--by", "Mira"), NotFound, "“high” is no line"),
        (("try", "55", "--profile", "nobody"), NotFound, "There is no profile “nobody”"),
    ],
)
def test_what_tune_cannot_do_is_a_sentence(
    program: Program, words: tuple[str, ...], error: type[Exception], said: str
):
    with pytest.raises(error, match=said):
        program(votes_command, "tune", *words)
