"""What one person makes of a profile's day: the same scores under their own taste and words. Pure.

The private layer lies on the profile's: its rules, scorer and line stay. A person's votes and saved
papers bend the order (`paperlark.feedback.taste`), words and names they follow lift papers, what
they mute is taken off and counted, and several interests share the places. docs/mine.md explains
all of it.
"""

from paperlark.personal.known import Day
from paperlark.personal.own import NEEDED, TUNING, Own, phrases
from paperlark.personal.page import Page, page
from paperlark.personal.ranking import Ranking, ranking

__all__ = ["NEEDED", "TUNING", "Day", "Own", "Page", "Ranking", "page", "phrases", "ranking"]
