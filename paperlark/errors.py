"""Everything that can go wrong, by what the person in front of it can do.

PaperlarkError            one clear sentence; the program ends with ``exit_code``
├── ConfigError           a setting, a profile or an argument is wrong: which, and what was expected
├── NotFound              what was asked for does not exist: a paper, a profile, a day
├── SourceError           arXiv or a file did not give what it should; maybe ``retry_after``
│   └── BadFeed           the bytes are not what they claim to be
├── StoreError            the store cannot be reached, opened or written
└── ScorerError           papers could not be scored at all
"""


class PaperlarkError(Exception):
    """Base of every error that is shown to people: one sentence that also names the remedy."""

    exit_code = 1


class ConfigError(PaperlarkError):
    """A wrong setting, profile or argument. Says which one, and what was expected."""

    exit_code = 2


class NotFound(PaperlarkError):
    """Something asked for by name does not exist."""


class SourceError(PaperlarkError):
    """A source did not answer as it should.

    Args:
        message: one sentence for people.
        retry_after: seconds the service asked to be left alone, where it said so.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadFeed(SourceError):
    """A document that is cut off, hostile, or not of the kind it claims to be."""


class StoreError(PaperlarkError):
    """The store cannot be reached, opened, or written."""


class ScorerError(PaperlarkError):
    """A scorer could not score anything at all."""
