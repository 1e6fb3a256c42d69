"""A first profile from a few papers: pure functions, the same answer on every host.

From papers somebody liked, papers they did not, and the papers of the last weeks: categories,
phrases, exclusions and the topics text (`draft`), a profile file of it (`source`), and the papers
of a day whose thumbs would teach most (`questions`). docs/setup.md explains it for people.
"""

from paperlark.drafting.draft import MOST_CATEGORIES, Draft, draft, fitted
from paperlark.drafting.groups import Group
from paperlark.drafting.questions import COUNT, questions, themes
from paperlark.drafting.request import MOST_EXAMPLES, Asked, Request, Trial, named
from paperlark.drafting.source import filed, slug, source, themes_of

__all__ = [
    "COUNT",
    "MOST_CATEGORIES",
    "MOST_EXAMPLES",
    "Asked",
    "Draft",
    "Group",
    "Request",
    "Trial",
    "draft",
    "filed",
    "fitted",
    "named",
    "questions",
    "slug",
    "source",
    "themes",
    "themes_of",
]
