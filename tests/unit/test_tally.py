"""A line's moves and votes as text of equal letters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from paperlark.feedback import Act, course, heard
from paperlark.render import tally
from tests import thumbs

if TYPE_CHECKING:
    from paperlark.feedback import Decision
    from paperlark.vote import Vote

LAST = thumbs.day(thumbs.DAYS)


@given(votes=thumbs.votes(), decided=thumbs.decisions(), back=st.integers(0, 40))
def test_the_table_counts_every_vote_before_its_move_once(
    votes: list[Vote], decided: list[Decision], back: int
):
    day = LAST - timedelta(days=min(back, thumbs.DAYS))
    moves = course(thumbs.BASE, votes, thumbs.SHOWN, day, decisions=decided).moves
    known = heard(votes, thumbs.SHOWN, day)
    rows = tally.table(moves, known, day).splitlines()
    assert bool(rows) == bool(moves)
    if len(moves) <= tally.ROWS and moves:
        counted = [row[20:] for row in rows[1:]]
        total = sum(int(part) for row in counted for part in row.replace("up", "").split()[:2])
        assert total == len(known)


@given(votes=thumbs.votes())
def test_bars_are_as_high_as_the_votes_of_their_day(votes: list[Vote]):
    known = heard(votes, thumbs.SHOWN, LAST)
    drawn = tally.bars(known, LAST)
    recent = [v for v in known if v.day > LAST - timedelta(days=tally.DAYS)]
    assert bool(drawn) == bool(recent)
    if drawn:
        up, down = (line[5:] for line in drawn.splitlines()[1:3])
        assert len(up) == len(down) == tally.DAYS
        assert sum(each != "·" for each in up) == len({v.day for v in recent if v.up})
        assert "█" in up + down


def test_a_decision_is_told_with_who_took_it():
    moves = course(
        thumbs.BASE, [], thumbs.SHOWN, LAST, decisions=[thumbs.decision(3, Act.ACCEPT, 50.0)]
    ).moves
    assert not tally.voted(moves[0])
    assert tally.table(moves, [], LAST).splitlines()[1].endswith("down  Mira accepted 50.0")


def test_a_move_that_votes_made_is_told_apart():
    [*moves] = course(thumbs.BASE, thumbs.many(0, 12), thumbs.SHOWN, LAST).moves
    assert moves
    assert all(map(tally.voted, moves))
