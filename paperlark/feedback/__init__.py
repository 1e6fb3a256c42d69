"""Thumbs to line, taste and proposals: pure functions of stored facts. No I/O, no clock, no chance.

Facts are votes (`paperlark.vote`), what digests showed (`Showing`) and what people decided
(`Decision`). The same facts give the same answer on every host, in whatever order they arrived;
nothing else is carried from day to day. docs/feedback.md explains all of it.
"""

from paperlark.feedback.aim import aim
from paperlark.feedback.choice import Pick, pick, wild_card
from paperlark.feedback.facts import Act, Decision, Heard, Knobs, Seen, Showing, heard, showing
from paperlark.feedback.field import Field
from paperlark.feedback.labels import labels
from paperlark.feedback.line import base_line, course, line
from paperlark.feedback.moves import Course, Move
from paperlark.feedback.proposals import Proposal, Wish, proposals
from paperlark.feedback.replay import Past, Replayed, Total, replay, total
from paperlark.feedback.steering import Steering
from paperlark.feedback.taste import PLAIN, Taste, rerank, standardised, taste
from paperlark.feedback.terms import Words, amounts, folded, phrase
from paperlark.feedback.tuning import FEWER, MORE, Tuning, tuned
from paperlark.feedback.wording import Wording, declined, followed

__all__ = [
    "FEWER",
    "MORE",
    "PLAIN",
    "Act",
    "Course",
    "Decision",
    "Field",
    "Heard",
    "Knobs",
    "Move",
    "Past",
    "Pick",
    "Proposal",
    "Replayed",
    "Seen",
    "Showing",
    "Steering",
    "Taste",
    "Total",
    "Tuning",
    "Wish",
    "Wording",
    "Words",
    "aim",
    "amounts",
    "base_line",
    "course",
    "declined",
    "folded",
    "followed",
    "heard",
    "labels",
    "line",
    "phrase",
    "pick",
    "proposals",
    "replay",
    "rerank",
    "showing",
    "standardised",
    "taste",
    "total",
    "tuned",
    "wild_card",
]
