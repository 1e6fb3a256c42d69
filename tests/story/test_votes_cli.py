"""``paperlark votes``: out as JSONL, in again in any order, and every slip as one sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperlark.cli.votes import command, row, vote_of
from paperlark.errors import ConfigError
from paperlark.store import RedisStore
from paperlark.vote import Door, Thumb, Vote

if TYPE_CHECKING:
    from pathlib import Path

    import redis

NOW = datetime(2026, 11, 19, 7, 30, tzinfo=UTC)
VOTE = Vote(
    at=NOW,
    voter="slack:U1",
    subscription="slack:C1/foundations",
    paper="2509.20323",
    verdict=Thumb.UP,
    door=Door.SLACK_BUTTON,
    digest=NOW.date(),
    rank=3,
    score=71.2,
)
PUBLIC = {
    "at": "2026-11-19T07:30:00+00:00",
    "voter": "slack:U1",
    "subscription": "slack:C1/foundations",
    "paper": "2509.20323",
    "verdict": 1,
    "door": "slack-button",
    "digest": "2026-11-19",
    "rank": 3,
    "score": 71.2,
}


class Votes:
    """The command, run here."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, *args: str) -> str:
        self.capfd.readouterr()
        command.main(list(args), standalone_mode=False)
        return self.capfd.readouterr().out


@pytest.fixture
def votes(
    store: redis.Redis,
    store_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Votes:
    del store  # emptied
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDIS_URL", store_url)
    monkeypatch.setenv("PAPERLARK_CLOCK__PRETEND", "2026-11-20T12:00:00+00:00")
    return Votes(capfd)


def test_the_public_form_is_the_contracts():
    assert row(VOTE) == PUBLIC
    assert vote_of(PUBLIC) == VOTE


def test_votes_go_out_and_come_in_again(votes: Votes, store: redis.Redis, tmp_path: Path):
    kept = RedisStore(store)
    later = Vote(
        NOW + timedelta(hours=1), "mail:a", "mail:a/x", "math/0309136", Thumb(0), Door.MAIL
    )
    for vote in (VOTE, later):
        kept.votes.cast(vote)
    votes("export", "v.jsonl")
    lines = (tmp_path / "v.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["paper"] for line in lines] == ["2509.20323", "math/0309136"]
    assert votes("export") == "".join(f"{line}\n" for line in lines)
    assert json.loads(votes("list", "--format", "json")) == [json.loads(line) for line in lines]
    assert len(votes("list", "--subscription", "mail:a/x").splitlines()) == 1
    store.flushall()
    (tmp_path / "v.jsonl").write_text("\n".join(reversed([*lines, "", lines[0]])))
    assert votes("import", "v.jsonl").startswith("✓ 3 read, 3 kept")
    assert votes("export") == "".join(f"{line}\n" for line in lines)
    kept.votes.cast(Vote(NOW + timedelta(hours=2), *_rest(VOTE)))
    assert votes("import", "v.jsonl").startswith("✓ 3 read, 1 kept; of the others a later word")


def _rest(vote: Vote) -> tuple[Any, ...]:
    return vote.voter, vote.subscription, vote.paper, Thumb.DOWN, vote.door


def test_without_votes_it_says_so(votes: Votes):
    assert votes("list") == "No votes yet.\n"
    assert votes("list", "--format", "json") == "[]\n"
    assert votes("export") == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "line 2 is no vote (Expecting value"),
        ("[]", "line 2 is no vote (it is no object)"),
        (json.dumps({**PUBLIC, "verdict": 2}), "2 is not a valid Thumb"),
        (json.dumps({**PUBLIC, "door": "window"}), "'window' is not a valid Door"),
        (json.dumps({**PUBLIC, "paper": "2509.2"}), "2509.2 is not an arXiv id"),
        (json.dumps({**PUBLIC, "voter": "U1"}), "`voter` is 'U1'"),
        (json.dumps({**PUBLIC, "rank": "3"}), "`rank` is '3'"),
        (json.dumps({**PUBLIC, "score": float("nan")}), "`score` is nan"),
        (json.dumps({**PUBLIC, "at": "2026-11-19T07:30:00"}), "`at` has no offset"),
        (json.dumps({**PUBLIC, "at": "2027-11-19T07:30:00+00:00"}), "`at` lies ahead"),
        (json.dumps({**PUBLIC, "voter": "slack:\ud800"}), "`voter` is 'slack:"),
        (json.dumps({**PUBLIC, "voter": "slack:U\n1"}), "`voter` is 'slack:"),
        (json.dumps({**PUBLIC, "voter": "slack:U 1"}), "not KIND:NAME"),
        (json.dumps({**PUBLIC, "voter": "slack:U\u20281"}), "`voter` is 'slack:"),
        (json.dumps({**PUBLIC, "subscription": ":"}), "not KIND:NAME"),
        (json.dumps({**PUBLIC, "subscription": "slack:C1"}), "not KIND:ADDRESS/PROFILE"),
        (json.dumps({**PUBLIC, "subscription": "slack:[C]/?"}), "line 2 is no vote"),
        (json.dumps({**PUBLIC, "verdict": True}), "`verdict` is True"),
        (json.dumps({**PUBLIC, "verdict": 1.0}), "`verdict` is 1.0"),
        (json.dumps({**PUBLIC, "rank": -5}), "`rank` is -5"),
        (json.dumps({**PUBLIC, "rank": 10**4000}), "`rank` is too large a number"),
        (json.dumps({**PUBLIC, "score": 10**4000}), "line 2 is no vote"),
        (json.dumps({**PUBLIC, "digest": 20250101}), "`digest` is 20250101"),
        (json.dumps({**PUBLIC, "digest": "2026-W47-4"}), "is no date like 2026-11-19"),
        (json.dumps({**PUBLIC, "at": "0001-01-01T00:00:00+14:00"}), "line 2 is no vote"),
        (json.dumps(PUBLIC).replace("3,", "3" * 5000 + ","), "a number in it is too large"),
        ("[" * 200_000, "it is nested too deeply"),
        (json.dumps({k: v for k, v in PUBLIC.items() if k != "at"}), "`at` is missing"),
    ],
)
def test_one_wrong_line_and_nothing_is_imported(
    votes: Votes, store: redis.Redis, tmp_path: Path, line: str, said: str
):
    (tmp_path / "v.jsonl").write_text(f"{json.dumps(PUBLIC)}\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        votes("import", "v.jsonl")
    assert said in str(caught.value)
    assert str(caught.value).endswith("nothing was imported.")
    assert RedisStore(store).votes.voted_in() == ()


def test_a_file_that_is_not_there_is_named(votes: Votes):
    with pytest.raises(ConfigError, match=r"none\.jsonl cannot be read: No such file"):
        votes("import", "none.jsonl")


@given(
    st.builds(
        Vote,
        at=st.datetimes(timezones=st.just(UTC)),
        voter=st.from_regex(r"slack:[^\s\W]{1,20}", fullmatch=True),
        subscription=st.just("slack:C1/x"),
        paper=st.sampled_from(["2509.20323", "math/0309136"]),
        verdict=st.sampled_from(Thumb),
        door=st.sampled_from(Door),
        digest=st.none() | st.dates(),
        rank=st.none() | st.integers(1, 100),
        score=st.none() | st.floats(0, 100),
    )
)
def test_every_vote_survives_its_public_form(vote: Vote):
    assert vote_of(json.loads(json.dumps(row(vote)))) == vote
