"""A mailbox read by IMAP (RFC 3501): what waits there, and marking what was read.

A server is believed as little as a stranger: certificates are checked, sizes are bounded, and every
answer that is none ends the visit with one sentence. What is not marked is read again.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Self

from bot.returns.reading import LARGEST
from bot.returns.status import clause
from paperlark.errors import PaperlarkError
from paperlark.settings import loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from bot.channels.mail.settings import ImapSettings

MOST: Final = 500
"""Mails of one visit; the others wait for the next."""
_CONNECT_S: Final = 5.0
_CHUNK: Final = 64 * 1024
_IMPOSSIBLE: Final = 256 * 1024 * 1024
_NONSENSE: Final = (ValueError, LookupError, AttributeError, TypeError)
"""What the library raises where an answer has not the form that it takes for granted."""
_UID: Final = re.compile(rb"\bUID (\d+)")


class MailboxError(PaperlarkError):
    """The mailbox cannot be read now; the sentence says what to check."""


class _Bounded(imaplib.IMAP4):
    """Keeps of a literal only what is read of a mail, whatever the server sends."""

    def read(self, size: int) -> bytes:
        """The first bytes of what the server announced; the rest goes by."""
        if size > _IMPOSSIBLE:
            raise self.abort("a mail too large to be one")
        kept = super().read(min(size, LARGEST))
        left = size - len(kept)
        while left > 0 and (gone := super().read(min(left, _CHUNK))):
            left -= len(gone)
        return kept


class _BoundedTls(_Bounded, imaplib.IMAP4_SSL):
    """The same with TLS from the first byte."""


class Mailbox:
    """One visit; use it as a context manager.

    Args:
        settings: which mailbox, and what becomes of what was read.

    Raises:
        MailboxError: every method may; the connection is of no use then.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client: imaplib.IMAP4 | None = None

    def __enter__(self) -> Self:
        try:
            with self._heeded():
                self._enter()
        except BaseException:
            self._drop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None and error is None:
            with suppress(imaplib.IMAP4.error, OSError):
                self._client.logout()
        self._drop()

    def looked(self) -> int:
        """A visit that reads nothing: how many mails wait."""
        with self:
            return len(self.waiting())

    def waiting(self) -> tuple[str, ...]:
        """What is to be read, oldest first, as the server numbers it; `MOST` at most."""
        asked = "UNSEEN" if self._settings.after == "seen" else "UNDELETED"
        (found, *_) = self._uid("SEARCH", asked) or (b"",)
        numbers = [int(each) for each in (found or b"").split() if each.isdigit()]
        return tuple(str(each) for each in sorted(numbers)[:MOST])

    def fetch(self, uid: str) -> bytes | None:
        """The mail's first `LARGEST` bytes; None where it is gone. It is not marked by that."""
        answer = self._uid("FETCH", uid, f"(UID BODY.PEEK[]<0.{LARGEST}>)")
        for head, body in (each for each in answer if isinstance(each, tuple)):
            named = _UID.search(head)
            if named and named[1].decode() == uid:
                return bytes(body)
        return None

    def done(self, uid: str) -> None:
        """Mark it as read, or move it, as the settings say."""
        if self._settings.after == "seen":
            self._uid("STORE", uid, r"+FLAGS.SILENT (\Seen)")
            return
        with self._heeded() as client:
            able = client.capabilities
        if "MOVE" in able:
            self._into(uid, "MOVE")
            return
        self._into(uid, "COPY")
        self._uid("STORE", uid, r"+FLAGS.SILENT (\Deleted)")
        if "UIDPLUS" in able:  # without it everybody's deleted mails would go
            self._uid("EXPUNGE", uid)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError):
                client.shutdown()

    def _enter(self) -> None:
        to = self._settings
        self._client = client = _connected(to)
        client.sock.settimeout(to.timeout_s)
        if to.tls == "starttls":
            client.starttls(ssl_context=_context(to))
        word = to.password.get_secret_value()
        if to.username and "AUTH=PLAIN" in client.capabilities:
            said = f"\0{to.username}\0{word}".encode()
            self._lets_in(lambda: client.authenticate("PLAIN", lambda _: said))
        elif to.username:
            self._lets_in(lambda: client.login(to.username, word))
        self._opened(client)

    def _lets_in(self, ask: Any) -> None:
        try:
            ask()
        except imaplib.IMAP4.abort:
            raise
        except (imaplib.IMAP4.error, UnicodeError) as error:
            raise MailboxError(
                f"{self._where} refused the login ({clause(str(error))}): check "
                "channels.mail.imap.username and password."
            ) from error

    def _opened(self, client: imaplib.IMAP4) -> None:
        kind, said = client.select(_quoted(self._settings.folder))
        if kind != "OK":
            raise MailboxError(
                f"{self._where} has no folder {self._settings.folder} ({_told(said)}): check "
                "channels.mail.imap.folder."
            )

    def _into(self, uid: str, verb: str) -> None:
        """Move or copy it; the folder is made where there is none."""
        folder = _quoted(self._settings.moved_to)
        with self._heeded() as client:
            kind, _ = client.uid(verb, uid, folder)
            if kind != "OK":
                client.create(folder)
        if kind != "OK":
            self._uid(verb, uid, folder)

    def _uid(self, verb: str, *args: str) -> list[Any]:
        with self._heeded() as client:
            kind, said = client.uid(verb, *args)
        if kind != "OK":
            raise MailboxError(f"{self._where} did not do {verb} ({_told(said)}).")
        return list(said)

    @contextmanager
    def _heeded(self) -> Iterator[Any]:
        """The connection; what the library raises inside leaves as `MailboxError`.

        Typed as Any: outside of a visit there is none, and nothing is asked of it then.
        """
        try:
            yield self._client
        except ssl.SSLError as error:
            why = getattr(error, "verify_message", "") or error.reason or "TLS failed"
            hint = ", or tls to none on this machine" if loopback(self._settings.host) else ""
            raise MailboxError(
                f"{self._where} is not trusted ({why}): set channels.mail.imap.ca_file to its "
                f"authority{hint}."
            ) from error
        except (imaplib.IMAP4.error, OSError, EOFError, *_NONSENSE) as error:
            why = clause(str(error)) or type(error).__name__
            raise MailboxError(
                f"{self._where} cannot be read ({why}): check channels.mail.imap.host, port and "
                "tls. It is read again later."
            ) from error

    @property
    def _where(self) -> str:
        return f"The mailbox at {self._settings.host}:{self._settings.on_port}"


def _connected(to: ImapSettings) -> imaplib.IMAP4:
    wait = min(_CONNECT_S, to.timeout_s)
    if to.tls == "implicit":
        return _BoundedTls(to.host, to.on_port, ssl_context=_context(to), timeout=wait)
    return _Bounded(to.host, to.on_port, timeout=wait)


def _context(to: ImapSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=to.ca_file or None)
    except OSError as error:
        why = error.strerror or "it holds no certificate"
        raise MailboxError(
            f"channels.mail.imap.ca_file {to.ca_file} cannot be read: {why}."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _quoted(folder: str) -> str:
    """A folder's name as a quoted string."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _told(said: list[Any]) -> str:
    return clause(
        b" ".join(each for each in said if isinstance(each, bytes)).decode("utf-8", "replace")
    )
