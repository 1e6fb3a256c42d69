"""Whom a mail's own addresses name: on the envelope, and in the way out by mail."""

from __future__ import annotations

import re

from bot.doubles.smtp.double import SmtpDouble
from paperlark.tags import Cause, Tag, Tagger
from paperlark.tokens import reader_key
from tests.builders import DAY
from tests.mail import ADA, TABLE, composed, on, raw
from tests.returned import BOUNCES

SECRET = str(TABLE["link_secret"]).encode()
READER = reader_key(SECRET, f"{ADA}/foundations")


def tagged(address: str) -> Tag:
    found = re.fullmatch(r"bounce\+([a-z2-7]{32})@example\.org", address)
    assert found, address
    assert len(address.partition("@")[0]) <= 64
    return Tagger(SECRET).read(found[1])


def test_the_envelope_names_the_reader_and_the_digest():
    with SmtpDouble() as double:
        own = {**double.settings, "link_secret": TABLE["link_secret"], "bounces": BOUNCES}
        on(own, lambda way: way.send(ADA, composed(), key="k", root=""))
        on(own, lambda way: way.send_plain(ADA, subject="s", text="t", html="h", key="k",
                                           profile="foundations"))  # fmt: skip
        on(own, lambda way: way.send_plain(ADA, subject="s", text="t", html="h", key="k"))
        digest, asking, trial = double.world.taken
    assert tagged(digest.sender) == Tag(Cause.BOUNCE, READER, DAY)
    assert tagged(asking.sender) == Tag(Cause.BOUNCE, READER)
    assert trial.sender == BOUNCES
    assert b"\r\nFrom: Digest <digest@example.org>\r\n" in b"\r\n" + digest.raw
    assert "ada" not in digest.sender


def test_without_an_address_for_it_the_sender_is_froms():
    with SmtpDouble() as double:
        on(double.settings, lambda way: way.send(ADA, composed(), key="k", root=""))
        (taken,) = double.world.taken
    assert taken.sender == "digest@example.org"
    assert b"<mailto:digest@example.org?subject=unsubscribe>" in taken.raw


def test_the_way_out_by_mail_is_the_readers_own_and_one_click_is_untouched():
    head = raw(composed(), bounces=BOUNCES).partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    found = re.search(
        rb"\r\nList-Unsubscribe: <https://[!-~]+>,\r\n <mailto:([!-~]+)\?subject=unsubscribe>\r\n",
        head,
    )
    assert found
    assert tagged(found[1].decode()) == Tag(Cause.LEAVE, READER)
