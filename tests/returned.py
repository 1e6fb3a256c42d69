"""Mails that come back, as servers and people write them: every name in them is invented."""

from __future__ import annotations

from email.message import EmailMessage
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.doubles.smtp.world import Taken

BOUNCES = "bounce@example.org"


def dsn(
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 <ada@example.org>: no such user",
    original: bytes = b"Subject: x\r\n",
    name: str = "<dsn-1@mx.example.net>",
) -> bytes:
    """A report of delivery (RFC 3464) to that address."""
    head = dedent(f"""\
        Return-Path: <>
        Delivered-To: {to}
        From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
        To: {to}
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        Message-ID: {name}
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B"

        --B
        Content-Type: text/plain

        The mail could not be delivered. Call 555-0199 5.0.0 times.

        --B
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.net
        Arrival-Date: Thu, 19 Nov 2026 08:00:00 +0000

        Final-Recipient: rfc822; ada@example.org
        Action: {action}
        Status: {status}
        Diagnostic-Code: {said}

        --B
        Content-Type: text/rfc822-headers

        """).encode()
    return head.replace(b"\n", b"\r\n") + original + b"\r\n--B--\r\n"


def bounced(taken: Taken, *, number: int = 1, **how: str) -> bytes:
    """What comes back for a mail that the submission server took."""
    original = taken.raw.partition(b"\r\n\r\n")[0]
    name = f"<dsn-{number}-{hash(taken.sender) % 10**6}@mx.example.net>"
    return dsn(taken.sender, original=original, name=name, **how)


def complaint(original: bytes, *, kind: str = "abuse", mail_from: str = "") -> bytes:
    """A report of abuse (RFC 5965) with the headers of a mail."""
    told = f"Original-Mail-From: {mail_from}\r\n" if mail_from else ""
    head = (
        "From: <feedback@mail.example.com>\r\nTo: <abuse@example.org>\r\nSubject: FW: a mail\r\n"
        "Message-ID: <arf-1@mail.example.com>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="F"\r\n\r\n'
        "--F\r\nContent-Type: text/plain\r\n\r\nThis is a spam report.\r\n"
        "--F\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: Example/1.0\r\nVersion: 1\r\n{told}\r\n"
        "--F\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + original + b"\r\n--F--\r\n"


def mail(to: str = BOUNCES, text: str = "Hello.\n", **headers: str) -> bytes:
    """Any mail; names of headers with ``_`` for ``-``."""
    made = EmailMessage()
    made["From"] = headers.pop("From", "Bob <bob@example.com>")
    made["To"] = to
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()
