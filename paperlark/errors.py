"""Everything that can go wrong, by what the person in front of it can do.

PaperlarkError            one clear sentence; the program ends with ``exit_code``
├── ConfigError           a setting, a profile or an argument is wrong: which, and what was expected
├── NotFound              what was asked for does not exist: a paper, a profile, a day
├── SourceError           arXiv or a file did not give what it should; maybe ``retry_after``
│   └── BadFeed           the bytes are not what they claim to be
├── StoreError            the store cannot be reached, opened or written
├── ScorerError           papers could not be scored at all
└── DeliveryError         a message was refused, or may or may not have arrived
    └── Refused           the service was reached, and did not take this message
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


class DeliveryError(PaperlarkError):
    """A service did not take a message, or did not say whether it did.

    Args:
        message: one sentence for people, with the remedy.
        permanent: this target will never take it (gone, forbidden, token revoked): disable it.
        uncertain: the message may have arrived (a time-out, a broken connection, a 5xx answer).
            Where neither this nor `permanent` is set, it surely did not arrive: try again later.
        retry_after: seconds the service asked to wait, where it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.uncertain = uncertain
        self.retry_after = retry_after


class Refused(DeliveryError):
    """The service was reached, and did not take this message; others may be taken meanwhile.

    Greylisting, a full mailbox, a verdict on the text: see `bot.ports.Limits.waits`.

    Args:
        message: one sentence for people, with the remedy.
        final: it never takes this message, which says nothing about the target.
        rest: nor any later one of the same post; its thread is gone.
    """

    def __init__(self, message: str, *, final: bool = False, rest: bool = False) -> None:
        super().__init__(message)
        self.final = final
        self.rest = rest
