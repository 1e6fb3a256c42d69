"""What a mail server's answers mean: for whom, for how long, and what to do."""

from __future__ import annotations

from typing import Final

from paperlark.errors import DeliveryError, Refused

BUSY: Final = 421
"""The server ends the connection, whatever was asked."""
_FOR_GOOD: Final = range(500, 600)
_FOR_NOW: Final = range(400, 500)
_OURS: Final = frozenset({530, 534, 535, 538})
"""It wants a login or TLS: a setting, which no reader has to suffer for."""
_NOT_THERE: Final = frozenset({550, 551, 553, 556})
"""Answers to RCPT that are about this address, whatever the message is."""
_POLICY: Final = "5.7."
"""How answers begin that are about us or the text (RFC 3463), whatever their code."""
_SAID: Final = 120


def sender(code: int, text: str) -> DeliveryError:
    """The answer to MAIL: about us, so no reader is given up for it."""
    if code in _FOR_NOW:
        return Refused(f"The mail server is not ready ({_quoted(code, text)}): it is tried again.")
    return DeliveryError(
        f"The mail server refuses our sender ({_quoted(code, text)}): check channels.mail.from, "
        "username and password."
    )


def recipient(code: int, text: str) -> DeliveryError:
    """The answer to RCPT: about the address, or about us."""
    if code in _NOT_THERE and not text.startswith(_POLICY):
        return DeliveryError(
            f"The mail server does not take mail for this address ({_quoted(code, text)}): "
            "check the address.",
            permanent=True,
        )
    return content(code, text)


def content(code: int, text: str) -> DeliveryError:
    """The answer to DATA or to the whole message: about this message."""
    if code in _OURS:
        return sender(code, text)
    if code in _FOR_GOOD:
        return Refused(
            f"The mail server refused the mail for good ({_quoted(code, text)}): see what its "
            "operator asks of senders.",
            final=True,
        )
    if code in _FOR_NOW:
        return Refused(f"The mail server refused the mail for now ({_quoted(code, text)}): "
                       "it is tried again later.")  # fmt: skip
    return unknown(f"{code} {text}")


def unknown(why: str) -> DeliveryError:
    """The whole message was handed over, and nobody said what became of it."""
    return DeliveryError(
        f"The mail server did not say what became of the whole mail ({_clause(why)}); it may or "
        "may not have arrived.",
        uncertain=True,
    )


def broken(why: str) -> DeliveryError:
    """The connection ended before the mail was whole: nothing arrived."""
    return DeliveryError(
        f"The connection to the mail server broke before the mail was whole ({_clause(why)}): "
        "it is tried again."
    )


def clause(error: BaseException) -> str:
    """What the error says, short enough for a sentence in brackets."""
    return _clause(str(error)) or type(error).__name__


def _quoted(code: int, text: str) -> str:
    return _clause(f"{code} {text}")


def _clause(text: str) -> str:
    return " ".join(text.split())[:_SAID].rstrip(".")
