"""What the IMAP server knows: folders of mails, who may read them, and what goes wrong next."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import ssl

SEEN: Final = r"\Seen"
DELETED: Final = r"\Deleted"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        verb: at which command, ``FETCH``; ``GREETING`` before the first.
        answer: said in place of the usual answer, tagged: ``NO not now``; empty for none.
        raw: these bytes are said in place of it, as they are.
        bye: the server says goodbye first.
        drop: the connection ends after that.
        late: the command is done before all that.
    """

    verb: str
    answer: str = ""
    raw: bytes = b""
    bye: bool = False
    drop: bool = False
    late: bool = False


@dataclass
class Mail:
    """One mail in a folder."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class World:
    """The server's side of things.

    Attributes:
        tls: offered by STARTTLS, or spoken from the first byte; None: none.
        login: the name and password to log in with.
        extensions: what is offered besides the protocol itself.
        plain: AUTH=PLAIN is offered; else only LOGIN.
        partial: parts of mails can be asked for; else all of a mail is sent, whatever was asked.
        spoken: the verbs of all commands, in order.
    """

    tls: ssl.SSLContext | None = None
    login: tuple[str, str] = ("bounce", "not a real password")
    extensions: tuple[str, ...] = ("UIDPLUS", "MOVE")
    plain: bool = True
    partial: bool = True
    folders: dict[str, list[Mail]] = field(default_factory=lambda: {"INBOX": []})
    faults: deque[Fault] = field(default_factory=deque)
    spoken: list[str] = field(default_factory=list)
    uids: int = 0

    def put(self, raw: bytes, folder: str = "INBOX") -> int:
        """A mail arrives; its number."""
        self.uids += 1
        self.folders[folder].append(Mail(self.uids, raw))
        return self.uids

    def move(self, uid: int, source: str, to: str, *, keep: bool) -> None:
        """Move or copy a mail; in its new folder it has another number."""
        for each in [mail for mail in self.folders[source] if mail.uid == uid]:
            self.put(each.raw, to)
            if not keep:
                self.folders[source].remove(each)

    def fault(self, verb: str) -> Fault | None:
        """What goes wrong at this command, once."""
        if self.faults and self.faults[0].verb == verb:
            return self.faults.popleft()
        return None
