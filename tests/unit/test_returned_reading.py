"""What mails that came back say: reports, bounces of other forms, machines' replies, and noise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.returns.reading import LARGEST, Kind, read
from bot.returns.status import Status, found_in, of_fields
from paperlark.tags import Cause, Tag, Tagger
from paperlark.tokens import reader_key
from tests.returned import complaint, dsn, mail

SECRET = b"0123456789abcdef"
TAG = Tagger(SECRET).make(Tag(Cause.BOUNCE, reader_key(SECRET, "x"), date(2026, 11, 19)))
TO = f"bounce+{TAG}@example.org"
DAEMON = "MAILER-DAEMON@mx.example.net"


@pytest.mark.parametrize(
    ("how", "kind", "code", "hard"),
    [
        ({}, Kind.FAILURE, "5.1.1", True),
        ({"action": "Failed (bad mailbox)"}, Kind.FAILURE, "5.1.1", True),
        ({"status": "5.0.0"}, Kind.FAILURE, "5.1.1", True),
        ({"status": "5.2.2", "said": "smtp; 552 full"}, Kind.FAILURE, "5.2.2", True),
        ({"status": "", "said": "smtp; 550 unknown"}, Kind.FAILURE, "5.0.0", True),
        ({"status": "", "said": ""}, Kind.FAILURE, "5.0.0", True),
        ({"status": "4.4.7", "said": "smtp; 451 expired"}, Kind.FAILURE, "4.4.7", False),
        ({"action": "delayed", "status": "4.2.0"}, Kind.FAILURE, "4.2.0", False),
        ({"action": "delayed", "status": "5.2.0"}, Kind.FAILURE, "4.2.0", False),
        ({"status": "5.7.1", "said": "smtp; 550 5.7.1 spam"}, Kind.FAILURE, "5.7.1", False),
        ({"status": "5.6.0", "said": "smtp; 554 no"}, Kind.FAILURE, "5.6.0", False),
        ({"action": "delivered", "status": "2.0.0"}, Kind.DELIVERY, "", False),
        ({"action": "relayed", "status": "5.1.1"}, Kind.DELIVERY, "", False),
    ],
)
def test_a_report_of_delivery(how: dict[str, Any], kind: Kind, code: str, *, hard: bool):
    found = read(dsn(TO, **how))
    assert (found.kind, found.status.code, found.status.hard) == (kind, code, hard)
    assert found.addressed == (TAG,)


def test_of_several_recipients_the_worst_counts():
    raw = dsn(TO, status="4.2.2", said="smtp; 452 full")
    end = b"--B\r\nContent-Type: text/rfc822"
    more = b"Final-Recipient: rfc822; b@c.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    assert read(raw.replace(end, more + end)).status.code == "5.1.1"


def test_a_report_in_letters_beyond_ascii():
    raw = dsn(TO).replace(b"message/delivery-status", b"message/global-delivery-status")
    assert read(raw).status.code == "5.1.1"


def test_the_servers_words_are_one_short_line():
    said = "smtp; 550 5.1.1 no\x1b[31m such\x00 user " + "x" * 900
    status = read(dsn(TO, said=said)).status
    assert status.said.startswith("550 5.1.1 no [31m such user xxx")
    assert len(status.said) <= 120
    assert str(status).isprintable()


def test_a_report_that_somebody_forwards_is_none():
    inner = dsn(TO)
    raw = (
        b"From: bob@example.com\r\nTo: bounce@example.org\r\nContent-Type: multipart/mixed;"
        b' boundary="M"\r\n\r\n--M\r\nContent-Type: message/rfc822\r\n\r\n' + inner + b"\r\n--M--"
    )
    found = read(raw)
    assert (found.kind, found.addressed) == (Kind.OTHER, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("<ada@example.org>: host mx said: 550 User unknown", "5.0.0"),
        ("SMTP error from remote mail server: 452-4.2.2 The inbox is full", "4.2.2"),
        ("550 No such user", "5.0.0"),
        ("It could not be delivered for 5.1.1.2 reasons, from 10.5.1.1 by v5.0.4", ""),
        ("There were 550 papers.", ""),
        ("SMTP error 550 for RCPT", "5.0.0"),
    ],
)
def test_a_bounce_of_another_form(text: str, code: str):
    found = read(mail(TO, text, From=DAEMON))
    assert found.status.code == code
    assert found.kind is (Kind.FAILURE if code else Kind.OTHER)
    assert read(mail("bounce@example.org", text, From=DAEMON)).kind is Kind.OTHER, "no tag, no word"


def test_a_persons_mail_is_no_bounce_whatever_it_quotes():
    assert read(mail(TO, "550 5.1.1 no such user")).kind is Kind.OTHER
    assert read(mail(TO, "550 5.1.1 no such user", Return_Path="<>")).kind is Kind.FAILURE


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; owner=x"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "away"},
        {"Auto_Submitted": "auto-replied", "Return_Path": "<>"},
    ],
)
def test_a_machines_reply(headers: dict[str, str]):
    assert read(mail(TO, "Away until 5.1.1", **headers)).kind is Kind.AUTOMATIC
    assert read(mail(TO, "Hello.", Auto_Submitted="no")).kind is Kind.OTHER


def test_a_report_of_abuse_and_of_anything_else():
    head = f"Return-Path: <{TO}>\r\nSubject: x\r\n\r\nHello.\r\n".encode()
    found = read(complaint(head))
    assert (found.kind, found.addressed, found.quoted) == (Kind.COMPLAINT, (), (TAG,))
    assert read(complaint(b"Subject: x\r\n\r\n", mail_from=f"<{TO}>")).quoted == (TAG,)
    assert read(complaint(head, kind="not-spam")).kind is Kind.OTHER


def test_a_tag_that_a_soft_line_break_parts_is_found():
    head = f"Return-Path: <bounce+{TAG[:9]}=\r\n{TAG[9:]}@example.org>\r\n\r\n".encode()
    assert read(complaint(head)).quoted == (TAG,)


def test_the_same_mail_has_the_same_name_by_whatever_way_it_comes():
    one = dsn(TO)
    other = b"Received: from here by there\r\nX-Original-To: " + TO.encode() + b"\r\n" + one
    assert read(one).name == read(other).name
    assert read(one).name != read(dsn(TO, name="<another@x>")).name
    bare = mail(TO, "550 5.1.1", From=DAEMON)
    assert read(bare).name == read(bare).name != read(bare + b" ").name


PIECES = st.sampled_from([
    b'Content-Type: multipart/report; boundary="B"\r\n', b"--B\r\n", b"--B--\r\n", b"\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Action: failed\r\n", b"Status: 5.1.1\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/feedback-report\r\n\r\n", b"Feedback-Type: abuse\r\n", TO.encode(),
    b"Content-Type: text/plain; charset*=x'y'%00\r\n", b"To: =?utf-8?q?=00?= <\xff@x>\r\n",
    b"Content-Type: multipart/mixed; boundary*0*=utf-8''%00\r\n", b"\x00\xff\xfe", b"begin 644 x\n",
])  # fmt: skip


@given(
    st.binary(max_size=400) | st.lists(PIECES | st.binary(max_size=9), max_size=40).map(b"".join)
)
@example(b"")
@example(b"Content-Type: multipart/mixed; boundary\r\n\r\n")
def test_whatever_the_bytes_are_there_is_an_answer(raw: bytes):
    found = read(raw)
    assert found.kind in Kind
    assert len(found.name) == 32
    assert len(found.addressed) + len(found.quoted) <= 16
    assert str(found.status).isprintable()


@given(st.text(max_size=300), st.text(max_size=30), st.text(max_size=300))
def test_whatever_fields_hold_they_come_to_a_status(action: str, status: str, said: str):
    for found in (of_fields(action, status, said), of_fields("failed", status, said)):
        assert found == Status() or found.failed
    assert found_in(said) == Status() or found_in(said).failed


def nested(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(depth)
    )


def test_no_depth_and_no_size_is_too_much():
    assert read(nested(2_000)).kind is Kind.UNREADABLE
    assert read(nested(30) + b"\n" * LARGEST).kind is Kind.OTHER
    assert read(b"Content-Type: message/rfc822\r\n\r\n" * 1_000).kind is Kind.UNREADABLE
    assert read(dsn(TO, original=b"X: y\r\n" * 400_000)).status.code == "5.1.1"


def test_what_lies_beyond_the_bound_is_not_read():
    raw = b"Subject: x\r\n\r\n" + b"a" * LARGEST + b" +" + TAG.encode() + b"@x"
    assert read(raw).quoted == ()
