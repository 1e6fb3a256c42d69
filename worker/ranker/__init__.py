"""The local ranker: one linear model from the first day to months of labels. No I/O."""

from worker.ranker.model import Ranker
from worker.ranker.reasons import Reason, Reasons
from worker.ranker.stems import Tokens
from worker.ranker.tuning import Tuning

__all__ = ["Ranker", "Reason", "Reasons", "Tokens", "Tuning"]
